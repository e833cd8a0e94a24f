#!/usr/bin/env python3
"""Runs a lesson and compares what it prints with what its page says.

usage: check_output.py SOURCE PROGRAM   runs PROGRAM in the current folder
       check_output.py --self-test      checks the checker

In a page, each line of output stands in a comment, in the order of printing:

    // prints: z = 14
    // prints: a long line can be continued
    //    ...  on the next one                  (joined by one space)
    // prints: loss {0.3 to 0.6}, in {some} ms

{A to B} stands for a number in that range, any other {WORDS} for any text.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PRINTS = re.compile(r"//\s*prints:(?: (.*))?$")
MORE = re.compile(r"//\s*\.\.\.\s+(.*)$")
HOLE = re.compile(r"\{([^{}]*)\}")
NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
RANGE = re.compile(rf"({NUMBER}) to ({NUMBER})$")


def expected_lines(page: str) -> list[tuple[int, str]]:
    """(line of the page, text), continued lines joined."""
    lines: list[tuple[int, str]] = []
    last = 0  # the line of the page that can be continued
    for number, line in enumerate(page.splitlines(), start=1):
        if found := PRINTS.search(line):
            lines.append((number, (found[1] or "").rstrip()))
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


def compare(page: str, output: str) -> str | None:
    """What differs first, or nothing."""
    expected = expected_lines(page)
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
    print(f"{len(cases) + 1} cases, {len(wrong)} failures {wrong or ''}")
    return 1 if wrong else 0


def main() -> int:
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    source, program = sys.argv[1:]
    run = subprocess.run([program], stdout=subprocess.PIPE, text=True)
    print(run.stdout, end="")
    difference = compare(Path(source).read_text(), run.stdout)
    if run.returncode != 0:
        difference = f"exit status {run.returncode}\n{difference or ''}"
    if difference:
        print(f"{source}: error: {difference}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
