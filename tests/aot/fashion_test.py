"""A C program trains Fashion-MNIST to the very weights of the JIT. Skipped where the data are not: $GRADUS_SHARED/data, else
../shared/data beside the source tree."""

import gzip
import os
from pathlib import Path

from harness import PROGRAMS, AotTest, Lines, arguments, run_tests

SHARED = Path(os.environ.get("GRADUS_SHARED", Path(__file__).resolve().parents[3] / "shared"))
DATA = SHARED / "data" / "fashion-mnist"


class Fashion(AotTest):
    def setUp(self):
        super().setUp()
        if not (DATA / "train-images-idx3-ubyte.gz").exists():
            self.skipTest(f"no Fashion-MNIST in {DATA}")

    def records(self, stem):
        """Images, each followed by its class."""
        images = gzip.decompress((DATA / f"{stem}-images-idx3-ubyte.gz").read_bytes())[16:]
        labels = gzip.decompress((DATA / f"{stem}-labels-idx1-ubyte.gz").read_bytes())[8:]
        path = self.folder / stem
        with open(path, "wb") as file:
            for i, label in enumerate(labels):
                file.write(images[784 * i : 784 * (i + 1)] + bytes([label]))
        return path

    def test_one_epoch_gives_the_weights_of_the_jit(self):
        model = self.folder / "mlp.mlir"
        self.run_command(arguments.gradus, "export", "--model", "mlp", "--hidden", 256, "--optimizer", "adam", "-o", model)
        train, test = self.records("train"), self.records("t10k")
        folder = self.compile_model(model, "out", "--name", "mlp", "--batch", 32, "--step-results", "loss")
        program = self.c_program(folder, "fashion", [PROGRAMS / "fashion.c"], libraries=[folder / "mlp.o"])
        out = self.run_command(program, train, test)
        jit = self.run_command(arguments.jit, "fashion", model, "native", 32, train, test)
        self.assertEqual(out, jit)
        lines = Lines(out)
        print(f"one epoch: {lines.right} of {lines.tested} test images are right")
        self.assertGreater(lines.right, 0.8 * lines.tested)
        # Not asserted: the machine may be busy.
        times = [self.run_command(program, "--first-step", train).strip() for _ in range(10)]
        print(min(times, key=lambda line: int(line.split()[-2])))


run_tests()
