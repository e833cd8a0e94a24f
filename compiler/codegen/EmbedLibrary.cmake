# Writes OUTPUT, C++ with the bytes of both variants of the library. Run at build time:
# cmake -DBITCODE64=... -DBITCODE32=... -DOUTPUT=... -P EmbedLibrary.cmake
set(text "#include \"compiler/codegen/Library.h\"\n\nnamespace gradus::compiler {\n")
foreach(bits 64 32)
  file(READ ${BITCODE${bits}} bytes HEX)
  string(REGEX REPLACE "(................................)" "\\1\n" bytes "${bytes}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  string(APPEND text "\nstatic const unsigned char bytes${bits}[] = {\n${bytes}};\n"
         "const std::span<const unsigned char> libraryBitcode${bits}(bytes${bits});\n")
endforeach()
string(APPEND text "\n} // namespace gradus::compiler\n")
file(WRITE ${OUTPUT} "${text}")
