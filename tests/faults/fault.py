"""What a fault is: a row of the table in faults.py. And which of them may be there at the same time."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.faults.scene import Scene
from tests.system.desk import STAGES

# What a fault takes away or counts on; two that touch the same exclude each other.
KAFKA, NETWORK = "kafka", "network"
EVERYTHING = frozenset({*STAGES, KAFKA, NETWORK})
MOST_AT_ONCE = 3
ONE, THREE = frozenset({1}), frozenset({3})  # brokers
# Exit codes. Killed by us; a supervisor may restart after 69 and 75, a person has to mend 77 and 78.
KILLED, AWAY, AGAIN, DENIED, MISSING = -9, 69, 75, 77, 78
BROKEN = frozenset({AWAY, AGAIN})
SAFE = "nothing lost; copies byte-identical; decisions once"
RESTARTED = "started again after 1 s"


@dataclass(frozen=True, slots=True)
class Fault:
    """`run` injects it and heals it again, and gives the seconds until all stages went on where they had to
    go on before it was healed. `codes` are the exit codes that workers may end with because of it, besides 0.
    """

    name: str
    injected: str
    healed: str
    promised: str
    run: Callable[[Scene], float | None]
    codes: frozenset[int] = frozenset()
    touches: frozenset[str] = EVERYTHING
    brokers: frozenset[int] = ONE | THREE  # the sizes of cluster that it can be injected into
    once: bool = False  # what it changes cannot be changed back
    short: bool = True  # part of the short form
    impossible: Callable[[], str | None] = lambda: None  # why it cannot be injected on this machine
    counted: bool = False  # all workers that end because of it end in order: their counters are exact (I7)


Together = tuple[Fault, ...]
"""Faults that are there at the same time; most often one alone."""


def at_once(faults: Sequence[Fault], drawn: random.Random) -> Together:
    """Two or three that do not exclude each other; fewer where all others do."""
    left, chosen = [fault for fault in faults if not fault.once], []
    for _ in range(drawn.randint(2, MOST_AT_ONCE)):
        if left:
            one = drawn.choice(left)
            chosen.append(one)
            left = [fault for fault in left if fault is not one and not fault.touches & one.touches]
    return tuple(chosen)
