"""PyTorch: eager, with the fused optimizers, and compiled in the three usual ways."""

from __future__ import annotations

import warnings

import numpy as np
import torch
import torch.nn.functional as F

from worker import serve

warnings.filterwarnings("ignore")
VARIANTS = ["eager", "eager_fused", "compile_model", "compile_step", "compile_func"]


def network(layers: tuple[int, ...], values: dict[str, np.ndarray]) -> torch.nn.Module:
    modules = []
    for i, (n_in, n_out) in enumerate(zip(layers, layers[1:])):
        linear = torch.nn.Linear(n_in, n_out)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(values[f"w{i}"].T.copy()))
            linear.bias.copy_(torch.from_numpy(values[f"b{i}"]))
        modules.append(linear)
        if i < len(layers) - 2:
            modules.append(torch.nn.ReLU())
    return torch.nn.Sequential(*modules)


def functional_step(model, loss, work):
    """The whole step as one graph: functional gradient and an update written out, in place."""
    p = {k: v.detach().clone() for k, v in model.named_parameters()}
    m = {k: torch.zeros_like(v) for k, v in p.items()}
    s = {k: torch.zeros_like(v) for k, v in p.items()}
    t = torch.zeros(())

    def step(p, m, s, t, x, y):
        def of(p):
            return loss(torch.func.functional_call(model, p, (x,)), y)

        g, value = torch.func.grad_and_value(of)(p)
        if work.optimizer == "sgd":
            for k in p:
                p[k].sub_(g[k], alpha=work.rate)
        else:
            t.add_(1)
            first, second = work.rate / (1 - 0.9**t), 1 / (1 - 0.999**t)
            for k in p:
                m[k].lerp_(g[k], 1 - 0.9)
                s[k].mul_(0.999).addcmul_(g[k], g[k], value=1 - 0.999)
                p[k].sub_(first * m[k] / ((s[k] * second).sqrt() + 1e-8))
        return value

    compiled = torch.compile(step, fullgraph=True)
    return lambda x, y: compiled(p, m, s, t, x, y)


class Trainer:
    per_call = 1

    def __init__(self, variant, work, threads, values, data):
        if variant not in VARIANTS:
            raise ValueError(f"unknown variant {variant!r}")
        torch.set_num_threads(threads)
        torch.set_flush_denormal(True)
        torch._dynamo.reset()
        self.data = []
        for x, y in data:
            y = torch.from_numpy(y)
            self.data.append((torch.from_numpy(x), y if y.is_floating_point() else y.long()))
        model = network(work.layers, values)
        loss = F.mse_loss if work.loss == "squared_error" else F.cross_entropy
        kind = torch.optim.SGD if work.optimizer == "sgd" else torch.optim.Adam
        if variant == "compile_func":
            self.call = functional_step(model, loss, work)
            return
        fused = variant in ("eager_fused", "compile_model")
        optimizer = kind(model.parameters(), lr=work.rate, **({"fused": True} if fused else {}))

        def forward(x, y):
            return loss(model(x), y)

        if variant == "compile_model":
            forward = torch.compile(forward)

        def step(x, y):
            optimizer.zero_grad()
            value = forward(x, y)
            value.backward()
            optimizer.step()
            return value

        self.call = torch.compile(step) if variant == "compile_step" else step

    def step(self, i):
        return self.call(*self.data[i])

    def run(self, calls):
        call, (x, y) = self.call, self.data[0]
        for _ in range(calls):
            call(x, y)

    def floats(self, value):
        return [float(value.detach())]


if __name__ == "__main__":
    serve(Trainer)
