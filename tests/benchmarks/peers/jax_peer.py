"""JAX: the step under jit with donated state, one step a call, or many by lax.scan."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from worker import serve
from workloads import LOOP_STEPS

VARIANTS = ["jit", "scan"]


class Trainer:
    def __init__(self, variant, work, threads, values, data):
        if variant not in VARIANTS:
            raise ValueError(f"unknown variant {variant!r}")
        depth = len(work.layers) - 1

        def loss(p, x, y):
            for i in range(depth):
                x = x @ p[f"w{i}"] + p[f"b{i}"]
                if i < depth - 1:
                    x = jax.nn.relu(x)
            if work.loss == "squared_error":
                return ((x - y) ** 2).mean()
            return -jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], -1).mean()

        def step(state, x, y):
            p, m, v, t = state
            value, g = jax.value_and_grad(loss)(p, x, y)
            if work.optimizer == "sgd":
                p = {k: p[k] - work.rate * g[k] for k in p}
            else:
                t = t + 1
                first, second = work.rate / (1 - 0.9**t), 1 / (1 - 0.999**t)
                m = {k: 0.9 * m[k] + 0.1 * g[k] for k in p}
                v = {k: 0.999 * v[k] + 0.001 * g[k] * g[k] for k in p}
                p = {k: p[k] - first * m[k] / (jnp.sqrt(v[k] * second) + 1e-8) for k in p}
            return (p, m, v, t), value

        def many(state, x, y):
            return lax.scan(lambda s, _: step(s, x, y), state, None, length=LOOP_STEPS)

        self.per_call = LOOP_STEPS if variant == "scan" else 1
        self.call = jax.jit(many if variant == "scan" else step, donate_argnums=0)
        self.data = [(jnp.array(x), jnp.array(y)) for x, y in data]

        def zeros():
            if work.optimizer == "sgd":
                return {}
            return {k: jnp.zeros(a.shape, a.dtype) for k, a in values.items()}

        self.state = ({k: jnp.array(a) for k, a in values.items()}, zeros(), zeros(), jnp.zeros(()))

    def step(self, i):
        self.state, value = self.call(self.state, *self.data[i])
        return value

    def run(self, calls):
        call, state, (x, y), value = self.call, self.state, self.data[0], None
        for _ in range(calls):
            state, value = call(state, x, y)
        jax.block_until_ready((state, value))
        self.state = state

    def floats(self, value):
        return [float(v) for v in np.atleast_1d(np.asarray(value))]


if __name__ == "__main__":
    serve(Trainer)
