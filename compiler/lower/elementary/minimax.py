#!/usr/bin/env python3
"""Prints the coefficients of the elementary and special functions: polynomials with the smallest largest error.

Each is found by Remez's algorithm in 60 digits, for an error weighed so that it is relative to the whole function.
Then the coefficients are rounded to the format one after the other, lowest power first, and those above are fitted
again after each. Needs mpmath (and is ten times faster with gmpy2). Run:

    minimax.py elementary > compiler/lower/elementary/Coefficients.h
    minimax.py special > dialects/gradus/SpecialCoefficients.h
    minimax.py elementary atan        (one of them)
"""
import functools
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


def remez(values, weights, grid, powers):
    """c minimising max |w (y - sum c_k x^powers_k)| over the grid: all extrema are exchanged at once."""
    n = len(powers)
    rows = [[w * x ** p for p in powers] for x, w in zip(grid, weights)]
    right = [w * y for y, w in zip(values, weights)]
    # The grid is Chebyshev's, so that equal steps of its index are a good begin.
    at = [int(round(mpf(len(grid) - 1) * i / n)) for i in range(n + 1)]
    best, smallest = None, mp.inf
    for _ in range(30):
        system, side = mp.matrix(n + 1, n + 1), mp.matrix(n + 1, 1)
        for i, k in enumerate(at):
            for j in range(n):
                system[i, j] = rows[k][j]
            system[i, n] = (-1) ** i
            side[i] = right[k]
        solution = mp.lu_solve(system, side)
        c, level = [solution[j] for j in range(n)], abs(solution[n])
        errors = [y - mp.fdot(c, row) for y, row in zip(right, rows)]
        worst = max(abs(e) for e in errors)
        if worst < smallest:
            best, smallest = c, worst
        if worst <= level * mpf('1.001'):
            break
        peaks = []  # the largest error of each run of equal signs
        for k, e in enumerate(errors):
            if peaks and (errors[peaks[-1]] > 0) == (e > 0):
                if abs(e) > abs(errors[peaks[-1]]):
                    peaks[-1] = k
            elif e != 0:
                peaks.append(k)
        while len(peaks) > n + 1:  # too many: the smaller end goes, or the smallest pair
            if len(peaks) == n + 2:
                peaks.pop(0 if abs(errors[peaks[0]]) < abs(errors[peaks[-1]]) else -1)
            else:
                i = min(range(len(peaks) - 1),
                        key=lambda i: max(abs(errors[peaks[i]]), abs(errors[peaks[i + 1]])))
                del peaks[i:i + 2]
        if len(peaks) < n + 1:
            break
        at = peaks
    return best


def fit(f, weight, a, b, degree, bits):
    """Coefficients of x^0..x^degree, rounded to `bits`. Returns them and log2 of the error."""
    a, b = mpf(a), mpf(b)
    count = 20 * degree + 60
    grid = [(a + b) / 2 - (b - a) / 2 * mp.cos(mp.pi * (i + mpf(1) / 2) / count)
            for i in range(count)]
    values, weights = [f(x) for x in grid], [weight(x) for x in grid]

    def solve(fixed):
        rest = [y - sum(c * x ** p for p, c in enumerate(fixed)) for x, y in zip(grid, values)]
        return remez(rest, weights, grid, list(range(len(fixed), degree + 1)))

    def error(coefficients):
        return max(abs(w * (y - sum(c * x ** p for p, c in enumerate(coefficients))))
                   for x, y, w in zip(grid, values, weights))

    at_once = [round_to(c, bits) for c in solve([])]
    in_turn = []
    for _ in range(degree + 1):
        in_turn.append(round_to(solve(in_turn)[0], bits))
    best = min(at_once, in_turn, key=error)
    return best, mp.log(error(best), 2)


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

def odd(f, taylor):
    """(f(x)/x - 1)/z, z = x^2, and the weight that makes its error relative to f(x) = x + x z q(z)."""
    return (series_safe(lambda z: (f(mp.sqrt(z)) / mp.sqrt(z) - 1) / z, taylor),
            limit(lambda z: z * mp.sqrt(z) / f(mp.sqrt(z)), mpf(0)))


asin_series = [mpf(1) / 6, mpf(3) / 40, mpf(15) / 336, mpf(105) / 3456]

# Each: name, comment, f, weight, a, b, degree for f32, degree for f64. An end is a pair where the two differ.
ELEMENTARY = [
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
     lambda u: -mp.log(mp.erfc(4 / (u + 1) - 2)) - (4 / (u + 1) - 2) ** 2,
     lambda u: mp.erfc(4 / (u + 1) - 2) / mp.erf(4 / (u + 1) - 2),
     (mpf(4) / 6 - 1, mpf(4) / 8 - 1), mpf(4) / 3 - 1, 7, 17),
    ("atan", "atan(t) = t + t z q(z), z = t^2, |t| <= 1",
     *odd(mp.atan, [mpf(-1) ** (k + 1) / (2 * k + 3) for k in range(6)]), mpf(0), mpf(1), 8, 19),
    ("asin", "asin(x) = x + x z q(z), z = x^2, |x| <= 1/2",
     *odd(mp.asin, asin_series), mpf(0), mpf('0.25'), 4, 12),
    ("asinh", "asinh(x) = x + x z q(z), z = x^2, |x| <= 1/2",
     *odd(mp.asinh, [c * (-1) ** (k + 1) for k, c in enumerate(asin_series)]),
     mpf(0), mpf('0.25'), 4, 12),
    ("acosh", "acosh(1+t) = sqrt(2t) (1 + t q(t)), 0 <= t <= 1/2",
     series_safe(lambda t: (mp.acosh(1 + t) / mp.sqrt(2 * t) - 1) / t,
                 [mpf(-1) / 12, mpf(3) / 160, mpf(-5) / 896]),
     limit(lambda t: t * mp.sqrt(2 * t) / mp.acosh(1 + t), mpf(0)), mpf(0), mpf('0.5'), 4, 12),
    ("atanh", "atanh(x) = x + x z q(z), z = x^2, |x| <= 1/2",
     *odd(mp.atanh, [mpf(1) / (2 * k + 3) for k in range(6)]), mpf(0), mpf('0.25'), 5, 14),
    ("cbrt", "(1+f)^(1/3) as the first guess, sqrt(1/2) <= 1+f <= sqrt(2)",
     lambda f: mp.cbrt(1 + f), lambda f: 1 / mp.cbrt(1 + f), 1 / sqrt2 - 1, sqrt2 - 1, 3, 6),
]


def scaled_erfc(u):
    """(1 + 2x) e^(x^2) erfc(x) at u = (x-4)/(x+4)"""
    x = 4 * (1 + u) / (1 - u)
    return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x)


@functools.lru_cache(None)
def erfinv_ratio(w):
    """erfinv(x)/x at w = -log(1 - x^2)"""
    if w < mpf('1e-30'):
        return mp.sqrt(mp.pi) / 2
    c = -mp.expm1(-w)  # x^2
    x = mp.sqrt(c)
    y = mpf(mp.erfinv(mpf(float(x)))) if float(x) < 1 else mp.sqrt(w)
    left = mp.exp(-w) / (1 + x)  # 1 - x
    for _ in range(8 if float(x) < 1 else 40):  # Newton, on erfc, which keeps its digits
        step = (mp.erfc(y) - left) * mp.sqrt(mp.pi) / 2 * mp.exp(y * y)
        y += step
        if abs(step) < mpf(10) ** -50:
            break
    return y / x


digamma_root = mp.findroot(mp.digamma, mpf('1.4616321449683623'))


def stirling(s):
    """lgamma(x) - ((x - 1/2) log x - x + log(2 pi)/2), divided by s = 1/x, as a function of s^2"""
    x = 1 / mp.sqrt(s)
    return (mp.loggamma(x) - ((x - mpf(1) / 2) * mp.log(x) - x + mp.log(2 * mp.pi) / 2)) * x


def bernoulli(k):
    return mp.bernoulli(2 * k)


def near_zero(f, taylor, size):
    """f, and its series where s = 1/x^2 is so small that the formula would lose too many of the 60 digits"""
    return lambda s: sum(c * s ** k for k, c in enumerate(taylor)) if s < mpf(size) else f(s)


# f32 is computed in f64, with short polynomials where no root lets terms cancel.
SPECIAL = [
    ("erfc", "(1 + 2x) e^(x^2) erfc(x) = q(u), u = (x-4)/(x+4), 0 <= x <= 10.1 (f32) or 27.3 (f64)",
     limit(lambda u: scaled_erfc(u) if u > -1 else mpf(1), scaled_erfc(mpf(0))),
     lambda u: 1 / scaled_erfc(u), mpf(-1),
     ((mpf('10.1') - 4) / (mpf('10.1') + 4), (mpf('27.3') - 4) / (mpf('27.3') + 4)), 12, 24),
    ("erfinvLow", "erfinv(x) = x q(w - 3), w = -log(1 - x^2), 0 <= w <= 6",
     lambda u: erfinv_ratio(u + 3), lambda u: 1 / erfinv_ratio(u + 3), mpf(-3), mpf(3), 13, 24),
    ("erfinvMiddle", "erfinv(x) = x q(sqrt(w) - 13/4), 6 <= w <= 16",
     lambda u: erfinv_ratio((u + mpf('3.25')) ** 2), lambda u: 1 / erfinv_ratio((u + mpf('3.25')) ** 2),
     mp.sqrt(6) - mpf('3.25'), mpf('0.75'), 10, 21),
    ("erfinvHigh", "erfinv(x) = x q(sqrt(w) - 5), 16 <= w <= 37",
     lambda u: erfinv_ratio((u + 5) ** 2), lambda u: 1 / erfinv_ratio((u + 5) ** 2),
     mpf(-1), mp.sqrt(37) - 5, None, 19),
    ("lgammaNearTwo", "lgamma(2 + z) = z q(z), -3/4 <= z <= 1/2",
     series_safe(lambda z: mp.loggamma(2 + z) / z,
                 [1 - mp.euler, (mp.zeta(2) - 1) / 2, -(mp.zeta(3) - 1) / 3, (mp.zeta(4) - 1) / 4]),
     limit(lambda z: z / mp.loggamma(2 + z), 1 / (1 - mp.euler)), mpf('-0.75'), mpf('0.5'), None, 23),
    ("stirling", "lgamma(x) = (x - 1/2)(log x - 1) + (log(2 pi) - 1)/2 + s q(s^2), s = 1/x, x >= 8",
     near_zero(stirling, [bernoulli(k + 1) / ((2 * k + 1) * (2 * k + 2)) for k in range(12)], '1e-4'),
     lambda s: mpf(1), mpf(0), mpf(1) / 64, None, 6),
    ("digammaNearRoot", "digamma(x) = (x - x0) q(x - 3/2), 1 <= x <= 2; x0 is the root",
     lambda t: mp.digamma(t + mpf('1.5')) / (t + mpf('1.5') - digamma_root),
     lambda t: (t + mpf('1.5') - digamma_root) / mp.digamma(t + mpf('1.5')),
     mpf('-0.5'), mpf('0.5'), None, 22),
    ("digammaTail", "digamma(x) = log x - s/2 - s^2 q(s^2), s = 1/x, x >= 6",
     near_zero(lambda s: (mp.log(1 / mp.sqrt(s)) - mp.sqrt(s) / 2 - mp.digamma(1 / mp.sqrt(s))) / s,
               [bernoulli(k + 1) / (2 * k + 2) for k in range(12)], '1e-4'),
     lambda s: s, mpf(0), mpf(1) / 36, None, 9),
    ("trigammaTail", "trigamma(x) = s + s^2/2 + s^3 q(s^2), s = 1/x, x >= 6",
     near_zero(lambda s: (mp.polygamma(1, 1 / mp.sqrt(s)) - mp.sqrt(s) - s / 2) / (s * mp.sqrt(s)),
               [bernoulli(k + 1) for k in range(12)], '1e-4'),
     lambda s: s, mpf(0), mpf(1) / 36, 4, 9),
    ("tetragammaTail", "polygamma(2, x) = -(s^2 + s^3 + s^4 q(s^2)), s = 1/x, x >= 6",
     near_zero(lambda s: (-mp.polygamma(2, 1 / mp.sqrt(s)) - s - s * mp.sqrt(s)) / s ** 2,
               [(2 * k + 3) * bernoulli(k + 1) for k in range(12)], '1e-4'),
     lambda s: s, mpf(0), mpf(1) / 36, None, 9),
    ("sinPi", "sin(pi r) = pi r + r z q(z), z = r^2, |r| <= 1/2",
     series_safe(lambda z: (mp.sin(mp.pi * mp.sqrt(z)) / mp.sqrt(z) - mp.pi) / z,
                 [-mp.pi ** 3 / 6, mp.pi ** 5 / 120, -mp.pi ** 7 / 5040, mp.pi ** 9 / 362880]),
     limit(lambda z: z * mp.sqrt(z) / mp.sin(mp.pi * mp.sqrt(z)), mpf(0)), mpf(0), mpf('0.25'), None, 8),
    ("erfSmall", "erf(x) = x q(x^2), |x| <= 1/2",
     limit(lambda z: mp.erf(mp.sqrt(z)) / mp.sqrt(z), 2 / mp.sqrt(mp.pi)),
     limit(lambda z: mp.sqrt(z) / mp.erf(mp.sqrt(z)), mp.sqrt(mp.pi) / 2), mpf(0), mpf('0.25'), None, 10),
]


def number(c, bits):
    if bits == 24:
        return struct.unpack('f', struct.pack('f', float(c)))[0].hex()
    return float(c).hex()


def emit(name, comment, bits, coefficients, error):
    print("// %s; relative error 2^%.1f" % (comment, float(error)))
    print("inline constexpr double %s[] = {" % name)
    line = "   "
    for c in coefficients:
        text = " " + number(c, bits) + ","
        if len(line) + len(text) > 98:
            print(line)
            line = "   "
        line += text
    print(line + "};\n")


def main():
    kind, wanted = sys.argv[1], sys.argv[2:]
    special = {"elementary": False, "special": True}[kind]
    print("// Written by %s, which says how. Lowest power first." %
          ("compiler/lower/elementary/minimax.py" if special else "minimax.py"))
    if special:
        print("#pragma once\n")
        print("namespace gradus::ir::coefficients {\n")
    else:
        print("#ifndef GRADUS_COMPILER_LOWER_ELEMENTARY_COEFFICIENTS_H")
        print("#define GRADUS_COMPILER_LOWER_ELEMENTARY_COEFFICIENTS_H\n")
        print("namespace gradus::compiler::coefficients {\n")
    for name, comment, f, weight, a, b, low, high in SPECIAL if special else ELEMENTARY:
        if wanted and name not in wanted:
            continue
        for which, degree in ((0, low), (1, high)):
            if degree is None:
                continue
            begin, end = (x[which] if isinstance(x, tuple) else x for x in (a, b))
            bits = 53 if special or which else 24
            coefficients, error = fit(f, weight, begin, end, degree, bits)
            emit(name + ("F64" if which else "F32"), comment, bits, coefficients, error)
            sys.stdout.flush()
    if special:
        print("} // namespace gradus::ir::coefficients")
    else:
        print("} // namespace gradus::compiler::coefficients\n")
        print("#endif")


if __name__ == "__main__":
    main()
