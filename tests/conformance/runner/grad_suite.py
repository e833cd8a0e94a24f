"""Single expressions: forward values, vector-Jacobian products, Hessian-vector products; and expressions
that must be refused."""
import functools
import importlib.util
import json
import math
from pathlib import Path

import _gradus
import conventions
from report import FAILED, PASSED, UNSUPPORTED

import torch
from torch import _core
from torch._numpy import np

MUST_FAIL = "must_fail"


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def cases(folder, options):
    folder = Path(folder)
    found = read_lines(folder / "manifest.jsonl")
    for case in found:
        case["folder"] = str(folder)
    refused = folder / "must_fail.jsonl"
    if refused.exists():
        for case in read_lines(refused):
            found.append(case | {"op": MUST_FAIL, "folder": str(folder)})
    return [case for case in found if wanted(case, options)]


def wanted(case, options):
    return ((not options.only or case["op"] in options.only) and options.filter in case["id"]
            and (not options.tag or options.tag in case.get("tags", []))
            and (not options.dtype or case.get("dtype") == options.dtype))


def members(case):
    return [(case["op"], case["id"])]


def cost(case):
    """Only to begin with the long ones."""
    tags = case.get("tags", [])
    return ("larger" in tags) * 4 + ("program" in tags) + bool(case.get("hvp")) + len(case["inputs"]) / 10


def run(case, options):
    return [outcome(case, options)]


def outcome(case, options):
    try:
        if case["op"] == MUST_FAIL:
            return refused(case)
        return Check(case, options).outcome()
    except _core.Unsupported as error:
        return UNSUPPORTED, str(error)
    except _gradus.GraphError as error:
        return FAILED, f"refused: {error}"


# --- evaluation --------------------------------------------------------------------------------


@functools.lru_cache(maxsize=None)
def helpers(folder):
    """grad_helpers.py of the folder, as H."""
    path = Path(folder) / "grad_helpers.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location("grad_helpers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def attribute(value):
    """Attributes as the expression wants them: infinities are stored as text."""
    if isinstance(value, str):
        return {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}.get(value, value)
    return value


def evaluate(case, tensors):
    scope = {"torch": torch, "F": torch.nn.functional, "H": helpers(case["folder"]), "np": np, "math": math}
    scope |= {key: attribute(value) for key, value in case["attrs"].items()}
    scope |= tensors
    return eval(case["expr"], scope)  # the folder's own expressions


def as_list(value):
    """The outputs of an expression: one, or several for tuples."""
    if isinstance(value, (tuple, list)):
        return [part for item in value for part in as_list(item)]
    if not isinstance(value, _core.Tensor):
        value = _core.tensor_of(value)
    return [value]


# --- a case that must be refused -------------------------------------------------------------


def refused(case):
    graph = _gradus.Graph("refused")
    _core.use_graph(graph)
    tensors = {}
    for key, spec in case["inputs"].items():
        kind = _core.BY_TORCH_NAME[spec["dtype"]]
        if "value" in spec and kind.category < 2:
            tensors[key] = _core.full(spec["shape"], spec["value"], kind)
        else:
            tensors[key] = _core.Tensor(graph.input(key, spec["shape"], kind.name))
    try:
        evaluate(case, tensors)
    except _gradus.GraphError as error:
        text = str(error)
        return (PASSED, "") if text.partition("error: ")[2].strip() else (FAILED, f"refused without a reason: {text}")
    return FAILED, "accepted, but it must be refused: " + case.get("torch_error", "")


# --- a case with values ----------------------------------------------------------------------

ARCHIVE = {"path": None, "arrays": {}}


def archive(path):
    """The arrays of a file; the last one is kept."""
    if ARCHIVE["path"] != path:
        ARCHIVE["arrays"] = _gradus.read_npz(path)
        ARCHIVE["path"] = path
    return ARCHIVE["arrays"]


class Check:
    def __init__(self, case, options):
        self.case, self.options = case, options
        self.arrays = archive(str(Path(case["folder"]) / case["file"]))
        self.graph = _gradus.Graph("grad")
        self.fed, self.wanted, self.reasons, self.notes = {}, {}, [], []

    def array(self, key):
        if key not in self.arrays:
            raise KeyError(f"{self.case['file']} has no array {key}")
        return self.arrays[key]

    def feed(self, name, key):
        """An input that holds an array of the archive."""
        array = self.array(key)
        self.fed[name] = array
        return _core.Tensor(self.graph.input(name, array.shape, array.dtype))

    def expect(self, name, handle, key):
        self.graph.result(name, handle)
        self.wanted[name] = self.array(key)

    def build(self):
        _core.use_graph(self.graph)
        case = self.case
        tensors = {name: self.feed(name, spec["key"]) for name, spec in case["inputs"].items()}
        outputs = as_list(evaluate(case, dict(tensors)))
        if len(outputs) < len(case["outputs"]):
            raise ValueError(f"{len(outputs)} outputs, expected {len(case['outputs'])}")
        for i, spec in enumerate(case["outputs"]):
            self.expect(f"out.{i}", outputs[i].h, spec["key"])
        if not case["grads"]:
            return
        names = list(case["grads"])
        loss = self.dot([(outputs[c["output"]], self.feed(f"ct.{i}", c["key"]))
                         for i, c in enumerate(case["cotangents"])])
        slopes = _gradus.gradients(loss.h, [tensors[name].h for name in names])
        for name, slope in zip(names, slopes):
            self.expect(f"grad.{name}", slope, case["grads"][name])
        if not case.get("hvp"):
            return
        pairs = [(_core.Tensor(slopes[names.index(name)]), self.feed(f"hvp_v.{name}", key))
                 for name, key in case["hvp_v"].items()]
        second = _gradus.gradients(self.dot(pairs).h, [tensors[name].h for name in case["hvp"]])
        for (name, key), value in zip(case["hvp"].items(), second):
            self.expect(f"hvp.{name}", value, key)

    @staticmethod
    def dot(pairs):
        """The sum over the pairs of the sum of their products."""
        total = None
        for a, b in pairs:
            part = (a * b).sum()
            total = part if total is None else total + part
        return total

    def outcome(self):
        try:
            self.build()
            if self.options.graph and self.options.verbose:
                print(self.case["id"], self.graph.text(), sep="\n", flush=True)
            program = _gradus.compile(self.graph, _gradus.Options(threads=1, cache=self.options.cache))
        except (_core.Unsupported, _gradus.GraphError):
            raise
        except RuntimeError as error:
            return FAILED, f"not compiled: {error}"
        for name, array in self.fed.items():
            program.bind(name, array)
        program.step()
        for name, wanted in self.wanted.items():
            self.compare(name, program.output(name), wanted)
        if self.reasons:
            return FAILED, "; ".join(self.reasons + self.notes)
        return PASSED, "; ".join(self.notes)

    def tolerance(self, name):
        if self.case["dtype"] == "f64":
            return 1e-10, 1e-12
        error = self.case.get("torch_f32_err", {}).get(name, [0, 0])[1]
        error = error if isinstance(error, (int, float)) and math.isfinite(error) else 0
        return max(2e-5, 10 * error), 1e-6

    def compare(self, name, got, wanted):
        # Where float32 overflows on the way and float64 does not, the reference has no say.
        patterns = name not in self.case.get("f32_special_differs_from_f64", [])
        text = _gradus.difference(got, wanted, *self.tolerance(name), patterns)
        if not text:
            return
        convention = conventions.of(self.case, name)
        if convention:
            self.notes.append(f"{name} follows another convention: {convention}")
        else:
            self.reasons.append(f"{name}: {text}")
