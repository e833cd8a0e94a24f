"""Outcomes, and how they are shown."""
import dataclasses

PASSED, FAILED, UNSUPPORTED = "passed", "failed", "unsupported"


@dataclasses.dataclass
class Outcome:
    op: str
    id: str
    status: str
    reason: str = ""
    seconds: float = 0.0


def show_case(outcome):
    text = f"{outcome.status:11} {outcome.id}"
    return text + (": " + outcome.reason.replace("\n", "\n    ") if outcome.reason else "")


def show(results, options):
    per_op, totals, noted = {}, dict.fromkeys((PASSED, FAILED, UNSUPPORTED), 0), 0
    for outcome in results:
        if options.verbose or (options.failures and outcome.status != PASSED):
            print(show_case(outcome), flush=True)
        counts = per_op.setdefault(outcome.op, dict.fromkeys(totals, 0))
        counts[outcome.status] += 1
        totals[outcome.status] += 1
        noted += outcome.status == PASSED and bool(outcome.reason)
    for outcome in sorted(results, key=lambda o: -o.seconds)[:options.slowest]:
        print(f"{outcome.seconds:8.2f} s  {outcome.id}")
    width = max([len(op) for op in per_op] + [2])
    print(f"{'op':{width}}  passed  failed  unsupported")
    for op in sorted(per_op):
        c = per_op[op]
        print(f"{op:{width}}  {c[PASSED]:6}  {c[FAILED]:6}  {c[UNSUPPORTED]:11}")
    if noted:
        print(f"{noted} of those that passed have a remark (--verbose shows it): another documented convention, or an end by rounding")
    print(f"{totals[PASSED]} passed, {totals[FAILED]} failed, {totals[UNSUPPORTED]} unsupported", flush=True)
    return 1 if totals[FAILED] else 0
