"""python -m tests.faults: faults on a real Kafka, and a ledger that says what was lost.

A broker, the three workers and a steady load of numbered articles are started; faults are injected one after
another, and some at the same time; then everything is drained, and an auditor that shares no code with the
product reads every topic to its end. The last line says what it found:

  lost=0 twice=0 wrong=0 faults=27

lost: an article without its end; twice: an end or a decision too many; wrong: any other broken promise.
Exit code 0 when all three are 0, else 1; the first violations are printed with topic/partition/offset.

  python -m tests.faults --minutes 30 --seed 7            each fault once, then at random, for half an hour
  python -m tests.faults --list                           the faults, what is promised, and what each
                                                          touches: two that touch the same exclude each other
  python -m tests.faults --fault 'clean killed: sent'     one of them alone (may be given more than once)
  python -m tests.faults --fault 'dedup killed' --fault 'network hole' --at-once
  python -m tests.faults --minutes 30 --brokers 3         on a cluster of three brokers, with its faults too
  python -m tests.faults --minutes 30 --report docs/x.md  with a report in Markdown

The same seed gives the same articles and the same faults in the same order; the machine decides what they
hit. The workers' logs stay in the folder that is printed when something was found. A new fault is a function
and a row in tests/faults/faults.py.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.faults.driver import RATE, at_random, run
from tests.faults.fault import Together
from tests.faults.faults import FAULTS
from tests.faults.report import markdown, violations


def main(arguments: list[str]) -> int:
    options = parsed(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the broker and the workers too
    if options.list:
        for fault in FAULTS:
            touched = ", ".join(sorted(fault.touches)) or "nothing: it may meet any"
            print(
                f"{fault.name}\n    {fault.injected}; healed: {fault.healed}\n    promised: {fault.promised}"
                f"\n    touches {touched}"
            )
        return 0
    known = {fault.name: fault for fault in FAULTS}
    unknown = set(options.fault) - set(known)
    if unknown:
        sys.exit(f"no such fault: {', '.join(sorted(unknown))}; --list names them all")
    chosen = [known[name] for name in options.fault]
    brokers = options.brokers or max((min(fault.brokers) for fault in chosen), default=1)
    possible = [fault for fault in chosen or FAULTS if brokers in fault.brokers]
    if missing := [fault.name for fault in chosen if fault not in possible]:
        sys.exit(f"not with {brokers} brokers, see --brokers: {', '.join(missing)}")
    if options.at_once:
        schedule: Iterable[Together] = [tuple(chosen)]
    elif chosen and options.minutes is None:
        schedule = [(fault,) for fault in chosen]
    else:
        schedule = at_random(possible, options.seed)
    folder = Path(tempfile.mkdtemp(prefix="copydesk-faults-"))
    minutes = 30.0 if options.minutes is None else options.minutes
    result = run(schedule, options.seed, folder, say, minutes * 60, options.rate, brokers)
    if options.report:
        command = shlex.join(["python", "-m", "tests.faults", *arguments])
        options.report.write_text(markdown(result, command))
        say(f"report: {options.report}")
    if result.violations:
        print(violations(result))
        say(f"logs of the workers: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    print(result.line)
    return 1 if result.violations else 0


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, metavar="N", help="inject for so long (default: 30)")
    parser.add_argument(
        "--seed", type=int, default=7, metavar="N", help="of articles and schedule (default: 7)"
    )
    parser.add_argument(
        "--rate", type=float, default=RATE, metavar="N", help="articles a second (default: 30)"
    )
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", help="only this one")
    parser.add_argument("--at-once", action="store_true", help="those given by --fault at the same time")
    parser.add_argument(
        "--brokers", type=int, choices=(1, 3), help="of the cluster (default: 1, or what --fault needs)"
    )
    parser.add_argument("--list", action="store_true", help="the faults, and end")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write a report in Markdown there")
    return parser.parse_args(arguments)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
