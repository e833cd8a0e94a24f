"""torch.nn.functional. Names and arguments are PyTorch's."""
import builtins
import math

from torch import _core
from torch import _functions as fn
from torch._core import Tensor, Unsupported, axis_of, cast, constant, full, ops, result_type
from torch._functions import log_softmax, relu, sigmoid, softmax, tanh, where  # noqa: F401


def _wrap(handle):
    return Tensor(handle)


def _handle(x):
    return x.h if x is not None else None


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_, **__):
        raise Unsupported(f"torch.nn.functional.{name} is not in the facade")
    return missing


# --- activations -------------------------------------------------------------------------------


def relu6(x, inplace=False):
    return _wrap(ops.relu6(x.h))


def leaky_relu(x, negative_slope=0.01, inplace=False):
    return _wrap(ops.leaky_relu(x.h, negative_slope))


def elu(x, alpha=1.0, inplace=False):
    return _wrap(ops.elu(x.h, alpha))


def selu(x, inplace=False):
    return _wrap(ops.selu(x.h))


def celu(x, alpha=1.0, inplace=False):
    return _wrap(ops.celu(x.h, alpha))


def gelu(x, approximate="none"):
    return _wrap(ops.gelu(x.h, approximate == "tanh"))


def silu(x, inplace=False):
    return _wrap(ops.silu(x.h))


def mish(x, inplace=False):
    return _wrap(ops.mish(x.h))


def softplus(x, beta=1, threshold=20):
    return _wrap(ops.softplus(x.h, beta, threshold))


def softsign(x):
    return _wrap(ops.softsign(x.h))


def tanhshrink(x):
    return _wrap(ops.tanhshrink(x.h))


def hardtanh(x, min_val=-1.0, max_val=1.0, inplace=False):
    return _wrap(ops.hardtanh(x.h, min_val, max_val))


def hardsigmoid(x, inplace=False):
    return _wrap(ops.hardsigmoid(x.h))


def hardswish(x, inplace=False):
    return _wrap(ops.hardswish(x.h))


def hardshrink(x, lambd=0.5):
    return _wrap(ops.hardshrink(x.h, lambd))


def softshrink(x, lambd=0.5):
    return _wrap(ops.softshrink(x.h, lambd))


def threshold(x, threshold, value, inplace=False):
    return _wrap(ops.threshold(x.h, threshold, value))


def logsigmoid(x):
    return _wrap(ops.log_sigmoid(x.h))


def prelu(x, weight):
    return _wrap(ops.prelu(x.h, weight.h))


def rrelu(x, lower=1 / 8, upper=1 / 3, training=False, inplace=False):
    if training:
        raise Unsupported("rrelu in training")
    return leaky_relu(x, (lower + upper) / 2)


def glu(x, dim=-1):
    return _wrap(ops.glu(x.h, int(dim)))


def softmin(x, dim=-1, dtype=None):
    return softmax(-x, dim, dtype)


def dropout(x, p=0.5, training=True, inplace=False):
    if training and p:
        raise Unsupported("dropout with PyTorch's own random numbers")
    return x


def normalize(x, p=2.0, dim=1, eps=1e-12):
    return _wrap(ops.normalize(x.h, p, dim, eps))


# --- losses ------------------------------------------------------------------------------------


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
    return _wrap(ops.smooth_l1(*_pair(input, target), float(beta), reduction))


@_loss
def huber_loss(input, target, reduction="mean", delta=1.0):
    return _wrap(ops.huber(*_pair(input, target), float(delta), reduction))


def _class_options(input, target, weight, ignore_index, reduction):
    """PyTorch has the classes in axis 1 and always an ignored label."""
    options = dict(reduction=reduction, axis=1 if input.ndim > 1 else 0, weight=_handle(weight))
    if not target.dtype.is_floating_point:
        options["ignored"] = int(ignore_index)
    return options


@_loss
def cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None,
                  reduction="mean", label_smoothing=0.0):
    options = _class_options(input, target, weight, ignore_index, reduction)
    return _wrap(ops.cross_entropy(input.h, target.h, smoothing=float(label_smoothing), **options))


@_loss
def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction="mean"):
    return _wrap(ops.nll(input.h, target.h, **_class_options(input, target, weight, ignore_index, reduction)))


def multi_margin_loss(input, target, p=1, margin=1.0, weight=None, size_average=None, reduce=None, reduction="mean"):
    return _wrap(ops.multi_margin(input.h, target.h, float(margin), float(p), reduction, _handle(weight)))


@_loss
def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    return _wrap(ops.binary_cross_entropy(input.h, cast(target, input.dtype).h, reduction, _handle(weight)))


@_loss
def binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction="mean",
                                     pos_weight=None):
    return _wrap(ops.binary_cross_entropy_with_logits(input.h, cast(target, input.dtype).h, reduction, _handle(weight),
                                                      _handle(pos_weight)))


def multilabel_soft_margin_loss(input, target, weight=None, size_average=None, reduce=None, reduction="mean"):
    return _wrap(ops.multilabel_soft_margin(input.h, cast(target, input.dtype).h, reduction, _handle(weight)))


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction="mean"):
    return _wrap(ops.soft_margin(*_pair(input, target), reduction))


def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction="mean"):
    return _wrap(ops.hinge_embedding(*_pair(input, target), float(margin), reduction))


@_loss
def kl_div(input, target, size_average=None, reduce=None, reduction="mean", log_target=False):
    return _wrap(ops.kl_divergence(*_pair(input, target), bool(log_target), reduction))


def poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None,
                     reduction="mean"):
    return _wrap(ops.poisson_nll(*_pair(input, target), bool(log_input), bool(full), float(eps), reduction))


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction="mean"):
    return _wrap(ops.gaussian_nll(*_pair(input, target), var.h, bool(full), float(eps), reduction))


def margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    return _wrap(ops.margin_ranking(*_pair(input1, input2), target.h, float(margin), reduction))


def cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction="mean"):
    return _wrap(ops.cosine_embedding(*_pair(input1, input2), target.h, float(margin), reduction))


def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, size_average=None,
                        reduce=None, reduction="mean"):
    return _wrap(ops.triplet_margin(anchor.h, positive.h, negative.h, float(margin), float(p), float(eps), bool(swap),
                                    reduction))


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    return _wrap(ops.pairwise_distance(*_pair(x1, x2), p, eps, keepdim))


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    return _wrap(ops.cosine_similarity(*_pair(x1, x2), dim, eps))


# --- dense layers and tables ---------------------------------------------------------------------


def linear(x, weight, bias=None):
    return _wrap(ops.linear(x.h, weight.h, _handle(bias)))


def bilinear(x1, x2, weight, bias=None):
    y = fn.einsum("...i,oij,...j->...o", x1, weight, x2)
    return y if bias is None else y + bias


def embedding(input, weight, padding_idx=None, max_norm=None, *_, **__):
    if max_norm is not None:
        raise Unsupported("embedding with max_norm")
    return _wrap(ops.embedding(input.h, weight.h, -1 if padding_idx is None else padding_idx % weight.shape[0]))


def one_hot(x, num_classes=-1):
    if num_classes < 0:
        raise Unsupported("one_hot without the number of classes")
    return _wrap(ops.one_hot(x.h, num_classes, "i64"))


def scaled_dot_product_attention(q, k, v, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None):
    return _wrap(ops.attention(q.h, k.h, v.h, _handle(attn_mask), bool(is_causal), scale or 0.0))


# --- convolutions and pools ----------------------------------------------------------------------


def _each(value, n):
    return [int(value)] * n if isinstance(value, int) else ([int(v) for v in value] * n)[:n] if len(value) == 1 else [int(v) for v in value]


def _convolution(n):
    def conv(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        padding = "same" if padding == "same" else _each(0 if padding == "valid" else padding, n)
        return _wrap(ops.conv(x.h, weight.h, _handle(bias), _each(stride, n), padding, _each(dilation, n), groups))
    return conv


conv1d, conv2d, conv3d = (_convolution(n) for n in (1, 2, 3))


def _transposed_convolution(n):
    def conv(x, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1):
        return _wrap(ops.conv_transpose(x.h, weight.h, _handle(bias), _each(stride, n), _each(padding, n),
                                        _each(output_padding, n), _each(dilation, n), groups))
    return conv


conv_transpose1d, conv_transpose2d, conv_transpose3d = (_transposed_convolution(n) for n in (1, 2, 3))


def _strides(stride, kernel, n):
    return kernel if stride is None or stride == [] else _each(stride, n)


def _max_pool(n):
    def pool(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
        if return_indices:
            raise Unsupported("max_pool with indices")
        kernel = _each(kernel_size, n)
        return _wrap(ops.max_pool(x.h, kernel, _strides(stride, kernel, n), _each(padding, n), _each(dilation, n),
                                  bool(ceil_mode)))
    return pool


max_pool1d, max_pool2d, max_pool3d = (_max_pool(n) for n in (1, 2, 3))


def _avg_pool(n):
    def pool(x, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None):
        if divisor_override is not None:
            raise Unsupported("divisor_override")
        kernel = _each(kernel_size, n)
        return _wrap(ops.avg_pool(x.h, kernel, _strides(stride, kernel, n), _each(padding, n), bool(ceil_mode),
                                  bool(count_include_pad)))
    return pool


avg_pool1d, avg_pool2d, avg_pool3d = (_avg_pool(n) for n in (1, 2, 3))


def _lp_pool(n):
    def pool(x, norm_type, kernel_size, stride=None, ceil_mode=False):
        kernel = _each(kernel_size, n)
        return _wrap(ops.lp_pool(x.h, norm_type, kernel, _strides(stride, kernel, n), bool(ceil_mode)))
    return pool


lp_pool1d, lp_pool2d = _lp_pool(1), _lp_pool(2)


def _adaptive(n, op):
    def pool(x, output_size):
        sizes = [output_size] * n if isinstance(output_size, int) or output_size is None else list(output_size)
        sizes = [x.shape[i - n] if m is None else m for i, m in enumerate(sizes)]
        return _wrap(getattr(ops, op)(x.h, sizes))
    return pool


adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = (_adaptive(n, "adaptive_avg_pool") for n in (1, 2, 3))
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = (_adaptive(n, "adaptive_max_pool") for n in (1, 2, 3))


def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    if x.ndim == 3:
        return fn.squeeze(unfold(fn.unsqueeze(x, 0), kernel_size, dilation, padding, stride), 0)
    return _wrap(ops.im2col(x.h, *(_each(v, 2) for v in (kernel_size, stride, padding, dilation))))


def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    if x.ndim == 2:
        return fn.squeeze(fold(fn.unsqueeze(x, 0), output_size, kernel_size, dilation, padding, stride), 0)
    return _wrap(ops.col2im(x.h, *(_each(v, 2) for v in (output_size, kernel_size, stride, padding, dilation))))


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
    before, after = [0] * x.ndim, [0] * x.ndim
    for i in range(len(pad) // 2):
        before[x.ndim - 1 - i], after[x.ndim - 1 - i] = int(pad[2 * i]), int(pad[2 * i + 1])
    return _wrap(ops.pad(x.h, before, after, mode, float(value or 0)))


def interpolate(x, size=None, scale_factor=None, mode="nearest", align_corners=None, recompute_scale_factor=None,
                antialias=False):
    n = x.ndim - 2
    if antialias:
        raise Unsupported("interpolate with antialias")
    scales = []
    if scale_factor is not None:
        scales = [float(scale_factor)] * n if isinstance(scale_factor, (int, float)) else [float(s) for s in scale_factor]
    sizes = [math.floor(x.shape[2 + i] * scales[i]) for i in range(n)] if scales else _each(size, n)
    return _wrap(ops.interpolate(x.h, sizes, mode, bool(align_corners), [] if recompute_scale_factor else scales))


upsample = interpolate


# --- normalisation -------------------------------------------------------------------------------


def batch_norm(x, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    if not training or _core.EVALUATING:
        return _wrap(ops.batch_norm_inference(x.h, running_mean.h, running_var.h, _handle(weight), _handle(bias), eps))
    y, mean, unbiased_variance = ops.batch_norm(x.h, _handle(weight), _handle(bias), eps)
    if running_mean is not None:  # in place: from now on the buffers name their next values
        running_mean.h = ((1 - momentum) * running_mean + momentum * _wrap(mean)).h
        running_var.h = ((1 - momentum) * running_var + momentum * _wrap(unbiased_variance)).h
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
    return _wrap(ops.local_response_norm(x.h, size, alpha, beta, k))
