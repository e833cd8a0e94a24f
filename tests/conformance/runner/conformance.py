"""gradus-conformance: the command."""
import argparse
import sys
from pathlib import Path

import report
import workers

SOURCE = ""  # the root of the source tree; set by the program

SUITES = {
    "grad": "forward values, gradients and second derivatives of single expressions",
    "broadcast": "a table of broadcast shapes",
    "train": "whole training runs",
}


def parser():
    p = argparse.ArgumentParser(
        prog="gradus-conformance",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Holds Gradus against reference results made with PyTorch and NumPy.",
        epilog="suites:\n" + "".join(f"  {name:10} {what}\n" for name, what in SUITES.items())
        + "\nThe last line is `N passed, N failed, N unsupported`. The exit status is 1 if a case failed, 2 for a\n"
        "mistake in the command or a folder that cannot be read. An expression that needs what Gradus does\n"
        "not have is unsupported.")
    p.add_argument("suite", metavar="SUITE", choices=SUITES, help="grad, broadcast or train")
    p.add_argument("folder", metavar="FOLDER", nargs="?",
                   help="a folder with the suite's folder in it, or that folder itself "
                   "(../shared/conformance beside the source tree, or in $GRADUS_SHARED)")
    p.add_argument("--verbose", "-v", action="store_true", help="a line for each case, with the reason")
    p.add_argument("--failures", action="store_true", help="a line for each case that did not pass")
    p.add_argument("--only", metavar="OP", action="append", default=[],
                   help="only the cases of this op (of this run, in train); may be given several times")
    p.add_argument("--filter", metavar="TEXT", default="", help="only cases with TEXT in their id")
    p.add_argument("--tag", metavar="TAG", default="", help="only cases with this tag (grad)")
    p.add_argument("--dtype", choices=["f32", "f64"], help="only this element type")
    p.add_argument("--jobs", "-j", type=int, default=0, metavar="N",
                   help="processes (one per processor, at most 8)")
    p.add_argument("--cache", action="store_true", help="use the cache of compiled programs")
    p.add_argument("--timeout", type=float, default=300, metavar="SECONDS",
                   help="a case that takes longer has failed (300)")
    p.add_argument("--slowest", type=int, default=0, metavar="N", help="the N cases that took longest")
    p.add_argument("--graph", action="store_true", help="with --verbose: print the graph of each case (grad)")
    return p


def default_folder():
    import os
    shared = os.environ.get("GRADUS_SHARED")
    return (Path(shared) if shared else Path(SOURCE).parent / "shared") / "conformance"


def suite_folder(options):
    folder = Path(options.folder) if options.folder else default_folder()
    inner = folder / options.suite
    return inner if inner.is_dir() else folder


def load(suite):
    if suite == "grad":
        import grad_suite as module
    elif suite == "broadcast":
        import broadcast_suite as module
    else:
        import train_suite as module
    return module


def main(arguments):
    try:
        options = parser().parse_args(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
    suite = load(options.suite)
    folder = suite_folder(options)
    try:
        cases = suite.cases(folder, options)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"gradus-conformance: error: cannot read {folder}: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    results = workers.run(suite, cases, options)
    status = report.show(results, options)
    if not cases and (options.only or options.filter or options.tag or options.dtype):
        print(f"gradus-conformance: error: no case of {folder} is chosen by these options", file=sys.stderr)
        return 2
    return status
