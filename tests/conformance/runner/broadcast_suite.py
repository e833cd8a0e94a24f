"""The table of broadcast shapes: for each row the shape of x0 + x1 + ..., its values, and the axes that the gradient
of each operand is summed over; or that the row is refused."""
import json
import math
from pathlib import Path

import _gradus
from report import FAILED, PASSED

ROWS, ELEMENTS = 40, 400_000  # rows of a graph, and their elements together


def cases(folder, options):
    folder = Path(folder)
    with open(folder / "table.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file if line.strip()]
    if (folder / "quiz.json").exists():
        quiz = json.loads((folder / "quiz.json").read_text(encoding="utf-8"))
        rows += [row | {"source": "quiz"} for row in quiz]
    for row in rows:
        row["id"] = row.get("id") or " & ".join(str(tuple(s)) for s in row["shapes"])
        row["source"] = row.get("source", "table")
    rows = [row for row in rows if options.filter in row["id"] and (not options.only or row["source"] in options.only)]
    return list(groups(rows))


def groups(rows):
    """Rows that are compiled together."""
    group, elements = [], 0
    for row in rows:
        size = 0 if row["result"] == "error" else math.prod(row["result"])
        if group and (len(group) == ROWS or elements + size > ELEMENTS):
            yield group
            group, elements = [], 0
        group.append(row)
        elements += size
    if group:
        yield group


def members(group):
    return [(row["source"], row["id"]) for row in group]


def cost(group):
    return len(group)


def numbers(shape, seed):
    """Small integers, so that every order of summation is exact in float32."""
    return _gradus.Array([(i * 7 + seed * 5) % 23 - 11 for i in range(math.prod(shape))], shape, "f32")


class Row:
    def __init__(self, graph, number, row):
        self.row, self.fed, self.reason = row, {}, ""
        self.prefix = f"r{number}."
        try:
            self.build(graph)
        except _gradus.GraphError as error:
            if row["result"] != "error":
                self.reason = f"refused: {error}"
            elif not str(error).partition("error: ")[2].strip():
                self.reason = f"refused without a reason: {error}"
        else:
            if row["result"] == "error":
                self.reason = "accepted, but the shapes do not broadcast"

    def feed(self, graph, name, shape, seed):
        self.fed[self.prefix + name] = numbers(shape, seed)
        return graph.input(self.prefix + name, shape, "f32")

    def build(self, graph):
        row, ops = self.row, _gradus.ops
        inputs = [self.feed(graph, f"x{k}", shape, k) for k, shape in enumerate(row["shapes"])]
        total = inputs[0]
        for x in inputs[1:]:
            total = ops.add(total, x)
        if row["result"] == "error":
            return
        self.shape = list(total.shape)
        if self.shape != row["result"]:
            self.reason = f"has the shape {self.shape}, expected {row['result']}"
            return
        graph.result(self.prefix + "sum", total)
        if not isinstance(row.get("grad_sum_axes"), list):
            return
        loss = ops.sum(ops.mul(total, self.feed(graph, "c", self.shape, 9)))
        for k, slope in enumerate(_gradus.gradients(loss, inputs)):
            graph.result(f"{self.prefix}g{k}", slope)

    def check(self, program):
        try:
            self.compare_all(program)
        except (ValueError, IndexError) as error:  # the row itself makes no sense
            self.reason = self.reason or f"the row does not fit its shapes: {error}"

    def compare_all(self, program):
        shapes, shape = self.row["shapes"], self.row["result"]
        arrays = [self.fed[f"{self.prefix}x{k}"] for k in range(len(shapes))]
        self.compare("sum", program.output(self.prefix + "sum"), _gradus.broadcast_sum(arrays, shape))
        if not isinstance(self.row.get("grad_sum_axes"), list):
            return
        cotangent = self.fed[self.prefix + "c"]
        for k, axes in enumerate(self.row["grad_sum_axes"]):
            wanted = cotangent.summed(axes).reshape(shapes[k]).cast("f32")
            self.compare(f"gradient of operand {k}", program.output(f"{self.prefix}g{k}"), wanted)

    def compare(self, what, got, wanted):
        text = _gradus.difference(got, wanted, 0, 0)
        if text and not self.reason:
            self.reason = f"{what}: {text}"


def run(group, options):
    graph = _gradus.Graph("rows")
    rows = [Row(graph, i, row) for i, row in enumerate(group)]
    fitting = [row for row in rows if not row.reason and row.row["result"] != "error"]
    if fitting:
        program = _gradus.compile(graph, _gradus.Options(threads=1, cache=options.cache))
        for row in rows:
            for name, array in row.fed.items():
                if name in program.inputs:
                    program.bind(name, array)
        program.step()
        for row in fitting:
            row.check(program)
    return [(FAILED, row.reason) if row.reason else (PASSED, "") for row in rows]
