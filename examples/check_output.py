#!/usr/bin/env python3
"""Runs a lesson and compares what it prints with what its page says.

usage: check_output.py [--word WORD] SOURCE PROGRAM [ARGUMENT ...]   runs PROGRAM in the current folder
       check_output.py --self-test                                   checks the checker

In a page, each line of output stands in a comment, in the order of printing:

    // prints: z = 14
    // prints: a long line can be continued
    //    ...  on the next one                  (joined by one space)
    // prints: loss {0.3 to 0.6}, in {some} ms
    // prints within 0.02: F1 0.93, AUC 0.98

{A to B} stands for a number in that range, any other {WORDS} for any text. After "within", each
number may differ by that much. With --word, lines that begin with that word, not with "prints", say
what PROGRAM prints for these arguments.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

MORE = re.compile(r"//\s*\.\.\.\s+(.*)$")
HOLE = re.compile(r"\{([^{}]*)\}")
NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
RANGE = re.compile(rf"({NUMBER}) to ({NUMBER})$")
HOLE_OR_NUMBER = re.compile(rf"\{{[^{{}}]*\}}|{NUMBER}")


def widened(text: str, tolerance: float) -> str:
    """Numbers become ranges."""

    def widen(found: re.Match) -> str:
        if found[0].startswith("{"):
            return found[0]
        return f"{{{float(found[0]) - tolerance} to {float(found[0]) + tolerance}}}"

    return HOLE_OR_NUMBER.sub(widen, text)


def expected_lines(page: str, word: str = "prints") -> list[tuple[int, str]]:
    """(line of the page, text), continued lines joined."""
    prints = re.compile(rf"//\s*{re.escape(word)}(?: within ({NUMBER}))?:(?: (.*))?$")
    lines: list[tuple[int, str]] = []
    last = 0  # the line of the page that can be continued
    for number, line in enumerate(page.splitlines(), start=1):
        if found := prints.search(line):
            text = (found[2] or "").rstrip()
            lines.append((number, widened(text, float(found[1])) if found[1] else text))
        elif number == last + 1 and lines and (found := MORE.search(line)):
            lines[-1] = (lines[-1][0], lines[-1][1] + " " + found[1].rstrip())
        else:
            continue
        last = number
    return lines


def fits(expected: str, printed: str) -> bool:
    pattern, ranges, end = "", [], 0
    for hole in HOLE.finditer(expected):
        limits = RANGE.match(hole[1])
        pattern += re.escape(expected[end : hole.start()]) + (f"({NUMBER})" if limits else "(.*?)")
        ranges.append(limits and (float(limits[1]), float(limits[2])))
        end = hole.end()
    found = re.fullmatch(pattern + re.escape(expected[end:]), printed)
    return found is not None and all(
        not limits or limits[0] <= float(text) <= limits[1] for limits, text in zip(ranges, found.groups())
    )


def compare(page: str, output: str, word: str = "prints") -> str | None:
    """What differs first, or nothing."""
    expected = expected_lines(page, word)
    printed = [line.rstrip() for line in output.splitlines()]
    if not expected:
        return "the page says nothing about what it prints"
    for (number, text), line in zip(expected, printed):
        if not fits(text, line):
            return f"line {number} of the page\n  says:   {text}\n  prints: {line}"
    if len(printed) > len(expected):
        return f"prints a line that the page does not have: {printed[len(expected)]}"
    if len(printed) < len(expected):
        return "line {} of the page is not printed: {}".format(*expected[len(printed)])
    return None


def self_test() -> int:
    page = "f(); // prints: a\n  // prints:  b\n  //  ...  c\n// prints: {1 to 2.5} {words} x{y}\n// prints:\n\n// ... and no more\n"
    cases = [  # output, whether it fits
        ("a\n b c\n1.5 and so on x1\n\n", True),
        ("a\n b c\n1  x\n\n", True),
        ("a\nb c\n1.5 w x\n\n", False),
        ("a\n b c\n2.6 w x\n\n", False),
        ("a\n b c\nnan w x\n\n", False),
        ("a\n b c\n1.5 w z\n\n", False),
        ("a\n b c\n1.5 w x\n", False),
        ("a\n b c\n1.5 w x\n\nmore\n", False),
        ("", False),
    ]
    wrong = [output for output, good in cases if (compare(page, output) is None) != good]
    if compare("int main() {}", "") is None:
        wrong.append("(an empty page)")
    if compare("// prints: a\n// real: b\n", "b\n", "real") is not None:
        wrong.append("(another word)")
    near = "// prints within 0.02: F1 0.93,  {any} -1\n"
    if compare(near, "F1 0.949,  7 -1.01\n") is not None or compare(near, "F1 0.951,  7 -1\n") is None:
        wrong.append("(within)")
    print(f"{len(cases) + 3} cases, {len(wrong)} failures {wrong or ''}")
    return 1 if wrong else 0


def main() -> int:
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    arguments, word = sys.argv[1:], "prints"
    if arguments[:1] == ["--word"] and len(arguments) > 1:
        word, arguments = arguments[1], arguments[2:]
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    source, *command = arguments
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    print(run.stdout, end="")
    difference = compare(Path(source).read_text(), run.stdout, word)
    if run.returncode != 0:
        difference = f"exit status {run.returncode}\n{difference or ''}"
    if difference:
        print(f"{source}: error: {difference}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
