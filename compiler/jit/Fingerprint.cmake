# Writes OUTPUT, a header with a hash of the sources that decide what code a program becomes. Run at build time:
# cmake -DROOT=... -DOUTPUT=... -P Fingerprint.cmake
file(GLOB_RECURSE sources RELATIVE ${ROOT} ${ROOT}/compiler/*.cpp ${ROOT}/compiler/*.h
     ${ROOT}/compiler/*.td ${ROOT}/dialects/*.cpp ${ROOT}/dialects/*.h ${ROOT}/dialects/*.td
     ${ROOT}/runtime/abi/*.h ${ROOT}/runtime/abi/*.c)
list(FILTER sources EXCLUDE REGEX "^compiler/tools/")
list(SORT sources)
set(all "")
foreach(source ${sources})
  file(SHA256 ${ROOT}/${source} hash)
  string(APPEND all "${source} ${hash}\n")
endforeach()
string(SHA256 fingerprint "${all}")
set(text "#define GRADUS_FINGERPRINT \"${fingerprint}\"\n")
set(old "")
if(EXISTS ${OUTPUT})
  file(READ ${OUTPUT} old)
endif()
if(NOT old STREQUAL text)
  file(WRITE ${OUTPUT} "${text}")
endif()
