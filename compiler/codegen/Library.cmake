# The library of runtime/abi as LLVM bitcode, with pointers of 64 and of 32 bits, inside gradus_compiler. clang
# must be of the version of LLVM that reads it.
find_program(GRADUS_CLANG NAMES clang clang-${LLVM_VERSION_MAJOR} HINTS ${LLVM_TOOLS_BINARY_DIR}
             NO_DEFAULT_PATH REQUIRED)
find_program(GRADUS_LLVM_LINK NAMES llvm-link HINTS ${LLVM_TOOLS_BINARY_DIR} NO_DEFAULT_PATH REQUIRED)

# Nothing that only a hosted C has, and no rewriting of loops into calls of memcpy or memset; no multiply and
# add in one rounding; vectors would not fit every target. Small rather than quick: nothing here runs in a step,
# and calls are smaller than copies of what they call.
set(flags -std=c11 -Oz -mllvm -inline-threshold=-20 -ffreestanding -fno-builtin -fno-math-errno -fno-vectorize -fno-slp-vectorize
    -ffp-contract=off -fno-stack-protector -fno-asynchronous-unwind-tables -Wall -Wextra
    -I${CMAKE_SOURCE_DIR} -emit-llvm -c)
file(GLOB library_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/runtime/abi/*.c)
file(GLOB library_headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/runtime/abi/*.h)
foreach(bits 64 32)
  set(triple $<IF:$<EQUAL:${bits},64>,x86_64-unknown-linux-gnu,wasm32-unknown-unknown>)
  set(parts "")
  foreach(source ${library_sources})
    get_filename_component(name ${source} NAME_WE)
    set(part ${CMAKE_CURRENT_BINARY_DIR}/${name}-${bits}.bc)
    add_custom_command(OUTPUT ${part}
      COMMAND ${GRADUS_CLANG} --target=${triple} ${flags} ${source} -o ${part}
      DEPENDS ${source} ${library_headers} VERBATIM)
    list(APPEND parts ${part})
  endforeach()
  set(bitcode${bits} ${CMAKE_CURRENT_BINARY_DIR}/gradus_library-${bits}.bc)
  add_custom_command(OUTPUT ${bitcode${bits}}
    COMMAND ${GRADUS_LLVM_LINK} ${parts} -o ${bitcode${bits}} DEPENDS ${parts} VERBATIM)
endforeach()
set(embedded ${CMAKE_CURRENT_BINARY_DIR}/EmbeddedLibrary.cpp)
set(script ${CMAKE_CURRENT_SOURCE_DIR}/codegen/EmbedLibrary.cmake)
add_custom_command(OUTPUT ${embedded}
  COMMAND ${CMAKE_COMMAND} -DBITCODE64=${bitcode64} -DBITCODE32=${bitcode32} -DOUTPUT=${embedded} -P ${script}
  DEPENDS ${bitcode64} ${bitcode32} ${script} VERBATIM)
target_sources(gradus_compiler PRIVATE ${embedded})
set_source_files_properties(${embedded} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
