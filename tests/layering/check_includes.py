#!/usr/bin/env python3
"""Checks that the layers include only what they may. Each rule below is an arrow of the layout.

usage: check_includes.py ROOT        checks the sources under ROOT
       check_includes.py --self-test checks the checker: each rule must catch its offender
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

LAYERS = ("compiler", "runtime", "dialects", "examples")
SOURCES = {".h", ".hpp", ".cpp", ".c", ".cc", ".td", ".inc"}
UMBRELLA = "gradus/"  # users' way in: compiler/include/gradus/gradus.h
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')

# Libraries that stand behind plain headers, by how their includes begin.
HEAVY = {
    "MLIR": ("mlir/", "mlir-c/"),
    "LLVM": ("llvm/", "llvm-c/"),
    "Boost": ("boost/",),
    "GoogleTest": ("gtest/", "gmock/"),
}

# (folder or file, project prefixes that it may include, heavy libraries that it may include); the first that
# fits a file counts, so that the special cases come first.
RULES = [
    # The ABI stands alone: a compiled program and its caller need nothing else.
    ("runtime/abi/gradus_abi.h", (), ()),
    ("runtime/abi/", ("runtime/abi/",), ()),
    ("runtime/", ("runtime/",), ()),
    ("dialects/", ("dialects/",), ("MLIR", "LLVM")),
    # Each phase sees the dialect, the phases and the ABI; only what makes or runs a program sees the runtime.
    ("compiler/include/", ("compiler/", "runtime/"), ()),
    ("compiler/graph/", ("compiler/", "dialects/", "runtime/", "gradus/"), ("MLIR", "LLVM")),
    ("compiler/jit/", ("compiler/", "dialects/", "runtime/"), ("MLIR", "LLVM")),
    ("compiler/tools/", ("compiler/", "dialects/", "runtime/", "gradus/"), ("MLIR", "LLVM")),
    ("compiler/aot/", ("compiler/", "dialects/", "runtime/"), ("MLIR", "LLVM")),
    ("compiler/Compile.", ("compiler/", "dialects/", "runtime/"), ("MLIR", "LLVM")),
    ("compiler/Prepare.", ("compiler/", "dialects/", "runtime/"), ("MLIR", "LLVM")),
    # Boost.Graph is a view that schedule takes of a block of ops, and nobody else.
    ("compiler/schedule/", ("compiler/", "dialects/", "runtime/abi/"), ("MLIR", "LLVM", "Boost")),
    ("compiler/", ("compiler/", "dialects/", "runtime/abi/"), ("MLIR", "LLVM")),
    # A user's program: the umbrella header is enough.
    ("examples/", ("gradus/",), ()),
]

# What a user includes. Nothing that these reach may be heavy.
USER_HEADERS = ("compiler/include/", "compiler/Compile.h", "runtime/")


def includes(path: Path):
    """(line number, whether quoted, name) of each include of a file."""
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
        found = INCLUDE.match(line)
        if found:
            yield number, found[1] == '"', found[2]


def library_of(name: str) -> str | None:
    for library, heads in HEAVY.items():
        if name.startswith(heads):
            return library
    return None


def is_project(name: str) -> bool:
    return name.startswith(UMBRELLA) or name.split("/")[0] in LAYERS


class Checker:
    def __init__(self, root: Path):
        self.root = root
        self.errors: list[str] = []
        self.files = sorted(
            path
            for layer in LAYERS
            for path in (root / layer).rglob("*")
            if path.suffix in SOURCES and path.is_file()
        )

    def error(self, path: Path, number: int, text: str) -> None:
        self.errors.append(f"{path.relative_to(self.root)}:{number}: error: {text}")

    def locate(self, name: str) -> Path | None:
        """Where a project include lies."""
        folder = self.root / "compiler/include" if name.startswith(UMBRELLA) else self.root
        return folder / name if (folder / name).is_file() else None

    def rule_of(self, path: Path):
        name = path.relative_to(self.root).as_posix()
        return next((rule for rule in RULES if name.startswith(rule[0])), None)

    def check_arrows(self) -> None:
        for path in self.files:
            rule = self.rule_of(path)
            if not rule:
                continue
            where, projects, libraries = rule
            for number, quoted, name in includes(path):
                library = library_of(name)
                if library and library not in libraries:
                    self.error(path, number, f"{where} must not include {library} ({name})")
                elif is_project(name) and not name.startswith(projects or ("\0",)):
                    self.error(path, number, f"{where} must not include {name}")
                elif quoted and not library and not self.is_rooted(path, name):
                    self.error(path, number, f'"{name}" does not start at the root of the repository')

    def is_rooted(self, path: Path, name: str) -> bool:
        # Generated files appear in the build folder only.
        return is_project(name) or name.endswith(".inc") and "/" in name

    def check_user_headers(self) -> None:
        """Follows what users include; says by which way something heavy is reached."""
        start = [p for p in self.files if self.is_user_header(p)]
        came_from: dict[Path, Path | None] = {p: None for p in start}
        queue = list(start)
        while queue:
            path = queue.pop(0)
            for number, _, name in includes(path):
                library = library_of(name)
                if library:
                    way, at = [], path
                    while at is not None:
                        way.append(at.relative_to(self.root).as_posix())
                        at = came_from[at]
                    self.error(path, number, f"a user's header reaches {library} ({name}): {' <- '.join(way)}")
                elif is_project(name):
                    target = self.locate(name)
                    if target and target not in came_from:
                        came_from[target] = path
                        queue.append(target)

    def is_user_header(self, path: Path) -> bool:
        name = path.relative_to(self.root).as_posix()
        return path.suffix == ".h" and name.startswith(USER_HEADERS)

    def run(self) -> list[str]:
        self.check_arrows()
        self.check_user_headers()
        return self.errors


OFFENDERS = {  # file: (include, words of the message)
    "runtime/abi/gradus_abi.h": ('"runtime/core/DType.h"', "must not include runtime/core/DType.h"),
    "runtime/core/A.cpp": ("<mlir/IR/Value.h>", "must not include MLIR"),
    "runtime/core/B.cpp": ('"compiler/Compile.h"', "must not include compiler/Compile.h"),
    "runtime/data/C.cpp": ('"Csv.h"', "does not start at the root"),
    "dialects/gradus/D.cpp": ('"runtime/core/DType.h"', "must not include runtime/core/DType.h"),
    "dialects/gradus/E.cpp": ("<boost/graph/adjacency_list.hpp>", "must not include Boost"),
    "compiler/memory/F.cpp": ('"boost/graph/adjacency_list.hpp"', "must not include Boost"),
    "compiler/lower/G.cpp": ('"runtime/core/Threads.h"', "must not include runtime/core/Threads.h"),
    "compiler/graph/Inner.h": ("<llvm/ADT/STLExtras.h>", "a user's header reaches LLVM"),
    "examples/1_first.cpp": ('"compiler/Compile.h"', "must not include compiler/Compile.h"),
}


def self_test() -> int:
    failures = 0
    for offender, (include, words) in OFFENDERS.items():
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            good = {
                "compiler/include/gradus/gradus.h": '#include "compiler/graph/Graph.h"\n#include "runtime/core/DType.h"\n',
                "compiler/graph/Graph.h": '#include "compiler/graph/Inner.h"\n#include <vector>\n',
                "compiler/graph/Inner.h": "",
                "compiler/schedule/Order.cpp": "#include <boost/graph/adjacency_list.hpp>\n",
                "runtime/core/DType.h": "#include <cstdint>\n",
                "runtime/abi/gradus_abi.h": "#include <stdint.h>\n",
                "dialects/gradus/Dialect.h": '#include "dialects/gradus/Dialect.h.inc"\n#include "mlir/IR/Dialect.h"\n',
                "examples/0_zero.cpp": '#include "gradus/gradus.h"\n',
            }
            for name, text in good.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            clean = Checker(root).run()
            (root / offender).parent.mkdir(parents=True, exist_ok=True)
            (root / offender).write_text(f"#include {include}\n")
            errors = Checker(root).run()
            if clean:
                failures += 1
                print(f"complains about a tree that keeps the rules: {clean}")
            if not any(words in error for error in errors):
                failures += 1
                print(f"{offender} with {include}: expected '{words}', got {errors}")
    print(f"{len(OFFENDERS)} offenders, {failures} failures")
    return 1 if failures else 0


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    if sys.argv[1] == "--self-test":
        return self_test()
    checker = Checker(Path(sys.argv[1]).resolve())
    if not checker.files:
        print(f"no sources under {sys.argv[1]}", file=sys.stderr)
        return 1
    errors = checker.run()
    print("\n".join(errors) or f"{len(checker.files)} files keep the rules of the layers")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
