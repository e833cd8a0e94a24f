"""A facade of PyTorch over Gradus: enough of its names for the expressions of the reference material.

It builds Gradus graphs; no function computes anything, and none falls back on other software. What is
missing raises Unsupported when it is called.
"""
import math as _math

from torch import _core
from torch._core import (Size, Tensor, Unsupported, bool_, dtype, float32, float64, int32, int64,  # noqa: F401
                         result_type, uint8)
from torch import _functions

globals().update({name: value for name, value in vars(_functions).items() if not name.startswith("_")})

# The builtins that the functions module uses under their own names must not leak, types must win.
bool, float, double, int, long = bool_, float32, float64, int32, int64  # noqa: A001
inf, nan, pi, e = _math.inf, _math.nan, _math.pi, _math.e
strided = "strided"


def get_default_dtype():
    return _core.default_dtype()


class no_grad:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def __call__(self, function):
        return function


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_, **__):
        raise Unsupported(f"torch.{name} is not in the facade")
    return missing


import torch.linalg, torch.nn.functional, torch.special  # noqa: E401,E402,F401
