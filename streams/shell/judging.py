"""What a stage process does: it is given rows of records, and gives back a row for each."""

import logging
import resource
import time
import warnings
from collections.abc import Sequence
from typing import NamedTuple

from streams.events import Failed, Rejected
from streams.pipeline import Outcome, Output, Record, Step, together
from streams.shell.given import Given


class Judged(NamedTuple):
    """A record's way through one or more steps: the outcome, the step it ended in, seconds each step took."""

    outcome: Outcome
    step: str
    seconds: tuple[float, ...]


# What goes through the mailbox: plain tuples, 1 us each on the way there and back; by class and fields 8 us.
Row = tuple[bytes | None, str, bool, bool]
OutputRow = tuple[str, str, str, str, bytes, bytes | None, tuple[int, ...]]
JudgedRow = tuple[OutputRow | Rejected | Failed, str, tuple[float, ...]]

TOGETHER = 16
"""Records that go through a step side by side. Of the CPU that texts take one by one, cleaning takes .82 by
fours, .77 by eights, .73 by sixteens and .73 by 32s; tagging .86, .83, .83 and .90: 32 no longer fit into
the caches."""
_steps: tuple[Step, ...] = ()


def begin(steps: tuple[Step, ...], memory: int, given: Given) -> None:
    """Makes this process one that judges by these steps, and that `memory` bytes are enough for."""
    global _steps
    _steps = steps
    # RLIMIT_DATA counts what is written to; RLIMIT_AS would count every mapped library as well.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A stage tells by its outcome; what parsers say of a page would be lines of no form, with its text.
    logging.disable()
    warnings.simplefilter("ignore")
    given.use()


def rows_of(records: Sequence[Record]) -> list[Row]:
    return [record[:] for record in records]


def through(rows: Sequence[Row]) -> list[JudgedRow]:
    """Takes every record through the steps; whatever it does, the others have theirs.

    Raises MemoryError where one of them needed more than there is: what the process remembers may be half
    made, and may be what has filled it, so nothing more is asked of it.
    """
    parts = [rows[first : first + TOGETHER] for first in range(0, len(rows), TOGETHER)]
    return [_row(judged) for part in parts for judged in _judged([Record(*row) for row in part])]


def _row(judged: Judged) -> JudgedRow:
    outcome, step, seconds = judged
    return (outcome[:] if isinstance(outcome, Output) else outcome), step, seconds


def judged_of(row: JudgedRow) -> Judged:
    outcome, step, seconds = row
    return Judged(Output(*outcome) if isinstance(outcome, tuple) else outcome, step, seconds)


def _judged(records: list[Record]) -> list[Judged]:
    """Takes a few records through the steps, all of them through one before the next."""
    judged: dict[int, Judged] = {}
    going = dict(enumerate(records))
    for step in _steps:
        for number, (outcome, took) in zip(
            tuple(going), together(step, tuple(going.values()), time.perf_counter), strict=True
        ):
            before = judged[number].seconds if number in judged else ()
            judged[number] = Judged(outcome, step.name, (*before, took))
            if isinstance(outcome, Output):
                going[number] = Record(outcome.value, outcome.received_at)
            else:
                del going[number]
    return [judged[number] for number in range(len(records))]
