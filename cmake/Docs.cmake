# The reference of ops and passes, generated from their records. `ninja docs` writes it into docs/; a
# test fails when what lies there is stale.
set(GRADUS_TABLEGEN_COMMAND ${LLVM_TOOLS_BINARY_DIR}/mlir-tblgen -I ${CMAKE_SOURCE_DIR}
    -I ${LLVM_TOOLS_BINARY_DIR}/../include)
set(GRADUS_OPS_COMMAND ${GRADUS_TABLEGEN_COMMAND} -gen-op-doc
    ${CMAKE_SOURCE_DIR}/dialects/gradus/Ops.td)
set(GRADUS_PASSES_COMMAND ${GRADUS_TABLEGEN_COMMAND} -gen-pass-doc
    ${CMAKE_SOURCE_DIR}/compiler/Passes.td)

add_custom_target(docs
  COMMAND ${GRADUS_OPS_COMMAND} -o ${CMAKE_SOURCE_DIR}/docs/ops.md
  COMMAND ${GRADUS_PASSES_COMMAND} -o ${CMAKE_SOURCE_DIR}/docs/passes.md
  COMMENT "Writing docs/ops.md and docs/passes.md" VERBATIM)

if(GRADUS_TESTS)
  foreach(page ops passes)
    string(TOUPPER ${page} upper)
    add_test(NAME docs-${page}-are-fresh
             COMMAND sh -c "\"$@\" | diff -u '${CMAKE_SOURCE_DIR}/docs/${page}.md' - || { echo 'docs/${page}.md is stale: build the target docs'; exit 1; }"
             -- ${GRADUS_${upper}_COMMAND})
  endforeach()
endif()
