"""Cases on several processes (a case may have several members, each with an outcome). A case that takes the process down has failed; the others go on."""
import json
import os
import select
import signal
import sys
import time
import traceback

from report import FAILED, Outcome


class Worker:
    """A forked process that takes the number of a case per line and answers with a line of JSON."""

    def __init__(self, suite, cases, options):
        task_read, self.task = os.pipe()
        self.answer, answer_write = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.task)
            os.close(self.answer)
            serve(suite, cases, options, task_read, answer_write)
            os._exit(0)
        os.close(task_read)
        os.close(answer_write)
        self.current, self.started, self.buffer = None, 0.0, b""

    def give(self, number):
        self.current, self.started = number, time.monotonic()
        os.write(self.task, f"{number}\n".encode())

    def stop(self):
        try:
            os.write(self.task, b"end\n")  # later workers hold this pipe, too, so closing it is no end
        except BrokenPipeError:
            pass
        os.close(self.task)
        os.close(self.answer)
        return os.waitpid(self.pid, 0)[1]


def serve(suite, cases, options, task, answer):
    with os.fdopen(task) as tasks, os.fdopen(answer, "w") as answers:
        for line in tasks:
            if line == "end\n":
                break
            number = int(line)
            started = time.monotonic()
            try:
                found = suite.run(cases[number], options)
            except BaseException as error:  # a mistake of the runner's own must not hide a case
                trace = traceback.extract_tb(error.__traceback__)[-1]
                reason = f"the runner: {type(error).__name__}: {error} ({trace.name}, line {trace.lineno})"
                found = [(FAILED, reason)] * len(suite.members(cases[number]))
            answers.write(json.dumps([found, time.monotonic() - started]) + "\n")
            answers.flush()


def death(status):
    if os.WIFSIGNALED(status):
        return f"the process died of signal {os.WTERMSIG(status)} ({signal.Signals(os.WTERMSIG(status)).name})"
    return f"the process ended with status {os.WEXITSTATUS(status)}"


def run(suite, cases, options):
    """The outcomes, in the order of the cases."""
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    jobs = options.jobs or min(os.cpu_count() or 1, 8)
    jobs = max(1, min(jobs, len(cases)))
    outcomes = [None] * len(cases)
    order = sorted(range(len(cases)), key=lambda i: -suite.cost(cases[i]))
    waiting = iter(order)
    workers = []

    def finish(number, found, seconds):
        members = suite.members(cases[number])
        outcomes[number] = [Outcome(op, name, *result, seconds / len(members))
                            for (op, name), result in zip(members, found, strict=True)]

    def feed(worker):
        number = next(waiting, None)
        if number is None:
            worker.stop()
            workers.remove(worker)
        else:
            worker.give(number)

    for _ in range(jobs if cases else 0):
        workers.append(Worker(suite, cases, options))
        feed(workers[-1])
    while workers:
        ready = select.select([w.answer for w in workers], [], [], 1.0)[0]
        for worker in list(workers):
            took = time.monotonic() - worker.started
            if worker.answer in ready:
                data = os.read(worker.answer, 1 << 16)
                worker.buffer += data
                if data and not worker.buffer.endswith(b"\n"):
                    continue
                if data:
                    found, seconds = json.loads(worker.buffer)
                    worker.buffer = b""
                    finish(worker.current, found, seconds)
                    feed(worker)
                    continue
                reason = None
            elif took > options.timeout:
                os.kill(worker.pid, signal.SIGKILL)
                reason = f"took longer than {options.timeout:g} s"
            else:
                continue
            status = worker.stop()
            finish(worker.current, [(FAILED, reason or death(status))] * len(suite.members(cases[worker.current])), took)
            workers.remove(worker)
            workers.append(Worker(suite, cases, options))
            feed(workers[-1])
    return [outcome for group in outcomes for outcome in group]
