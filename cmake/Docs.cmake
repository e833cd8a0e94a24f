# The reference of ops and passes, generated from their records. `ninja docs` writes it into docs/; a
# test fails when what lies there is stale.
set(GRADUS_TABLEGEN_COMMAND ${LLVM_TOOLS_BINARY_DIR}/mlir-tblgen -I ${CMAKE_SOURCE_DIR}
    -I ${LLVM_TOOLS_BINARY_DIR}/../include)
set(GRADUS_OPS_COMMAND ${GRADUS_TABLEGEN_COMMAND} -gen-op-doc
    ${CMAKE_SOURCE_DIR}/dialects/gradus/Ops.td)
set(GRADUS_PASSES_COMMAND ${GRADUS_TABLEGEN_COMMAND} -gen-pass-doc
    ${CMAKE_SOURCE_DIR}/compiler/Passes.td)
# The survey of names needs the fields that only a dump of the records shows.
set(GRADUS_RECORDS ${CMAKE_BINARY_DIR}/records.json)
set(GRADUS_RECORDS_COMMAND ${LLVM_TOOLS_BINARY_DIR}/llvm-tblgen --dump-json -I ${CMAKE_SOURCE_DIR}
    -I ${LLVM_TOOLS_BINARY_DIR}/../include ${CMAKE_SOURCE_DIR}/dialects/gradus/Ops.td -o ${GRADUS_RECORDS})
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(GRADUS_SURVEY_COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/cmake/survey.py ${GRADUS_RECORDS}
    ${CMAKE_SOURCE_DIR}/docs/names ${CMAKE_SOURCE_DIR}/docs)

add_custom_target(docs
  COMMAND ${GRADUS_OPS_COMMAND} -o ${CMAKE_SOURCE_DIR}/docs/ops.md
  COMMAND ${GRADUS_PASSES_COMMAND} -o ${CMAKE_SOURCE_DIR}/docs/passes.md
  COMMAND ${GRADUS_RECORDS_COMMAND}
  COMMAND ${GRADUS_SURVEY_COMMAND}
  COMMENT "Writing docs/ops.md, docs/passes.md and docs/survey.*" VERBATIM)

if(GRADUS_TESTS)
  foreach(page ops passes)
    string(TOUPPER ${page} upper)
    add_test(NAME docs-${page}-are-fresh
             COMMAND sh -c "\"$@\" | diff -u '${CMAKE_SOURCE_DIR}/docs/${page}.md' - || { echo 'docs/${page}.md is stale: build the target docs'; exit 1; }"
             -- ${GRADUS_${upper}_COMMAND})
  endforeach()
  add_test(NAME docs-survey-is-fresh
           COMMAND sh -c "'${LLVM_TOOLS_BINARY_DIR}/llvm-tblgen' --dump-json -I '${CMAKE_SOURCE_DIR}' -I '${LLVM_TOOLS_BINARY_DIR}/../include' '${CMAKE_SOURCE_DIR}/dialects/gradus/Ops.td' -o '${GRADUS_RECORDS}' && exec \"$@\""
           -- ${GRADUS_SURVEY_COMMAND} --check)
endif()
