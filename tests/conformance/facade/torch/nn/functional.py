"""torch.nn.functional. Names and arguments are PyTorch's."""
import builtins
import math

from torch import _core
from torch import _functions as fn
from torch._core import Tensor, Unsupported, axis_of, cast, constant, full, ops, result_type
from torch._functions import log_softmax, relu, sigmoid, softmax, tanh, where  # noqa: F401


def _wrap(handle):
    return Tensor(handle)


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_, **__):
        raise Unsupported(f"torch.nn.functional.{name} is not in the facade")
    return missing


# --- activations -------------------------------------------------------------------------------


def relu6(x, inplace=False):
    return hardtanh(x, 0.0, 6.0)


def leaky_relu(x, negative_slope=0.01, inplace=False):
    return _wrap(ops.leaky_relu(x.h, float(negative_slope)))


def elu(x, alpha=1.0, inplace=False):
    return _wrap(ops.elu(x.h, float(alpha)))


def selu(x, inplace=False):
    return _wrap(ops.selu(x.h))


def celu(x, alpha=1.0, inplace=False):
    return _wrap(ops.celu(x.h, float(alpha)))


def gelu(x, approximate="none"):
    return _wrap(ops.gelu_tanh(x.h) if approximate == "tanh" else ops.gelu(x.h))


def silu(x, inplace=False):
    return _wrap(ops.silu(x.h))


def mish(x, inplace=False):
    return _wrap(ops.mish(x.h))


def softplus(x, beta=1, threshold=20):
    if beta == 1:
        return _wrap(ops.softplus(x.h))
    return _wrap(ops.softplus((x * beta).h)) / beta


def softsign(x):
    return _wrap(ops.softsign(x.h))


def tanhshrink(x):
    return x - fn.tanh(x)


def hardtanh(x, min_val=-1.0, max_val=1.0, inplace=False):
    return _wrap(ops.hardtanh(x.h, float(min_val), float(max_val)))


def hardsigmoid(x, inplace=False):
    return _wrap(ops.hardsigmoid(x.h))


def hardswish(x, inplace=False):
    return _wrap(ops.hardswish(x.h))


def hardshrink(x, lambd=0.5):
    return where(fn.abs(x) > lambd, x, where(fn.isnan(x), x, 0.0))


def softshrink(x, lambd=0.5):
    return where(x > lambd, x - lambd, where(x < -lambd, x + lambd, 0.0))


def threshold(x, threshold, value, inplace=False):
    return where(x <= threshold, full([], value, x.dtype), x)


def logsigmoid(x):
    return _wrap(ops.log_sigmoid(x.h))


def prelu(x, weight):
    if weight.numel() > 1:
        weight = fn.reshape(weight, [-1] + [1] * (x.ndim - 2))
    return _wrap(ops.prelu(x.h, weight.h))


def rrelu(x, lower=1 / 8, upper=1 / 3, training=False, inplace=False):
    if training:
        raise Unsupported("rrelu in training")
    return leaky_relu(x, (lower + upper) / 2)


def glu(x, dim=-1):
    half = x.shape[dim] // 2
    a, b = fn.split(x, [half, x.shape[dim] - half], dim)
    return a * sigmoid(b)


def softmin(x, dim=-1, dtype=None):
    return softmax(-x, dim, dtype)


def dropout(x, p=0.5, training=True, inplace=False):
    if training and p:
        raise Unsupported("dropout with PyTorch's own random numbers")
    return x


def normalize(x, p=2.0, dim=1, eps=1e-12):
    return _wrap(ops.normalize(x.h, float(p), int(dim), float(eps)))


# --- losses ------------------------------------------------------------------------------------


def _reduce(x, reduction):
    if reduction == "mean":
        return fn.mean(x)
    if reduction == "sum":
        return fn.sum(x)
    if reduction != "none":
        raise Unsupported(f"the reduction {reduction!r}")
    return x


def _given(**options):
    """Options that are not at their defaults."""
    return {key: value for key, value in options.items() if value not in (None, 0.0)}


def _pair(a, b):
    """Both in their common type and shape (with a warning of PyTorch's, losses broadcast)."""
    kind = result_type(a, b)
    a, b = cast(a, kind), cast(b, kind)
    if a.shape != b.shape:
        shape = list(fn.broadcast_shapes(a.shape, b.shape))
        a, b = fn.broadcast_to(a, shape), fn.broadcast_to(b, shape)
    return a.h, b.h


def _loss(function):
    """Remembers the predictions that a loss was given."""
    def call(input, *args, **kwargs):
        _core.LOSS_INPUTS.append(input)
        return function(input, *args, **kwargs)
    return call


@_loss
def mse_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    return _wrap(ops.squared_error(*_pair(input, target), reduction))


@_loss
def l1_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    return _wrap(ops.absolute_error(*_pair(input, target), reduction))


@_loss
def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction="mean", beta=1.0):
    if beta == 0:
        return l1_loss(input, target, reduction=reduction)
    return _wrap(ops.huber(*_pair(input, target), float(beta), reduction)) / beta


@_loss
def huber_loss(input, target, reduction="mean", delta=1.0):
    return _wrap(ops.huber(*_pair(input, target), float(delta), reduction))


def _class_last(x):
    """PyTorch has the classes in axis 1, Gradus in the last."""
    return fn.movedim(x, 1, -1) if x.ndim > 2 else x


@_loss
def cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None,
                  reduction="mean", label_smoothing=0.0):
    x = _class_last(input)
    if target.dtype.is_floating_point:
        target = cast(_class_last(target), x.dtype)
    extra = _given(weight=_handle(weight), label_smoothing=float(label_smoothing))
    return _wrap(ops.cross_entropy(x.h, target.h, reduction, **extra))


@_loss
def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
    return _wrap(ops.nll(_class_last(input).h, target.h, reduction=reduction,
                         weight=weight.h if weight is not None else None, ignore_index=int(ignore_index)))


@_loss
def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    if weight is not None:
        return _reduce(binary_cross_entropy(input, target, reduction="none") * weight, reduction)
    return _wrap(ops.binary_cross_entropy(input.h, cast(target, input.dtype).h, reduction))


@_loss
def binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction="mean",
                                     pos_weight=None):
    if weight is not None:
        return _reduce(binary_cross_entropy_with_logits(input, target, reduction="none", pos_weight=pos_weight) * weight,
                       reduction)
    return _wrap(ops.binary_cross_entropy_with_logits(input.h, cast(target, input.dtype).h, reduction,
                                                      **_given(positive_weight=_handle(pos_weight))))


@_loss
def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    if reduction == "batchmean":
        return kl_div(input, target, reduction="sum", log_target=log_target) / input.shape[0]
    return _wrap(ops.kl_divergence(*_pair(input, target), log_target, reduction))


def poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None,
                     reduction="mean"):
    loss = fn.exp(input) - target * input if log_input else input - target * fn.log(input + eps)
    if full:
        stirling = target * fn.log(target) - target + 0.5 * fn.log(2 * math.pi * target)
        loss = loss + where(target > 1, stirling, 0.0)
    return _reduce(loss, reduction)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    var = var + fn.detach(fn.clamp(var, min=eps) - var)
    loss = 0.5 * (fn.log(var) + (input - target) ** 2 / var)
    return _reduce(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    return _reduce(softplus(-target * input), reduction)


def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"):
    return _reduce(where(target == 1, input, 0.0) + where(target == -1, relu(margin - input), 0.0), reduction)


def margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    return _reduce(fn.clamp(-target * (input1 - input2) + margin, min=0), reduction)


def cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    product = fn.sum(input1 * input2, -1)
    one, two = fn.sum(input1 * input1, -1) + 1e-12, fn.sum(input2 * input2, -1) + 1e-12
    cosine = product / fn.sqrt(one * two)
    loss = where(target == 1, 1 - cosine, 0.0) + where(target == -1, fn.clamp(cosine - margin, min=0), 0.0)
    return _reduce(loss, reduction)


def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"):
    x = input if input.ndim == 2 else fn.unsqueeze(input, 0)
    index = fn.reshape(target, [-1, 1])
    correct = fn.gather(x, 1, index)
    loss = fn.clamp(margin - correct + x, min=0) ** p
    if weight is not None:
        loss = loss * fn.take(weight, index)
    keep = 1 - one_hot(fn.reshape(target, -1), x.shape[1])
    loss = fn.sum(loss * cast(keep, x.dtype), 1) / x.shape[1]
    return _reduce(loss if input.ndim == 2 else fn.squeeze(loss, 0), reduction)


def multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    loss = loss * weight if weight is not None else loss
    return _reduce(fn.mean(loss, -1), reduction)


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    return _wrap(ops.pairwise_distance(x1.h, x2.h, float(p), float(eps), bool(keepdim)))


def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, size_average=None,
                        reduce=None, reduction="mean"):
    near, far = pairwise_distance(anchor, positive, p, eps), pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = fn.minimum(far, pairwise_distance(positive, negative, p, eps))
    return _reduce(fn.clamp(near - far + margin, min=0), reduction)


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    return _wrap(ops.cosine_similarity(x1.h, x2.h, int(dim), float(eps)))


# --- dense layers and tables ---------------------------------------------------------------------


def linear(x, weight, bias=None):
    return _wrap(ops.linear(x.h, weight.h, _handle(bias)))


def bilinear(x1, x2, weight, bias=None):
    y = fn.einsum("...i,oij,...j->...o", x1, weight, x2)
    return y if bias is None else y + bias


def embedding(input, weight, padding_idx=None, max_norm=None, *_, **__):
    if max_norm is not None:
        raise Unsupported("embedding with max_norm")
    if padding_idx is None:
        return _wrap(ops.take(weight.h, input.h, 0))
    return _wrap(ops.embedding(input.h, weight.h, padding_idx % weight.shape[0]))


def one_hot(x, num_classes=-1):
    if num_classes < 0:
        raise Unsupported("one_hot without the number of classes")
    return _wrap(ops.one_hot(x.h, num_classes, "i64"))


def scaled_dot_product_attention(q, k, v, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None):
    return _wrap(ops.attention(q.h, k.h, v.h, _handle(attn_mask), bool(is_causal), float(scale or 0)))


# --- convolutions and pools ----------------------------------------------------------------------


def _each(value, n):
    return [int(value)] * n if isinstance(value, int) else ([int(v) for v in value] * n)[:n] if len(value) == 1 else [int(v) for v in value]


def _same(x, weight, stride, dilation, n):
    """padding="same": low and high, the extra one high."""
    if builtins.any(s != 1 for s in _each(stride, n)):
        raise Unsupported("padding='same' with a stride")
    total = [d * (k - 1) for d, k in zip(_each(dilation, n), weight.shape[2:])]
    return [t // 2 for t in total], [t - t // 2 for t in total]


def _batched(function, n):
    """Without an axis of images, one is added and removed again."""
    def call(x, *args, **kwargs):
        if x.ndim == n + 1:
            return fn.squeeze(function(fn.unsqueeze(x, 0), *args, **kwargs), 0)
        return function(x, *args, **kwargs)
    return call


def _convolution(n):
    def conv(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        if padding == "valid":
            padding = 0
        if padding == "same":
            low, high = _same(x, weight, stride, dilation, n)
            if low == high:
                padding = low
            else:
                x = pad(x, [v for pair in reversed(list(zip(low, high))) for v in pair])
                padding = 0
        return _wrap(ops.conv(x.h, weight.h, bias.h if bias is not None else None, _each(stride, n), _each(padding, n),
                              _each(dilation, n), int(groups)))
    return _batched(conv, n)


conv1d, conv2d, conv3d = (_convolution(n) for n in (1, 2, 3))


def _transposed_convolution(n):
    def conv(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
        return _wrap(ops.conv_transpose(x.h, weight.h, bias.h if bias is not None else None, _each(stride, n),
                                        _each(padding, n), _each(output_padding, n), _each(dilation, n), int(groups)))
    return _batched(conv, n)


conv_transpose1d, conv_transpose2d, conv_transpose3d = (_transposed_convolution(n) for n in (1, 2, 3))


def _max_pool(n):
    def pool(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        if return_indices:
            raise Unsupported("max_pool with indices")
        kernel = _each(kernel_size, n)
        return _wrap(ops.max_pool(x.h, kernel, _each(stride, n) if stride not in (None, []) else kernel, _each(padding, n),
                                  _each(dilation, n), bool(ceil_mode)))
    return _batched(pool, n)


max_pool1d, max_pool2d, max_pool3d = (_max_pool(n) for n in (1, 2, 3))


def _avg_pool(n):
    def pool(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None):
        kernel = _each(kernel_size, n)
        y = _wrap(ops.avg_pool(x.h, kernel, _each(stride, n) if stride not in (None, []) else kernel, _each(padding, n),
                               bool(ceil_mode), bool(count_include_pad)))
        if divisor_override is not None:
            if builtins.any(_each(padding, n)) and not count_include_pad or ceil_mode:
                raise Unsupported("divisor_override with other counts")
            y = y * (math.prod(kernel) / divisor_override)
        return y
    return _batched(pool, n)


avg_pool1d, avg_pool2d, avg_pool3d = (_avg_pool(n) for n in (1, 2, 3))


def _lp_pool(n, average):
    def pool(x, norm_type, kernel_size, stride=None, ceil_mode=False):
        means = average(fn.abs(x) ** norm_type if norm_type % 2 else x ** norm_type, kernel_size, stride, 0, ceil_mode)
        return (means * math.prod(_each(kernel_size, n))) ** (1 / norm_type)
    return pool


lp_pool1d, lp_pool2d = _lp_pool(1, avg_pool1d), _lp_pool(2, avg_pool2d)


def _adaptive(n, reduce):
    """Each output covers the inputs floor(i n / m) to ceil((i + 1) n / m)."""
    def pool(x, output_size):
        sizes = [output_size] * n if isinstance(output_size, int) or output_size is None else list(output_size)
        for i, m in enumerate(sizes):
            axis = x.ndim - n + i
            size = x.shape[axis]
            m = size if m is None else m
            if size % m == 0:
                shape = [*x.shape[:axis], m, size // m, *x.shape[axis + 1:]]
                x = reduce(fn.reshape(x, shape), axis + 1)
                continue
            parts = [reduce(fn.slice_axis(x, axis, k * size // m, -(-(k + 1) * size // m)), axis, True) for k in range(m)]
            x = fn.cat(parts, axis)
        return x
    return pool


adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = (_adaptive(n, fn.mean) for n in (1, 2, 3))
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = (_adaptive(n, fn.amax) for n in (1, 2, 3))


def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    """im2col: N,C,H,W -> N, C*kh*kw, positions."""
    if x.ndim == 3:
        return fn.squeeze(unfold(fn.unsqueeze(x, 0), kernel_size, dilation, padding, stride), 0)
    (kh, kw), (ph, pw) = _each(kernel_size, 2), _each(padding, 2)
    x = pad(x, [pw, pw, ph, ph])
    windows = _wrap(ops.window(x.h, [2, 3], [kh, kw], _each(stride, 2), _each(dilation, 2)))
    n, c, oh, ow = windows.shape[:4]
    return fn.reshape(fn.permute(windows, 0, 1, 4, 5, 2, 3), [n, c * kh * kw, oh * ow])


def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """The adjoint of unfold: overlapping windows are added."""
    if x.ndim == 2:
        return fn.squeeze(fold(fn.unsqueeze(x, 0), output_size, kernel_size, dilation, padding, stride), 0)
    (kh, kw), (ph, pw), (dh, dw), (sh, sw) = (_each(v, 2) for v in (kernel_size, padding, dilation, stride))
    height, width = (s + 2 * p for s, p in zip(_each(output_size, 2), (ph, pw)))
    oh, ow = (height - dh * (kh - 1) - 1) // sh + 1, (width - dw * (kw - 1) - 1) // sw + 1
    n, channels = x.shape[0], x.shape[1] // (kh * kw)
    patches = fn.reshape(x, [n, channels, kh * kw * oh * ow])
    at = [(i * dh + y * sh) * width + j * dw + z * sw for i in range(kh) for j in range(kw) for y in range(oh) for z in range(ow)]
    index = fn.broadcast_to(constant(at, [1, 1, len(at)], _core.int64), list(patches.shape))
    flat = fn.scatter_add(fn.zeros(n, channels, height * width, dtype=x.dtype), 2, index, patches)
    image = fn.reshape(flat, [n, channels, height, width])
    return image[:, :, ph:height - ph, pw:width - pw]


def pixel_shuffle(x, upscale_factor):
    r = upscale_factor
    *lead, c, h, w = x.shape
    y = fn.reshape(x, [*lead, c // (r * r), r, r, h, w])
    k = len(lead)
    return fn.reshape(fn.permute(y, *range(k), k, k + 3, k + 1, k + 4, k + 2), [*lead, c // (r * r), h * r, w * r])


def pixel_unshuffle(x, downscale_factor):
    r = downscale_factor
    *lead, c, h, w = x.shape
    y = fn.reshape(x, [*lead, c, h // r, r, w // r, r])
    k = len(lead)
    return fn.reshape(fn.permute(y, *range(k), k, k + 2, k + 4, k + 1, k + 3), [*lead, c * r * r, h // r, w // r])


def channel_shuffle(x, groups):
    n, c, *rest = x.shape
    return fn.reshape(fn.transpose(fn.reshape(x, [n, groups, c // groups, *rest]), 1, 2), [n, c, *rest])


def pad(x, pad, mode="constant", value=0.0):
    n = len(pad) // 2
    low, high = [0] * x.ndim, [0] * x.ndim
    for i in range(n):
        low[x.ndim - 1 - i], high[x.ndim - 1 - i] = int(pad[2 * i]), int(pad[2 * i + 1])
    if mode == "constant":
        return _wrap(ops.pad(x.h, low, high, float(value or 0)))
    return _wrap(ops.pad_mode(x.h, low, high, {"reflect": "reflect", "replicate": "replicate", "circular": "circular"}[mode]))


def _weights(mode, size, count, align_corners, scale):
    """Row i: how much each of `size` inputs counts in output i."""
    rows = []
    for i in range(count):
        row = [0.0] * size
        if align_corners:
            at = i * (size - 1) / (count - 1) if count > 1 else 0.0
        else:
            at = (i + 0.5) * scale - 0.5
        if mode == "cubic":
            first, a = math.floor(at), -0.75
            t = at - first
            near = lambda d: ((a + 2) * d - (a + 3)) * d * d + 1  # noqa: E731
            far = lambda d: ((a * d - 5 * a) * d + 8 * a) * d - 4 * a  # noqa: E731
            for k, w in zip(range(first - 1, first + 3), (far(t + 1), near(t), near(1 - t), far(2 - t))):
                row[min(max(k, 0), size - 1)] += w
        else:
            at = max(at, 0.0)
            first = min(int(at), size - 1)
            t = at - first
            row[first] += 1 - t
            row[min(first + 1, size - 1)] += t
        rows.append(row)
    return rows


def interpolate(x, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None,
                antialias=False):
    n = x.ndim - 2
    if antialias:
        raise Unsupported("interpolate with antialias")
    given = scale_factor is not None
    scales = ([float(scale_factor)] * n if isinstance(scale_factor, (int, float)) else [float(s) for s in scale_factor]) if given else None
    sizes = [math.floor(x.shape[2 + i] * scales[i]) for i in range(n)] if given else _each(size, n)
    for i, count in enumerate(sizes):
        axis, length = 2 + i, x.shape[2 + i]
        scale = 1 / scales[i] if given and not recompute_scale_factor else length / count
        if mode in ("nearest", "nearest-exact"):
            half = 0.5 if mode == "nearest-exact" else 0.0
            at = [min(int((k + half) * scale), length - 1) for k in range(count)]
            x = _wrap(ops.take(x.h, constant(at, [count], _core.int64).h, axis))
        elif mode in ("linear", "bilinear", "trilinear", "bicubic"):
            rows = _weights("cubic" if mode == "bicubic" else "linear", length, count, bool(align_corners), scale)
            w = constant([v for row in rows for v in row], [count, length], x.dtype)
            x = fn.movedim(fn.matmul(fn.movedim(x, axis, -1), fn.t(w)), -1, axis)
        elif mode == "area":
            return {1: adaptive_avg_pool1d, 2: adaptive_avg_pool2d, 3: adaptive_avg_pool3d}[n](x, sizes)
        else:
            raise Unsupported(f"interpolate, mode {mode!r}")
    return x


upsample = interpolate


# --- normalisation -------------------------------------------------------------------------------


def _handle(x):
    return x.h if x is not None else None


def batch_norm(x, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    if not training or _core.EVALUATING:
        return _wrap(ops.batch_norm_inference(x.h, running_mean.h, running_var.h, _handle(weight), _handle(bias), eps))
    y, mean, _, unbiased = ops.batch_norm(x.h, _handle(weight), _handle(bias), eps)
    if running_mean is not None:
        running_mean.h = ((1 - momentum) * running_mean + momentum * _wrap(mean)).h
        running_var.h = ((1 - momentum) * running_var + momentum * _wrap(unbiased)).h
    return _wrap(y)


def layer_norm(x, normalized_shape, weight=None, bias=None, eps=1e-5):
    return _wrap(ops.layer_norm(x.h, [int(n) for n in normalized_shape], _handle(weight), _handle(bias), eps))


def rms_norm(x, normalized_shape, weight=None, eps=None):
    return _wrap(ops.rms_norm(x.h, [int(n) for n in normalized_shape], _handle(weight), 1e-6 if eps is None else eps))


def group_norm(x, num_groups, weight=None, bias=None, eps=1e-5):
    return _wrap(ops.group_norm(x.h, int(num_groups), _handle(weight), _handle(bias), eps))


def instance_norm(x, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1,
                  eps=1e-5):
    if not use_input_stats or running_mean is not None:
        raise Unsupported("instance_norm with running statistics")
    return _wrap(ops.instance_norm(x.h, _handle(weight), _handle(bias), eps))


def local_response_norm(x, size, alpha=1e-4, beta=0.75, k=1.0):
    squares = fn.unsqueeze(x * x, 1)
    shape = list(squares.shape)
    flat = fn.reshape(squares, [shape[0], 1, shape[2], math.prod(shape[3:])])
    padded = pad(flat, [0, 0, size // 2, (size - 1) // 2])
    means = avg_pool2d(padded, [size, 1], 1)
    return x / (fn.reshape(means, list(x.shape)) * alpha + k) ** beta
