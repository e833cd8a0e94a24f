"""gdb on a C program whose models were compiled ahead of time: breakpoints on lines of the models stop in their
kernels, the way back to main is known, and the lines are shown. The first argument is the program."""

import re
import shutil
import subprocess
import sys
import unittest
from pathlib import Path

PROGRAM = sys.argv[1]
MODEL = Path(__file__).resolve().parent / "model.cpp"
TEXT = MODEL.parents[1] / "install/aot_sample/points.mlir"


def line_with(path, text):
    return next(i for i, line in enumerate(path.read_text().splitlines(), 1) if text in line)


def gdb(*commands):
    words = ["gdb", "-batch", "-nx", "-ex", "set debuginfod enabled off", "-ex", "set confirm off"]
    for command in commands:
        words += ["-ex", command]
    done = subprocess.run([*words, PROGRAM], capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    return done.stdout + done.stderr


class Gdb(unittest.TestCase):
    def check_line(self, path, text, model):
        line = line_with(path, text)
        out = gdb(f"break {path.name}:{line}", "run", "bt", f"list {line},{line}", "info symbol $pc")
        self.assertRegex(out, rf"Breakpoint 1, {model}_training_\w+ \(\) at \S*{re.escape(path.name)}:{line}\b", out)
        frames = re.findall(r"^#\d+ .*?(\w+) \(", out, re.M)
        self.assertRegex(frames[0], rf"^{model}_training_", out)
        self.assertEqual(frames[-2:], [f"{model}_step", "main"], out)
        self.assertIn(f"{line}\t{path.read_text().splitlines()[line - 1]}", out)

    def test_a_line_of_a_model_in_cpp_stops_in_its_kernel(self):
        self.check_line(MODEL, "// the product", "debugged")
        self.check_line(MODEL, "// the loss", "debugged")

    def test_a_line_of_a_model_as_text_stops_in_its_kernel(self):
        self.check_line(TEXT, "gradus.matmul", "debugged_text")

    def test_finish_and_step_lead_out_of_a_kernel(self):
        line = line_with(MODEL, "// the product")
        out = gdb(f"break {MODEL.name}:{line}", "run", "finish", "up 10", "info frame")
        self.assertIn("main ()", out)

    def test_functions_without_lines_are_unwound(self):
        out = gdb("break debugged_init", "run", "finish")
        self.assertIn("main ()", out)


if __name__ == "__main__":
    if not shutil.which("gdb"):
        print("skipped: gdb: not installed")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
