"""What the tests of ahead-of-time compilation share: the compiler, C compilers, machines to run on, and the lines that
the programs print. A test that lacks a tool is skipped and says which; a script of which nothing ran ends with 77."""

import argparse
import dataclasses
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAMS = HERE / "programs"
PLATFORMS = HERE / "platforms"
CLASSIFIER = HERE / "models" / "classifier.mlir"
STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror"]
SKIPPED = 77

arguments = argparse.Namespace(gradus="gradus", jit="gradus-aot-jit", cc="cc", cxx="c++", rest=[])


def run_tests():
    """Runs the tests of the calling script: SCRIPT --gradus TOOL --jit PROGRAM --cc CC --cxx CXX [unittest's words]."""
    parser = argparse.ArgumentParser()
    for name in ("gradus", "jit", "cc", "cxx"):
        parser.add_argument(f"--{name}", default=getattr(arguments, name))
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    parser.parse_args(namespace=arguments)
    result = unittest.main(module="__main__", argv=[sys.argv[0], *arguments.rest], exit=False).result
    for _, reason in result.skipped:
        print(f"skipped: {reason}")
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if result.testsRun == len(result.skipped) else 0)


def find_tool(*names):
    """The first of the names that is installed, LLVM's own folder included."""
    for name in names:
        found = shutil.which(name) or shutil.which(name, path="/usr/lib/llvm-19/bin")
        if found:
            return found
    return None


TOOLS = {
    "clang": find_tool("clang-19", "clang"),
    "ld.lld": find_tool("ld.lld-19", "ld.lld"),
    "wasm-ld": find_tool("wasm-ld-19", "wasm-ld"),
    "llvm-nm": find_tool("llvm-nm-19", "llvm-nm"),
    "node": find_tool("node", "nodejs"),
    **{
        name: find_tool(name)
        for name in ("qemu-x86_64", "qemu-aarch64", "qemu-riscv64", "qemu-system-arm", "valgrind")
    },
}


def processor_level():
    """The level of x86-64 that this processor and its system have, as the psABI counts; 0 elsewhere."""
    try:
        flags = set(re.search(r"^flags\s*:(.*)$", Path("/proc/cpuinfo").read_text(), re.M)[1].split())
    except (OSError, TypeError):
        return 0
    level = 1
    for needed in (
        {"cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"},
        {"avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"},
        {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
    ):
        if not needed <= flags:
            break
        level += 1
    return level


class AotTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory(prefix="gradus-aot-")
        self.folder = Path(self._folder.name)
        self.environment = dict(os.environ, GRADUS_CACHE=str(self.folder / "cache"))

    def tearDown(self):
        self._folder.cleanup()

    def need(self, *tools):
        missing = [tool for tool in tools if not TOOLS.get(tool)]
        if missing:
            self.skipTest(f"{', '.join(missing)}: not installed")

    def run_command(self, *words, status=0, timeout=120, **options):
        """What a command prints; its exit status must be as said."""
        words = [str(word) for word in words]
        options.setdefault("cwd", self.folder)
        done = subprocess.run(words, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=timeout, **options)
        self.assertEqual(done.returncode, status, f"{' '.join(words)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    def compile_model(self, model, to, *options):
        """The folder in which `gradus compile` leaves its files."""
        folder = self.folder / to
        self.run_command(arguments.gradus, "compile", model, "-o", folder, *options)
        return folder

    def classifier(self, to, target, batch, *options):
        return self.compile_model(CLASSIFIER, to, "--name", "classifier", "--target", target, "--batch", batch, *options)

    def jit(self, *words):
        return Lines(self.run_command(arguments.jit, *words))

    def jit_classifier(self, numerics, batch, steps):
        return self.jit("classifier", CLASSIFIER, numerics, batch, steps)

    def c_program(self, folder, name, sources, *options, std="c11", flags=("-O1",), compiler=None, libraries=()):
        """Compiles C sources against the header in `folder` as strictly as can be, and links the objects there."""
        program = folder / name
        language = ["-x", "c++"] if std.startswith("c++") else ["-x", "c"]
        compiler = compiler or (arguments.cxx if std.startswith("c++") else arguments.cc)
        self.run_command(compiler, f"-std={std}", *STRICT, *flags, f"-I{folder}", f"-I{PROGRAMS}", *options, *language,
                         *sources, "-x", "none", *libraries, "-o", program)
        return program

    def undefined(self, path):
        self.need("llvm-nm")
        out = self.run_command(TOOLS["llvm-nm"], "--undefined-only", "--format=just-symbols", path)
        return set(word for word in out.split() if not word.endswith(":"))

    def assertSame(self, left, right):
        """The same bits in every line."""
        self.assertEqual(left.bits, right.bits)

    def assertClose(self, left, right):
        """The same training curve within rounding, and nearly the same answers.

        A rounding error of 6e-8 grows while a network trains; 1e-4 of the loss is above what was seen and far
        below what a wrong gradient would do."""
        self.assertEqual(len(left.losses), len(right.losses))
        for step, (one, other) in enumerate(zip(left.losses, right.losses)):
            self.assertLessEqual(abs(one - other), 1e-4 * max(abs(other), 0.1), f"step {step}: {one} and {other}")
        self.assertLessEqual(abs(left.right - right.right), 2)


class Lines:
    """What programs/train.c prints."""

    def __init__(self, text):
        self.text = text
        self.bits = [line for line in text.splitlines() if line.startswith(("step ", "weights ", "right "))]
        self.losses = [struct.unpack(">f", bytes.fromhex(bits))[0]
                       for bits in re.findall(r"^step \d+ loss ([0-9a-f]{8})", text, re.M)]
        found = re.search(r"^right (\d+) of (\d+)$", text, re.M)
        self.right, self.tested = (int(found[1]), int(found[2])) if found else (0, 0)
        memory = re.search(r"^memory data (\d+) stack (\d+) code (\d+)$", text, re.M)
        self.memory = tuple(map(int, memory.groups())) if memory else None


TRAIN = [PROGRAMS / "train.c", PROGRAMS / "check_api.c"]


@dataclasses.dataclass
class Platform:
    """A kind of machine: what `gradus compile` makes for it, how a C program becomes one for it, and what runs that."""

    target: str
    tools: tuple = ()
    level: int = 0  # of x86-64 that is needed
    options: tuple = ()  # of gradus compile
    clang: tuple = ()  # to compile and link; empty: the system's own compiler
    sources: tuple = ()
    run: tuple = ()
    alone: bool = False  # the object may refer to nothing at all

    def skip_reason(self):
        missing = [tool for tool in self.tools if not TOOLS.get(tool)]
        if missing:
            return f"{', '.join(missing)}: not installed"
        if self.level > processor_level():
            return f"this processor has no {self.target}"
        return None

    def build(self, test, folder, name="train", sources=TRAIN, flags=("-O1",)):
        """An executable in `folder`, where the object and the header lie."""
        if not self.clang:
            return test.c_program(folder, name, [*sources, PLATFORMS / "hosted.c"], flags=flags,
                                  libraries=[folder / "classifier.o"])
        own = [PLATFORMS / source for source in self.sources]
        objects = []
        for source in [*sources, *own, PLATFORMS / "memory.c"]:
            objects.append(folder / f"{source.stem}.platform.o")
            test.run_command(TOOLS["clang"], "-std=c11", *STRICT, "-ffreestanding", "-fno-builtin", *flags, *self.clang,
                             f"-I{folder}", f"-I{PROGRAMS}", "-c", source, "-o", objects[-1])
        program = folder / name
        test.run_command(*self.linker(), *objects, folder / "classifier.o", "-o", program)
        return program

    def linker(self):
        raise NotImplementedError

    def execute(self, test, program):
        runner = [TOOLS.get(word, word) for word in self.run]
        return test.run_command(*runner, program)


class Linux(Platform):
    def linker(self):
        return [TOOLS["ld.lld"], "-static", "-e", "_start"]


class Wasm(Platform):
    def linker(self):
        return [TOOLS["wasm-ld"], "--no-entry", "--export=program", "--fatal-warnings"]


@dataclasses.dataclass
class Cortex(Platform):
    flash: int = 0
    ram: int = 0x20000000
    machine: str = ""

    def linker(self):
        return [TOOLS["ld.lld"], "-static", "-T", PLATFORMS / "cortex.ld", f"--defsym=FLASH_START={self.flash:#x}",
                f"--defsym=RAM_START={self.ram:#x}"]

    def execute(self, test, program):
        return test.run_command(
            TOOLS["qemu-system-arm"], "-M", self.machine, "-display", "none", "-monitor", "none", "-serial", "none",
            "-chardev", "stdio,id=out", "-semihosting-config", "enable=on,target=native,chardev=out",
            "-kernel", program)


ARM = ("-mfloat-abi=hard", "-ffunction-sections")
CLANG, LLD = ("clang",), ("clang", "ld.lld")
PLATFORM = {
    "native": Platform("native"),
    "x86-64": Platform("x86-64", level=1),
    "x86-64-v3": Platform("x86-64-v3", level=3),
    "x86-64-v4": Platform("x86-64-v4", level=4),
    "aarch64": Linux("aarch64", tools=(*LLD, "qemu-aarch64"), clang=("--target=aarch64-linux-gnu",),
                     sources=("linux.c",), run=("qemu-aarch64",)),
    "riscv64": Linux("riscv64", tools=(*LLD, "qemu-riscv64"),
                     clang=("--target=riscv64-linux-gnu", "-march=rv64gc", "-mabi=lp64d"), sources=("linux.c",),
                     run=("qemu-riscv64", "-cpu", "rv64")),
    "riscv64-v": Linux("riscv64-v", tools=(*LLD, "qemu-riscv64"),
                       clang=("--target=riscv64-linux-gnu", "-march=rv64gc", "-mabi=lp64d"), sources=("linux.c",),
                       run=("qemu-riscv64", "-cpu", "rv64,v=true,vext_spec=v1.0,vlen=128")),
    "cortex-m4": Cortex("cortex-m4", tools=(*LLD, "qemu-system-arm"), alone=True,
                        clang=("--target=thumbv7em-none-eabihf", "-mcpu=cortex-m4", *ARM), sources=("cortex.c", "aeabi.c"),
                        machine="mps2-an386"),
    "cortex-m7": Cortex("cortex-m7", tools=(*LLD, "qemu-system-arm"), alone=True,
                        clang=("--target=thumbv7em-none-eabihf", "-mcpu=cortex-m7", *ARM), sources=("cortex.c", "aeabi.c"),
                        machine="mps2-an500"),
    "cortex-m33": Cortex("cortex-m33", tools=(*LLD, "qemu-system-arm"), alone=True,
                         clang=("--target=thumbv8m.main-none-eabihf", "-mcpu=cortex-m33", *ARM),
                         sources=("cortex.c", "aeabi.c"), machine="mps2-an505", flash=0x10000000, ram=0x38000000),
    "wasm32": Wasm("wasm32", tools=("clang", "wasm-ld", "node"), alone=True, clang=("--target=wasm32",),
                   sources=("wasm.c",), run=("node", str(PLATFORMS / "run_wasm.mjs"))),
}
