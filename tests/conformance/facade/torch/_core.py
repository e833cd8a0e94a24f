"""Element types, the tensor class and what every function of the facade needs.

A Tensor here is a symbolic tensor of a Gradus graph under construction: shapes are known, values are
not. Calling a function appends ops to the graph; nothing is computed before the graph is compiled.
"""
import builtins
import math

import _gradus
from _gradus import GraphError  # noqa: F401  (for users of this module)


class Unsupported(Exception):
    """The expression needs something that Gradus, or this facade, does not have."""


class _Ops:
    """The ops of Gradus; one that is missing is Unsupported when it is asked for."""

    def __getattr__(self, name):
        found = getattr(_gradus.ops, name, None)
        if found is None:
            raise Unsupported(f"Gradus has no {name}")
        return found


ops = _Ops()


def has(name):
    return hasattr(_gradus.ops, name)


# --- element types ------------------------------------------------------------------------------


class dtype:
    def __init__(self, name, torch_name, category, order):
        self.name, self.torch_name, self.category, self.order = name, torch_name, category, order

    @property
    def is_floating_point(self):
        return self.category == 2

    def __repr__(self):
        return "torch." + self.torch_name


bool_ = dtype("bool", "bool", 0, 0)
uint8 = dtype("u8", "uint8", 1, 1)
int32 = dtype("i32", "int32", 1, 2)
int64 = dtype("i64", "int64", 1, 3)
float32 = dtype("f32", "float32", 2, 4)
float64 = dtype("f64", "float64", 2, 5)
DTYPES = {d.name: d for d in (bool_, uint8, int32, int64, float32, float64)}
BY_TORCH_NAME = {d.torch_name: d for d in DTYPES.values()}


def default_dtype():
    return float32


def as_dtype(given):
    if isinstance(given, dtype):
        return given
    named = {builtins.float: default_dtype(), builtins.int: int64, builtins.bool: bool_}.get(given)
    if named is None:
        raise Unsupported(f"the element type {given!r}")
    return named


def promote(a, b):
    return a if a.order >= b.order else b


def _combine(higher, lower):
    if higher is None or lower is None:
        return lower if higher is None else higher
    if higher.category == 2:
        return higher
    if higher is bool_ or lower.category == 2:
        return promote(higher, lower)
    return higher


def result_type(*operands):
    """PyTorch's promotion: tensors with axes decide before scalars, those before Python numbers,
    unless the latter are of a higher category."""
    axes = scalar = number = None
    for x in operands:
        if isinstance(x, Tensor):
            if x.shape:
                axes = x.dtype if axes is None else promote(axes, x.dtype)
            else:
                scalar = x.dtype if scalar is None else promote(scalar, x.dtype)
        else:
            kind = bool_ if isinstance(x, bool) else int64 if isinstance(x, int) else default_dtype()
            number = kind if number is None else promote(number, kind)
    return _combine(axes, _combine(scalar, number))


# --- the graph that is being built -------------------------------------------------------------

_graph = None

EVALUATING = False  # normalisation uses its running statistics, whatever the model says
LOSS_INPUTS = []  # what was handed to the losses, in order: a classifier's logits


def use_graph(graph):
    """Tensors that come from numbers alone belong to this graph from now on."""
    global _graph
    _graph = graph


def graph():
    return _graph


# --- shapes and axes ---------------------------------------------------------------------------


class Size(tuple):
    def numel(self):
        return math.prod(self)

    def __getitem__(self, key):
        item = tuple.__getitem__(self, key)
        return Size(item) if isinstance(key, slice) else item


def sizes_of(args):
    """The sizes of f(2, 3), f((2, 3)) and f([2, 3])."""
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = args[0]
    return [int(n) for n in args]


def axis_of(dim, rank):
    """A non-negative axis where there is one; one out of range is left for Gradus to refuse."""
    return dim + rank if -rank <= dim < 0 else dim


def axes_of(dim):
    """None, an axis or several, as a list or None. PyTorch takes no axes as all axes."""
    if dim is None:
        return None
    if isinstance(dim, (tuple, list)):
        return [int(d) for d in dim] or None
    return [int(dim)]


# --- tensors -----------------------------------------------------------------------------------


class Tensor:
    __slots__ = ("h", "__weakref__")
    __hash__ = object.__hash__
    __array_priority__ = 1000

    def __init__(self, handle):
        self.h = handle

    @property
    def shape(self):
        return Size(self.h.shape)

    @property
    def dtype(self):
        return DTYPES[self.h.dtype]

    @property
    def ndim(self):
        return len(self.h.shape)

    def dim(self):
        return self.ndim

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]

    def numel(self):
        return math.prod(self.h.shape)

    nelement = numel

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of a 0-d tensor")
        return self.shape[0]

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __bool__(self):
        raise Unsupported("a decision that depends on the value of a tensor")

    __int__ = __float__ = __index__ = item = tolist = __bool__

    def is_floating_point(self):
        return self.dtype.is_floating_point

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise Unsupported(f"Tensor.{name} is not in the facade")

    def __repr__(self):
        return f"Tensor({self.dtype}, {tuple(self.shape)})"


def constant(values, shape, kind):
    """A constant of the graph from a flat list."""
    return Tensor(_graph.constant(_gradus.Array(list(values), list(shape), kind.name)))


def full(shape, value, kind):
    if kind.category == 1 and abs(value) > 2**53:
        return constant([int(value)] * math.prod(shape), shape, kind)
    return Tensor(_graph.full(list(shape), builtins.float(value), kind.name))


def tensor_of(value, kind=None):
    """A tensor from a tensor, a number or nested lists of numbers."""
    if isinstance(value, Tensor):
        return value if kind is None else cast(value, kind)
    if isinstance(value, (list, tuple)):
        flat, shape = _flatten(value)
        kind = kind or result_type(*flat) or default_dtype()
        return constant(flat, shape, kind)
    return full([], value, kind or result_type(value))


def _flatten(nested):
    if not isinstance(nested, (list, tuple)):
        return [nested], []
    parts = [_flatten(item) for item in nested]
    inner = parts[0][1] if parts else []
    return [v for values, _ in parts for v in values], [len(parts)] + inner


def cast(x, kind):
    return x if x.dtype is kind else Tensor(ops.cast(x.h, kind.name))


def operand(value, kind):
    """What an op takes for a tensor or a number that meets the element type `kind`."""
    if isinstance(value, Tensor):
        return cast(value, kind).h
    if isinstance(value, (list, tuple)):
        return tensor_of(value, kind).h
    if kind.category == 1 and abs(value) > 2**53:
        return full([], value, kind).h
    return builtins.float(value)


def check_number(value):
    if not isinstance(value, (Tensor, int, float)):
        raise Unsupported(f"an operand of type {type(value).__name__}")


def unary(op, x):
    return Tensor(getattr(ops, op)(x.h))


def float_unary(op, x):
    """Of an integer tensor, the function of its floating-point values."""
    x = x if isinstance(x, Tensor) else tensor_of(x)
    return Tensor(getattr(ops, op)(floating(x).h))


def floating(x):
    return x if x.dtype.is_floating_point else cast(x, default_dtype())


def binary(op, a, b, kind=None):
    check_number(a)
    check_number(b)
    kind = kind or result_type(a, b)
    x, y = operand(a, kind), operand(b, kind)
    if not isinstance(a, Tensor) and not isinstance(b, Tensor):
        x = full([], a, kind).h
    return Tensor(getattr(ops, op)(x, y))


def float_binary(op, a, b):
    kind = result_type(a, b)
    return binary(op, a, b, kind if kind.is_floating_point else default_dtype())
