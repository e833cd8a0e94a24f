"""The rows of gradus-bandwidth in PyTorch and JAX: bandwidth_peer.py LIBRARY THREADS MEBIBYTES ROUNDS.

Prints a line of JSON for each row: its name and the gigabytes per second of the median round. Bytes are counted as there:
what must cross the bus, once read and once written.
"""

import json
import os
import statistics
import sys
import time

library, threads, mebibytes, rounds = sys.argv[1], *map(int, sys.argv[2:5])
os.environ["OMP_NUM_THREADS"] = str(threads)
elements = mebibytes << 18
shapes = {"chain": (elements,), "softmax": (elements // 1024, 1024), "layer_norm": (elements // 1024, 1024),
          "column_sum": (elements // 1024, 1024), "column_sum_wide": (elements // 8192, 8192),
          "transpose": (elements // 4096, 4096)}


def peers_of_torch():
    import torch
    torch.set_num_threads(threads)
    functions = {
        "chain": lambda x: torch.relu(x * 1.5 + 0.25) * x - 0.5,
        "softmax": lambda x: torch.softmax(x, -1),
        "layer_norm": lambda x: torch.nn.functional.layer_norm(x, (1024,)),
        "column_sum": lambda x: x.sum(0),
        "column_sum_wide": lambda x: x.sum(0),
        "transpose": lambda x: x.t().contiguous(),
    }
    for name, shape in shapes.items():
        x = (torch.arange(elements, dtype=torch.float32) % 1024 / 256 - 2).reshape(shape)
        for call in (functions[name], torch.compile(functions[name])):
            yield name, lambda call=call, x=x: call(x)


def peers_of_jax():
    os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={'true' if threads > 1 else 'false'}"
    import jax
    import jax.numpy as jnp

    def layer_norm(x):
        mean = x.mean(-1, keepdims=True)
        variance = jnp.square(x - mean).mean(-1, keepdims=True)
        return (x - mean) * jax.lax.rsqrt(variance + 1e-5)

    functions = {
        "chain": lambda x: jax.nn.relu(x * 1.5 + 0.25) * x - 0.5,
        "softmax": lambda x: jax.nn.softmax(x, -1),
        "layer_norm": layer_norm,
        "column_sum": lambda x: x.sum(0),
        "column_sum_wide": lambda x: x.sum(0),
        "transpose": lambda x: x.T.copy(),
    }
    for name, shape in shapes.items():
        x = (jnp.arange(elements, dtype=jnp.float32) % 1024 / 256 - 2).reshape(shape)
        call = jax.jit(functions[name])
        yield name, lambda call=call, x=x: call(x).block_until_ready()


def main():
    if hasattr(os, "sched_setaffinity"):  # the first processors, as the others
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    best = {}
    for name, call in {"torch": peers_of_torch, "jax": peers_of_jax}[library]():
        times = []
        try:
            call()
            for _ in range(rounds):
                begin = time.perf_counter()
                call()
                times.append(time.perf_counter() - begin)
        except Exception as error:  # one variant less
            print(f"{library} {name}: {error}", file=sys.stderr)
            continue
        byte_count = 4 * elements * (1 if name.startswith("column_sum") else 2)
        best[name] = max(best.get(name, 0), byte_count / statistics.median(times) * 1e-9)
    for name, rate in best.items():
        print(json.dumps({"name": name, "gigabytes_per_second": round(rate, 2)}))


main()
