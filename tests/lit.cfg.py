# lit's set-up: tests/ops, tests/passes and tests/phases, each file with RUN lines for gradus-opt and FileCheck.
import os

import lit.formats

config.name = "gradus"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = os.path.join(config.build_root, "tests", "lit")
# The rest of tests/ belongs to CTest and GoogleTest.
config.excludes = [
    name for name in os.listdir(config.test_source_root) if name not in ("ops", "passes", "phases")
]
config.environment["PATH"] = os.pathsep.join(
    [os.path.join(config.build_root, "bin"), config.llvm_tools, os.environ.get("PATH", "")]
)
# Reproducers of failures that a test provokes stay in the build folder.
config.environment["TMPDIR"] = config.test_exec_root
