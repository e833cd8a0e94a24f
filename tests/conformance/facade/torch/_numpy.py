"""The few names of NumPy that expressions use: index searches with NumPy's meaning."""
from torch import _core
from torch._core import Tensor, Unsupported


def _search(op):
    def search(x, axis=None, keepdims=False):
        if axis is None:
            x, axis = x.reshape(-1), 0
        return _core.cast(Tensor(getattr(_core.ops, op)(x.h, int(axis), bool(keepdims))), _core.int64)
    return search


class _Numpy:
    argmax = staticmethod(_search("argmax"))
    argmin = staticmethod(_search("argmin"))
    inf, nan, pi = float("inf"), float("nan"), 3.141592653589793
    newaxis = None

    @staticmethod
    def asarray(x, dtype=None):
        return x

    array = ascontiguousarray = asarray

    def __getattr__(self, name):
        raise Unsupported(f"np.{name} is not in the facade")


np = _Numpy()
