"""Whole training runs: the loss of every step, the first gradients, the final weights and running statistics, and what
the trained model says about test rows. Each run is one case in f32 and one in f64."""
import functools
import importlib.util
import json
import math
import re
from pathlib import Path

import _gradus
from report import FAILED, PASSED, UNSUPPORTED

from torch import _core


def cases(folder, options):
    folder = Path(folder)
    index = folder / "index.jsonl"
    if index.exists():
        with open(index, encoding="utf-8") as file:
            runs = [json.loads(line) for line in file if line.strip()]
    else:
        runs = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
        if not runs:
            raise FileNotFoundError(f"neither index.jsonl nor any run in {folder}")
    found = []
    for run in runs:
        for kind in ("f32", "f64"):
            case = run | {"folder": str(folder), "dtype": kind, "id": f"{run['run']}/{kind}"}
            if options.only and not {case["run"], case["scenario"]} & set(options.only):
                continue
            if options.filter in case["id"] and options.dtype in (None, kind):
                found.append(case)
    return found


def members(case):
    return [(case["scenario"], case["id"])]


def cost(case):
    """Only to begin with the long ones."""
    return case["n_params"] * case["steps"] * (100 if "gpt" in case["model"] or "rnn" in case["model"] else 10)


def run(case, options):
    try:
        replay = Replay(case, options)
        reasons = replay.check()
    except _core.Unsupported as error:
        return [(UNSUPPORTED, str(error))]
    except _gradus.GraphError as error:
        return [(FAILED, f"refused: {error}")]
    return [(FAILED, "; ".join(reasons)) if reasons else (PASSED, "; ".join(replay.notes))]


@functools.lru_cache(maxsize=None)
def models(folder):
    """train_models.py of the folder."""
    path = Path(folder) / "train_models.py"
    spec = importlib.util.spec_from_file_location("train_models", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def model_of(case):
    """The function (parameters, batch, buffers) -> loss that the run names."""
    text = case["model"].split(" ;")[0].strip()
    return eval(text, {"train_models": models(case["folder"])})  # the folder's own expression


@functools.lru_cache(maxsize=4)
def pixels(path):
    return _gradus.read_npy(path)


class Samples:
    """Per-sample arrays: integers as they are, others in the run's type."""

    def __init__(self, array, kind):
        is_label = array.dtype in ("i32", "i64", "u8", "bool")
        self.array = array.cast("i64") if is_label else array.cast(kind)

    @property
    def shape(self):
        return list(self.array.shape[1:])

    @property
    def dtype(self):
        return self.array.dtype

    def rows(self, which):
        return self.array.rows(which)


def prepared(array, text):
    """Pixels as "preprocess" says, in float32: x = uint8/255, or (uint8/255 - MEAN)/DEVIATION; shape N,..."""
    number = r"([\d.]+)"
    standard = re.search(rf"\(\s*uint8\s*/\s*{number}\s*-\s*{number}\s*\)\s*/\s*{number}", text)
    plain = re.search(rf"uint8\s*/\s*{number}", text)
    if standard:
        divisor, mean, deviation = (float(v) for v in standard.groups())
    elif plain:
        divisor, mean, deviation = float(plain[1]), 0.0, 1.0
    else:
        raise _core.Unsupported(f"the preparation {text!r}")
    shape = re.search(r"shape\s+N((?:\s*,\s*\d+)+)", text)
    sizes = [int(n) for n in shape[1].split(",") if n.strip()] if shape else [math.prod(array.shape[1:])]
    return array.reshape([array.shape[0], *sizes]).scaled(divisor, mean, deviation)


class Replay:
    def __init__(self, case, options):
        self.case, self.options, self.kind = case, options, case["dtype"]
        self.folder = Path(case["folder"])
        self.arrays = _gradus.read_npz(str(self.folder / f"{case['run']}.npz"))
        self.model = model_of(case)
        self.data = {name: self.samples(name) for name in case["data"]}
        index = self.arrays["batch_index"]
        values, width = index.values(), index.shape[1]
        self.slots = [[(slot, row) for slot, row in enumerate(values[t * width:(t + 1) * width]) if row >= 0]
                      for t in range(index.shape[0])]
        self.reasons, self.notes = [], []

    # --- data ---------------------------------------------------------------------------------

    def samples(self, name):
        source = self.case["data"][name]
        if "file" not in source:
            return Samples(self.arrays[source.get("key", "data." + name)], self.kind)
        array = pixels(str(self.folder / source["file"]))
        return Samples(prepared(array, self.case["preprocess"]) if name == "x" else array, self.kind)

    def fed(self, t):
        """The inputs of step t."""
        rows, slots = [row for _, row in self.slots[t]], [slot for slot, _ in self.slots[t]]
        inputs = {name: samples.rows(rows) for name, samples in self.data.items()}
        for name in self.case["step_data"]:
            all_steps = self.arrays["step." + name]
            step = all_steps.rows([t]).reshape(list(all_steps.shape[1:]))
            inputs[name] = Samples(step.rows(slots), self.kind).array
        return inputs

    # --- graphs --------------------------------------------------------------------------------

    def build(self, inputs):
        """A graph with the model on inputs of these shapes: (graph, parameters, buffers, loss)."""
        graph = _gradus.Graph("train")
        _core.use_graph(graph)
        parameters = {name: _core.Tensor(graph.parameter(name, self.arrays["init." + name].cast(self.kind)))
                      for name in self.case["params"]}
        buffers = {key[len("init_buf."):]: array for key, array in self.arrays.items() if key.startswith("init_buf.")}
        buffers = {name: _core.Tensor(graph.state(name, array.cast(self.kind))) for name, array in buffers.items()}
        batch = {name: _core.Tensor(graph.input(name, list(array.shape), array.dtype)) for name, array in inputs.items()}
        before = {name: tensor.h for name, tensor in buffers.items()}
        _core.LOSS_INPUTS.clear()
        result = self.model(parameters, batch, buffers)
        loss = result[0] if isinstance(result, tuple) else result
        changed = {name: tensor.h for name, tensor in buffers.items() if tensor.h is not before[name]}
        return graph, parameters, {name: (before[name], after) for name, after in changed.items()}, loss

    def options_of(self, state=None):
        return _gradus.Options(threads=1, cache=self.options.cache, state=state)

    def step_program(self, inputs, state=None):
        graph, _, changed, loss = self.build(inputs)
        for variable, value in changed.values():
            graph.assign(variable, value)
        try:
            step = _gradus.training_step(loss.h, self.case["optimizer"], self.case["lr_schedule"],
                                         self.case["clip_grad_norm"], self.case["steps"])
        except NotImplementedError as error:
            raise _core.Unsupported(str(error)) from None
        return _gradus.compile_step(graph, step, self.options_of(state))

    def gradient_program(self, inputs, state):
        graph, parameters, _, loss = self.build(inputs)
        slopes = _gradus.gradients(loss.h, [tensor.h for tensor in parameters.values()])
        squares = None
        for name, slope in zip(parameters, slopes):
            graph.result("grad." + name, slope)
            part = (_core.Tensor(slope) * _core.Tensor(slope)).sum()
            squares = part if squares is None else squares + part
        graph.result("norm", squares.sqrt().h)
        return _gradus.compile(graph, self.options_of(state))

    @staticmethod
    def start(program, inputs):
        for name, array in inputs.items():
            if name in program.inputs:
                program.bind(name, array)
        program.step()

    # --- checks --------------------------------------------------------------------------------

    def check(self):
        inputs = self.fed(0)
        program = self.step_program(inputs)
        programs = {len(self.slots[0]): program}
        slopes = None
        if self.kind == "f32":
            slopes = self.gradient_program(inputs, program.state)
            self.start(slopes, inputs)
            for name in self.case["params"]:
                self.compare(f"first gradient of {name}", slopes.output("grad." + name), self.arrays["grad0." + name], 1e-5)
        self.check_steps(programs, program.state, slopes)
        if self.kind == "f32":
            self.check_end(program.state)
        return self.reasons

    def check_steps(self, programs, state, slopes):
        losses = self.arrays["loss.f64"].values()
        norms = self.arrays["gradnorm.f32"].values() if "gradnorm.f32" in self.arrays and slopes else None
        noise = self.case["f32_vs_f64"]
        for t in range(self.case["steps"]):
            inputs = self.fed(t)
            size = len(self.slots[t])
            if norms and size == len(self.slots[0]):
                self.start(slopes, inputs)
                got = slopes.output("norm").values()[0]
                if not abs(got - norms[t]) <= self.allowed(t, noise) * abs(norms[t]):
                    self.reasons.append(f"gradient norm of step {t}: {got!r}, expected {norms[t]!r}")
                    norms = None
            if size not in programs:
                programs[size] = self.step_program(inputs, state)
            self.start(programs[size], inputs)
            got, wanted = programs[size].output("loss").values()[0], losses[t]
            allowed = self.allowed(t, noise) * abs(wanted)
            if self.case["scenario"] == "linreg" and self.kind == "f32":
                allowed = max(allowed, 1e-6)
            if not abs(got - wanted) <= allowed:
                self.reasons.append(f"loss of step {t}: {got!r}, expected {wanted!r} (off by {abs(got - wanted):.3g}, "
                                    f"allowed {allowed:.3g})")
                return

    def allowed(self, t, noise):
        """The relative difference that a loss of step t may have."""
        if self.kind == "f64":
            return 1e-8
        first = t < 10
        floor = noise["loss_max_rel_diff_first_10" if first else "loss_max_rel_diff"]
        return max(1e-4 if first else 1e-3, 100 * floor)

    def check_end(self, state):
        """The end of a run. In f32 a unit near the edge of its ReLU may go either way by rounding, and an optimizer
        that divides by small gradients makes much of it. So single weights that differ are told; a parameter that
        differs as a whole is wrong."""
        if self.reasons:
            return
        self.compare_end(state)
        self.notes, self.reasons = self.reasons, []
        for name in self.case["params"]:
            got, wanted = state.get(name).values(), self.arrays["final." + name].values()
            distance = math.dist(got, wanted)
            if not distance <= 0.05 * math.hypot(*wanted) + 1e-3 and not name.endswith("qkv.b"):
                self.reasons.append(f"final {name}: off by {distance:.3g} as a whole")

    def compare_end(self, state):
        noise = self.case["f32_vs_f64"].get("per_param", {})
        for name in self.case["params"]:
            got, wanted = state.get(name), self.arrays["final." + name]
            if name.endswith("qkv.b"):  # the biases of the keys have no true gradient
                got, wanted = (a.reshape([3, -1]).rows([0, 2]) for a in (got, wanted))
            self.compare(f"final {name}", got, wanted, 1e-3, 100 * noise.get(name, 0))
        for key, wanted in self.arrays.items():
            if key.startswith("final_buf."):
                name = key[len("final_buf."):]
                self.compare(f"final {name}", state.get(name), wanted, 1e-3)
        if "eval.logits" in self.arrays:
            self.check_evaluation(state)

    def check_evaluation(self, state):
        """The logits of test rows: what the model hands to its loss, with running statistics."""
        wanted = self.arrays["eval.logits"]
        source = self.case["data"]["x"]
        if "eval.x" in self.arrays:
            rows = self.arrays["eval.x"].cast(self.kind)
        elif "file" in source:
            path = self.folder / source["file"].replace("_x.npy", "_test_x.npy")
            rows = prepared(pixels(str(path)).rows(list(range(wanted.shape[0]))), self.case["preprocess"])
        else:
            return  # the test rows are not in the file
        count = wanted.shape[0]
        inputs = {"x": rows}
        for name, samples in self.data.items():
            if name != "x":
                inputs[name] = samples.rows([0] * count)
        if self.case["step_data"]:
            return  # masks and noise of the evaluation are not in the file
        _core.EVALUATING = True
        try:
            graph, _, _, _ = self.build(inputs)
        finally:
            _core.EVALUATING = False
        if not _core.LOSS_INPUTS:
            raise _core.Unsupported("logits of a model that calls no loss of torch.nn.functional")
        graph.result("logits", _core.LOSS_INPUTS[-1].h)
        program = _gradus.compile(graph, self.options_of(state))
        self.start(program, inputs)
        self.compare("logits of the test rows", program.output("logits"), wanted, 1e-3)

    def compare(self, what, got, wanted, relative, absolute=0.0):
        text = _gradus.difference(got, wanted, relative, 0.0)
        if text and not (absolute and not _gradus.difference(got, wanted, 0.0, absolute)):
            self.reasons.append(f"{what}: {text}")
