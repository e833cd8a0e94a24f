#!/usr/bin/env python3
"""usage: make_cases.py FOLDER [--seed N]

Writes a folder for `gradus-conformance grad` with further cases: other shapes, attributes and expressions than those of
the reference material, computed by PyTorch. Needs PyTorch and NumPy (`./bootstrap bench` installs them into
build/bench-venv). Needs grad_helpers.py of the reference material ($GRADUS_SHARED, else ../shared beside the tree)."""
import argparse
import importlib.util
import json
import math
import os
import shutil
import warnings
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

warnings.simplefilter("ignore")


class Maker:
    def __init__(self, folder, helpers, seed):
        self.folder, self.rng = folder, np.random.default_rng(seed)
        self.H, self.lines, self.refused, self.files, self.names = helpers, [], [], {}, {}

    # --- inputs: "n 2 3" normal; p positive; u in (0, 1); s in (-0.9, 0.9); i<k> integers below k; b booleans;
    # --- d distinct; l labels as i; g at least 1.2; w probabilities along the last axis
    def values(self, spec):
        kind, *sizes = spec.split()
        shape = [int(n) for n in sizes]
        r = self.rng
        if kind[0] == "i":
            return r.integers(0, int(kind[1:]), shape)
        if kind[0] == "j":  # integers of both signs, not zero
            return r.integers(1, int(kind[1:]), shape) * r.choice([-1, 1], shape)
        if kind == "b":
            return r.random(shape) < 0.5
        if kind == "d":
            return r.permutation(math.prod(shape)).reshape(shape) * 0.37 - 2 + r.random(shape) * 0.1
        x = r.standard_normal(shape)
        if kind == "p":
            return np.abs(x) + 0.3
        if kind == "g":
            return np.abs(x) + 1.2
        if kind == "u":
            return r.random(shape) * 0.9 + 0.05
        if kind == "s":
            return r.random(shape) * 1.8 - 0.9
        if kind == "w":
            e = np.exp(x)
            return e / e.sum(-1, keepdims=True) if shape else e
        if kind == "m":  # small, for powers and products
            return x * 0.5
        return np.asarray(x)

    def case(self, op, expr, hvp=False, attrs=None, tags=(), wrt=None, **inputs):
        number = self.names[op] = self.names.get(op, 0) + 1
        arrays = {k: self.values(v) if isinstance(v, str) else np.asarray(v) for k, v in inputs.items()}
        for dtype in ("f64", "f32"):
            self.one(op, f"x{number}", expr, arrays, attrs or {}, dtype, hvp, list(tags), wrt)

    def one(self, op, case, expr, arrays, attrs, dtype, hvp, tags, wrt):
        real = np.float64 if dtype == "f64" else np.float32
        cast = lambda a: a if a.dtype.kind in "ib" else a.astype(real)  # noqa: E731
        arrays = {k: cast(np.asarray(a)) for k, a in arrays.items()}
        truth = self.evaluate(expr, arrays, attrs, torch.float64, hvp, wrt, None)
        again = self.evaluate(expr, arrays, attrs, torch.float64 if dtype == "f64" else torch.float32, hvp, wrt, truth)
        store = self.files.setdefault(f"{op}.npz", {})
        prefix = f"{case}.{dtype}."

        def put(key, array, like):
            array = np.asarray(array)
            store[prefix + key] = np.ascontiguousarray(array.astype(like)).reshape(array.shape)
            return prefix + key

        line = dict(id=f"{op}/{case}/{dtype}", op=op, case=case, dtype=dtype, file=f"{op}.npz", expr=expr, attrs=attrs,
                    tags=tags, inputs={k: {"key": put("in." + k, a, a.dtype), "dtype": str(a.dtype), "shape": list(a.shape)}
                                       for k, a in arrays.items()})
        line["outputs"] = [{"key": put(f"out.{i}", t, a.dtype), "dtype": str(a.dtype), "shape": list(a.shape)}
                           for i, (t, a) in enumerate(zip(truth["out"], again["out"]))]
        line["cotangents"] = [{"output": i, "key": put(f"ct.{i}", c, real)} for i, c in truth["ct"].items()]
        line["grads"] = {k: put(f"grad.{k}", g, real) for k, g in truth["grad"].items()}
        if truth["hvp"]:
            line["hvp_v"] = {k: put(f"hvp_v.{k}", v, real) for k, v in truth["v"].items()}
            line["hvp"] = {k: put(f"hvp.{k}", v, real) for k, v in truth["hvp"].items()}
        if dtype == "f32":
            line["torch_f32_err"] = {}
            for kind in ("out", "grad", "hvp"):
                pairs = zip(truth[kind], again[kind]) if kind == "out" else ((truth[kind][k], again[kind][k]) for k in truth[kind])
                for (t, a), k in zip(pairs, range(len(truth[kind])) if kind == "out" else truth[kind]):
                    off = float(np.abs(t.astype(float) - a.astype(float)).max(initial=0)) if t.dtype.kind == "f" else 0.0
                    line["torch_f32_err"][f"{kind}.{k}"] = [off, off / max(float(np.abs(t).max(initial=0)), 1e-30)]
        self.lines.append(line)

    def evaluate(self, expr, arrays, attrs, real, hvp, wrt, given):
        torch.set_default_dtype(torch.float32)
        tensors = {}
        for k, a in arrays.items():
            t = torch.from_numpy(np.ascontiguousarray(a).reshape(a.shape))
            tensors[k] = t.to(real).requires_grad_(wrt is None or k in wrt) if t.is_floating_point() else t
        fix = {k: math.inf if v == "inf" else v for k, v in attrs.items()}
        result = eval(expr, dict(torch=torch, F=F, H=self.H, np=np, math=math, **fix, **tensors))
        outputs = list(result) if isinstance(result, (tuple, list)) else [result]
        if given is None:
            ct = {i: self.rng.standard_normal(tuple(o.shape)) for i, o in enumerate(outputs)
                  if o.is_floating_point() and o.requires_grad}
        else:
            ct = given["ct"]
        found = dict(out=[o.detach().numpy() for o in outputs], ct=ct, grad={}, hvp={}, v={})
        names = [k for k, t in tensors.items() if t.requires_grad and (wrt is None or k in wrt)] if ct else []
        if names:
            loss = sum((outputs[i] * torch.from_numpy(np.asarray(c)).to(outputs[i].dtype)).sum() for i, c in ct.items())
            grads = torch.autograd.grad(loss, [tensors[k] for k in names], create_graph=hvp, allow_unused=True)
            grads = [torch.zeros_like(tensors[k]) if g is None else g for k, g in zip(names, grads)]
            found["grad"] = {k: g.detach().numpy() for k, g in zip(names, grads)}
            if hvp:
                found["v"] = {k: self.rng.standard_normal(tuple(tensors[k].shape)) for k in names} if given is None else given["v"]
                total = sum((g * torch.from_numpy(np.asarray(found["v"][k])).to(real)).sum() for k, g in zip(names, grads))
                second = [None] * len(names)
                if total.requires_grad:
                    second = torch.autograd.grad(total, [tensors[k] for k in names], allow_unused=True)
                found["hvp"] = {k: (torch.zeros_like(tensors[k]) if s is None else s).numpy() for k, s in zip(names, second)}
        return found

    def refuse(self, expr, attrs=None, **shapes):
        """PyTorch must refuse it, too."""
        tensors, inputs = {}, {}
        for k, spec in shapes.items():
            kind, *sizes = spec.split()
            shape, name = [int(n) for n in sizes], {"f": "float32", "i": "int64", "b": "bool"}[kind]
            tensors[k] = torch.zeros(shape, dtype=getattr(torch, name))
            inputs[k] = {"shape": shape, "dtype": name} | ({} if kind == "f" else {"value": 0})
        try:
            eval(expr, dict(torch=torch, F=F, H=self.H, np=np, math=math, **(attrs or {}), **tensors))
        except Exception as error:
            self.refused.append(dict(id=f"must_fail/{expr} {shapes}", expr=expr, attrs=attrs or {}, inputs=inputs,
                                     torch_error=str(error).splitlines()[0]))
        else:
            raise AssertionError(f"PyTorch accepts {expr}")

    def write(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        for name, arrays in self.files.items():
            np.savez(self.folder / name, **arrays)
        for name, lines in (("manifest.jsonl", self.lines), ("must_fail.jsonl", self.refused)):
            (self.folder / name).write_text("".join(json.dumps(line) + "\n" for line in lines))


def elementwise(m):
    smooth = "exp exp2 expm1 sin cos tanh sinh cosh atan asinh sigmoid erf erfc square".split()
    for op in smooth:
        for shape in ("", "1", "3 17", "2 3 4 5"):
            m.case(op, f"torch.{op}(x)", hvp=True, x="m " + shape)
    for op in "log log2 log10 log1p sqrt rsqrt reciprocal lgamma digamma".split():
        for shape in ("", "5 1", "33"):
            m.case(op, f"torch.{op}(x)", hvp=op not in ("lgamma", "digamma"), x="p " + shape)
    for op in "asin acos atanh erfinv".split():
        m.case(op, f"torch.{op}(x)", hvp=True, x="s 3 7")
    m.case("acosh", "torch.acosh(x)", hvp=True, x="g 3 7")
    m.case("tan", "torch.tan(x)", hvp=True, x="s 2 9")
    for f in "silu mish softsign tanhshrink softplus logsigmoid gelu".split():
        for shape in ("", "4 9"):
            m.case(f, f"F.{f}(x)", hvp=True, x="n " + shape)
    m.case("softplus", "F.softplus(x,beta=2.0)", x="n 40")
    for f in "relu relu6 selu hardtanh hardsigmoid hardswish elu celu leaky_relu hardshrink softshrink".split():
        m.case(f, f"F.{f}(x)", x="n 5 8")
    m.case("elu", "F.elu(x,a)", attrs={"a": 0.3}, x="n 31", hvp=True)
    m.case("hardtanh", "F.hardtanh(x,-0.2,0.7)", x="n 31")
    for op in "sign floor ceil round trunc frac".split():
        m.case(op, f"torch.{op}(x*3)", x="n 50")
    m.case("round", "torch.round(x)", x=np.array([0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.49, 1e8 + 1.0]))
    for op in "add sub mul div maximum minimum".split():
        for a, b in (("4 1 3", "5 1"), ("", "2 2"), ("7", "1"), ("2 0", "1 0"), ("1 1 1 3", "2 3")):
            m.case(op, f"torch.{op}(x,y)", hvp=op in ("mul", "div"), x="n " + a, y="p " + b)
    for op in "atan2 hypot logaddexp fmod remainder".split():
        for a, b in (("4 1 3", "5 1"), ("", "2 2"), ("6", "6")):
            m.case(op, f"torch.{op}(x,y)", x="n " + a, y="p " + b)
    m.case("xlogy", "torch.xlogy(x,y)", x="n 3 4", y="p 4", hvp=True)
    m.case("lerp", "torch.lerp(x,y,w)", x="n 3 4", y="n 4", w="u 3 1")
    m.case("lerp", "torch.lerp(x,y,0.3)", x="n 3 4", y="n 3 4")
    m.case("addcmul", "torch.addcmul(x,y,z,value=0.4)", x="n 3 4", y="n 4", z="n 3 1", hvp=True)
    m.case("addcdiv", "torch.addcdiv(x,y,z,value=0.4)", x="n 3 4", y="n 4", z="p 3 1")
    for p in (2.0, -1.0, 1.5, 2, -2, 1):
        m.case("pow_scalar", "x**p", attrs={"p": p}, x="p 2 5", hvp=True)
    m.case("pow", "2.0**x", x="n 2 5", hvp=True)
    m.case("pow", "torch.pow(x,y)", x="p 2 1", y="n 5", hvp=True)
    m.case("rsub", "3-x", x="n 4")
    m.case("rdiv", "3/x", x="p 4", hvp=True)
    for op in "add sub mul".split():
        m.case("int_" + op, f"torch.{op}(x,y)", x="j9 5 1", y="j9 4")
    for e in ("torch.div(x,y,rounding_mode='floor')", "x//y", "x%y", "torch.fmod(x,y)", "torch.remainder(x,y)", "x/y",
              "torch.div(x,y,rounding_mode='trunc')"):
        m.case("int_div", e, x="j20 7 1", y="j6 1 9")
    for e in ("x//y", "torch.div(x,y,rounding_mode='trunc')", "torch.div(x,y,rounding_mode='floor')"):
        m.case("floor_div", e, x="n 5 1", y="p 4", wrt=[])
    for e in ("x&y", "x|y", "x^y", "~x", "torch.bitwise_and(x,y)"):
        m.case("bitwise", e, x="j90 6", y="j90 6")
    m.case("shift", "x<<2", x="i90 6")
    m.case("shift", "x>>2", x="j90 6")
    for op in "logical_and logical_or logical_xor".split():
        m.case(op, f"torch.{op}(x,y)", x="b 4 1", y="b 5")
    for op in "isnan isinf isfinite".split():
        m.case(op, f"torch.{op}(x)", x=np.array([0.0, np.nan, np.inf, -np.inf, 1e308, -0.0]))
    for op in "eq ne lt le gt ge".split():
        m.case(op, f"torch.{op}(x,y)", x="i3 4 1", y="i3 5")
        m.case(op, f"x.{op}(1)", x="i3 9")
    for t in ("int32", "int64", "uint8", "bool", "float32", "float64"):
        m.case("cast", f"x.to(torch.{t})", x=np.array([0.0, 1.5, 2.9, 3.0, 100.7]), wrt=[])
    m.case("clamp", "torch.clamp(x,-0.5,0.5)", x="n 4 9")
    m.case("clamp", "x.clamp(max=0.1)", x="n 4 9")
    m.case("masked_fill", "x.masked_fill(c,2.5)", x="n 3 4", c="b 3 1")
    m.case("where", "torch.where(c,x,y)", c="b 3 1", x="n 4", y="n 2 1 1")
    m.case("where", "torch.where(c,x,0.0)", c="b 3 4", x="n 3 4")
    m.case("prelu", "F.prelu(x,w)", x="n 2 5 3", w="n 5")
    m.case("glu", "F.glu(x,dim)", attrs={"dim": -1}, x="n 2 6", hvp=True)
    m.case("mixed", "n*x+n", n="i9 4", x="n 4")
    m.case("mixed", "(n>3)*x", n="i9 4", x="n 4")


def reductions(m):
    for op in "sum mean amax amin prod".split():
        for shape, dim, keep in (("3 4 5", 1, False), ("3 4 5", [0, 2], True), ("3 4 5", -2, True), ("2 3 2 3", [-1, 1], False),
                                 ("70 3", 0, False), ("1 9", 1, False)):
            if op == "prod" and not isinstance(dim, int):
                continue
            m.case(op, f"torch.{op}(x,dim,keepdim=k)", attrs={"dim": dim, "k": keep}, x="d " + shape if op[0] == "a" else "n " + shape,
                   hvp=op in ("sum", "mean"))
    for shape, dim in (("3 4 5", 1), ("3 4 5", [0, 2]), ("2 300", -1)):
        for u in (True, False):
            for op in ("var", "std"):
                m.case(op, f"torch.{op}(x,d,unbiased=u,keepdim=True)", attrs={"d": dim, "u": u}, x="n " + shape, hvp=True)
        m.case("logsumexp", "torch.logsumexp(x,d)", attrs={"d": dim}, x="n " + shape, hvp=True)
        for p in (1, 2, 3, 2.5, 0, "inf", "-inf"):
            if p == 0:
                continue
            m.case("norm", "torch.linalg.vector_norm(x,p,d)", attrs={"p": "inf" if p == "inf" else -math.inf if p == "-inf" else p, "d": dim}
                   if p != "-inf" else {"p": "inf", "d": dim}, x="n " + shape)
    m.case("norm", "x.norm()", x="n 3 4", hvp=True)
    m.case("norm", "torch.norm(x,p=2,dim=1,keepdim=True)", x="n 3 4")
    m.case("norm", "torch.linalg.norm(x)", x="n 3 4")
    for op in ("argmax", "argmin"):
        m.case(op, f"torch.{op}(x,dim=1)", x="d 3 7")
        m.case(op, f"torch.{op}(x,dim=0,keepdim=True)", x="d 3 7")
        m.case(op, f"torch.{op}(x)", x="d 3 7")
    for op in ("any", "all"):
        m.case(op, f"torch.{op}(x,0)", x="b 3 7")
        m.case(op, f"torch.{op}(x)", x="b 3 7")
    m.case("count_nonzero", "torch.count_nonzero(x,1)", x="i3 3 7")
    m.case("sum", "x.sum()", x="i9 3 7")
    m.case("sum", "x.sum(0)", x="b 3 7")
    m.case("max_dim", "torch.max(x,0,keepdim=True)", x="d 3 7")
    m.case("min_dim", "x.min(-1)", x="d 3 7")
    m.case("max", "x.max()", x="d 3 7")
    for op in "cumsum cumprod logcumsumexp".split():
        for shape, dim in (("5", 0), ("3 4 5", 1), ("3 4 5", -1), ("40 2", 0)):
            m.case(op, f"torch.{op}(x,d)", attrs={"d": dim}, x="n " + shape, hvp=shape == "5" and op != "logcumsumexp")
    m.case("cumprod", "torch.cumprod(x,0)", x=np.array([2.0, 0.0, 3.0, 4.0]))
    m.case("cumprod", "torch.cumprod(x,0)", x=np.array([2.0, 0.0, 3.0, 0.0, 5.0]))
    m.case("prod", "torch.prod(x)", x=np.array([2.0, 0.0, 3.0, 4.0]))
    for op in ("cummax", "cummin"):
        m.case(op, f"torch.{op}(x,1)", x="d 3 7")
    m.case("flip_cumsum", "x.flip(0).cumsum(0).flip(0)", x="n 5 2")


def movement(m):
    m.case("reshape", "x.view(2,-1)", x="n 4 3 2")
    m.case("flatten", "x.flatten(1,2)", x="n 4 3 2 2")
    m.case("unflatten", "x.unflatten(1,(3,2))", x="n 4 6")
    m.case("permute", "x.permute(1,2,0)", x="n 4 3 2", hvp=False)
    m.case("transpose", "x.transpose(0,-1)", x="n 4 3 2")
    m.case("mT", "x.mT", x="n 4 3 2")
    m.case("movedim", "x.movedim(0,-1)", x="n 4 3 2")
    m.case("squeeze", "x.squeeze(1)", x="n 4 1 2")
    m.case("expand", "x.expand(3,-1,4)", x="n 2 1")
    m.case("concat", "torch.cat([x,y,x],1)", x="n 4 3", y="n 4 2", hvp=False)
    m.case("stack", "torch.stack([x,y,y],-2)", x="n 4 3", y="n 4 3")
    m.case("stack", "torch.hstack([x,y])", x="n 4 3", y="n 4 2")
    m.case("stack", "torch.vstack([x,y])", x="n 3", y="n 3")
    m.case("split", "torch.split(x,3,1)", x="n 2 8")
    m.case("chunk", "x.chunk(3,-1)", x="n 2 8")
    m.case("unbind", "torch.unbind(x,1)", x="n 2 3")
    for e in ("x[1:]", "x[::2]", "x[1::3,:-1]", "x[...,0]", "x[:,None,1:3]", "x[-1]", "x[2:2]", "x[0,1]", "x[None]", "x[:, -2:]"):
        m.case("slice", e, x="n 5 6")
    m.case("slice", "x[1:4:2, ..., ::3]", x="n 5 3 7")
    m.case("index", "x[i]", x="n 5 3", i="i5 4 2")
    m.case("index", "x[:,i]", x="n 3 5", i="i5 4")
    m.case("index", "x[i,j]", x="n 5 3", i="i5 4", j="i3 4")
    m.case("index", "x[i,:,j]", x="n 5 2 3", i="i5 4", j="i3 4")
    m.case("index", "x[[2,0,-1]]", x="n 5 3")
    m.case("narrow", "x.narrow(1,2,3)", x="n 2 8")
    m.case("select", "x.select(1,-1)", x="n 2 8")
    m.case("flip", "x.flip(1)", x="n 4 5")
    m.case("roll", "x.roll(3)", x="n 4 5")
    m.case("roll", "x.roll(-2,1)", x="n 4 5")
    m.case("tile", "x.tile(2,3)", x="n 4 5")
    m.case("repeat", "x.repeat(2,1,3)", x="n 4 5")
    m.case("repeat_interleave", "x.repeat_interleave(2,0)", x="n 4 5")
    for mode in ("reflect", "replicate", "circular"):
        m.case("pad_" + mode, f"F.pad(x,(2,1),mode='{mode}')", x="n 2 3 5")
        m.case("pad_" + mode, f"F.pad(x,(2,1,0,3),mode='{mode}')", x="n 1 2 5 4")
    m.case("pad_constant", "F.pad(x,(1,2,3,0))", x="n 2 3 4")
    m.case("pad_constant", "F.pad(x,(-1,2),value=5.0)", x="n 2 3 4")
    for k in (-2, 0, 2):
        m.case("tril", f"torch.tril(x,{k})", x="n 4 5")
        m.case("triu", f"torch.triu(x,{k})", x="n 2 5 4")
        m.case("diagonal", f"torch.diagonal(x,{k})", x="n 4 5")
    m.case("diagonal", "torch.diagonal(x,0,-1,-2)", x="n 2 4 5")
    m.case("diag", "torch.diag(x)", x="n 4")
    m.case("diag", "torch.diag(x)", x="n 4 4")
    m.case("trace", "torch.trace(x)", x="n 4 4")
    m.case("unfold", "x.unfold(0,2,1)", x="n 5 3")
    m.case("im2col", "F.unfold(x,2,dilation=2,padding=1,stride=1)", x="n 2 3 5 5")
    m.case("col2im", "F.fold(x,(5,6),(2,3),padding=1,stride=2)", x="n 2 12 9")
    m.case("pixel_shuffle", "F.pixel_shuffle(x,2)", x="n 2 8 3 2")
    m.case("pixel_unshuffle", "F.pixel_unshuffle(x,2)", x="n 2 2 4 6")
    m.case("arange", "torch.arange(2,11,3)*x", x="n")
    m.case("eye", "x@torch.eye(3,dtype=x.dtype)", x="n 2 3")


def indexing(m):
    m.case("gather", "torch.gather(x,1,i)", x="n 3 5", i="i5 3 7")
    m.case("gather", "x.gather(0,i)", x="n 3 5", i="i3 6 4", hvp=False)
    m.case("index_select", "x.index_select(1,i)", x="n 3 5", i="i5 6")
    m.case("take", "torch.take(x,i)", x="n 3 5", i="i15 6")
    m.case("embedding", "F.embedding(i,w)", i="i7 3 2", w="n 7 4")
    m.case("take_along_dim", "torch.take_along_dim(x,i,1)", x="n 3 5", i="i5 3 2")
    distinct = np.array([[0, 3, 1], [4, 2, 0]])
    m.case("scatter", "torch.scatter(x,1,i,y)", x="n 3 5", i=distinct, y="n 2 3")
    m.case("scatter", "x.scatter(1,i,2.0)", x="n 3 5", i=distinct)
    m.case("scatter_add", "x.scatter_add(0,i,y)", x="n 3 5", i="i3 4 5", y="n 4 5")
    for mode in ("sum", "prod", "amax", "amin"):
        m.case("scatter_reduce", f"x.scatter_reduce(0,i,y,'{mode}')", x="d 3 5", i="i3 4 5", y="n 4 5")
    m.case("index_add", "x.index_add(1,i,y)", x="n 3 5", i="i5 4", y="n 3 4")
    m.case("index_copy", "x.index_copy(0,i,y)", x="n 4 2", i=np.array([3, 0]), y="n 2 2")
    m.case("index_put", "x.index_put((i,j),y,accumulate=True)", x="n 4 3", i="i4 5", j="i3 5", y="n 5")
    m.case("one_hot", "F.one_hot(i,6)", i="i6 2 3")
    m.case("sort", "torch.sort(x,0)", x="d 7 3")
    m.case("sort", "x.sort(-1,descending=True)", x="d 3 9")
    m.case("argsort", "torch.argsort(x,1)", x="d 3 9")
    m.case("topk", "torch.topk(x,3,1)", x="d 3 9")
    m.case("topk", "x.topk(2,0,largest=False)", x="d 5 3")
    m.case("searchsorted", "torch.searchsorted(s,v)", s=np.array([0.0, 1.0, 1.0, 2.0, 5.0]), v=np.array([-1.0, 1.0, 1.5, 9.0]), wrt=[])
    m.case("searchsorted", "torch.searchsorted(s,v,right=True)", s=np.array([0.0, 1.0, 1.0, 2.0, 5.0]), v=np.array([-1.0, 1.0, 1.5, 9.0]), wrt=[])


def products(m):
    for a, b in (("3", "3"), ("2 5 3", "3 4"), ("2 1 3 4", "5 4 2"), ("4", "2 4 3"), ("33 17", "17 9"), ("0 3", "3 2"), ("2 0", "0 3")):
        m.case("matmul", "x@y", x="n " + a, y="n " + b, hvp="0" not in a.split())
    m.case("bmm", "torch.bmm(x,y)", x="n 2 3 4", y="n 2 4 5", hvp=True)
    m.case("mv", "torch.mv(x,y)", x="n 3 4", y="n 4")
    m.case("dot", "torch.dot(x,y)", x="n 5", y="n 5", hvp=True)
    m.case("outer", "torch.outer(x,y)", x="n 5", y="n 3", hvp=True)
    m.case("tensordot", "torch.tensordot(x,y,2)", x="n 2 3 4", y="n 3 4 5")
    m.case("tensordot", "torch.tensordot(x,y,([0,2],[1,0]))", x="n 2 3 4", y="n 4 2 5")
    m.case("kron", "torch.kron(x,y)", x="n 2 3", y="n 2 2")
    m.case("addmm", "torch.addmm(x,y,z,beta=0.5,alpha=2.0)", x="n 5", y="n 2 3", z="n 3 5")
    for eq, shapes in (("ij,jk->ik", ("2 3", "3 4")), ("bij,bkj->bik", ("2 3 4", "2 5 4")), ("ij->j", ("2 3",)), ("ii", ("3 3",)),
                       ("ij,ij->", ("2 3", "2 3")), ("...i,i", ("2 3 4", "4")), ("abc,cd,be->ade", ("2 3 4", "4 5", "3 2")),
                       ("i,j,k->ijk", ("2", "3", "4")), ("iij->ij", ("3 3 2",)), ("bhqd,bhkd->bhqk", ("2 2 3 4", "2 2 5 4")),
                       ("ij,kl->", ("2 3", "4 2")), ("ba,cb", ("2 3", "4 2")), ("b...d,d...->b...", ("2 3 4", "4 3"))):
        names = "xyz"[:len(shapes)]
        m.case("einsum", f"torch.einsum(eq,{','.join(names)})", attrs={"eq": eq}, **{n: "n " + s for n, s in zip(names, shapes)})
    m.case("linear", "F.linear(x,w,b)", x="n 2 3 4", w="n 5 4", b="n 5", hvp=True)
    m.case("cdist", "torch.cdist(x,y)", x="n 3 4", y="n 5 4")
    m.case("detach", "x*x.detach()", x="n 5")


def layers(m):
    for dim in (0, 1, -1):
        m.case("softmax", "torch.softmax(x,d)", attrs={"d": dim}, x="n 3 4 5", hvp=True)
        m.case("log_softmax", "F.log_softmax(x,dim=d)", attrs={"d": dim}, x="n 3 4 5", hvp=True)
    for n, shape, w in ((1, "2 4 9", "6 {} 3"), (2, "2 4 7 6", "6 {} 3 2"), (3, "1 4 4 5 4", "2 {} 2 2 2")):
        for s, p, d, g in ((1, 0, 1, 1), (2, 1, 1, 2), (1, 2, 2, 1), (3, 1, 1, 1)):
            m.case(f"conv{n}d", f"F.conv{n}d(x,w,b,stride={s},padding={p},dilation={d},groups={g})", x="n " + shape,
                   w="n " + w.format(4 // g), b="n " + w.split()[0], hvp=n == 2 and s == 2) if not (n == 3 and d == 2) else None
        for s, p, o, d in ((1, 0, 0, 1), (2, 1, 1, 1), (2, 0, 1, 1), (1, 1, 0, 2)):
            m.case(f"conv_transpose{n}d", f"F.conv_transpose{n}d(x,w,b,stride={s},padding={p},output_padding={o},dilation={d})",
                   x="n " + shape, w="n 4 3 " + w.split(" ", 2)[2], b="n 3")
    m.case("conv_transpose2d", "F.conv_transpose2d(x,w,None,2,1,groups=2)", x="n 1 4 4 3", w="n 4 3 3 3")
    m.case("conv2d", "F.conv2d(x,w,stride=(2,1),padding=(0,2),dilation=(1,2))", x="n 1 2 6 7", w="n 3 2 3 3")
    m.case("conv2d", "F.conv2d(x,w,groups=4)", x="n 2 4 5 5", w="n 8 1 3 3", hvp=True)
    m.case("conv2d", "F.conv2d(x,w,padding='same')", x="n 1 2 6 7", w="n 3 2 3 3")
    for n, shape in ((1, "2 3 9"), (2, "2 3 7 8"), (3, "1 2 4 5 6")):
        for k, s, p, c in ((2, 2, 0, False), (3, 1, 1, False), (3, 2, 1, True)):
            m.case(f"max_pool{n}d", f"F.max_pool{n}d(x,{k},{s},{p},ceil_mode={c})", x="d " + shape)
            m.case(f"avg_pool{n}d", f"F.avg_pool{n}d(x,{k},{s},{p},ceil_mode={c})", x="n " + shape)
            m.case(f"avg_pool{n}d", f"F.avg_pool{n}d(x,{k},{s},{p},ceil_mode={c},count_include_pad=False)", x="n " + shape)
    m.case("max_pool2d", "F.max_pool2d(x,2,1,0,2)", x="d 1 2 6 6")
    m.case("adaptive_avg_pool2d", "F.adaptive_avg_pool2d(x,(3,2))", x="n 1 2 7 6")
    m.case("adaptive_max_pool2d", "F.adaptive_max_pool2d(x,(2,3))", x="d 1 2 7 6")
    for shape in ("6 3", "3 4 5", "2 3 4 2"):
        c = shape.split()[1]
        m.case("batch_norm_train", "F.batch_norm(x,None,None,w,b,True,0.1,1e-5)", x="n " + shape, w="p " + c, b="n " + c, hvp=True)
        m.case("batch_norm_eval", "F.batch_norm(x,rm,rv,w,b,False,0.1,1e-5)", x="n " + shape, w="p " + c, b="n " + c,
               rm="n " + c, rv="p " + c, wrt=["x", "w", "b"])
        last = shape.split()[-1]
        m.case("layer_norm", "F.layer_norm(x,s,w,b)", attrs={"s": [int(last)]}, x="n " + shape, w="n " + last, b="n " + last, hvp=True)
    m.case("layer_norm", "F.layer_norm(x,(3,4))", x="n 2 3 4")
    m.case("layer_norm", "F.layer_norm(x,(3,4),w,b,1e-3)", x="n 2 3 4", w="n 3 4", b="n 3 4")
    m.case("group_norm", "F.group_norm(x,2,w,b)", x="n 3 4 5", w="n 4", b="n 4", hvp=True)
    m.case("group_norm", "F.group_norm(x,3)", x="n 2 6 2 2")
    m.case("instance_norm", "F.instance_norm(x,weight=w,bias=b)", x="n 2 3 4 4", w="n 3", b="n 3")
    m.case("rms_norm", "H.rms_norm(x,w,1e-5)", x="n 3 6", w="n 6", hvp=True)
    m.case("rms_norm", "F.rms_norm(x,(6,),w,1e-5)", x="n 3 6", w="n 6")
    m.case("lrn", "F.local_response_norm(x,2)", x="n 2 5 3 3")
    m.case("normalize", "F.normalize(x,dim=0)", x="n 3 4")
    m.case("normalize", "F.normalize(x,p=1.0,dim=-1)", x="n 3 4")
    for a in ("size=(5,7),mode='nearest'", "scale_factor=2,mode='nearest'", "size=(7,3),mode='bilinear',align_corners=False",
              "scale_factor=1.5,mode='bilinear',align_corners=True", "size=(3,8),mode='bicubic',align_corners=True"):
        m.case("interpolate", f"F.interpolate(x,{a})", x="n 1 2 4 5")
    m.case("sdpa", "H.sdpa(q,k,v,H.causal(5))", q="n 2 2 5 4", k="n 2 2 5 4", v="n 2 2 5 4", hvp=True)
    m.case("mha", "H.mha(x,wq,wk,wv,wo,2,H.causal(4))", x="n 2 4 6", wq="m 6 6", wk="m 6 6", wv="m 6 6", wo="m 6 6")
    m.case("gru_seq", "H.gru_seq(x,h,wi,wh,bi,bh)", x="n 4 2 3", h="n 2 5", wi="m 15 3", wh="m 15 5", bi="n 15", bh="n 15")
    m.case("gru_cell", "H.gru_cell(x,h,wi,wh,bi,bh)", x="n 2 3", h="n 2 5", wi="m 15 3", wh="m 15 5", bi="n 15", bh="n 15", hvp=True)
    m.case("lstm_seq", "H.lstm_seq(x,h,c,wi,wh,bi,bh)", x="n 3 2 3", h="n 2 2", c="n 2 2", wi="m 8 3", wh="m 8 2", bi="n 8", bh="n 8")
    m.case("mlp_ce", "H.mlp_ce(x,w1,b1,w2,b2,t)", x="n 5 4", w1="n 4 6", b1="n 6", w2="n 6 3", b2="n 3", t="i3 5", hvp=True)
    m.case("rosenbrock", "H.rosenbrock(x)", x="n 6", hvp=True)
    m.case("sinkhorn", "H.sinkhorn(c,3)", c="p 4 3", hvp=True)
    m.case("newton_sqrt", "H.newton_sqrt(x,4)", x="p 6", hvp=True)
    m.case("dice", "H.dice(p,t,1e-3)", p="u 3 4", t="u 3 4", hvp=True)
    m.case("info_nce", "H.info_nce(a,b,0.2)", a="n 5 3", b="n 5 3", hvp=True)
    m.case("conv_bn_relu", "H.conv_bn_relu(x,w,g,b,1e-5)", x="n 2 3 4 4", w="n 2 3 3 3", g="p 2", b="n 2")


def losses(m):
    for r in ("mean", "sum", "none"):
        a = {"r": r}
        for f, y in (("mse_loss", "n 3 4"), ("l1_loss", "n 3 4"), ("smooth_l1_loss", "n 3 4"), ("huber_loss", "n 3 4")):
            m.case(f, f"F.{f}(x,y,reduction=r)", attrs=a, x="n 3 4", y=y)
        m.case("huber", "F.huber_loss(x,y,reduction=r,delta=0.4)", attrs=a, x="n 3 4", y="n 3 4")
        m.case("bce", "F.binary_cross_entropy(x,t,reduction=r)", attrs=a, x="u 3 4", t="u 3 4", wrt=["x"], hvp=r == "mean")
        m.case("bce_logits", "F.binary_cross_entropy_with_logits(x,t,reduction=r)", attrs=a, x="n 3 4", t="u 3 4", wrt=["x"], hvp=r == "sum")
        m.case("bce_logits", "F.binary_cross_entropy_with_logits(x,t,reduction=r,pos_weight=w)", attrs=a, x="n 3 4", t="u 3 4", w="p 4", wrt=["x"])
        m.case("bce_logits", "F.binary_cross_entropy_with_logits(x,t,w,reduction=r)", attrs=a, x="n 3 4", t="u 3 4", w="p 4", wrt=["x"])
        m.case("kl_div", "F.kl_div(x,t,reduction=r)", attrs=a, x="n 3 4", t="w 3 4", wrt=["x"])
        m.case("kl_div", "F.kl_div(x,t,reduction=r,log_target=True)", attrs=a, x="n 3 4", t="n 3 4", wrt=["x"])
        m.case("cross_entropy", "F.cross_entropy(x,t,reduction=r)", attrs=a, x="n 5 4", t="i4 5", hvp=True)
        m.case("cross_entropy", "F.cross_entropy(x,t,w,reduction=r)", attrs=a, x="n 5 4", t="i4 5", w="p 4", wrt=["x"])
        m.case("cross_entropy", "F.cross_entropy(x,t,reduction=r,label_smoothing=0.1)", attrs=a, x="n 5 4", t="i4 5", hvp=True)
        m.case("cross_entropy", "F.cross_entropy(x,t,w,reduction=r,label_smoothing=0.1)", attrs=a, x="n 5 4", t="i4 5", w="p 4", wrt=["x"])
        m.case("cross_entropy", "F.cross_entropy(x,t,reduction=r,ignore_index=2)", attrs=a, x="n 6 4", t=np.array([0, 2, 1, 3, 2, 0]))
        m.case("cross_entropy", "F.cross_entropy(x,t,w,reduction=r,ignore_index=2,label_smoothing=0.2)", attrs=a, x="n 6 4",
               t=np.array([0, 2, 1, 3, 2, 0]), w="p 4", wrt=["x"])
        m.case("cross_entropy", "F.cross_entropy(x,t,reduction=r)", attrs=a, x="n 2 4 3", t="i4 2 3")
        m.case("cross_entropy", "F.cross_entropy(x,t,reduction=r)", attrs=a, x="n 3 4", t="w 3 4", wrt=["x"])
        m.case("cross_entropy", "F.cross_entropy(x,t,w,reduction=r,label_smoothing=0.1)", attrs=a, x="n 3 4", t="w 3 4", w="p 4", wrt=["x"])
        m.case("nll", "F.nll_loss(x,t,reduction=r)", attrs=a, x="n 5 4", t="i4 5")
        m.case("nll", "F.nll_loss(x,t,w,reduction=r)", attrs=a, x="n 5 4", t="i4 5", w="p 4", wrt=["x"])
        m.case("nll", "F.nll_loss(x,t,reduction=r,ignore_index=1)", attrs=a, x="n 5 4", t=np.array([0, 1, 2, 1, 3]))
        m.case("poisson_nll", "F.poisson_nll_loss(x,t,log_input=False,reduction=r)", attrs=a, x="p 3 4", t="p 3 4", wrt=["x"])
        m.case("gaussian_nll", "F.gaussian_nll_loss(x,t,v,reduction=r)", attrs=a, x="n 3 4", t="n 3 4", v="p 3 4")
        m.case("soft_margin", "F.soft_margin_loss(x,y,reduction=r)", attrs=a, x="n 3 4", y=np.where(np.arange(12).reshape(3, 4) % 3, 1.0, -1.0), wrt=["x"])
        m.case("hinge_embedding", "F.hinge_embedding_loss(x,y,reduction=r)", attrs=a, x="n 3 4", y=np.where(np.arange(12).reshape(3, 4) % 3, 1.0, -1.0), wrt=["x"])
        m.case("margin_ranking", "F.margin_ranking_loss(x,z,y,0.1,reduction=r)", attrs=a, x="n 6", z="n 6", y=np.array([1., -1, 1, 1, -1, -1]), wrt=["x", "z"])
        m.case("cosine_embedding", "F.cosine_embedding_loss(x,z,y,0.1,reduction=r)", attrs=a, x="n 4 3", z="n 4 3", y=np.array([1., -1, 1, -1]), wrt=["x", "z"])
        m.case("multi_margin", "F.multi_margin_loss(x,t,reduction=r)", attrs=a, x="n 5 4", t="i4 5")
        m.case("triplet_margin", "F.triplet_margin_loss(a,p,n,reduction=r)", attrs=a, a="n 4 3", p="n 4 3", n="n 4 3")
        m.case("multilabel_soft_margin", "F.multilabel_soft_margin_loss(x,t,reduction=r)", attrs=a, x="n 4 3", t="i2 4 3")
    m.case("kl_div", "F.kl_div(x,t,reduction='batchmean')", x="n 3 4", t="w 3 4", wrt=["x"])
    m.case("cosine_similarity", "F.cosine_similarity(x,y,dim=0)", x="n 4 3", y="n 4 3")
    m.case("pairwise_distance", "F.pairwise_distance(x,y,1.0)", x="n 4 3", y="n 4 3")
    big = np.array([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4], [3.0, -2.0, 1e4]])
    m.case("cross_entropy", "F.cross_entropy(x,t,reduction='none')", x=big, t=np.array([1, 0, 2]), tags=["large"])
    m.case("bce_logits", "F.binary_cross_entropy_with_logits(x,t,reduction='none')", x=big, t=np.array([[0.0, 1, 1], [1, 0, 0.3], [1, 1, 1]]),
           wrt=["x"], tags=["large"])


def refusals(m):
    for op in "+-*/":
        m.refuse(f"x{op}y", x="f 2 3", y="f 3 2")
    m.refuse("x.reshape(5)", x="f 2 3")
    m.refuse("x.view(-1,4)", x="f 2 3")
    m.refuse("x.permute(0,0)", x="f 2 3")
    m.refuse("x.transpose(0,2)", x="f 2 3")
    m.refuse("x.expand(2,4)", x="f 2 3")
    m.refuse("x.sum((0,0))", x="f 2 3")
    m.refuse("x.mean(2)", x="f 2 3")
    m.refuse("torch.softmax(x,2)", x="f 2 3")
    m.refuse("torch.cumsum(x,-3)", x="f 2 3")
    m.refuse("torch.matmul(x,y)", x="f 2 2 3", y="f 3 3 4")
    m.refuse("torch.bmm(x,y)", x="f 2 3", y="f 3 4")
    m.refuse("torch.mm(x,y)", x="f 1 2 3", y="f 3 4")
    m.refuse("torch.dot(x,y)", x="f 3", y="f 4")
    m.refuse("torch.dot(x,y)", x="f 3 1", y="f 3")
    m.refuse("torch.mv(x,y)", x="f 3 2", y="f 3")
    m.refuse("torch.tensordot(x,y,([0],[1]))", x="f 2 3", y="f 2 3")
    m.refuse("torch.einsum('ij,jk->ik',x,y)", x="f 2 3", y="f 2 3")
    m.refuse("torch.einsum('ij->ijk',x)", x="f 2 3")
    m.refuse("torch.cat((x,y),2)", x="f 2 3", y="f 2 3")
    m.refuse("torch.stack((x,y),4)", x="f 2 3", y="f 2 3")
    m.refuse("torch.split(x,[2,2],1)", x="f 2 3")
    m.refuse("x.narrow(1,2,3)", x="f 2 3")
    m.refuse("x.squeeze(3)", x="f 2 3")
    m.refuse("x.unsqueeze(4)", x="f 2 3")
    m.refuse("x.flip(2)", x="f 2 3")
    m.refuse("x[0,0,0]", x="f 2 3")
    m.refuse("x[2]", x="f 2 3")
    m.refuse("torch.index_select(x,2,i)", x="f 2 3", i="i 2")
    m.refuse("torch.gather(x,0,i)", x="f 2 3", i="i 2 4")
    m.refuse("torch.scatter(x,0,i,y)", x="f 2 3", i="i 2 4", y="f 2 4")
    m.refuse("torch.topk(x,4,1)", x="f 2 3")
    m.refuse("F.conv2d(x,w)", x="f 1 3 5 5", w="f 2 4 3 3")
    m.refuse("F.conv2d(x,w)", x="f 1 3 2 2", w="f 2 3 3 3")
    m.refuse("F.conv2d(x,w,groups=2)", x="f 1 3 5 5", w="f 2 3 3 3")
    m.refuse("F.conv2d(x,w,dilation=0)", x="f 1 3 5 5", w="f 2 3 3 3")
    m.refuse("F.conv1d(x,w)", x="f 1 3 5", w="f 2 3 3 3")
    m.refuse("F.conv_transpose2d(x,w)", x="f 1 3 5 5", w="f 2 3 3 3")
    m.refuse("F.max_pool2d(x,5)", x="f 1 1 4 4")
    m.refuse("F.avg_pool2d(x,2,0)", x="f 1 1 4 4")
    m.refuse("F.avg_pool2d(x,2,2,2)", x="f 1 1 4 4")
    m.refuse("F.layer_norm(x,(2,3))", x="f 4 3")
    m.refuse("F.layer_norm(x,(3,),w)", x="f 4 3", w="f 4")
    m.refuse("F.group_norm(x,4)", x="f 2 6 3")
    m.refuse("F.batch_norm(x,rm,rv,None,None,False)", x="f 2 3", rm="f 2", rv="f 2")
    m.refuse("F.linear(x,w)", x="f 2 3", w="f 4 5")
    m.refuse("F.cross_entropy(x,t)", x="f 2 3", t="f 2 4")
    m.refuse("F.nll_loss(x,t)", x="f 5 4", t="i 3")
    m.refuse("F.mse_loss(x,y)", x="f 2 3", y="f 4")
    m.refuse("F.binary_cross_entropy(x,y)", x="f 2 3", y="f 2")
    m.refuse("F.pad(x,(3,0),mode='reflect')", x="f 1 2 3")
    m.refuse("F.pad(x,(4,0),mode='circular')", x="f 1 2 3")
    m.refuse("F.pad(x,(-4,0))", x="f 1 2 3")
    m.refuse("F.embedding(x,y)", x="f 2", y="f 4 3")
    m.refuse("torch.where(c,x,y)", c="b 2", x="f 3", y="f 3")
    m.refuse("torch.amin(x,0)", x="f 0 3")
    m.refuse("torch.argmin(x,1)", x="f 2 0")
    m.refuse("F.pixel_shuffle(x,3)", x="f 1 8 2 2")
    m.refuse("F.glu(x,1)", x="f 2 3")
    m.refuse("F.prelu(x,w)", x="f 2 3", w="f 2")
    m.refuse("torch.kron(x,y)+z", x="f 2", y="f 3", z="f 5")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder", type=Path)
    p.add_argument("--seed", type=int, default=1)
    options = p.parse_args()
    shared = Path(os.environ.get("GRADUS_SHARED", Path(__file__).parents[3] / "shared"))
    source = shared / "conformance/grad/grad_helpers.py"
    spec = importlib.util.spec_from_file_location("grad_helpers", source)
    helpers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(helpers)
    m = Maker(options.folder, helpers, options.seed)
    for family in (elementwise, reductions, movement, indexing, products, layers, losses, refusals):
        family(m)
    m.write()
    shutil.copy(source, options.folder / "grad_helpers.py")
    print(f"{len(m.lines)} cases and {len(m.refused)} refusals in {options.folder}")


if __name__ == "__main__":
    main()
