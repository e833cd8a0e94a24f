// gradus-conformance: holds Gradus against reference results. The cases are Python expressions, so
// this is a Python interpreter with one module of its own (_gradus, the public API) and a package
// `torch` that is written with it.
#include "tests/conformance/runner/Bindings.h"

#include <pybind11/embed.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace py = pybind11;

PYBIND11_EMBEDDED_MODULE(_gradus, module) {
  gradus::conformance::bindCore(module);
  gradus::conformance::bindTraining(module);
  py::module_ ops = module.def_submodule("ops");
  namespace bindings = gradus::conformance;
  for (auto bind : {bindings::bindElementwise, bindings::bindReductions, bindings::bindMovement,
                    bindings::bindIndexing, bindings::bindProducts, bindings::bindConvolutions,
                    bindings::bindNormalization, bindings::bindLosses})
    bind(ops);
}

namespace {

/// Where the Python sources lie: $GRADUS_CONFORMANCE_PYTHON, else where they were at build time.
std::filesystem::path pythonFolder() {
  if (const char *given = std::getenv("GRADUS_CONFORMANCE_PYTHON"))
    return given;
  return std::filesystem::path(GRADUS_SOURCE_DIR) / "tests/conformance";
}

int run(int argc, char **argv, const std::filesystem::path &folder) {
  py::module_ sys = py::module_::import("sys");
  sys.attr("dont_write_bytecode") = true;
  py::list path = sys.attr("path");
  path.insert(0, (folder / "runner").string());
  path.insert(0, (folder / "facade").string());
  py::list arguments;
  for (int i = 1; i < argc; ++i)
    arguments.append(py::str(argv[i]));
  py::module_ runner = py::module_::import("conformance");
  runner.attr("SOURCE") = GRADUS_SOURCE_DIR;
  int status = runner.attr("main")(arguments).cast<int>();
  sys.attr("stdout").attr("flush")();
  return status;
}

} // namespace

int main(int argc, char **argv) {
  std::filesystem::path folder = pythonFolder();
  if (!std::filesystem::exists(folder / "runner/conformance.py")) {
    std::fprintf(stderr,
                 "gradus-conformance: error: no Python sources in %s (set "
                 "GRADUS_CONFORMANCE_PYTHON to tests/conformance of the source tree)\n",
                 folder.c_str());
    return 2;
  }
  // Isolated: neither PYTHON* variables nor the user's packages reach in; the standard library is
  // that of the interpreter found at build time.
  PyConfig config;
  PyConfig_InitIsolatedConfig(&config);
  PyConfig_SetBytesString(&config, &config.program_name, GRADUS_PYTHON);
  py::initialize_interpreter(&config);
  int status = 1;
  try {
    status = run(argc, argv, folder);
  } catch (const py::error_already_set &error) {
    std::fprintf(stderr, "gradus-conformance: error: %s\n", error.what());
    status = 2;
  }
  std::fflush(nullptr);
  // The end of a process needs no tidying, and the modules hold handles into one another.
  std::_Exit(status);
}
