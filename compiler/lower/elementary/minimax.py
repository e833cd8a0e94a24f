#!/usr/bin/env python3
"""Prints compiler/lower/elementary/Coefficients.h: polynomials with the smallest largest error.

Each is found by Lawson's algorithm in 60 digits for an error weighed so that it is relative to the
whole function; then the coefficients are rounded to the format. On intervals that begin at 0 that
is done one after the other, lowest power first, and the rest is fitted again after each of the first. Needs mpmath. Run: minimax.py > Coefficients.h
"""
import struct
import sys
from mpmath import mp, mpf

mp.dps = 60


def round_to(x, bits):
    """Nearest number with so many bits of significand."""
    if x == 0:
        return mpf(0)
    man, exp = mp.frexp(x)
    return mp.ldexp(mp.nint(mp.ldexp(man, bits)), exp - bits)


def minimax(f, weight, a, b, powers):
    """c minimising max |weight(x) (f(x) - sum c_k x^powers_k)| on [a, b], nearly: Lawson's algorithm."""
    count = 12 * len(powers) + 20
    grid = [(a + b) / 2 - (b - a) / 2 * mp.cos(mp.pi * (i + mpf(1) / 2) / count)
            for i in range(count)]
    rows = [[weight(x) * x ** p for p in powers] for x in grid]
    right = [weight(x) * f(x) for x in grid]
    share = [mpf(1) / count] * count
    best, smallest = None, mp.inf
    for _ in range(25):
        n = len(powers)
        normal = mp.matrix(n, n)
        side = mp.matrix(n, 1)
        for w, row, y in zip(share, rows, right):
            for i in range(n):
                wi = w * row[i]
                side[i] += wi * y
                for j in range(i + 1):
                    normal[i, j] += wi * row[j]
        for i in range(n):
            for j in range(i):
                normal[j, i] = normal[i, j]
        c = mp.lu_solve(normal, side)
        errors = [abs(y - sum(ci * xi for ci, xi in zip(c, row))) for row, y in zip(rows, right)]
        if max(errors) < smallest:
            best, smallest = list(c), max(errors)
        share = [w * e for w, e in zip(share, errors)]
        total = sum(share)
        share = [w / total for w in share]
    return best


def fit(f, weight, a, b, degree, bits):
    """Coefficients of x^0..x^degree, rounded to `bits`. Returns them and log2 of the error."""
    a, b = mpf(a), mpf(b)
    fixed = []
    if a < 0:  # the weight may vanish inside: the lowest coefficients matter least
        fixed = [round_to(c, bits) for c in minimax(f, weight, a, b, list(range(degree + 1)))]
    for k in range(len(fixed), degree + 1):
        def rest(x):
            return f(x) - sum(c * x ** p for p, c in enumerate(fixed))
        if k < 3:  # rounding what stands before higher powers costs nothing
            free = minimax(rest, weight, a, b, list(range(k, degree + 1)))
        fixed.append(round_to(free[0] if k < 3 else free[k - 2], bits))
    grid = [a + (b - a) * mpf(i) / 3000 for i in range(3001)]
    worst = max(abs(weight(x) * (f(x) - sum(c * x ** p for p, c in enumerate(fixed))))
                for x in grid)
    return fixed, mp.log(worst, 2)


def limit(f, at_zero):
    """f with its limit at 0 filled in."""
    return lambda x: at_zero if abs(x) < mpf(10) ** -18 else f(x)


def series_safe(f, taylor):
    """f away from 0, its Taylor polynomial near it (where the formula cancels)."""
    return lambda x: (sum(mpf(c) * x ** k for k, c in enumerate(taylor))
                      if abs(x) < mpf('1e-6') else f(x))


half_ln2 = mp.log(2) / 2 * mpf('1.0002')
fact = mp.factorial
sqrt2 = mp.sqrt(2)

FITS = [
    # name, comment, f, weight, a, b, degree f32, degree f64
    ("exp", "exp(r) = 1 + r + r^2 q(r), |r| <= ln(2)/2",
     series_safe(lambda r: (mp.exp(r) - 1 - r) / r ** 2, [1 / fact(k + 2) for k in range(6)]),
     lambda r: r ** 2 / mp.exp(r), -half_ln2, half_ln2, 4, 9),
    ("expm1", "the same for expm1(r) = r + r^2 q(r): relative to expm1",
     series_safe(lambda r: (mp.exp(r) - 1 - r) / r ** 2, [1 / fact(k + 2) for k in range(6)]),
     limit(lambda r: r ** 2 / mp.expm1(r), mpf(0)), -half_ln2, half_ln2, 5, 10),
    ("exp2", "2^r = 1 + r q(r), |r| <= 1/2",
     series_safe(lambda r: (2 ** r - 1) / r, [mp.log(2) ** (k + 1) / fact(k + 1) for k in range(6)]),
     lambda r: r / 2 ** r, mpf('-0.5'), mpf('0.5'), 5, 11),
    ("logf", "log(1+f) = f - f^2/2 + f^3 q(f), sqrt(1/2) <= 1+f <= sqrt(2)",
     series_safe(lambda f: (mp.log(1 + f) - f + f ** 2 / 2) / f ** 3,
                 [mpf((-1) ** k) / (k + 3) for k in range(6)]),
     limit(lambda f: f ** 3 / mp.log(1 + f), mpf(0)), 1 / sqrt2 - 1, sqrt2 - 1, 8, None),
    ("logs", "log((1+s)/(1-s)) = 2s + s z q(z), z = s^2, s = f/(2+f)",
     series_safe(lambda z: (mp.log((1 + mp.sqrt(z)) / (1 - mp.sqrt(z))) - 2 * mp.sqrt(z))
                 / (z * mp.sqrt(z)), [mpf(2) / (2 * k + 3) for k in range(6)]),
     lambda z: z, mpf(0), ((sqrt2 - 1) / (sqrt2 + 1)) ** 2, None, 6),
    ("logsShort", "the same, short: for pow of f32, which is computed in f64",
     series_safe(lambda z: (mp.log((1 + mp.sqrt(z)) / (1 - mp.sqrt(z))) - 2 * mp.sqrt(z))
                 / (z * mp.sqrt(z)), [mpf(2) / (2 * k + 3) for k in range(6)]),
     lambda z: z, mpf(0), ((sqrt2 - 1) / (sqrt2 + 1)) ** 2, None, 4),
    ("exp2Short", "2^r = 1 + r q(r), |r| <= 1/2, short: for pow of f32, which is computed in f64",
     series_safe(lambda r: (2 ** r - 1) / r, [mp.log(2) ** (k + 1) / fact(k + 1) for k in range(6)]),
     lambda r: r / 2 ** r, mpf('-0.5'), mpf('0.5'), None, 7),
    ("powlog", "log((1+s)/(1-s)) = 2s + 2/3 s z + s z^2 q(z), z = s^2",
     series_safe(lambda z: (mp.log((1 + mp.sqrt(z)) / (1 - mp.sqrt(z))) - 2 * mp.sqrt(z)
                            - 2 * mp.sqrt(z) * z / 3)
                 / (z ** 2 * mp.sqrt(z)), [mpf(2) / (2 * k + 5) for k in range(6)]),
     lambda z: z ** 2, mpf(0), ((sqrt2 - 1) / (sqrt2 + 1)) ** 2, None, 7),
    ("tanh", "tanh(x) = x + x z q(z), z = x^2, |x| <= 5/8",
     series_safe(lambda z: (mp.tanh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z,
                 [mpf(-1) / 3, mpf(2) / 15, mpf(-17) / 315, mpf(62) / 2835]),
     limit(lambda z: z * mp.sqrt(z) / mp.tanh(mp.sqrt(z)), mpf(0)), mpf(0), mpf('0.625') ** 2, 4, 11),
    ("sinh", "sinh(x) = x + x z q(z), z = x^2, |x| <= 1",
     series_safe(lambda z: (mp.sinh(mp.sqrt(z)) / mp.sqrt(z) - 1) / z,
                 [1 / fact(2 * k + 3) for k in range(6)]),
     limit(lambda z: z * mp.sqrt(z) / mp.sinh(mp.sqrt(z)), mpf(0)), mpf(0), mpf(1), 3, 6),
    ("sin", "sin(r) = r + r z q(z), z = r^2, |r| <= pi/4",
     series_safe(lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z,
                 [(-1) ** (k + 1) / fact(2 * k + 3) for k in range(6)]),
     limit(lambda z: z * mp.sqrt(z) / mp.sin(mp.sqrt(z)), mpf(0)), mpf(0),
     (mp.pi / 4 * mpf('1.0002')) ** 2, 3, 6),
    ("cos", "cos(r) = 1 - z/2 + z^2 q(z), z = r^2, |r| <= pi/4",
     series_safe(lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z ** 2,
                 [(-1) ** k / fact(2 * k + 4) for k in range(6)]),
     lambda z: z ** 2 / mp.cos(mp.sqrt(z)), mpf(0), (mp.pi / 4 * mpf('1.0002')) ** 2, 2, 5),
    ("erf", "erf(x) = x + x q(z), z = x^2, |x| <= 1",
     limit(lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z) - 1, 2 / mp.sqrt(mp.pi) - 1),
     limit(lambda z: mp.sqrt(z) / mp.erf(mp.sqrt(z)), mp.sqrt(mp.pi) / 2), mpf(0), mpf(1), 7, 15),
    ("erfc", "erf(x) = 1 - exp(-x^2 - q(u)), u = 4/(x+2) - 1, 1 <= x <= 4 (f32) or 6 (f64)",
     None, None, None, None, 7, 17),
]


def number(c, bits):
    if bits == 24:
        return struct.unpack('f', struct.pack('f', float(c)))[0].hex()
    return float(c).hex()


def emit(name, comment, bits, coefficients, error):
    kind = "F32" if bits == 24 else "F64"
    print("// %s; relative error 2^%.1f" % (comment, float(error)))
    print("inline constexpr double %s%s[] = {" % (name, kind))
    line = "   "
    for c in coefficients:
        text = " " + number(c, bits) + ","
        if len(line) + len(text) > 98:
            print(line)
            line = "   "
        line += text
    print(line + "};\n")


def main():
    wanted = sys.argv[1:]
    print("// Written by minimax.py, which says how. Lowest power first.")
    print("#ifndef GRADUS_COMPILER_LOWER_ELEMENTARY_COEFFICIENTS_H")
    print("#define GRADUS_COMPILER_LOWER_ELEMENTARY_COEFFICIENTS_H\n")
    print("namespace gradus::compiler::coefficients {\n")
    for name, comment, f, weight, a, b, low, high in FITS:
        if wanted and name not in wanted:
            continue
        for bits, degree in ((24, low), (53, high)):
            if degree is None:
                continue
            if name == "erfc":
                def at(u):
                    return 4 / (u + 1) - 2
                end = mpf(4) if bits == 24 else mpf(6)
                coefficients, error = fit(lambda u: -mp.log(mp.erfc(at(u))) - at(u) ** 2,
                                          lambda u: mp.erfc(at(u)) / mp.erf(at(u)),
                                          4 / (end + 2) - 1, mpf(4) / 3 - 1, degree, bits)
            else:
                coefficients, error = fit(f, weight, a, b, degree, bits)
            emit(name, comment, bits, coefficients, error)
            sys.stdout.flush()
    print("} // namespace gradus::compiler::coefficients\n")
    print("#endif")


if __name__ == "__main__":
    main()
