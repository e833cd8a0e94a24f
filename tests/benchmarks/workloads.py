"""The workloads, their data, and a referee: the same training in float64 with numpy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

BATCHES = 4  # distinct minibatches that the check of the losses goes through, in turn
CHECK_STEPS = 8
LOOP_STEPS = 50  # steps inside one call, where a workload or a variant of a peer has that


@dataclass(frozen=True)
class Workload:
    """A fully connected network with ReLU between the layers, trained one step at a time."""

    name: str
    layers: tuple[int, ...]
    batch: int
    loss: str  # "squared_error" (mean over all elements) or "cross_entropy" (mean over the batch)
    optimizer: str  # "sgd" or "adam" (0.9, 0.999, 1e-8)
    rate: float
    loop: bool = False  # many steps in one call

    @property
    def flops(self) -> float:
        """2 x multiply-adds of three products per layer, without the first layer's input gradient."""
        sizes = list(zip(self.layers, self.layers[1:]))
        products = 3 * sum(a * b for a, b in sizes) - sizes[0][0] * sizes[0][1]
        return 2.0 * self.batch * products

    def spec(self) -> str:
        """The words after `load FOLDER THREADS` of the protocol."""
        layers = ",".join(map(str, self.layers))
        return f"{layers} {self.batch} {self.loss} {self.optimizer} {self.rate!r} {LOOP_STEPS if self.loop else 1}"

    @staticmethod
    def parse(words: list[str]) -> "Workload":
        layers = tuple(int(n) for n in words[0].split(","))
        return Workload("", layers, int(words[1]), words[2], words[3], float(words[4]), int(words[5]) > 1)


WORKLOADS = [
    Workload("linreg_b8", (1, 1), 8, "squared_error", "sgd", 1e-3),
    Workload("linreg_b8_loop", (1, 1), 8, "squared_error", "sgd", 1e-3, loop=True),
    Workload("softreg_b256", (784, 10), 256, "cross_entropy", "sgd", 1e-3),
    Workload("mlp256_b256_sgd", (784, 256, 10), 256, "cross_entropy", "sgd", 1e-3),
    Workload("mlp256_b256_adam", (784, 256, 10), 256, "cross_entropy", "adam", 1e-4),
    Workload("mlp256_b32_adam", (784, 256, 10), 32, "cross_entropy", "adam", 1e-4),
    Workload("mlp512x2_b64_sgd", (784, 512, 512, 10), 64, "cross_entropy", "sgd", 1e-3),
    Workload("mlp512x2_b512_sgd", (784, 512, 512, 10), 512, "cross_entropy", "sgd", 1e-3),
]


def parameters(work: Workload) -> dict[str, np.ndarray]:
    """w0 [in, out], b0 [out], w1, ...: uniform within 1/sqrt(in), as PyTorch draws a Linear."""
    rng = np.random.default_rng(1)
    values = {}
    for i, (n_in, n_out) in enumerate(zip(work.layers, work.layers[1:])):
        bound = n_in**-0.5
        values[f"w{i}"] = rng.uniform(-bound, bound, (n_in, n_out)).astype(np.float32)
        values[f"b{i}"] = rng.uniform(-bound, bound, n_out).astype(np.float32)
    return values


def batches(work: Workload) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(2)
    result = []
    for _ in range(BATCHES):
        x = rng.standard_normal((work.batch, work.layers[0])).astype(np.float32)
        if work.loss == "squared_error":
            y = (3 * x + 1).astype(np.float32)
        else:
            y = rng.integers(0, work.layers[-1], work.batch).astype(np.int32)
        result.append((x, y))
    return result


def write(work: Workload, folder: Path) -> None:
    """One raw little-endian file per array: w0, b0, ..., x0, y0, x1, ..."""
    for name, value in parameters(work).items():
        value.tofile(folder / name)
    for i, (x, y) in enumerate(batches(work)):
        x.tofile(folder / f"x{i}")
        y.tofile(folder / f"y{i}")


def read(work: Workload, folder: Path):
    """(parameters, batches) as written by `write`."""
    values = {}
    for i, (n_in, n_out) in enumerate(zip(work.layers, work.layers[1:])):
        values[f"w{i}"] = np.fromfile(folder / f"w{i}", np.float32).reshape(n_in, n_out)
        values[f"b{i}"] = np.fromfile(folder / f"b{i}", np.float32)
    result = []
    for i in range(BATCHES):
        x = np.fromfile(folder / f"x{i}", np.float32).reshape(work.batch, work.layers[0])
        if work.loss == "squared_error":
            y = np.fromfile(folder / f"y{i}", np.float32).reshape(work.batch, work.layers[-1])
        else:
            y = np.fromfile(folder / f"y{i}", np.int32)
        result.append((x, y))
    return values, result


def reference_losses(work: Workload, order: list[int]) -> list[float]:
    """Losses of len(order) steps from the initial parameters, step i on batch order[i], in float64."""
    p = {k: v.astype(np.float64) for k, v in parameters(work).items()}
    m = {k: np.zeros_like(v) for k, v in p.items()}
    v = {k: np.zeros_like(w) for k, w in p.items()}
    data = batches(work)
    depth = len(work.layers) - 1
    losses = []
    for t, which in enumerate(order, start=1):
        x, y = data[which]
        inputs, h = [], x.astype(np.float64)
        for i in range(depth):
            inputs.append(h)
            h = h @ p[f"w{i}"] + p[f"b{i}"]
            if i < depth - 1:
                h = np.maximum(h, 0)
        if work.loss == "squared_error":
            losses.append(float(np.mean((h - y) ** 2)))
            d = 2 * (h - y) / h.size
        else:
            e = np.exp(h - h.max(1, keepdims=True))
            softmax = e / e.sum(1, keepdims=True)
            rows = np.arange(len(y))
            losses.append(float(-np.log(softmax[rows, y]).mean()))
            d = softmax
            d[rows, y] -= 1
            d /= len(y)
        grads = {}
        for i in reversed(range(depth)):
            grads[f"w{i}"], grads[f"b{i}"] = inputs[i].T @ d, d.sum(0)
            if i:
                d = (d @ p[f"w{i}"].T) * (inputs[i] > 0)
        for k, g in grads.items():
            if work.optimizer == "sgd":
                p[k] -= work.rate * g
            else:
                m[k] = 0.9 * m[k] + 0.1 * g
                v[k] = 0.999 * v[k] + 0.001 * g * g
                p[k] -= work.rate * (m[k] / (1 - 0.9**t)) / (np.sqrt(v[k] / (1 - 0.999**t)) + 1e-8)
    return losses
