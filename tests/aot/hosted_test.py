"""A C program around the object: as C11 and C++, under valgrind and the sanitizers, with threads of its own, with all batch
sizes in one object, from an archive that chooses by cpuid."""

import platform
import re
import unittest

from harness import PLATFORMS, PROGRAMS, STRICT, TOOLS, TRAIN, AotTest, Lines, arguments, find_tool, processor_level, run_tests

HOSTED = PLATFORMS / "hosted.c"
FEW = ("-O1", "-DSTEPS=20")


class Languages(AotTest):
    def test_header_and_program_are_strict_c_and_cpp(self):
        folder = self.classifier("out", "native", 8)
        for compiler, std in [
            (arguments.cc, "c11"),
            (arguments.cc, "c17"),
            (arguments.cxx, "c++17"),
            (arguments.cxx, "c++20"),
            (TOOLS["clang"], "c11"),
            (TOOLS["clang"], "c2x"),
            (TOOLS["clang"], "c++20"),
        ]:
            if not compiler:
                continue
            with self.subTest(compiler=compiler, std=std):
                for source in TRAIN:
                    self.run_command(compiler, "-x", "c++" if "++" in std else "c", f"-std={std}", *STRICT,
                                     "-Wshadow", "-Wconversion", "-fsyntax-only", "-I", folder, "-I", PROGRAMS,
                                     "-include", "classifier.h", source)

    def test_a_cpp_program_gives_the_numbers_of_the_c_program(self):
        folder = self.classifier("out", "native", 8)
        outputs = []
        for std, name in [("c11", "c"), ("c++20", "cpp")]:
            program = self.c_program(folder, name, [*TRAIN, HOSTED], std=std, flags=FEW,
                                     libraries=[folder / "classifier.o"])
            outputs.append(self.run_command(program))
        self.assertEqual(outputs[0], outputs[1])
        self.assertIn("api ok\n", outputs[0])

    def test_all_names_begin_with_the_models_and_nothing_can_be_written(self):
        self.need("llvm-nm")
        folder = self.classifier("out", "native", 8)
        out = self.run_command(TOOLS["llvm-nm"], "--extern-only", "--defined-only", "--format=just-symbols",
                               folder / "classifier.o")
        self.assertEqual([name for name in out.split() if not name.startswith("classifier_")], [])
        # Nothing that could be changed, so nothing that two callers could share.
        sections = self.run_command(TOOLS["llvm-nm"], "--format=posix", folder / "classifier.o")
        self.assertEqual([line for line in sections.splitlines() if re.match(r"\S+ [bBdDC] ", line)], [])


class Checkers(AotTest):
    def test_valgrind_finds_nothing(self):
        self.need("valgrind")
        # Valgrind knows no AVX-512.
        target = f"x86-64-v{min(3, processor_level())}" if processor_level() > 1 else "x86-64"
        if not processor_level():
            target = "native"
        folder = self.classifier("out", target, 8)
        program = self.c_program(folder, "train", [*TRAIN, HOSTED], flags=("-g", *FEW),
                                 libraries=[folder / "classifier.o"])
        out = self.run_command(TOOLS["valgrind"], "--error-exitcode=9", "--leak-check=full", "--quiet", program)
        self.assertEqual(out, self.run_command(program))

    def test_sanitizers_find_nothing(self):
        folder = self.classifier("out", "native", 8)
        probe = self.folder / "probe.c"
        probe.write_text("int main(void) { return 0; }\n")
        flags = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        try:
            self.run_command(arguments.cc, *flags, probe, "-o", self.folder / "probe")
        except AssertionError:
            self.skipTest(f"{arguments.cc} has no sanitizers")
        program = self.c_program(folder, "train", [*TRAIN, HOSTED], flags=(*flags, *FEW),
                                 libraries=[folder / "classifier.o"])
        self.assertIn("api ok\n", self.run_command(program))


class Batches(AotTest):
    def test_one_object_serves_several_batch_sizes_on_one_state(self):
        folder = self.classifier("out", "native", "8,1")
        source = folder / "batches.c"
        source.write_text(BATCHES)
        program = self.c_program(folder, "batches", [source, HOSTED], libraries=[folder / "classifier.o"])
        self.assertEqual(self.run_command(program), "ok\n")


BATCHES = """
#include "classifier.h"
#include "images.h"
#include "text.h"

static classifier_state state;
static classifier_arena arena;

int program(void) {
  static float x[CLASSIFIER_BATCH_MAX * 64], many[CLASSIFIER_BATCH_MAX * 10], one[10], loss;
  static int32_t label[CLASSIFIER_BATCH_MAX];
  classifier_inputs inputs = {x, label};
  classifier_outputs outputs = {&loss, many};
  int failures = classifier_init(&state, 1);
  for (uint32_t step = 0; step < 50; ++step) {
    for (uint32_t i = 0; i < 8; ++i)
      label[i] = make_image(step * 8 + i, x + i * 64);
    failures += classifier_step_b8(&state, &inputs, &outputs, &arena);
    failures += classifier_step_b1(&state, &inputs, &outputs, &arena);
  }
  failures += classifier_infer_b8(&state, &inputs, &outputs, &arena);
  for (uint32_t i = 0; i < 8; ++i) {
    classifier_inputs single = {x + i * 64, NULL};
    classifier_outputs scores = {NULL, one};
    failures += classifier_infer_b1(&state, &single, &scores, &arena);
    for (uint32_t c = 0; c < 10; ++c) {
      float difference = one[c] - many[i * 10 + c];
      if (difference > 1e-4f || difference < -1e-4f)
        ++failures;
    }
  }
  put(failures || CLASSIFIER_BATCH_MAX != 8 ? "wrong\\n" : "ok\\n");
  return failures;
}
"""


class Threads(AotTest):
    def test_the_same_bits_on_any_number_of_threads_and_two_models_at_once(self):
        model = self.folder / "mlp.mlir"
        self.run_command(arguments.gradus, "export", "--model", "mlp", "--hidden", 256, "--optimizer", "adam", "-o", model)
        folder = self.compile_model(model, "out", "--name", "mlp", "--batch", 64, "--threads", "plug-in", "--step-results", "loss")
        program = self.c_program(folder, "threads", [PROGRAMS / "threads.c"], "-pthread", libraries=[folder / "mlp.o"])
        outputs = {count: self.run_command(program, count) for count in (0, 1, 2, 3, 7)}
        # The same model alone, and once more beside another one.
        parts = re.split(r"(?<=state )([0-9a-f]{8})\n", outputs[0])
        self.assertEqual(parts[1], parts[3])
        self.assertNotEqual(parts[1], parts[5])
        for count, output in outputs.items():
            self.assertEqual(output, outputs[0], f"{count} threads")


@unittest.skipUnless(platform.machine() in ("x86_64", "AMD64"), "levels of x86-64: this is another processor")
class Levels(AotTest):
    """An archive for several levels of x86-64."""

    def program(self, folder, sources=TRAIN, flags=("-O1", "-DSTEPS=100")):
        return self.c_program(folder, "train", [*sources, HOSTED], flags=flags, libraries=[folder / "classifier.a"])

    def alone(self, target):
        """The lines of an object for one level, where the processor has it or qemu plays it."""
        folder = self.classifier(target, target, 8, "--archive")
        program = self.program(folder)
        level = {"x86-64": 1, "x86-64-v3": 3, "x86-64-v4": 4}[target]
        if level <= processor_level():
            return Lines(self.run_command(program))
        self.need("qemu-x86_64")
        return Lines(self.run_command(TOOLS["qemu-x86_64"], "-cpu", "Haswell", program))

    def test_the_archive_takes_the_best_level_of_the_processor(self):
        folder = self.classifier("fat", "x86-64,x86-64-v3,x86-64-v4", 8)
        program = self.program(folder)
        best = {1: "x86-64", 2: "x86-64", 3: "x86-64-v3", 4: "x86-64-v4"}[processor_level()]
        self.assertSame(Lines(self.run_command(program)), self.alone(best))

    def test_the_archive_takes_lower_levels_of_lesser_processors(self):
        self.need("qemu-x86_64")
        folder = self.classifier("fat", "x86-64,x86-64-v3,x86-64-v4", 8)
        program = self.program(folder)
        first, third = self.alone("x86-64"), self.alone("x86-64-v3")
        self.assertNotEqual(first.bits, third.bits)  # fused multiply-adds: otherwise this says nothing
        self.assertSame(Lines(self.run_command(TOOLS["qemu-x86_64"], "-cpu", "Nehalem", program)), first)
        self.assertSame(Lines(self.run_command(TOOLS["qemu-x86_64"], "-cpu", "Haswell", program)), third)

    def test_a_processor_below_all_levels_gets_an_error_code(self):
        self.need("qemu-x86_64")
        folder = self.classifier("high", "x86-64-v3,x86-64-v4", 8)
        program = self.program(folder, [PROGRAMS / "no_cpu.c"], ("-O1",))
        out = self.run_command(TOOLS["qemu-x86_64"], "-cpu", "Nehalem", program)
        self.assertEqual(len(set(out.splitlines())), 1)

    def test_portable_numerics_give_one_set_of_bits_on_every_level(self):
        folder = self.classifier("fat", "x86-64,x86-64-v3,x86-64-v4", 8, "--numerics", "portable")
        program = self.program(folder)
        lines = Lines(self.run_command(program))
        self.assertSame(lines, self.jit_classifier("portable", 8, 100))
        if TOOLS["qemu-x86_64"]:
            for cpu in ("Nehalem", "Haswell"):
                self.assertSame(Lines(self.run_command(TOOLS["qemu-x86_64"], "-cpu", cpu, program)), lines)


run_tests()
