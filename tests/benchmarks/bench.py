"""Gradus against PyTorch and JAX, alternating in one run. README.md says what is measured and how."""

from __future__ import annotations

import argparse
import json
import os
import platform
import select
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = {
    "torch": ["eager", "eager_fused", "compile_model", "compile_step", "compile_func"],
    "jax": ["jit", "scan"],
}
LOAD_LIMIT = 300  # seconds for one variant to compile and train its first steps
RUN_LIMIT = 120
PROBE_ITERATIONS = 200_000
WAITED_LIMIT = 0.15  # of a sample; when threads wait longer for a CPU, another program is running
LOSS_TOLERANCE = 1e-4  # relative, after CHECK_STEPS (or LOOP_STEPS) steps in float32
LONG_EARLY, LONG_LATE, LONG_STEPS = 100, 10_000, 1_000


class Failure(Exception):
    """One line for the user; no row comes of it."""


class Process:
    """A program that answers each line with a line."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None, cpus: set[int] | None = None):
        self.name = Path(command[-1]).name
        self.log = tempfile.TemporaryFile("w+")

        def pin():
            if cpus:
                os.sched_setaffinity(0, cpus)

        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
            env=environment, preexec_fn=pin, text=True, bufsize=1,
        )

    def ask(self, line: str, limit: float) -> str:
        try:
            self.child.stdin.write(line + "\n")
        except OSError:
            raise Failure(f"{self.name} ended: {self.last_words()}") from None
        ready, _, _ = select.select([self.child.stdout], [], [], limit)
        if not ready:
            self.close()
            raise Failure(f"{self.name} did not answer within {limit:.0f} s: {line}")
        answer = self.child.stdout.readline()
        if not answer:
            raise Failure(f"{self.name} ended: {self.last_words()}")
        return answer

    def last_words(self) -> str:
        self.log.seek(0)
        lines = self.log.read().strip().splitlines()
        return lines[-1] if lines else "no message"

    def waited(self) -> float:
        """Seconds that its threads were ready to run, but waited for a CPU."""
        total = 0
        for task in Path(f"/proc/{self.child.pid}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[1])
            except OSError:  # a thread that has just ended
                pass
        return total * 1e-9

    def close(self) -> None:
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()


class Probe:
    """Tells whether the machine is itself: see Probe.cpp."""

    def __init__(self, program: Path, threads: int, cpus: set[int]):
        self.process = Process([str(program)], cpus=cpus)
        self.threads = threads
        self.patience = 12  # tries for the next sample
        self.best_one = max(self.fma(1) for _ in range(12))

    def fma(self, threads: int) -> float:
        return float(self.process.ask(f"fma {threads} {PROBE_ITERATIONS}", RUN_LIMIT))

    def healthy(self) -> float | None:
        """The GFLOP/s of all threads together, or None: a core is shared, or the clock has dropped."""
        time.sleep(0.002)
        least = (1.5 if self.threads > 1 else 0.78) * self.best_one
        for _ in range(2):
            rate = self.fma(self.threads)
            if self.threads == 1:
                self.best_one = max(self.best_one, rate)
            if rate > least:
                return rate
        return None

    def close(self) -> None:
        self.process.close()


@dataclass
class Sample:
    us: float  # per step
    peak: float  # GFLOP/s of the probe around it
    good: bool  # the machine was itself before and after, and no other program was running


@dataclass
class Contestant:
    """One program that trains, with the variant that is loaded in it."""

    name: str
    process: Process
    variant: str = ""
    losses: list[float] = field(default_factory=list)
    per_call: int = 1
    load_s: float = 0
    compile_ms: float = 0  # graph to callable; of Gradus
    warm: int = 0
    steps: int = 0  # in one sample

    @property
    def title(self) -> str:
        return self.name if self.name == "gradus" else f"{self.name} {self.variant}"

    def ask(self, line: str, limit: float) -> dict:
        answer = json.loads(self.process.ask(line, limit))
        if "error" in answer:
            raise Failure(f"{self.title}: {answer['error']}")
        return answer

    def load(self, variant: str, folder: str, threads: int, spec: str) -> None:
        self.variant = variant
        answer = self.ask(f"load {variant} {folder} {threads} {spec}", LOAD_LIMIT)
        self.losses, self.per_call, self.load_s = answer["losses"], answer["per_call"], answer["load_s"]
        self.compile_ms = answer.get("compile_ms", 0)

    def run(self, warm: int, steps: int) -> float:
        """Seconds per step of `steps` steps, after `warm` others that are not timed."""
        answer = self.ask(f"run {warm} {steps}", RUN_LIMIT)
        return answer["seconds"] / answer["steps"]

    def calibrate(self, seconds: float) -> None:
        """Chooses the steps of a sample so that it takes about that long."""
        per_step, steps = 0.0, self.per_call
        begin = time.perf_counter()
        while True:
            per_step = self.run(0, steps)
            if per_step * steps > seconds / 4 and time.perf_counter() - begin > 0.15:
                break
            if per_step * steps < seconds:
                steps = max(steps + 1, min(8 * steps, int(seconds / max(per_step, 1e-10))))
        self.steps = max(3, round(seconds / per_step))
        self.warm = max(1, self.steps // 8)

    def sample(self, probe: Probe, patience: int = 12) -> Sample:
        """One good sample, or after so many tries the last one. On a machine that stays disturbed, the
        tries become fewer, so that the benchmark comes to an end."""
        sample = None
        patience = min(patience, probe.patience)
        for attempt in range(patience):
            last = attempt == patience - 1
            before = probe.healthy()
            if before is None and not last:
                time.sleep(0.05)
                continue
            waited = self.process.waited()
            us = 1e6 * self.run(self.warm, self.steps)
            waited = self.process.waited() - waited
            after = probe.healthy()
            rates = [rate for rate in (before, after) if rate]
            peak = statistics.mean(rates) if rates else probe.best_one * probe.threads
            alone = waited < WAITED_LIMIT * us * 1e-6 * (self.warm + self.steps)
            sample = Sample(us, peak, bool(before and after and alone))
            if sample.good:
                break
        probe.patience = 12 if sample.good else max(2, probe.patience // 2)
        return sample


def environment(threads: int, cache: Path) -> dict[str, str]:
    """What all run under: so many threads, and big temporaries kept rather than unmapped."""
    result = dict(os.environ)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        result[name] = str(threads)
    result |= {
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "JAX_PLATFORMS": "cpu",
        "GRADUS_CACHE": "off",  # what is measured is what this build generates
        "TORCHINDUCTOR_CACHE_DIR": str(cache / f"inductor-{threads}"),
        "MALLOC_MMAP_THRESHOLD_": str(4 << 30),
        "MALLOC_TRIM_THRESHOLD_": str(16 << 30),
        "MALLOC_TOP_PAD_": str(256 << 20),
    }
    return result


def quartiles(values: list[float]) -> tuple[float, float, float]:
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, median, high


def check_losses(contestant: Contestant, references: dict[int, list[float]]) -> float:
    """The largest relative difference from the referee; Failure when it is too large."""
    expected = references[len(contestant.losses)]
    worst = 0.0
    for step, (got, want) in enumerate(zip(contestant.losses, expected)):
        difference = abs(got - want) / max(abs(want), 1e-3)
        if not difference <= LOSS_TOLERANCE:
            raise Failure(f"{contestant.title}: loss of step {step + 1} is {got:.7g}, but should be {want:.7g}")
        worst = max(worst, difference)
    return worst


class Row:
    """One workload on one number of threads."""

    def __init__(self, work, threads: int, options, cache: Path):
        self.work, self.threads, self.options, self.cache = work, threads, options, cache
        self.cpus = set(sorted(os.sched_getaffinity(0))[:threads])
        self.open: list = []

    def start(self, name: str) -> Contestant:
        if name == "gradus":
            command = [str(self.options.bin / "gradus-bench")]
        else:
            command = [sys.executable, str(HERE / "peers" / f"{name}_peer.py")]
        process = Process(command, environment(self.threads, self.cache), self.cpus)
        self.open.append(process)
        return Contestant(name, process)

    def measure(self) -> dict:
        from workloads import BATCHES, CHECK_STEPS, LOOP_STEPS, reference_losses, write

        work = self.work
        print(f"\n{work.name}, {self.threads} thread{'s' if self.threads > 1 else ''}", flush=True)
        self.probe = Probe(self.options.bin / "gradus-probe", self.threads, self.cpus)
        self.open.append(self.probe)
        self.references = {
            CHECK_STEPS: reference_losses(work, [i % BATCHES for i in range(CHECK_STEPS)]),
            LOOP_STEPS: reference_losses(work, [0] * LOOP_STEPS),
        }
        with tempfile.TemporaryDirectory(prefix="gradus-bench-") as folder:
            write(work, Path(folder))
            contestants, qualified = [], {}
            if not self.options.peers_only:
                gradus = self.start("gradus")
                gradus.load("gradus", folder, self.threads, work.spec())
                contestants.append(gradus)
            for peer in PEERS:
                if not self.variants_of(peer):
                    continue
                best = self.qualify(peer, folder, qualified)
                if best:
                    contestants.append(best)
            if not any(c.name != "gradus" for c in contestants):
                raise Failure(f"{work.name}: no peer could be measured")
            worst = max(check_losses(c, self.references) for c in contestants)
            print(f"  the losses agree: largest relative difference from float64 {worst:.1e}", flush=True)
            return self.alternate(contestants, qualified)

    def variants_of(self, peer: str) -> list[str]:
        if self.work.loop:  # only what runs many steps in one call can compare
            variants = ["scan"] if peer == "jax" else []
        elif self.work.name == "linreg_b8":  # one call per step is the point of this row
            variants = [v for v in PEERS[peer] if v != "scan"]
        else:
            variants = PEERS[peer]
        wanted = self.options.peer
        return [v for v in variants if not wanted or f"{peer} {v}" in wanted]

    def qualify(self, peer: str, folder: str, qualified: dict[str, float]) -> Contestant | None:
        """Tries every variant of a peer for a moment and loads the fastest again."""
        contestant, times = None, {}
        for variant in self.variants_of(peer):
            try:
                contestant = contestant or self.start(peer)
                contestant.load(variant, folder, self.threads, self.work.spec())
                check_losses(contestant, self.references)
                contestant.calibrate(self.options.seconds)
                samples = [contestant.sample(self.probe, patience=4) for _ in range(3)]
                times[variant] = statistics.median(s.us for s in samples)
                print(f"  {contestant.title:22} {times[variant]:10.4g} us   (ready after {contestant.load_s:.1f} s)", flush=True)
            except Failure as failure:
                print(f"  {peer} {variant}: left out: {failure}", flush=True)
                if contestant and contestant.process.child.poll() is not None:
                    contestant = None
        if not times:
            return None
        qualified |= {f"{peer} {variant}": us for variant, us in times.items()}
        best = min(times, key=times.get)
        if contestant is None or contestant.variant != best:
            contestant = contestant or self.start(peer)
            contestant.load(best, folder, self.threads, self.work.spec())
        return contestant

    def alternate(self, contestants: list[Contestant], qualified: dict[str, float]) -> dict:
        """Rounds in which each contestant gives one sample, the first one changing from round to round."""
        for contestant in contestants:
            contestant.calibrate(self.options.seconds)
        rounds: list[dict[str, Sample]] = []
        for number in range(self.options.rounds):
            turn = number % len(contestants)
            order = contestants[turn:] + contestants[:turn]
            rounds.append({c.name: c.sample(self.probe) for c in order})
        good = [r for r in rounds if all(s.good for s in r.values())]
        gated = len(good) >= 3
        if not gated:
            print("  the machine was disturbed in nearly every round: these figures are not to be trusted")
            good = rounds
        median = {c.name: statistics.median(r[c.name].us for r in good) for c in contestants}
        for contestant in contestants:
            low, middle, high = quartiles([r[contestant.name].us for r in good])
            share = [self.share(r[contestant.name]) for r in good]
            print(
                f"  {contestant.title:22} {middle:10.4g} us   quartiles {low:.4g} to {high:.4g}, "
                f"{100 * statistics.median(share):.3g} % of the FMA peak",
                flush=True,
            )
        peers = [c for c in contestants if c.name != "gradus"]
        peer = min(peers, key=lambda c: median[c.name])
        row = {
            "name": self.work.name,
            "threads": self.threads,
            "gradus_us": None,
            "peer": peer.title,
            "peer_us": median[peer.name],
            "ratio": None,
            "spread": None,
            "peak_share": None,
            "peak_gflops": statistics.median(s.peak for r in good for s in r.values()),
            "rounds": len(good),
            "rejected_rounds": len(rounds) - len(good) if gated else len(rounds),
            "undisturbed": gated,
            "peers_us": qualified | {c.title: median[c.name] for c in peers},
        }
        if len(peers) < len(contestants):
            low, ratio, high = quartiles([r[peer.name].us / r["gradus"].us for r in good])
            row |= {
                "gradus_us": median["gradus"],
                "ratio": ratio,
                "spread": (high - low) / ratio,
                "peak_share": statistics.median(self.share(r["gradus"]) for r in good),
                "compile_ms": next(c.compile_ms for c in contestants if c.name == "gradus"),
            }
            print(
                f"  ratio {ratio:.3g} ({peer.title} / gradus, median of {len(good)} rounds, "
                f"quartiles {low:.3g} to {high:.3g}); compiled in {row['compile_ms']:.0f} ms",
                flush=True,
            )
        return row

    def share(self, sample: Sample) -> float:
        return self.work.flops / sample.us * 1e-3 / sample.peak

    def long_run(self) -> dict:
        """Steps LONG_LATE onwards against steps LONG_EARLY onwards of one run, on one batch."""
        from workloads import write

        print(f"\n{self.work.name}, {self.threads} thread{'s' if self.threads > 1 else ''}, a long run", flush=True)
        self.probe = Probe(self.options.bin / "gradus-probe", self.threads, self.cpus)
        self.open.append(self.probe)
        with tempfile.TemporaryDirectory(prefix="gradus-bench-") as folder:
            write(self.work, Path(folder))
            gradus = self.start("gradus")
            gradus.load("gradus", folder, self.threads, self.work.spec())
            done = len(gradus.losses)

            def window(first: int) -> float:
                """Median time of a step in [first, first + LONG_STEPS), in pieces of a tenth."""
                nonlocal done
                gradus.run(0, first - done)
                piece = LONG_STEPS // 10
                times, good = [], []
                for _ in range(10):
                    before = self.probe.healthy()
                    waited = gradus.process.waited()
                    times.append(1e6 * gradus.run(0, piece))
                    waited = gradus.process.waited() - waited
                    if before and waited < WAITED_LIMIT * times[-1] * 1e-6 * piece and self.probe.healthy():
                        good.append(times[-1])
                done = first + LONG_STEPS
                return statistics.median(good if len(good) >= 3 else times)

            early, late = window(LONG_EARLY), window(LONG_LATE)
        print(f"  steps {LONG_EARLY} on: {early:.4g} us   steps {LONG_LATE} on: {late:.4g} us   ratio {late / early:.3f}")
        return {
            "name": self.work.name + "_long",
            "threads": self.threads,
            "early_us": early,
            "late_us": late,
            "late_over_early": late / early,
        }

    def close(self) -> None:
        for process in self.open:
            process.close()


def cpu_name() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return value


def lines_of(command: list[str]) -> list[dict]:
    """The lines of JSON that a program prints; a program that fails gives none."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        print(f"  {Path(command[0]).name} failed: {done.stderr.strip()[-300:]}", flush=True)
        return []
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def bandwidth(options, threads: int) -> list[dict]:
    """Kernels that only stream memory, 256 MiB a tensor, against a copy in the same process."""
    print(f"\nmemory, {threads} thread(s)", flush=True)
    rows = lines_of([str(options.bin / "gradus-bandwidth"), str(threads), "256", str(options.rounds)])
    for peer in PEERS:
        script = str(HERE / "peers" / "bandwidth_peer.py")
        found = {row["name"]: row["gigabytes_per_second"]
                 for row in lines_of([sys.executable, script, peer, str(threads), "256", str(options.rounds)])}
        for row in rows:
            row[peer] = found.get(row["name"])
    print(f"{'kernel':17} {'GB/s':>7} {'copy':>7} {'share':>7} {'in cache':>9} " + " ".join(f"{p:>7}" for p in PEERS))
    for row in rows:
        print(
            f"{row['name']:17} {row['gigabytes_per_second']:7.1f} {row['copy_gigabytes_per_second']:7.1f} "
            f"{row['share']:7.0%} {row['in_cache_gigabytes_per_second']:9.1f} "
            + " ".join(f"{row[p]:7.1f}" if row[p] else "      -" for p in PEERS)
        )
    return rows


def main() -> int:
    from workloads import WORKLOADS

    names = [work.name for work in WORKLOADS]
    every = [f"{peer} {variant}" for peer in PEERS for variant in PEERS[peer]]
    parser = argparse.ArgumentParser(prog="bootstrap bench", description=__doc__)
    parser.add_argument("--bin", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--only", action="append", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--threads", action="append", type=int, choices=(1, 2))
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--peers-only", action="store_true")
    parser.add_argument("--bandwidth", action="store_true", help="only the kernels that stream memory")
    parser.add_argument(
        "--peer", action="append", metavar="PEER", help="only this one, for a quick look: " + ", ".join(every),
        choices=every,
    )
    parser.add_argument("--rounds", type=positive, default=11)
    parser.add_argument("--seconds", type=float, default=0.03, help="length of one sample")
    options = parser.parse_args()
    if options.json and not options.json.absolute().parent.is_dir():
        parser.error(f"no folder {options.json.absolute().parent} for --json")
    available = len(os.sched_getaffinity(0))
    cache = Path(sys.prefix).parent / "bench-cache"
    rows, failed = [], 0

    def add(row: Row, measure) -> None:
        nonlocal failed
        try:
            rows.append(measure() | {"cpu": cpu_name()})
        except Failure as failure:
            failed += 1
            print(f"  failed: {failure}", flush=True)
        finally:
            row.close()
        if options.json:  # after every row, so that an interrupt loses nothing
            options.json.write_text(json.dumps(rows, indent=2) + "\n")

    if not options.only and not options.peers_only:
        for threads in options.threads or (1, 2):
            if threads <= available:
                rows += bandwidth(options, threads)
        if options.json:
            options.json.write_text(json.dumps(rows, indent=2) + "\n")
    if options.bandwidth:
        return 0 if rows else 1
    for work in WORKLOADS:
        if options.only and work.name not in options.only:
            continue
        for threads in options.threads or (1, 2):
            if threads > available:
                print(f"\n{work.name}: left out, {threads} threads need {threads} CPUs")
                continue
            row = Row(work, threads, options, cache)
            add(row, row.measure)
            if options.long and work.optimizer == "adam" and not options.peers_only:
                row = Row(work, threads, options, cache)
                add(row, row.long_run)
    print(f"\n{'workload':20} {'threads':>7} {'gradus us':>10} {'best peer us':>12} {'ratio':>7} {'spread':>7} {'peak':>6}  peer")
    for row in rows:
        if "peer" not in row:  # a long run, or a kernel that streams memory
            continue
        show = lambda key, form: format(row[key], form) if row[key] is not None else "-"
        print(
            f"{row['name']:20} {row['threads']:7} {show('gradus_us', '.4g'):>10} {row['peer_us']:12.4g} "
            f"{show('ratio', '.3g'):>7} {show('spread', '.1%'):>7} {show('peak_share', '.0%'):>6}  {row['peer']}"
            + ("" if row["undisturbed"] else "  (disturbed)")
        )
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
