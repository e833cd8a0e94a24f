"""gradus show, as a user calls it."""

from tool import ToolTest, run_tests

SMALL = ["show", "--hidden", 16, "--features", 20, "--classes", 4, "--batch", 8]

MODEL = """func.func @twice() {
  %x = gradus.input "x" : tensor<?x3xf32>
  %y = gradus.add %x, %x : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<?x3xf32>
  gradus.result "y" %y : tensor<?x3xf32>
  return
}
"""


class Show(ToolTest):
    def test_every_phase(self):
        for phase, expected in [
            ("graph", "gradus.gradients"),
            ("shapes", "gradus.broadcast"),
            ("autodiff", "gradus.matmul"),
            ("schedule", 'gradus.kernel "product"'),
            ("memory", "buffers"),
            ("lower", "_step"),
            ("codegen", '"abi"'),
            ("jit", '"abi"'),
        ]:
            with self.subTest(phase=phase):
                out, errors = self.run_tool(*SMALL, f"--stop-after={phase}")
                self.assertIn(expected, out)
                self.assertEqual(errors, "")

    def test_everything_that_can_be_emitted(self):
        for what, expected in [
            ("mlir", "gradus.parameter"),
            ("dot", "cluster"),
            ("kernels", "product"),
            ("arena", "lower bound"),
            ("asm", "mlp_step"),
            ("llvm", "define"),
            ("time", "codegen"),
        ]:
            with self.subTest(what=what):
                out, errors = self.run_tool(*SMALL, "--emit", what)
                self.assertIn(expected, out)
                self.assertEqual(errors, "")

    def test_another_machine(self):
        out, _ = self.run_tool(*SMALL, "--emit", "asm", "--target", "x86-64-v3")
        self.assertIn("%ymm", out)
        self.assertNotIn("%zmm", out)
        _, errors = self.run_tool(*SMALL, "--target", "z80", status=2)
        self.assertUsage(errors, "z80")

    def test_a_model_from_a_file(self):
        path = self.folder / "m.mlir"
        path.write_text(MODEL)
        out, _ = self.run_tool("show", path, "--stop-after=shapes", "--batch", 5)
        self.assertIn("tensor<5x3xf32>", out)
        path.write_text(MODEL.replace("gradus.add", "gradus.fly"))
        _, errors = self.run_tool("show", path, status=1)
        self.assertIn("m.mlir:3", errors)
        _, errors = self.run_tool("show", "none.mlir", status=1)
        self.assertOneLine(errors, "none.mlir")
        _, errors = self.run_tool("show", path, "--model", "mlp", status=2)
        self.assertUsage(errors, "a FILE.mlir is its own model")

    def test_wrong_lines(self):
        for words, expected in [
            (["--stop-after=flying"], "found \"flying\""),
            (["--emit", "wasm"], "found \"wasm\""),
            (["--emit", "asm", "--stop-after=graph"], "only --emit mlir shows a phase"),
            (["--batch", "0"], "--batch"),
            (["a", "b"], 'unexpected argument "b"'),
        ]:
            with self.subTest(words=words):
                _, errors = self.run_tool("show", *words, status=2)
                self.assertUsage(errors, expected)


if __name__ == "__main__":
    run_tests()
