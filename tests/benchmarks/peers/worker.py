"""The side of a peer: answers the lines that README.md describes, one at a time."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from workloads import BATCHES, CHECK_STEPS, Workload, read  # noqa: E402


def serve(make) -> None:
    """make(variant, work, threads, parameters, batches) -> object with

    step(i)      starts one call on batch i (one step, or `per_call` of them) and returns its losses
    run(calls)   that many calls on batch 0, and waits until they are done
    floats(r)    what step returned, as a list of Python floats
    per_call     steps in one call
    """
    # What the frameworks print must not end up between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    trainer = None
    for line in sys.stdin:
        try:
            verb, *words = line.split() or [""]
            if verb == "load":
                trainer = None
                variant, folder, threads = words[0], Path(words[1]), int(words[2])
                work = Workload.parse(words[3:])
                values, data = read(work, folder)
                begin = time.perf_counter()
                trainer = make(variant, work, threads, values, data)
                # The losses come first, from the initial parameters; compiling happens here, too.
                if trainer.per_call > 1:
                    losses = trainer.floats(trainer.step(0))
                else:
                    losses = [trainer.floats(trainer.step(i % BATCHES))[0] for i in range(CHECK_STEPS)]
                answer = {"losses": losses, "per_call": trainer.per_call, "load_s": time.perf_counter() - begin}
            elif verb == "run":  # run WARM COUNT: steps, rounded up to whole calls
                warm, count = (-(-int(w) // trainer.per_call) for w in words)
                trainer.run(warm)
                begin = time.perf_counter()
                trainer.run(count)
                answer = {"seconds": time.perf_counter() - begin, "steps": count * trainer.per_call}
            elif verb == "quit":
                return
            else:
                raise ValueError(f"unknown verb {verb!r}")
        except Exception as error:  # the driver goes on without this variant
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {str(error)[:200]}"}
        answers.write(json.dumps(answer) + "\n")
