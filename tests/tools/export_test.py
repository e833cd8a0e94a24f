"""gradus export, as a user calls it."""

import re
import subprocess

from tool import GRADUS, ToolTest, run_tests

MODELS = [
    ["--model", "mlp", "--hidden", "8,5", "--optimizer", "adam", "--features", 12, "--classes", 3],
    ["--model", "mlp", "--hidden", 8, "--optimizer", "nesterov", "--classes", 0, "--features", 9],
    ["--model", "linear", "--optimizer", "momentum", "--features", 7, "--classes", 4],
    ["--model", "softmax", "--optimizer", "sgd", "--features", 7, "--classes", 4, "--lr", 0.1],
]


class Export(ToolTest):
    def test_the_text_is_the_model(self):
        for model in MODELS:
            for more in [[], ["--evaluation"]]:
                with self.subTest(model=model, more=more):
                    path = self.folder / "m.mlir"
                    text, errors = self.run_tool("export", *model, *more)
                    self.assertEqual(errors, "")
                    out, _ = self.run_tool("export", *model, *more, "-o", path)
                    self.assertEqual((out, path.read_text()), ("", text))
                    # After every phase, and as code, it is what the built-in model is.
                    for show in [["--stop-after=graph"], ["--stop-after=memory"], ["--emit", "llvm"]]:
                        built, _ = self.run_tool("show", *model, *more, *show, "--batch", 4)
                        read, _ = self.run_tool("show", path, *show, "--batch", 4)
                        self.assertEqual(without_lines(built), without_lines(read))

    def test_locations_are_kept(self):
        path = self.folder / "m.mlir"
        self.run_tool("export", *MODELS[0], "--locations", "--output", path)
        self.assertIn("Model.cpp", path.read_text())
        show = ["--stop-after=schedule", "--locations", "--batch", 4]
        self.assertEqual(self.run_tool("show", path, *show)[0], self.run_tool("show", *MODELS[0], *show)[0])

    def test_standard_input_is_read(self):
        text, _ = self.run_tool("export", *MODELS[3])
        (self.folder / "m.mlir").write_text(text)
        with open(self.folder / "m.mlir") as file:
            out, _ = self.run_tool("show", "-", "--stop-after=graph", stdin=file)
        self.assertEqual(out, text)
        (self.folder / "m.mlir").write_text("nonsense")
        with open(self.folder / "m.mlir") as file:
            _, errors = self.run_tool("show", "-", status=1, stdin=file)
        self.assertIn("<stdin>:1:1: error", errors)

    def test_wrong_lines(self):
        for words, expected in [
            (["--model", "tree"], 'found "tree"'),
            (["--batch", 8], "unknown option"),
            (["m.mlir"], 'unexpected argument "m.mlir"'),
            (["--model", "softmax", "--classes", 0], "--classes"),
            (["-o"], "--output: expected FILE"),
            (["-x", "m"], 'unknown option "-x"'),
        ]:
            with self.subTest(words=words):
                _, errors = self.run_tool("export", *words, status=2)
                self.assertUsage(errors, expected)

    def test_places_that_cannot_be_written(self):
        _, errors = self.run_tool("export", "-o", self.folder / "none/m.mlir", status=1)
        self.assertOneLine(errors, "none/m.mlir")
        _, errors = self.run_tool("export", "-o", self.folder, status=1)
        self.assertOneLine(errors, str(self.folder))
        with open("/dev/full", "w") as full:
            done = subprocess.run([GRADUS, "export"], stdout=full, stderr=subprocess.PIPE, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertOneLine(done.stderr, "standard output")


def without_lines(text):
    """LLVM IR without its line tables: a built-in model has lines of C++, a text its own."""
    text = re.sub(r"(,)? !dbg !\d+", "", text)
    return "\n".join(line for line in text.splitlines() if not line.startswith("!"))


if __name__ == "__main__":
    run_tests()
