#!/usr/bin/env python3
"""usage: runner_test.py GRADUS_CONFORMANCE

Tests the command on folders of its own: what must pass passes, and what must not is told apart."""
import json
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

PROGRAM = ""
DESCR = {"float32": ("<f4", "f"), "float64": ("<f8", "d"), "int64": ("<i8", "q"), "bool": ("|b1", "?"), "int32": ("<i4", "i")}


def npy(values, shape, dtype):
    descr, code = DESCR[dtype]
    header = repr({"descr": descr, "fortran_order": False, "shape": tuple(shape)})
    header += " " * (63 - (10 + len(header)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + struct.pack(f"<{len(values)}{code}", *values)


class Array:
    def __init__(self, values, shape=None, dtype="float64"):
        self.values, self.shape, self.dtype = values, [len(values)] if shape is None else shape, dtype


def write_npz(path, arrays):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as file:
        for key, array in arrays.items():
            file.writestr(key + ".npy", npy(array.values, array.shape, array.dtype))


class GradFolder:
    """A folder of the format of the suite grad, one file of arrays."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.path = Path(self.temporary.name)
        self.lines, self.refused, self.arrays = [], [], {}

    def __del__(self):
        self.temporary.cleanup()

    def case(self, name, expr, inputs, outputs, cotangents=(), grads=None, hvp_v=None, hvp=None, attrs=None, tags=(),
             dtype="f64"):
        def store(kind, key, array):
            full = f"{name}.{dtype}.{kind}.{key}"
            self.arrays[full] = array
            return full
        described = lambda kind, key, a: {"key": store(kind, key, a), "dtype": a.dtype, "shape": a.shape}  # noqa: E731
        line = dict(id=f"op/{name}/{dtype}", op="op", case=name, dtype=dtype, file="op.npz", expr=expr, attrs=attrs or {},
                    tags=list(tags), inputs={k: described("in", k, a) for k, a in inputs.items()},
                    outputs=[described("out", i, a) for i, a in enumerate(outputs)],
                    cotangents=[{"output": i, "key": store("ct", i, a)} for i, a in enumerate(cotangents)],
                    grads={k: store("grad", k, a) for k, a in (grads or {}).items()})
        if hvp:
            line["hvp_v"] = {k: store("hvp_v", k, a) for k, a in hvp_v.items()}
            line["hvp"] = {k: store("hvp", k, a) for k, a in hvp.items()}
        self.lines.append(line)
        return self

    def refuse(self, expr, **shapes):
        inputs = {k: {"shape": s, "dtype": "float32"} for k, s in shapes.items()}
        self.refused.append(dict(id=f"must_fail/{len(self.refused):03}", expr=expr, attrs={}, inputs=inputs, torch_error="no"))
        return self

    def write(self, helpers="def twice(x): return x + x\n"):
        write_npz(self.path / "op.npz", self.arrays)
        (self.path / "manifest.jsonl").write_text("".join(json.dumps(line) + "\n" for line in self.lines))
        (self.path / "must_fail.jsonl").write_text("".join(json.dumps(line) + "\n" for line in self.refused))
        (self.path / "grad_helpers.py").write_text("import torch\nimport torch.nn.functional as F\n" + helpers)
        return self


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, cwd="/")
    return done.returncode, done.stdout, done.stderr


class Grad(unittest.TestCase):
    def outcome(self, folder, *options):
        """The exit status, the last line, and the line of each case."""
        status, out, err = run("grad", folder.write().path, "--verbose", *options)
        lines = out.strip().splitlines()
        return status, lines[-1] if lines else err, out

    def test_values_gradients_and_second_derivatives_are_compared(self):
        folder = GradFolder().case(
            "square", "x*x*k", {"x": Array([1.0, 2.0, -3.0])}, [Array([2.0, 8.0, 18.0])], [Array([1.0, 10.0, 100.0])],
            {"x": Array([4.0, 80.0, -1200.0])}, {"x": Array([1.0, 1.0, 0.5])}, {"x": Array([4.0, 40.0, 200.0])}, {"k": 2})
        self.assertEqual(self.outcome(folder)[:2], (0, "1 passed, 0 failed, 0 unsupported"))

    def test_each_wrong_number_fails(self):
        right = dict(out=[2.0, 8.0], grad=[4.0, 80.0], hvp=[4.0, 40.0])
        for wrong in right:
            v = {k: list(values) for k, values in right.items()}
            v[wrong][1] += 1e-6
            folder = GradFolder().case(
                "square", "x*x*2", {"x": Array([1.0, 2.0])}, [Array(v["out"])], [Array([1.0, 10.0])],
                {"x": Array(v["grad"])}, {"x": Array([1.0, 1.0])}, {"x": Array(v["hvp"])})
            status, last, out = self.outcome(folder)
            self.assertEqual((status, last), (1, "0 passed, 1 failed, 0 unsupported"), wrong)
            self.assertRegex(out, rf"{wrong}\.\w+: .* at \[1\], expected")

    def test_shapes_types_and_infinities_must_agree(self):
        x = {"x": Array([1.0, 2.0])}
        folder = GradFolder().case("shape", "x", x, [Array([1.0, 2.0], [2, 1])])
        folder.case("type", "x", x, [Array([1.0, 2.0], [2], "float32")])
        folder.case("inf", "x", x, [Array([1.0, float("inf")])])
        folder.case("nan", "x", {"x": Array([1.0, float("nan")])}, [Array([1.0, 2.0])])
        folder.case("same", "x", {"x": Array([float("-inf"), float("nan")])}, [Array([float("-inf"), float("nan")])])
        status, last, out = self.outcome(folder)
        self.assertEqual((status, last), (1, "1 passed, 4 failed, 0 unsupported"), out)
        self.assertIn("op/shape/f64: out.0: is f64 2, expected f64 2x1", out)

    def test_what_is_missing_is_unsupported(self):
        x = {"x": Array([1.0, 2.0])}
        folder = GradFolder().case("function", "torch.no_such_function(x)", x, [Array([1.0, 2.0])])
        folder.case("method", "x.no_such_method()", x, [Array([1.0, 2.0])])
        folder.case("functional", "F.no_such_loss(x)", x, [Array([1.0, 2.0])])
        folder.case("value", "x if x.sum() > 0 else -x", x, [Array([1.0, 2.0])])
        status, last, out = self.outcome(folder)
        self.assertEqual((status, last), (0, "0 passed, 0 failed, 4 unsupported"), out)
        self.assertIn("torch.no_such_function is not in the facade", out)

    def test_refusals(self):
        folder = GradFolder().refuse("x+y", x=[2], y=[3]).refuse("x+y", x=[2], y=[2]).refuse("torch.no_such(x)", x=[2])
        folder.case("refused", "x.reshape(3)", {"x": Array([1.0, 2.0])}, [Array([1.0, 2.0])])
        status, last, out = self.outcome(folder)
        self.assertEqual((status, last), (1, "1 passed, 2 failed, 1 unsupported"), out)
        self.assertIn("accepted, but it must be refused", out)

    def test_helpers_python_and_promotion(self):
        folder = GradFolder().case("helper", "H.twice(x)[:, None]", {"x": Array([1.0, 2.0])}, [Array([2.0, 4.0], [2, 1])])
        folder.case("loop", "sum(x[i]*i for i in range(x.shape[0]))", {"x": Array([5.0, 2.0])}, [Array([2.0], [])])
        folder.case("integers", "n/2", {"n": Array([1, 2], None, "int64")}, [Array([0.5, 1.0], None, "float32")])
        folder.case("mixed", "n*x", {"n": Array([1, 2], None, "int64"), "x": Array([0.5], [])}, [Array([0.5, 1.0])])
        self.assertEqual(self.outcome(folder)[1], "4 passed, 0 failed, 0 unsupported", self.outcome(folder)[2])

    def test_choosing_cases(self):
        folder = GradFolder()
        for dtype, name in (("f32", "float32"), ("f64", "float64")):
            folder.case("a", "x", {"x": Array([1.0], None, name)}, [Array([1.0], None, name)], dtype=dtype)
        self.assertEqual(self.outcome(folder, "--dtype", "f32")[1], "1 passed, 0 failed, 0 unsupported")
        self.assertEqual(self.outcome(folder, "--filter", "a/f6")[1], "1 passed, 0 failed, 0 unsupported")
        self.assertEqual(self.outcome(folder, "--only", "other")[1], "0 passed, 0 failed, 0 unsupported")

    def test_damaged_files(self):
        folder = GradFolder().case("a", "x", {"x": Array([1.0])}, [Array([1.0])]).write()
        data = (folder.path / "op.npz").read_bytes()
        for damaged in (b"", data[:40], data[:60] + b"\xff" * 8 + data[68:], b"no archive"):
            (folder.path / "op.npz").write_bytes(damaged)
            status, out, _ = run("grad", folder.path, "-v")
            self.assertEqual(status, 1, damaged)
            self.assertIn("failed      op/a/f64: ", out)
        (folder.path / "op.npz").unlink()
        self.assertEqual(run("grad", folder.path)[0], 1)
        (folder.path / "manifest.jsonl").write_text("{broken\n")
        status, _, err = run("grad", folder.path)
        self.assertEqual(status, 2)
        self.assertIn("gradus-conformance: error: cannot read", err)


class Broadcast(unittest.TestCase):
    def test_each_wrong_entry_fails(self):
        right = {"shapes": [[2, 1], [3]], "result": [2, 3], "grad_sum_axes": [[1], [0]]}
        rows = [right, right | {"result": [3, 2]}, right | {"result": "error"}, right | {"grad_sum_axes": [[0], [0]]},
                {"shapes": [[2], [3]], "result": [3], "grad_sum_axes": [[], []]}, {"shapes": [[2], [3]], "result": "error"}]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "broadcast").mkdir()
            Path(folder, "broadcast/table.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
            status, out, _ = run("broadcast", folder)
        self.assertEqual((status, out.splitlines()[-1]), (1, "2 passed, 4 failed, 0 unsupported"))


class Train(unittest.TestCase):
    """Descent on (p - x)^2 from p = 0 with x = 1: p = 0.2, 0.36; losses 1, 0.64."""

    def write(self, folder, losses=(1.0, 0.64), final=0.36, first=-2.0):
        run = {"run": "one", "scenario": "tiny", "model": "train_models.model ; a comment", "optimizer":
               {"name": "sgd", "lr": 0.1, "momentum": 0}, "lr_schedule": None, "clip_grad_norm": None, "steps": 2,
               "batch": 2, "params": {"p": [1]}, "n_params": 1, "data": {"x": {"key": "data.x"}}, "step_data": [],
               "preprocess": "", "f32_vs_f64": {"loss_max_rel_diff": 0, "loss_max_rel_diff_first_10": 0}, "eval": {}}
        Path(folder, "index.jsonl").write_text(json.dumps(run) + "\n")
        Path(folder, "train_models.py").write_text(
            "import torch.nn.functional as F\ndef model(p, b, B): return F.mse_loss(p['p'].expand(b['x'].shape), b['x'])\n")
        write_npz(Path(folder, "one.npz"), {
            "init.p": Array([0.0], None, "float32"), "batch_index": Array([0, 1, 1, -1], [2, 2], "int32"),
            "data.x": Array([1.0, 1.0], None, "float32"), "loss.f64": Array(list(losses)),
            "loss.f32": Array(list(losses), None, "float32"), "grad0.p": Array([first], None, "float32"),
            "final.p": Array([final], None, "float32")})

    def last(self, **wrong):
        with tempfile.TemporaryDirectory() as folder:
            self.write(folder, **wrong)
            status, out, _ = run("train", folder)
        return status, out.splitlines()[-1]

    def test_a_run_with_a_short_batch_is_repeated(self):
        self.assertEqual(self.last(), (0, "2 passed, 0 failed, 0 unsupported"))

    def test_each_wrong_number_fails(self):
        self.assertEqual(self.last(losses=(1.0, 0.65)), (1, "0 passed, 2 failed, 0 unsupported"))
        self.assertEqual(self.last(final=0.42), (1, "1 passed, 1 failed, 0 unsupported"))
        self.assertEqual(self.last(first=-2.1), (1, "1 passed, 1 failed, 0 unsupported"))


class Usage(unittest.TestCase):
    def test_help_says_what_there_is(self):
        status, out, _ = run("--help")
        self.assertEqual(status, 0)
        for word in ("grad", "broadcast", "train", "--verbose", "FOLDER"):
            self.assertIn(word, out)

    def test_mistakes_end_with_status_2(self):
        for arguments in ([], ["nothing"], ["grad", "--no-such-option"], ["grad", "/no/such/folder"], ["grad", "--dtype", "f16"]):
            status, _, err = run(*arguments)
            self.assertEqual(status, 2, arguments)
            self.assertTrue(err, arguments)

    def test_a_choice_of_no_case_is_a_mistake(self):
        with tempfile.TemporaryDirectory() as folder:
            for name in ("manifest.jsonl", "must_fail.jsonl", "grad_helpers.py"):
                (Path(folder) / name).write_text("")
            status, out, err = run("grad", folder, "--only", "no_such_op")
        self.assertEqual((status, out.splitlines()[-1]), (2, "0 passed, 0 failed, 0 unsupported"))
        self.assertIn("no case", err)


if __name__ == "__main__":
    PROGRAM = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
