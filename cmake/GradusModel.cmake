# gradus_add_model(TARGET SOURCE model.mlir|model.cpp [EVALUATION evaluation.mlir] [NAME name]
#                  [OPTIONS option...])
#
# Compiles a model when the project is built, and again when its source changes. TARGET is then a library
# for target_link_libraries: it brings NAME.h (default: TARGET.h) and the code, which needs nothing else.
#   .mlir  a graph as text, of `gradus export` or Graph::toText
#   .cpp   a program whose main is `return gradus::aotMain(argc, argv, step);`; it is built for this machine
#          and run. find_package(Gradus) must have found gradus::gradus.
# OPTIONS are those of `gradus compile`: --batch 8,32 --target cortex-m7 --threads plug-in ...
function(gradus_add_model target)
  cmake_parse_arguments(PARSE_ARGV 1 model "" "SOURCE;EVALUATION;NAME" "OPTIONS")
  if(NOT model_SOURCE OR model_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "gradus_add_model(${target}): expected SOURCE FILE, and then NAME, EVALUATION or OPTIONS; "
                        "found \"${model_UNPARSED_ARGUMENTS}\"")
  endif()
  if(NOT model_NAME)
    set(model_NAME ${target})
  endif()
  if(NOT model_NAME MATCHES "^[A-Za-z_][A-Za-z0-9_]*$")
    message(FATAL_ERROR "gradus_add_model(${target}): \"${model_NAME}\" is no name in C; give another with NAME")
  endif()
  get_filename_component(source ${model_SOURCE} ABSOLUTE)
  set(sources ${source})
  if(model_EVALUATION)
    get_filename_component(evaluation ${model_EVALUATION} ABSOLUTE)
    list(APPEND sources ${evaluation})
  endif()
  get_filename_component(extension ${source} LAST_EXT)
  if(extension STREQUAL ".mlir")
    set(compile $<TARGET_FILE:gradus::tool> compile ${sources})
    set(tool gradus::tool)
    if(NOT model_OPTIONS MATCHES "--file-prefix-map")
      # Debuggers find the text, as they find the sources that a compiler is given.
      get_filename_component(place ${source} DIRECTORY)
      list(APPEND compile --file-prefix-map ${place}/=${place}/)
    endif()
  elseif(model_EVALUATION)
    message(FATAL_ERROR "gradus_add_model(${target}): EVALUATION goes with a .mlir; a program gives its own to aotMain")
  elseif(CMAKE_CROSSCOMPILING)
    message(FATAL_ERROR "gradus_add_model(${target}): ${model_SOURCE} would run on the machine that this project is "
                        "built for; write its graph as text on this one (Graph::toText) and give that as SOURCE")
  else()
    add_executable(${target}-model ${source})
    target_link_libraries(${target}-model PRIVATE gradus::gradus)
    set(compile $<TARGET_FILE:${target}-model>)
    set(tool ${target}-model)
  endif()
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/gradus/${target})
  file(MAKE_DIRECTORY ${folder}) # an include folder must be there when CMake ends
  add_custom_command(OUTPUT ${folder}/${model_NAME}.h ${folder}/${model_NAME}.a
    COMMAND ${compile} -o ${folder} --name ${model_NAME} --archive ${model_OPTIONS}
    DEPENDS ${sources} ${tool}
    COMMENT "Compiling the model ${model_NAME}" VERBATIM)
  add_custom_target(${target}-files DEPENDS ${folder}/${model_NAME}.h ${folder}/${model_NAME}.a)
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}-files)
  target_include_directories(${target} INTERFACE ${folder})
  target_link_libraries(${target} INTERFACE ${folder}/${model_NAME}.a)
endfunction()
