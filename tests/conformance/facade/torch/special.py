from torch._core import Unsupported
from torch._functions import (digamma, erf, erfc, erfinv, exp2, expit, expm1, log1p, logit, log_softmax,  # noqa: F401
                              logsumexp, sinc, softmax, xlogy)
from torch._functions import lgamma as gammaln  # noqa: F401

psi = digamma


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)

    def missing(*_, **__):
        raise Unsupported(f"torch.special.{name} is not in the facade")
    return missing
