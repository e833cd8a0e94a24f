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
