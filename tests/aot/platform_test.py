"""The classifier trains on one kind of machine, named by $PLATFORM: as the JIT does here, and with portable numerics to the
same bits."""

import os

from harness import PLATFORM, AotTest, Lines, run_tests

NAME = os.environ.get("PLATFORM", "native")
PLATFORM = PLATFORM[NAME]
# Batch 8 for vectors, batch 1 for the least memory.
STEPS = {8: 200, 1: 300}
# What a C library and its libm have in any case.
LIBRARY = {"memcpy", "memset", "memmove", "memcmp", "expf", "logf", "sqrtf", "fmaf", "exp", "log", "sqrt", "fma", "pow"}
# What wasm-ld defines for every module.
WASM = {"__stack_pointer"}


class Training(AotTest):
    def setUp(self):
        super().setUp()
        if reason := PLATFORM.skip_reason():
            self.skipTest(reason)

    def train(self, numerics, batch):
        folder = self.classifier(f"{numerics}-{batch}", PLATFORM.target, batch, "--numerics", numerics,
                                 "--entry", "both", *PLATFORM.options)
        needed = self.undefined(folder / "classifier.o")
        self.assertLessEqual(needed, WASM if NAME == "wasm32" else set() if PLATFORM.alone else LIBRARY)
        program = PLATFORM.build(self, folder, flags=("-O1", f"-DSTEPS={STEPS[batch]}"))
        lines = Lines(PLATFORM.execute(self, program))
        self.assertIn("api ok\n", lines.text)
        self.assertLess(lines.losses[-1], lines.losses[0] / 2)
        self.assertGreater(lines.right, 0.9 * lines.tested)
        if lines.memory:
            data, stack, code = lines.memory
            print(f"{NAME}, {numerics} numerics, batch {batch}: {data} bytes of data and {stack} of stack in 64 KiB of "
                  f"memory, {code} of code, with the program that tests it")
            self.assertLess(data + stack, 64 << 10)
        return lines

    def check_native(self, batch):
        lines = self.train("native", batch)
        jit = self.jit_classifier("native", batch, STEPS[batch])
        if PLATFORM.target == "native":
            self.assertSame(lines, jit)
        else:
            self.assertClose(lines, jit)

    def check_portable(self, batch):
        self.assertSame(self.train("portable", batch), self.jit_classifier("portable", batch, STEPS[batch]))

    def test_curve_is_that_of_the_jit_with_native_numerics_batch_8(self):
        self.check_native(8)

    def test_curve_is_that_of_the_jit_with_native_numerics_batch_1(self):
        self.check_native(1)

    def test_bits_are_those_of_the_jit_with_portable_numerics_batch_8(self):
        self.check_portable(8)

    def test_bits_are_those_of_the_jit_with_portable_numerics_batch_1(self):
        self.check_portable(1)


run_tests()
