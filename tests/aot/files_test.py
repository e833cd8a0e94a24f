"""The files of `gradus compile`: the same bytes every time, all of them or none, and one clear line for each mistake."""

import os
import resource
import shutil
import subprocess

from harness import CLASSIFIER, TOOLS, AotTest, arguments, find_tool, run_tests

DOUBLE = """func.func @wide() {
  %x = gradus.input "x" : tensor<?x4xf64>
  %w = gradus.parameter "w" {a = 0.0 : f64, b = 0.0 : f64, kind = "zeros"} : tensor<4x3xf64>
  %y = gradus.matmul %x, %w : (tensor<?x4xf64>, tensor<4x3xf64>) -> tensor<?x3xf64>
  gradus.result "y" %y : tensor<?x3xf64>
  return
}
"""


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class SameBytes(AotTest):
    def test_two_compilations_from_and_into_different_folders_are_identical(self):
        for target in ("native", "cortex-m7", "wasm32", "x86-64,x86-64-v3"):
            with self.subTest(target=target):
                results = []
                for place in ("one", "another/with a longer name"):
                    where = self.folder / place
                    shutil.rmtree(where, ignore_errors=True)
                    where.mkdir(parents=True)
                    shutil.copy(CLASSIFIER, where / "model.mlir")
                    model = "model.mlir" if place == "one" else where / "model.mlir"
                    self.run_command(arguments.gradus, "compile", model, "-o", "out", "--target", target, "--archive",
                                     "--json", "--weights", "file", "--batch", 8, cwd=where)
                    results.append(contents(where / "out"))
                self.assertEqual(results[0], results[1])
                self.assertGreaterEqual(set(results[0]), {"classifier.h", "classifier.a", "classifier.json",
                                                          "classifier.safetensors"})

    def test_text_forms(self):
        for what, ending, expected in [("asm", ".s", "classifier_step"), ("llvm", ".ll", "define"),
                                       ("mlir", ".mlir", "classifier_step")]:
            with self.subTest(what=what):
                folder = self.classifier(what, "native", 8, "--emit", what)
                self.assertIn(expected, (folder / f"classifier{ending}").read_text())


class Mistakes(AotTest):
    def refuse(self, *options, words=(), status=1, model=CLASSIFIER, out="out", lines=1, **more):
        """An error of one line that has the words; no file is left."""
        done = subprocess.run([arguments.gradus, "compile", str(model), "-o", out, *map(str, options)], cwd=self.folder,
                              env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              **more)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        if lines:
            self.assertEqual(len(done.stderr.splitlines()), lines, done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        if not (self.folder / out).is_file():
            self.assertEqual(list((self.folder / out).glob("*")), [])
        return done.stderr

    def test_unknown_targets_list_the_known_ones(self):
        self.refuse("--target", "z80", words=["z80", "x86-64-v3", "wasm32", "cortex-m7", "aarch64"])

    def test_unknown_processors_and_features_list_the_known_ones(self):
        self.refuse("--target", "x86_64-unknown-linux-gnu", "--cpu", "i8080", words=["i8080", "znver4"])
        self.refuse("--target", "aarch64", "--cpu", "i8080", words=["i8080", "cortex-a72"])
        self.refuse("--target", "x86-64", "--features", "+warp", words=["warp", "avx2"])

    def test_wrong_options_get_the_usage(self):
        for options, word in [
            (["--targets", "native"], "did you mean --target?"),
            (["--entry", "sideways"], "inference, training or both"),
            (["--batch", "0"], "--batch"),
            (["--batch", "many"], "--batch"),
            (["--numerics", "exact"], "native or portable"),
            (["--threads", "4"], "none or plug-in"),
            (["--weights", "cloud"], "embedded or file"),
            (["--emit", "pdf"], "object, asm, llvm or mlir"),
            (["--emit", "asm", "--archive"], "--archive"),
        ]:
            with self.subTest(options=options):
                self.assertIn(word, self.refuse(*options, status=2, lines=None).splitlines()[0])

    def test_options_that_contradict_each_other(self):
        self.refuse("--name", "7up", words=["7up"])
        self.refuse("--target", "x86-64-v3,x86-64", words=["x86-64"])
        self.refuse("--target", "x86-64,wasm32", words=["wasm32"])
        self.refuse("--results", "nonsense", words=["nonsense"])

    def test_missing_and_broken_models(self):
        self.refuse(model="nowhere.mlir", words=["nowhere.mlir"])
        for name, text in [
            ("broken", "func.func @broken( {"),
            ("empty", ""),
            ("binary", "\0\1\2\3" * 100),
            ("shapes", DOUBLE.replace("tensor<?x4xf64>, tensor<4x3xf64>", "tensor<?x4xf64>, tensor<5x3xf64>")),
            ("truncated", CLASSIFIER.read_text()[:1500]),
        ]:
            with self.subTest(name=name):
                model = self.folder / f"{name}.mlir"
                model.write_text(text)
                self.assertIn(f"{name}.mlir", self.refuse(model=model, lines=None))

    def test_missing_and_broken_checkpoints(self):
        self.refuse("--checkpoint", "nowhere.safetensors", words=["nowhere.safetensors"])
        (self.folder / "broken.safetensors").write_bytes(b"\xff" * 64)
        self.refuse("--checkpoint", "broken.safetensors", words=["broken.safetensors"])

    def test_a_model_that_needs_what_the_target_lacks_names_the_op(self):
        model = self.folder / "double.mlir"
        model.write_text(DOUBLE)
        self.refuse("--target", "cortex-m4", model=model, words=["f64", "gradus.matmul"])
        # A processor with double arithmetic takes it.
        self.compile_model(model, "fine", "--target", "cortex-m7")

    def test_nothing_to_train(self):
        model = self.folder / "double.mlir"
        model.write_text(DOUBLE)
        self.refuse("--entry", "training", model=model, words=["train"])

    def test_folders_that_cannot_be_written(self):
        (self.folder / "file").write_text("here already")
        self.refuse(out="file", words=["file"])
        if os.geteuid() != 0:
            (self.folder / "locked").mkdir(mode=0o555)
            self.refuse(out="locked", words=["locked"])
            self.refuse(out="locked/inner", words=["locked"])

    def test_a_full_disk_leaves_no_partial_file(self):
        def limit(kilobytes):
            return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes << 10, kilobytes << 10))

        for kilobytes in (0, 4):
            with self.subTest(kilobytes=kilobytes):
                # restore_signals: Python ignores SIGXFSZ, so that writing fails as on a full disk.
                self.refuse("--target", "x86-64", preexec_fn=limit(kilobytes), restore_signals=False)

    def test_a_full_disk_keeps_what_was_there(self):
        folder = self.classifier("out", "x86-64", 8)
        before = contents(folder)
        done = subprocess.run(
            [arguments.gradus, "compile", str(CLASSIFIER), "-o", "out", "--target", "x86-64-v3", "--batch", "4"],
            cwd=self.folder, env=self.environment, capture_output=True, text=True, restore_signals=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (8 << 10, 8 << 10)))
        self.assertEqual(done.returncode, 1)
        self.assertEqual(contents(folder), before)

    def test_a_small_file_system(self):
        unshare = find_tool("unshare")
        script = ('mkdir -p small && mount -t tmpfs -o size=8k none small || exit 88; '
                  '"$0" compile "$1" -o small --target x86-64; echo status $?; ls -A small')
        if not unshare:
            self.skipTest("unshare: not installed")
        done = subprocess.run([unshare, "-Urm", "sh", "-c", script, arguments.gradus, str(CLASSIFIER)], cwd=self.folder,
                              env=self.environment, capture_output=True, text=True)
        if "status" not in done.stdout:
            self.skipTest("no file system can be mounted here")
        self.assertEqual(done.stdout, "status 1\n")
        self.assertIn("small", done.stderr)


run_tests()
