#!/usr/bin/env python3
"""Writes the lists of names beside this file from the packages that the running Python has. See README.md."""

import importlib
import inspect
import pathlib
import re

HERE = pathlib.Path(__file__).parent
# What is not about the values of dense tensors.
OTHER = re.compile(
    r"(^|\.|_)(cuda|cpu|xpu|ipu|hpu|mkldnn|mtia|device|storage|pin|pinned|quantize|quantized|fake|q_|qint|int_repr|dequantize|sparse|coo|"
    r"csr|csc|bsr|bsc|crow|ccol|coalesce|coalesced|nested|ragged|named|names|rename|align|refine|hook|grad_fn|autograd|backward|"
    r"requires|retain|retains|share|shared|inference|is_leaf|data_ptr|layout|vulkan|miopen|cudnn|jagged|pickle|reduce_ex|"
    r"deepcopy|module_load|dlpack|numpy_function|compat|experimental|raw_ops|Graph|Session|Variable|TensorSpec|saved|"
    r"fbgemm|symint|sym|scripting|parametrizations|prune)(_|\.|$)")


def keep(name):
    last = name.rsplit(".", 1)[-1]
    return not last.startswith("_") and not last.endswith("_") and not OTHER.search(name)


def write(library, names):
    names = sorted(set(filter(keep, names)), key=lambda n: (n.lower(), n))
    (HERE / f"{library}.txt").write_text("\n".join(names) + "\n")
    print(library, len(names))


def public(module, prefix, wanted):
    return [f"{prefix}.{n}" for n in dir(module) if not n.startswith("_") and wanted(getattr(module, n))]


def pytorch():
    torch = importlib.import_module("torch")
    from torch.overrides import get_overridable_functions
    names = []
    for space, functions in get_overridable_functions().items():
        prefix = getattr(space, "__name__", "torch")
        prefix = {"Tensor": "torch.Tensor", "torch.functional": "torch"}.get(prefix, prefix)
        names += [f"{prefix}.{f.__name__}" for f in functions if hasattr(f, "__name__")]
    for part, base in (("distributions", torch.distributions.Distribution), ("optim", torch.optim.Optimizer),
                       ("nn", torch.nn.Module), ("optim.lr_scheduler", torch.optim.lr_scheduler.LRScheduler)):
        module = importlib.import_module("torch." + part)
        names += public(module, "torch." + part, lambda v: inspect.isclass(v) and issubclass(v, base) and v is not base)
    write("pytorch", names)


def tensorflow():
    tf = importlib.import_module("tensorflow")
    names = []
    for part in ("", "math", "nn", "linalg", "random", "bitwise", "signal", "image", "sets"):
        module = getattr(tf, part) if part else tf
        prefix = "tf." + part if part else "tf"
        names += public(module, prefix, lambda v: inspect.isfunction(v) or inspect.isbuiltin(v))
    for part in ("losses", "optimizers", "layers"):
        names += public(getattr(tf.keras, part), "tf.keras." + part, inspect.isclass)
    write("tensorflow", names)


def numpy():
    np = importlib.import_module("numpy")
    names = public(np, "numpy", lambda v: callable(v) and not inspect.isclass(v))
    names += public(np.linalg, "numpy.linalg", lambda v: callable(v) and not inspect.isclass(v))
    write("numpy", names)


def onnx():
    defs = importlib.import_module("onnx.defs")
    write("onnx", [s.name for s in defs.get_all_schemas() if s.domain == ""])


for collect in (pytorch, tensorflow, numpy, onnx):
    try:
        collect()
    except ImportError as error:
        print(f"{collect.__name__}: left as it is ({error})")
