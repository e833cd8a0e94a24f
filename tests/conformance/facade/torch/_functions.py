"""torch.<function> and Tensor.<method>, each from ops of Gradus. Names and arguments are PyTorch's."""
import builtins
import collections
import math

from torch import _core
from torch._core import (Tensor, Unsupported, as_dtype, axes_of, axis_of, binary, bool_, cast, constant,
                         default_dtype, float_binary, float_unary, floating, full as _full, graph, int64,
                         operand, ops, promote, result_type, sizes_of, tensor_of, unary)


def _wrap(handle):
    return Tensor(handle)


# --- making tensors ----------------------------------------------------------------------------


def full(size, fill_value, dtype=None, **_):
    kind = as_dtype(dtype) if dtype else result_type(fill_value)
    return _full(sizes_of([size]), fill_value, kind)


def zeros(*size, dtype=None, **_):
    return _full(sizes_of(size), 0, as_dtype(dtype) if dtype else default_dtype())


def ones(*size, dtype=None, **_):
    return _full(sizes_of(size), 1, as_dtype(dtype) if dtype else default_dtype())


def full_like(x, fill_value, dtype=None, **_):
    return _full(x.shape, fill_value, as_dtype(dtype) if dtype else x.dtype)


def zeros_like(x, dtype=None, **_):
    return full_like(x, 0, dtype)


def ones_like(x, dtype=None, **_):
    return full_like(x, 1, dtype)


def tensor(data, dtype=None, **_):
    return tensor_of(data, as_dtype(dtype) if dtype else None)


def as_tensor(data, dtype=None, **_):
    return tensor(data, dtype)


def from_numpy(x):
    return x


def arange(*bounds, dtype=None, **_):
    start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (*bounds, 1)[:3]
    kind = as_dtype(dtype) if dtype else result_type(start, stop, step)
    return _wrap(ops.arange(graph(), start, stop, step, kind.name))


def linspace(start, end, steps, dtype=None, **_):
    return _wrap(ops.linspace(graph(), start, end, steps, (as_dtype(dtype) if dtype else default_dtype()).name))


def eye(n, m=None, dtype=None, **_):
    return _wrap(ops.eye(graph(), n, n if m is None else m, (as_dtype(dtype) if dtype else default_dtype()).name))


def meshgrid(*tensors, indexing="ij"):
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]
    return tuple(_wrap(grid) for grid in ops.meshgrid([x.h for x in tensors], indexing))


# --- elementwise -------------------------------------------------------------------------------


def _float_function(name, op=None):
    def function(x, **_):
        return float_unary(op or name, x)
    function.__name__ = name
    return function


exp, exp2, expm1 = _float_function("exp"), _float_function("exp2"), _float_function("expm1")
log, log2, log10, log1p = (_float_function(n) for n in ("log", "log2", "log10", "log1p"))
sqrt, rsqrt, reciprocal = (_float_function(n) for n in ("sqrt", "rsqrt", "reciprocal"))
sin, cos, tan, asin, acos, atan = (_float_function(n) for n in ("sin", "cos", "tan", "asin", "acos", "atan"))
sinh, cosh, tanh, asinh, acosh, atanh = (_float_function(n) for n in ("sinh", "cosh", "tanh", "asinh", "acosh", "atanh"))
arcsin, arccos, arctan, arcsinh, arccosh, arctanh = asin, acos, atan, asinh, acosh, atanh
sigmoid, erf, erfc, erfinv = (_float_function(n) for n in ("sigmoid", "erf", "erfc", "erfinv"))
lgamma, digamma, cbrt = (_float_function(n) for n in ("lgamma", "digamma", "cbrt"))
expit = sigmoid


def polygamma(n, x):
    return _wrap(ops.polygamma(n, floating(x).h))


def neg(x):
    return unary("neg", x)


negative = neg


def positive(x):
    return x


def abs(x):
    return unary("abs", x)


absolute = abs


def relu(x):
    return unary("relu", x)


def square(x):
    return unary("square", x)


def sign(x):
    return unary("sign", x)


sgn = sign


def _rounding(op):
    def function(x):
        return unary(op, x) if x.dtype.is_floating_point else x
    return function


floor, ceil, trunc = _rounding("floor"), _rounding("ceil"), _rounding("trunc")
fix = trunc


def round(x, decimals=0):
    if decimals:
        return round(x * 10.0 ** decimals) / 10.0 ** decimals
    return _rounding("round")(x)


def frac(x):
    return unary("frac", x)


def _float_test(op):
    def function(x):
        return unary(op, floating(x))
    return function


isnan, isinf, isfinite = _float_test("is_nan"), _float_test("is_inf"), _float_test("is_finite")


def signbit(x):
    return x < 0


def logical_not(x):
    return unary("bit_not", cast_bool(x))


def bitwise_not(x):
    return unary("bit_not", x)


def cast_bool(x):
    return x if x.dtype is bool_ else x != 0


def _logical(op):
    def function(a, b):
        return binary(op, cast_bool(a), cast_bool(b), bool_)
    return function


logical_and, logical_or, logical_xor = _logical("bit_and"), _logical("bit_or"), _logical("bit_xor")


def _scaled(b, alpha):
    return b if alpha == 1 else b * alpha


def add(a, b, *, alpha=1):
    if result_type(a, b) is bool_:
        return binary("bit_or", a, b, bool_)
    return binary("add", a, _scaled(b, alpha))


def sub(a, b, *, alpha=1):
    return binary("sub", a, _scaled(b, alpha))


subtract = sub


def rsub(a, b, *, alpha=1):
    return sub(b, a, alpha=alpha)


def mul(a, b):
    if result_type(a, b) is bool_:
        return binary("bit_and", a, b, bool_)
    return binary("mul", a, b)


multiply = mul


def div(a, b, rounding_mode=None):
    if rounding_mode is None:
        return float_binary("div", a, b)
    if rounding_mode == "floor":
        return floor_divide(a, b)
    if rounding_mode != "trunc":
        raise Unsupported(f"rounding_mode {rounding_mode!r}")
    kind = result_type(a, b)
    return trunc(binary("div", a, b)) if kind.is_floating_point else binary("div", a, b)


divide = div
true_divide = float_binary_div = lambda a, b: div(a, b)


def floor_divide(a, b):
    return binary("floor_divide", a, b)


def pow(a, b):
    return binary("pow", a, b)


float_power = pow


def _binary_function(op):
    def function(a, b):
        return binary(op, a, b)
    return function


maximum, minimum = _binary_function("maximum"), _binary_function("minimum")
fmod, remainder = _binary_function("fmod"), _binary_function("remainder")
eq, ne = _binary_function("equal"), _binary_function("not_equal")
lt, le, gt, ge = (_binary_function(n) for n in ("less", "less_equal", "greater", "greater_equal"))
not_equal, less, less_equal, greater, greater_equal = ne, lt, le, gt, ge
bitwise_and, bitwise_or, bitwise_xor = (_binary_function(n) for n in ("bit_and", "bit_or", "bit_xor"))
bitwise_left_shift, bitwise_right_shift = _binary_function("shift_left"), _binary_function("shift_right")


def _float_binary_function(op):
    def function(a, b):
        return float_binary(op, a, b)
    return function


atan2, hypot, logaddexp, xlogy = (_float_binary_function(n) for n in ("atan2", "hypot", "log_add_exp", "xlogy"))
arctan2 = atan2


logaddexp2 = _float_binary_function("log_add_exp2")


def fmax(a, b):
    return where(isnan(a), b, where(isnan(b), a, maximum(a, b)))


def fmin(a, b):
    return where(isnan(a), b, where(isnan(b), a, minimum(a, b)))


copysign = _float_binary_function("copysign")


def where(condition, a, b):
    kind = result_type(a, b)
    x, y = operand(a, kind), operand(b, kind)
    if not isinstance(a, Tensor) and not isinstance(b, Tensor):
        x = _full([], a, kind).h
    return _wrap(ops.where(cast_bool(condition).h, x, y))


def masked_fill(x, mask, value):
    return _wrap(ops.masked_fill(x.h, mask.h, operand(value, x.dtype)))


def clamp(x, min=None, max=None):
    if isinstance(min, Tensor) and isinstance(max, Tensor):
        return _wrap(ops.clamp_tensors(x.h, operand(min, x.dtype), operand(max, x.dtype)))
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        x = x if min is None else maximum(x, min)
        return x if max is None else minimum(x, max)
    return _wrap(ops.clamp(x.h, min, max))


clip = clamp


def clamp_min(x, min):
    return clamp(x, min=min)


def clamp_max(x, max):
    return clamp(x, max=max)


def lerp(a, b, weight):
    kind = result_type(a, b)
    return _wrap(ops.lerp(operand(a, kind), operand(b, kind), operand(weight, kind)))


def addcmul(x, a, b, *, value=1):
    return _wrap(ops.addcmul(x.h, a.h, b.h, value))


def addcdiv(x, a, b, *, value=1):
    return _wrap(ops.addcdiv(x.h, a.h, b.h, value))


def logit(x, eps=None):
    return _wrap(ops.logit(x.h, eps))


def isclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    kind = result_type(a, b)
    return _wrap(ops.is_close(operand(a, kind), operand(b, kind), rtol, atol, equal_nan))


def sinc(x):
    y = x * math.pi
    return where(x == 0, 1.0, sin(y) / where(x == 0, 1.0, y))


def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    return _wrap(ops.nan_to_num(x.h, 0.0 if nan is None else nan, posinf, neginf))


def deg2rad(x):
    return floating(x) * (math.pi / 180)


def rad2deg(x):
    return floating(x) * (180 / math.pi)


# --- types ------------------------------------------------------------------------------------


def to(x, *args, dtype=None, **_):
    for value in args:
        if isinstance(value, Tensor):
            dtype = value.dtype
        elif not isinstance(value, (str, bool)):
            dtype = value
    return x if dtype is None else cast(x, as_dtype(dtype))


def _caster(kind):
    def function(x):
        return cast(x, kind)
    return function


# --- reductions --------------------------------------------------------------------------------


def _reduced(op, x, dim, keepdim):
    return _wrap(getattr(ops, op)(x.h, axes_of(dim), builtins.bool(keepdim)))


def sum(x, dim=None, keepdim=False, *, dtype=None):
    if dtype is not None:
        x = cast(x, as_dtype(dtype))
    elif not x.dtype.is_floating_point:
        x = cast(x, int64)
    return _reduced("sum", x, dim, keepdim)


def prod(x, dim=None, keepdim=False, *, dtype=None):
    if dtype is not None:
        x = cast(x, as_dtype(dtype))
    elif not x.dtype.is_floating_point:
        x = cast(x, int64)
    return _reduced("prod", x, dim, keepdim)


def mean(x, dim=None, keepdim=False, *, dtype=None):
    return _reduced("mean", cast(x, as_dtype(dtype)) if dtype else x, dim, keepdim)


def amax(x, dim=None, keepdim=False):
    return _reduced("max", x, dim, keepdim)


def amin(x, dim=None, keepdim=False):
    return _reduced("min", x, dim, keepdim)


def aminmax(x, *, dim=None, keepdim=False):
    return amin(x, dim, keepdim), amax(x, dim, keepdim)


def logsumexp(x, dim, keepdim=False):
    return _reduced("log_sum_exp", x, dim, keepdim)


def any(x, dim=None, keepdim=False):
    return _reduced("any", cast_bool(x), dim, keepdim)


def all(x, dim=None, keepdim=False):
    return _reduced("all", cast_bool(x), dim, keepdim)


def count_nonzero(x, dim=None):
    return cast(_reduced("count_nonzero", x, dim, False), int64)


def _correction(unbiased, correction):
    if correction is not None:
        return correction
    return 1 if unbiased is None or unbiased else 0


def _spread(op):
    def function(x, dim=None, unbiased=None, keepdim=False, *, correction=None):
        if isinstance(dim, builtins.bool):
            dim, unbiased = None, dim
        return _wrap(getattr(ops, op)(x.h, axes_of(dim), builtins.bool(keepdim), _correction(unbiased, correction)))
    return function


var, std = _spread("var"), _spread("std")


def var_mean(x, dim=None, unbiased=None, keepdim=False, *, correction=None):
    return var(x, dim, unbiased, keepdim, correction=correction), mean(x, dim, keepdim)


def std_mean(x, dim=None, unbiased=None, keepdim=False, *, correction=None):
    return std(x, dim, unbiased, keepdim, correction=correction), mean(x, dim, keepdim)


def vector_norm(x, ord=2, dim=None, keepdim=False, *, dtype=None):
    x = cast(x, as_dtype(dtype)) if dtype else x
    return _wrap(ops.norm(x.h, builtins.float(ord), axes_of(dim), builtins.bool(keepdim)))


def norm(x, p=2, dim=None, keepdim=False, dtype=None):
    if p == "fro":
        p = 2
    if isinstance(p, str):
        raise Unsupported(f"the norm {p!r}")
    return vector_norm(x, p, dim, keepdim, dtype=dtype)


def dist(a, b, p=2):
    return norm(a - b, p)


def _index_search(op):
    def function(x, dim=None, keepdim=False):
        if dim is None:
            flat = _wrap(getattr(ops, op)(reshape(x, -1).h, 0, False))
            return reshape(flat, [1] * x.ndim) if keepdim else flat
        return _wrap(getattr(ops, op)(x.h, dim, builtins.bool(keepdim)))
    return function


argmax, argmin = _index_search("argmax"), _index_search("argmin")

ValuesIndices = collections.namedtuple("ValuesIndices", "values indices")


def _values_indices(pair):
    return ValuesIndices(_wrap(pair[0]), cast(_wrap(pair[1]), int64))


def _extreme(reduce, op, elementwise):
    """max(x), max(x, y) and max(x, dim): the last gives the gradient to the element that it names."""
    def function(x, dim=None, keepdim=False):
        if dim is None:
            return reduce(x)
        if isinstance(dim, Tensor):
            return elementwise(x, dim)
        return _values_indices(getattr(ops, op)(x.h, dim, builtins.bool(keepdim)))
    return function


max, min = _extreme(amax, "max_with_indices", maximum), _extreme(amin, "min_with_indices", minimum)


def median(x, dim=None, keepdim=False):
    if dim is None:
        return _wrap(ops.median(reshape(x, -1).h, 0, False)[0])
    return _values_indices(ops.median(x.h, dim, builtins.bool(keepdim)))


# --- scans -------------------------------------------------------------------------------------


def _scan(op):
    def function(x, dim, *, dtype=None):
        if dtype is not None:
            x = cast(x, as_dtype(dtype))
        elif not x.dtype.is_floating_point:
            x = cast(x, int64)
        return _wrap(getattr(ops, op)(x.h, dim))
    return function


cumsum, cumprod, logcumsumexp = _scan("cumsum"), _scan("cumprod"), _scan("log_cum_sum_exp")


def _indexed_scan(op):
    def function(x, dim):
        return _values_indices(getattr(ops, op)(x.h, dim, False))
    return function


cummax, cummin = _indexed_scan("cummax"), _indexed_scan("cummin")


def diff(x, n=1, dim=-1):
    for _ in range(n):
        size = x.shape[dim]
        x = narrow(x, dim, 1, size - 1) - narrow(x, dim, 0, size - 1)
    return x


# --- shapes ------------------------------------------------------------------------------------


def reshape(x, *shape):
    return _wrap(ops.reshape(x.h, sizes_of(shape)))


def permute(x, *dims):
    return _wrap(ops.transpose(x.h, sizes_of(dims)))


def transpose(x, dim0, dim1):
    return _wrap(ops.swap_axes(x.h, dim0, dim1)) if x.ndim else x


swapaxes = swapdims = transpose


def t(x):
    return x if x.ndim < 2 else transpose(x, 0, 1)


def movedim(x, source, destination):
    return _wrap(ops.movedim(x.h, axes_of(source), axes_of(destination)))


moveaxis = movedim


def broadcast_to(x, *shape):
    return _wrap(ops.expand(x.h, sizes_of(shape)))


def expand_as(x, other):
    return broadcast_to(x, list(other.shape))


def broadcast_tensors(*tensors):
    shape = broadcast_shapes(*[x.shape for x in tensors])
    return tuple(broadcast_to(x, list(shape)) for x in tensors)


def broadcast_shapes(*shapes):
    rank = builtins.max(len(s) for s in shapes)
    sizes = []
    for i in range(rank):
        present = [s[i - rank + len(s)] for s in shapes if i - rank + len(s) >= 0]
        others = [n for n in present if n != 1]
        sizes.append(others[0] if others else 1)
    return tuple(sizes)


def squeeze(x, dim=None):
    if dim is None:
        return _wrap(ops.squeeze(x.h, None))
    # PyTorch lets an axis of another size stay.
    dims = [d for d in axes_of(dim) if not -x.ndim <= d < x.ndim or x.shape[d] == 1]
    return _wrap(ops.squeeze(x.h, dims)) if dims and x.ndim else x


def unsqueeze(x, dim):
    return _wrap(ops.unsqueeze(x.h, dim))


def flatten(x, start_dim=0, end_dim=-1):
    return _wrap(ops.flatten(x.h, start_dim, end_dim)) if x.ndim else reshape(x, 1)


def ravel(x):
    return reshape(x, -1)


def unflatten(x, dim, sizes):
    dim = axis_of(dim, x.ndim)
    return reshape(x, [*x.shape[:dim], *sizes, *x.shape[dim + 1:]])


def view_as(x, other):
    return reshape(x, list(other.shape))


def atleast_1d(x):
    return reshape(x, [1]) if x.ndim == 0 else x


def atleast_2d(x):
    return reshape(x, [1] * (2 - x.ndim) + list(x.shape)) if x.ndim < 2 else x


# --- joining and parts ---------------------------------------------------------------------------


def _common(tensors):
    kind = result_type(*tensors)
    return [cast(x, kind) for x in tensors]


def cat(tensors, dim=0):
    return _wrap(ops.concat([x.h for x in _common(tensors)], dim))


concat = concatenate = cat


def stack(tensors, dim=0):
    return _wrap(ops.stack([x.h for x in _common(tensors)], dim))


def hstack(tensors):
    tensors = [atleast_1d(x) for x in tensors]
    return cat(tensors, 0 if tensors[0].ndim == 1 else 1)


def vstack(tensors):
    return cat([atleast_2d(x) for x in tensors], 0)


row_stack = vstack


def column_stack(tensors):
    return hstack([reshape(x, [-1, 1]) if x.ndim < 2 else x for x in tensors])


def dstack(tensors):
    return cat([unsqueeze(x, -1) if x.ndim == 2 else atleast_3d(x) for x in tensors], 2)


def atleast_3d(x):
    x = atleast_2d(x)
    return unsqueeze(x, -1) if x.ndim == 2 else x


def slice_axis(x, dim, start, stop, step=1):
    """x[..., start:stop:step, ...]"""
    dim = axis_of(dim, x.ndim)
    return _wrap(ops.slice(x.h, [slice(None)] * dim + [slice(start, stop, step)]))


def narrow(x, dim, start, length):
    return _wrap(ops.narrow(x.h, dim, start, length))


def select(x, dim, index):
    return _wrap(ops.select(x.h, dim, index))


def split(x, size, dim=0):
    return tuple(_wrap(part) for part in ops.split(x.h, size if isinstance(size, builtins.int) else list(size), dim))


split_with_sizes = split


def chunk(x, chunks, dim=0):
    return tuple(_wrap(part) for part in ops.chunk(x.h, chunks, dim))


def tensor_split(x, parts, dim=0):
    if isinstance(parts, builtins.int):
        return tuple(_wrap(part) for part in ops.array_split(x.h, parts, dim))
    total = x.shape[dim]
    bounds = [0, *[builtins.min(p, total) for p in parts], total]
    return split(x, [builtins.max(b - a, 0) for a, b in zip(bounds, bounds[1:])], dim)


def unbind(x, dim=0):
    return tuple(select(x, dim, i) for i in range(x.shape[dim]))


def tile(x, *reps):
    return _wrap(ops.tile(x.h, sizes_of(reps)))


def repeat(x, *sizes):
    return _wrap(ops.tile(x.h, sizes_of(sizes)))


def repeat_interleave(x, repeats, dim=None):
    if isinstance(repeats, Tensor):
        raise Unsupported("repeat_interleave with a tensor of counts")
    return _wrap(ops.repeat_interleave(x.h, repeats, dim))


def flip(x, *dims):
    return _wrap(ops.flip(x.h, sizes_of(dims)))


def fliplr(x):
    return flip(x, 1)


def flipud(x):
    return flip(x, 0)


def rot90(x, k=1, dims=(0, 1)):
    return _wrap(ops.rot90(x.h, k, *dims))


def roll(x, shifts, dims=None):
    shifts = [shifts] if isinstance(shifts, builtins.int) else list(shifts)
    return _wrap(ops.roll(x.h, shifts, axes_of(dims)))


def tril(x, diagonal=0):
    return _wrap(ops.tril(x.h, diagonal))


def triu(x, diagonal=0):
    return _wrap(ops.triu(x.h, diagonal))


def diagonal(x, offset=0, dim1=0, dim2=1):
    return _wrap(ops.diagonal(x.h, offset, dim1, dim2))


def diag(x, diagonal=0):
    return _wrap(ops.diag(x.h, diagonal))


def diag_embed(x, offset=0, dim1=-2, dim2=-1):
    if x.ndim == 1:
        return diag(x, offset)
    n = x.shape[-1] + builtins.abs(offset)
    lead = [0] * (x.ndim - 1)
    padded = _wrap(ops.pad(x.h, lead + [builtins.max(offset, 0)], lead + [builtins.max(-offset, 0)], "constant", 0.0))
    mask = eye(n, dtype=bool_) if offset == 0 else constant([j - i == offset for i in range(n) for j in range(n)], [n, n], bool_)
    return movedim(where(mask, unsqueeze(padded, -2), 0.0), (-2, -1), (dim1, dim2))


def trace(x):
    return sum(diagonal(x))


def unfold(x, dimension, size, step):
    return _wrap(ops.unfold(x.h, dimension, size, step))


# --- indexing ----------------------------------------------------------------------------------


def _wrapped_index(i, size):
    """Negative indices count from the end."""
    return where(i < 0, i + size, i)


def index_select(x, dim, index):
    return _wrap(ops.take(x.h, reshape(index, -1).h, dim))


def take(x, index):
    return _wrap(ops.take_flat(x.h, _wrapped_index(index, x.numel()).h))


def gather(x, dim, index):
    if x.ndim == index.ndim:  # beside the axis the indices may cover less than x
        axis = axis_of(dim, x.ndim)
        part = [slice(None) if i == axis else slice(0, builtins.min(n, m)) for i, (n, m) in enumerate(zip(x.shape, index.shape))]
        x = _wrap(ops.slice(x.h, part))
    return _wrap(ops.take_along_axis(x.h, index.h, dim))


def take_along_dim(x, indices, dim=None):
    if dim is None:
        return gather(reshape(x, -1), 0, reshape(indices, -1))
    shape = list(broadcast_shapes([1 if i == axis_of(dim, x.ndim) else n for i, n in enumerate(x.shape)], indices.shape))
    data = list(shape)
    data[dim] = x.shape[dim]
    shape[dim] = indices.shape[dim]
    return gather(broadcast_to(x, data), dim, broadcast_to(indices, shape))


def scatter(x, dim, index, src, reduce=None):
    mode = {None: "set", "add": "add", "multiply": "mul"}[reduce]
    src = src if isinstance(src, Tensor) else _full(index.shape, src, x.dtype)
    return _wrap(ops.scatter(x.h, index.h, _cut(src, index).h, dim, mode))


def _cut(src, index):
    """scatter reads only as much of the source as the index covers."""
    if src.ndim != index.ndim or src.shape == index.shape:
        return src
    return _wrap(ops.slice(src.h, [slice(0, n) for n in index.shape]))


def scatter_add(x, dim, index, src):
    return scatter(x, dim, index, src, "add")


def scatter_reduce(x, dim, index, src, reduce, include_self=True):
    mode = {"sum": "add", "prod": "mul", "amax": "max", "amin": "min"}.get(reduce)
    if mode is None or not include_self:
        raise Unsupported(f"scatter_reduce {reduce!r}, include_self={include_self}")
    return _wrap(ops.scatter(x.h, index.h, _cut(src, index).h, dim, mode))


def index_add(x, dim, index, source, *, alpha=1):
    return _wrap(ops.index_add(x.h, index.h, _scaled(source, alpha).h, dim))


def index_copy(x, dim, index, source):
    return _wrap(ops.index_copy(x.h, index.h, source.h, dim))


def index_fill(x, dim, index, value):
    shape = [index.numel() if i == axis_of(dim, x.ndim) else n for i, n in enumerate(x.shape)]
    return index_copy(x, dim, index, _full(shape, value, x.dtype))


def index_put(x, indices, values, accumulate=False):
    if builtins.any(i.dtype is bool_ for i in indices):
        if len(indices) == 1 and not accumulate and values.numel() == 1:
            return where(indices[0], values, x)
        raise Unsupported("index_put with a mask")
    indices = [_wrapped_index(i, n) for i, n in zip(indices, x.shape)]
    return _wrap(ops.index_put(x.h, [i.h for i in indices], values.h, builtins.bool(accumulate)))


def masked_scatter(x, mask, source):
    raise Unsupported("masked_scatter")


def masked_select(x, mask):
    raise Unsupported("masked_select: the shape of the result depends on values")


def nonzero(x, **_):
    raise Unsupported("nonzero: the shape of the result depends on values")


def _advanced(x, items):
    """items: one slice or index tensor per axis."""
    at = [i for i, item in enumerate(items) if isinstance(item, Tensor)]
    indices = []
    for i in at:
        if items[i].dtype is bool_:
            raise Unsupported("a selection by a mask: the shape of the result depends on values")
        indices.append(_wrapped_index(items[i], x.shape[i]))
    if len(at) == 1:
        return _wrap(ops.take(x.h, indices[0].h, at[0]))
    adjacent = at == list(range(at[0], at[0] + len(at)))
    rest = [i for i in range(x.ndim) if i not in at]
    shape = list(broadcast_shapes(*[i.shape for i in indices]))
    linear = indices[0]
    for i, axis in zip(indices[1:], at[1:]):
        linear = linear * x.shape[axis] + i
    linear = broadcast_to(linear, shape)
    front = permute(x, at + rest)
    flat = reshape(front, [math.prod(front.shape[:len(at)]), *front.shape[len(at):]])
    taken = _wrap(ops.take(flat.h, linear.h, 0))
    if not adjacent or at[0] == 0:
        return taken
    k = len(shape)
    return permute(taken, [*range(k, k + at[0]), *range(k), *range(k + at[0], taken.ndim)])


def getitem(x, key):
    key = list(key) if isinstance(key, tuple) else [key]
    key = [tensor_of(k) if isinstance(k, list) else k for k in key]
    if not builtins.any(isinstance(k, Tensor) for k in key):
        return _wrap(ops.slice(x.h, [k if k is None or k is Ellipsis or isinstance(k, slice) else k.__index__() for k in key]))
    # Ranges and places first, then the index tensors on what is left.
    if not builtins.any(k is Ellipsis for k in key):
        key.append(Ellipsis)
    at = next(i for i, k in enumerate(key) if k is Ellipsis)
    spent = len([k for k in key if k is not None and k is not Ellipsis])
    key[at:at + 1] = [slice(None)] * (x.ndim - spent)
    y = getitem(x, tuple(slice(None) if isinstance(k, Tensor) else k for k in key))
    rest = [slice(None) if k is None else k for k in key if k is None or isinstance(k, (slice, Tensor))]
    return _advanced(y, rest)


# --- sorting -----------------------------------------------------------------------------------


def sort(x, dim=-1, descending=False, stable=False):
    return _values_indices(ops.sort(x.h, dim, builtins.bool(descending)))


def argsort(x, dim=-1, descending=False, stable=False):
    return sort(x, dim, descending).indices


def topk(x, k, dim=-1, largest=True, sorted=True):
    return _values_indices(ops.top_k(x.h, k, dim, builtins.bool(largest)))


def kthvalue(x, k, dim=-1, keepdim=False):
    return _values_indices(ops.kth_value(x.h, k, dim, builtins.bool(keepdim)))


def msort(x):
    return sort(x, 0).values


def searchsorted(sorted_sequence, values, *, right=False, side=None, **_):
    values = values if isinstance(values, Tensor) else tensor_of(values, sorted_sequence.dtype)
    return cast(_wrap(ops.search_sorted(sorted_sequence.h, values.h, right or side == "right")), int64)


def bucketize(values, boundaries, *, right=False, **_):
    return searchsorted(boundaries, values, right=right)


# --- products ----------------------------------------------------------------------------------


def matmul(a, b):
    kind = result_type(a, b)
    return _wrap(ops.matmul(operand(a, kind), operand(b, kind)))


def _product(op):
    def function(a, b):
        kind = result_type(a, b)
        return _wrap(getattr(ops, op)(operand(a, kind), operand(b, kind)))
    return function


mm, bmm, mv = _product("mm"), _product("bmm"), _product("mv")


def dot(a, b):
    return _wrap(ops.dot(a.h, b.h))


def inner(a, b):
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    return tensordot(a, b, ([-1], [-1]))


def vdot(a, b):
    return dot(a, b)


def outer(a, b):
    return _wrap(ops.outer(a.h, b.h))


ger = outer


def tensordot(a, b, dims=2):
    if isinstance(dims, builtins.int):
        return _wrap(ops.tensordot(a.h, b.h, dims))
    left, right = (axes_of(d) for d in dims)
    return _wrap(ops.tensordot_axes(a.h, b.h, left, right))


def einsum(equation, *operands):
    if len(operands) == 1 and isinstance(operands[0], (tuple, list)):
        operands = operands[0]
    return _wrap(ops.einsum(equation, [x.h for x in _common(operands)]))


def addmm(x, a, b, *, beta=1, alpha=1):
    return _wrap(ops.addmm(x.h, a.h, b.h, beta, alpha))


def baddbmm(x, a, b, *, beta=1, alpha=1):
    return _scaled(x, beta) + _scaled(bmm(a, b), alpha)


def addmv(x, a, b, *, beta=1, alpha=1):
    return _scaled(x, beta) + _scaled(mv(a, b), alpha)


def addr(x, a, b, *, beta=1, alpha=1):
    return _scaled(x, beta) + _scaled(outer(a, b), alpha)


def addbmm(x, a, b, *, beta=1, alpha=1):
    return _scaled(x, beta) + _scaled(sum(matmul(a, b), 0), alpha)


def chain_matmul(*matrices):
    result = matrices[0]
    for m in matrices[1:]:
        result = matmul(result, m)
    return result


def kron(a, b):
    return _wrap(ops.kron(a.h, b.h))


def cross(a, b, dim=-1):
    return roll(a, -1, dim) * roll(b, 1, dim) - roll(a, 1, dim) * roll(b, -1, dim)


def cdist(a, b, p=2.0, **_):
    return _wrap(ops.cdist(a.h, b.h, p))


def detach(x):
    return _wrap(ops.stop_gradient(x.h))


def clone(x, **_):
    return x


contiguous = clone


# --- softmax and the like ----------------------------------------------------------------------


def softmax(x, dim=-1, dtype=None):
    return _wrap(ops.softmax((cast(x, as_dtype(dtype)) if dtype else x).h, dim))


def log_softmax(x, dim=-1, dtype=None):
    return _wrap(ops.log_softmax((cast(x, as_dtype(dtype)) if dtype else x).h, dim))


def batch_norm(x, weight, bias, running_mean, running_var, training, momentum, eps, *_):
    from torch.nn import functional
    return functional.batch_norm(x, running_mean, running_var, weight, bias, training, momentum, eps)


def is_tensor(x):
    return isinstance(x, Tensor)


def numel(x):
    return x.numel()


# --- methods -------------------------------------------------------------------------------------


def _reflected(function):
    return lambda self, other: function(other, self)


def _install():
    names = """abs absolute neg negative positive exp exp2 expm1 log log2 log10 log1p sqrt rsqrt reciprocal square sin cos
        tan asin acos atan sinh cosh tanh asinh acosh atanh arcsin arccos arctan sigmoid erf erfc erfinv lgamma digamma relu
        sign sgn floor ceil trunc fix round frac isnan isinf isfinite logical_not logical_and logical_or logical_xor
        bitwise_not bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift add sub subtract mul
        multiply div divide true_divide floor_divide pow float_power maximum minimum fmax fmin fmod remainder atan2
        arctan2 hypot logaddexp xlogy eq ne lt le gt ge not_equal less less_equal greater greater_equal masked_fill clamp clip clamp_min
        clamp_max lerp addcmul addcdiv logit nan_to_num sinc copysign signbit sum prod mean amax amin max min logsumexp any all
        count_nonzero var std norm dist argmax argmin cumsum cumprod cummax cummin logcumsumexp diff reshape permute
        transpose swapaxes swapdims t movedim moveaxis broadcast_to expand_as squeeze unsqueeze flatten ravel unflatten
        view_as narrow select split split_with_sizes chunk tensor_split unbind tile repeat repeat_interleave flip fliplr
        flipud rot90 roll tril triu diagonal diag diag_embed trace unfold index_select take gather take_along_dim scatter
        scatter_add scatter_reduce index_add index_copy index_fill index_put sort argsort topk kthvalue msort matmul mm
        bmm mv dot inner vdot outer ger addmm baddbmm addmv kron cross detach clone contiguous softmax log_softmax
        masked_select masked_scatter nonzero median to deg2rad rad2deg rsub tensordot""".split()
    for name in names:
        setattr(Tensor, name, globals()[name])
    Tensor.view = reshape
    Tensor.expand = broadcast_to
    Tensor.reshape_as = view_as
    Tensor.T = property(lambda x: permute(x, list(range(x.ndim))[::-1]))
    Tensor.mT = property(lambda x: transpose(x, -1, -2))
    Tensor.type_as = lambda x, other: cast(x, other.dtype)
    Tensor.numpy = lambda x: x
    Tensor.requires_grad_ = lambda x, *_: x
    Tensor.float, Tensor.double = _caster(_core.float32), _caster(_core.float64)
    Tensor.int, Tensor.long, Tensor.bool = _caster(_core.int32), _caster(int64), cast_bool
    Tensor.where = lambda x, condition, other: where(condition, x, other)
    Tensor.new_zeros = lambda x, *size, dtype=None, **_: zeros(*size, dtype=dtype or x.dtype)
    Tensor.new_ones = lambda x, *size, dtype=None, **_: ones(*size, dtype=dtype or x.dtype)
    Tensor.new_full = lambda x, size, value, dtype=None, **_: full(size, value, dtype=dtype or x.dtype)
    Tensor.new_tensor = lambda x, value, dtype=None, **_: tensor(value, dtype=dtype or x.dtype)
    Tensor.__getitem__ = getitem
    operators = dict(add=add, sub=sub, mul=mul, truediv=div, floordiv=floor_divide, mod=remainder, pow=pow,
                     matmul=matmul, lshift=bitwise_left_shift, rshift=bitwise_right_shift)
    operators["and"], operators["or"], operators["xor"] = bitwise_and, bitwise_or, bitwise_xor
    for name, function in operators.items():
        setattr(Tensor, f"__{name}__", function)
        setattr(Tensor, f"__r{name}__", _reflected(function))
    for name in "eq ne lt le gt ge".split():
        setattr(Tensor, f"__{name}__", globals()[name])
    Tensor.__neg__, Tensor.__pos__, Tensor.__abs__, Tensor.__invert__ = neg, positive, abs, bitwise_not
    # In place: the tensor names another value from now on.
    for name in "add sub mul div pow clamp exp sqrt zero_ fill_".split():
        if name in globals():
            setattr(Tensor, name + "_", _in_place(globals()[name]))


def _in_place(function):
    def method(self, *args, **kwargs):
        self.h = cast(function(self, *args, **kwargs), self.dtype).h
        return self
    return method


_install()
