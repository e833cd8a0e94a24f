#!/usr/bin/env python3
"""gradus-bench answers as its protocol says, and its losses are those of a plain reference.

usage: protocol_test.py GRADUS_BENCH

Needs nothing but Python, so that it runs with the other tests; nothing is timed."""

import array
import json
import math
import random
import subprocess
import sys
import tempfile
from pathlib import Path

BATCHES, CHECK_STEPS = 4, 8


def matmul(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def transposed(a):
    return [list(row) for row in zip(*a)]


class Network:
    """A fully connected network with ReLU between the layers, in Python's floats."""

    def __init__(self, layers, loss, optimizer, rate, seed):
        rng = random.Random(seed)
        self.loss, self.optimizer, self.rate, self.t = loss, optimizer, rate, 0
        self.w = [[[rng.uniform(-1, 1) for _ in range(o)] for _ in range(i)] for i, o in zip(layers, layers[1:])]
        self.b = [[[rng.uniform(-1, 1) for _ in range(o)]] for o in layers[1:]]
        self.moments = {}

    def step(self, x, y):
        depth, inputs, h = len(self.w), [], x
        for i in range(depth):
            inputs.append(h)
            h = [[v + b for v, b in zip(row, self.b[i][0])] for row in matmul(h, self.w[i])]
            if i < depth - 1:
                h = [[max(v, 0.0) for v in row] for row in h]
        n = len(h)
        if self.loss == "squared_error":
            count = n * len(h[0])
            loss = sum((v - t) ** 2 for r, s in zip(h, y) for v, t in zip(r, s)) / count
            d = [[2 * (v - t) / count for v, t in zip(r, s)] for r, s in zip(h, y)]
        else:
            loss, d = 0.0, []
            for row, label in zip(h, y):
                top = max(row)
                e = [math.exp(v - top) for v in row]
                loss -= (row[label] - top - math.log(sum(e))) / n
                d.append([(v / sum(e) - (k == label)) / n for k, v in enumerate(e)])
        self.t += 1
        for i in reversed(range(depth)):
            dw, db = matmul(transposed(inputs[i]), d), [[sum(column) for column in zip(*d)]]
            if i:
                d = matmul(d, transposed(self.w[i]))
                d = [[v if a > 0 else 0.0 for v, a in zip(r, s)] for r, s in zip(d, inputs[i])]
            self.update(("w", i), self.w[i], dw)
            self.update(("b", i), self.b[i], db)
        return loss

    def update(self, key, p, g):
        for r, row in enumerate(g):
            for c, v in enumerate(row):
                if self.optimizer == "sgd":
                    p[r][c] -= self.rate * v
                    continue
                m, s = self.moments.get((key, r, c), (0.0, 0.0))
                m, s = 0.9 * m + 0.1 * v, 0.999 * s + 0.001 * v * v
                self.moments[key, r, c] = m, s
                p[r][c] -= self.rate * (m / (1 - 0.9**self.t)) / (math.sqrt(s / (1 - 0.999**self.t)) + 1e-8)


def rounded(values):
    """As float32 holds them."""
    return [list(array.array("f", row)) for row in values]


def write(path, rows, kind):
    array.array(kind, [v for row in rows for v in row]).tofile(path.open("wb"))


def check(bench, layers, batch, loss, optimizer, rate, per_call, threads):
    rng = random.Random(7)
    network = Network(layers, loss, optimizer, rate, 3)
    network.w, network.b = [rounded(w) for w in network.w], [rounded(b) for b in network.b]
    data = []
    with tempfile.TemporaryDirectory() as folder:
        for i in range(len(layers) - 1):
            write(Path(folder) / f"w{i}", network.w[i], "f")
            write(Path(folder) / f"b{i}", network.b[i], "f")
        for i in range(BATCHES):
            x = rounded([[rng.gauss(0, 1) for _ in range(layers[0])] for _ in range(batch)])
            write(Path(folder) / f"x{i}", x, "f")
            if loss == "squared_error":
                y = rounded([[3 * v[0] + 1 for _ in range(layers[-1])] for v in x])
                write(Path(folder) / f"y{i}", y, "f")
            else:
                y = [rng.randrange(layers[-1]) for _ in range(batch)]
                write(Path(folder) / f"y{i}", [y], "i")
            data.append((x, y))
        spec = f"{','.join(map(str, layers))} {batch} {loss} {optimizer} {rate} {per_call}"
        answers = ask(bench, [f"load gradus {folder} {threads} {spec}", "run 1 7"])
    losses = answers[0]["losses"]
    steps = per_call if per_call > 1 else CHECK_STEPS
    order = [0] * steps if per_call > 1 else [i % BATCHES for i in range(steps)]
    expected = [network.step(*data[i]) for i in order]
    assert answers[0]["per_call"] == per_call and len(losses) == steps, answers[0]
    for step, (got, want) in enumerate(zip(losses, expected)):
        assert abs(got - want) <= 1e-4 * abs(want) + 1e-6, f"{spec}: step {step}: {got}, but should be {want}"
    assert answers[1]["steps"] == -(-7 // per_call) * per_call and answers[1]["seconds"] > 0, answers[1]


def ask(bench, lines):
    done = subprocess.run([bench], input="\n".join(lines + ["quit"]) + "\n", capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"exit status {done.returncode}: {done.stderr}"
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(lines), f"{len(lines)} lines, {len(answers)} answers: {done.stdout}"
    return answers


def check_errors(bench):
    lines = [
        "run 1 1",
        "jump",
        "",
        "load gradus /nonexistent 1 1,1 8 squared_error sgd 0.1 1",
        "load gradus /nonexistent 1 1 8 squared_error sgd 0.1 1",
        "load gradus /nonexistent 1 1,1 8 squared_error guess 0.1 1",
        "load gradus",
    ]
    for line, answer in zip(lines, ask(bench, lines)):
        assert "error" in answer, f"{line!r}: {answer}"


def main():
    bench = sys.argv[1]
    check_errors(bench)
    for threads in (1, 2):
        check(bench, (1, 1), 8, "squared_error", "sgd", 0.01, 1, threads)
        check(bench, (1, 1), 8, "squared_error", "sgd", 0.01, 50, threads)
        check(bench, (5, 3), 7, "cross_entropy", "sgd", 0.1, 1, threads)
        check(bench, (6, 9, 4), 5, "cross_entropy", "adam", 0.01, 1, threads)
        check(bench, (20, 17, 18, 10), 33, "cross_entropy", "sgd", 0.1, 1, threads)
    print("the protocol and the losses are as they should be")


if __name__ == "__main__":
    main()
