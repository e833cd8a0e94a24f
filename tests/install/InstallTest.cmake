# Installs the build into an empty folder and builds the sample against it, as a user would.
#   cmake -DBUILD=... -DSOURCE=... -DWORK=... -DCXX=... -P InstallTest.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE status OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT status EQUAL 0)
    string(REPLACE ";" " " command "${ARGN}")
    message(FATAL_ERROR "failed (${status}): ${command}\n${text}")
  endif()
  message(STATUS "${text}")
endfunction()

file(REMOVE_RECURSE ${WORK})
file(COPY ${SOURCE}/ DESTINATION ${WORK}/sample)
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
foreach(compiler ON OFF)
  set(build ${WORK}/build-${compiler})
  run(${CMAKE_COMMAND} -G Ninja -S ${WORK}/sample -B ${build} -DCMAKE_CXX_COMPILER=${CXX}
      -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCOMPILER=${compiler})
  run(${CMAKE_COMMAND} --build ${build})
  run(${build}/serve)
  if(compiler)
    run(${build}/train)
  endif()
endforeach()

# Models compiled ahead of time: by CMake, with and without C++, and by hand with pkg-config.
file(COPY ${SOURCE}/../aot_sample DESTINATION ${WORK})
foreach(cpp ON OFF)
  set(build ${WORK}/build-aot-${cpp})
  run(${CMAKE_COMMAND} -G Ninja -S ${WORK}/aot_sample -B ${build} -DCMAKE_CXX_COMPILER=${CXX}
      -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH=${WORK}/prefix -DCPP=${cpp})
  run(${CMAKE_COMMAND} --build ${build})
  run(${build}/classify)
  if(cpp)
    run(${build}/fit)
  endif()
endforeach()
execute_process(COMMAND ${CMAKE_COMMAND} --build ${build} OUTPUT_VARIABLE text)
if(text MATCHES "Compiling the model")
  message(FATAL_ERROR "nothing has changed, and the model is compiled again: ${text}")
endif()
file(READ ${WORK}/aot_sample/points.mlir model)
file(WRITE ${WORK}/aot_sample/points.mlir "// changed\n${model}")
execute_process(COMMAND ${CMAKE_COMMAND} --build ${build} OUTPUT_VARIABLE text)
if(NOT text MATCHES "Compiling the model classifier")
  message(FATAL_ERROR "the model has changed, and is not compiled again: ${text}")
endif()
run(${build}/classify)

find_program(PKG_CONFIG pkg-config)
file(GLOB_RECURSE package ${WORK}/prefix/gradus.pc)
if(PKG_CONFIG AND package)
  get_filename_component(folder ${package} DIRECTORY)
  file(MAKE_DIRECTORY ${WORK}/build-by-hand)
  file(WRITE ${WORK}/build-by-hand/build.sh "set -e
export PKG_CONFIG_PATH=${folder}
${CXX} ${WORK}/sample/serve.cpp $(pkg-config --cflags --libs gradus-runtime) -o serve
./serve
${CXX} ${WORK}/aot_sample/line.cpp $(pkg-config --cflags --libs gradus) -o line-model
./line-model -o . --batch 4
cc -std=c11 -Wall -Wextra -pedantic -Werror -I. ${WORK}/aot_sample/fit.c line.o -lm -o fit
./fit
$(pkg-config --variable=tool gradus) compile ${WORK}/aot_sample/points.mlir -o . --name classifier --batch 8
cc -std=c11 -Wall -Wextra -pedantic -Werror -I. ${WORK}/aot_sample/classify.c classifier.o -lm -o classify
./classify
")
  execute_process(COMMAND sh build.sh WORKING_DIRECTORY ${WORK}/build-by-hand RESULT_VARIABLE status
                  OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "by hand with pkg-config: ${text}")
  endif()
  message(STATUS "${text}")
else()
  message(STATUS "pkg-config is missing: the samples by hand are left out")
endif()
