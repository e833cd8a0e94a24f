# `cmake --install`: the libraries, the headers that users include, the tools, and what find_package(Gradus)
# reads. The headers keep their paths, under one folder of ours.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(headers ${CMAKE_INSTALL_INCLUDEDIR}/gradus-${PROJECT_VERSION})
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/Gradus)

set_target_properties(gradus_runtime PROPERTIES EXPORT_NAME runtime)
set_target_properties(gradus_compiler PROPERTIES EXPORT_NAME gradus)
set_target_properties(gradus_ir PROPERTIES EXPORT_NAME ir)
foreach(library gradus_runtime gradus_compiler)
  target_include_directories(${library} INTERFACE $<INSTALL_INTERFACE:${headers}>)
  target_compile_features(${library} INTERFACE cxx_std_20)
endforeach()

install(TARGETS gradus_runtime EXPORT GradusRuntime ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS gradus_ir gradus_compiler EXPORT GradusCompiler
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
set_target_properties(gradus PROPERTIES EXPORT_NAME tool)
# An installed tool finds MLIR where it was linked.
set_target_properties(gradus gradus-opt PROPERTIES INSTALL_RPATH_USE_LINK_PATH ON)
install(TARGETS gradus EXPORT GradusTool RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS gradus-opt RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

install(DIRECTORY runtime DESTINATION ${headers} FILES_MATCHING PATTERN "*.h")
install(FILES compiler/Compile.h DESTINATION ${headers}/compiler)
install(FILES compiler/aot/Aot.h DESTINATION ${headers}/compiler/aot)
install(FILES compiler/codegen/Target.h DESTINATION ${headers}/compiler/codegen)
# What includes MLIR there, itself or by one of the headers named here, is not for users.
set(heavy_headers "(mlir|llvm|dialects)/|compiler/graph/(GraphImpl|ops/Building|ops/Term)[.]h")
file(GLOB_RECURSE graph_headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} compiler/graph/*.h)
foreach(header ${graph_headers})
  file(STRINGS ${header} heavy REGEX "#[ ]*include[ ]*[<\"](${heavy_headers})")
  if(NOT heavy)
    get_filename_component(folder ${header} DIRECTORY)
    install(FILES ${header} DESTINATION ${headers}/${folder})
  endif()
endforeach()
install(FILES compiler/include/gradus/gradus.h DESTINATION ${headers}/gradus)

install(EXPORT GradusRuntime NAMESPACE gradus:: FILE GradusRuntime.cmake DESTINATION ${package})
install(EXPORT GradusTool NAMESPACE gradus:: FILE GradusTool.cmake DESTINATION ${package})
install(EXPORT GradusCompiler NAMESPACE gradus:: FILE GradusCompiler.cmake DESTINATION ${package})
string(REGEX MATCH "^[0-9]+\\.[0-9]+" MLIR_VERSION_MAJOR_MINOR ${LLVM_PACKAGE_VERSION})
configure_package_config_file(cmake/GradusConfig.cmake.in
                              ${CMAKE_BINARY_DIR}/cmake/GradusConfig.cmake
                              INSTALL_DESTINATION ${package})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/cmake/GradusConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/cmake/GradusConfig.cmake
              ${CMAKE_BINARY_DIR}/cmake/GradusConfigVersion.cmake
              cmake/GradusModel.cmake
        DESTINATION ${package})

# pkg-config finds the folders from where its own file lies.
file(RELATIVE_PATH GRADUS_PC_PREFIX /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
foreach(name gradus gradus-runtime)
  configure_file(cmake/${name}.pc.in ${CMAKE_BINARY_DIR}/cmake/${name}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/cmake/${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
