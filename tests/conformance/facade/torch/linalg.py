from torch._core import Unsupported
from torch._functions import cross, diagonal, matmul, vector_norm  # noqa: F401
from torch import _functions


def norm(x, ord=None, dim=None, keepdim=False, *, dtype=None):
    if ord is None or ord == "fro" or dim is None and x.ndim == 1 or isinstance(dim, int):
        return vector_norm(x, 2 if ord in (None, "fro") else ord, dim, keepdim, dtype=dtype)
    return matrix_norm(x, ord, dim if dim is not None else (-2, -1), keepdim, dtype=dtype)


def matrix_norm(x, ord="fro", dim=(-2, -1), keepdim=False, *, dtype=None):
    if ord == "fro":
        return vector_norm(x, 2, dim, keepdim, dtype=dtype)
    row, column = (d + x.ndim if d < 0 else d for d in dim)
    inner = {1: row, -1: row, float("inf"): column, float("-inf"): column}.get(ord)
    if inner is None:
        raise Unsupported(f"the matrix norm {ord!r}")
    sums = vector_norm(x, 1, inner, True)
    other = column if inner == row else row
    result = (_functions.amax if ord > 0 else _functions.amin)(sums, other, True)
    return result if keepdim else _functions.squeeze(result, (row, column))


def multi_dot(matrices):
    return _functions.chain_matmul(*matrices)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_, **__):
        raise Unsupported(f"torch.linalg.{name}: Gradus has no decompositions of matrices")
    return missing
