#!/usr/bin/env python3
"""Prints compiler/lower/elementary/TwoOverPi.h: 2/pi in chunks for the reduction of large angles.
Needs mpmath. Run: twooverpi.py > TwoOverPi.h"""
from mpmath import mp

mp.prec = 2000


def chunks(bits, count):
    rest = 2 / mp.pi
    result = []
    for i in range(count):
        place = mp.ldexp(1, -bits * (i + 1))
        chunk = mp.floor(rest / place) * place
        rest -= chunk
        result.append(chunk)
    return result


def table(name, comment, values):
    print("// " + comment)
    print("inline constexpr double %s[] = {" % name)
    line = "   "
    for i, value in enumerate(values):
        text = " " + float(value).hex() + ("," if i + 1 < len(values) else "};")
        if len(line) + len(text) > 98:
            print(line)
            line = "   "
        line += text
    print(line + "\n")


print("// Written by twooverpi.py.")
print("#ifndef GRADUS_COMPILER_LOWER_ELEMENTARY_TWOOVERPI_H")
print("#define GRADUS_COMPILER_LOWER_ELEMENTARY_TWOOVERPI_H\n")
print("namespace gradus::compiler::coefficients {\n")
table("twoOverPi29", "2/pi = their sum: chunks of 29 bits, whose products with 24 bits are exact",
      chunks(29, 7))
values = chunks(53, 23)
table("twoOverPi53", "2/pi = the sum of these chunks of 53 bits, and of the next ones times 2^-400",
      values[:12])
table("twoOverPi53Scaled", "further chunks, times 2^400", [v * mp.ldexp(1, 400) for v in values[12:]])
print("} // namespace gradus::compiler::coefficients\n")
print("#endif")
