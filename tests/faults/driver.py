"""A run: faults one after another on a flowing stream, then a calm time, then the audit."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from tests.faults import accounts
from tests.faults.audit import audit
from tests.faults.fault import Fault, Together, at_once
from tests.faults.faults import FAULTS
from tests.faults.opening import opened
from tests.faults.reading import read
from tests.faults.scene import RESTART_SECONDS, SETTINGS, STUCK_SECONDS, Scene, StuckError
from tests.faults.stream import TOPICS, WRONG, Stream, Violation
from tests.system.desk import STAGES

RATE = 30.0  # articles a second
GAP_SECONDS = (1.0, 3.0)  # between two faults
ALONE_BETWEEN = 2  # each fault once, in the schedule, but after so many several at once
OVERLAP_SECONDS = 5.0  # faults at once begin within so long, and each lasts longer than that or nearly so
HEALED_SECONDS = 2 * STUCK_SECONDS  # each says by itself what it is stuck in
CALM_ARTICLES = 150
WARM_ARTICLES = 60  # decided before the first fault
# A lost worker's partitions are given away after its session, and its heir is started after a pause.
LOST_SECONDS = float(str(SETTINGS["session_seconds"])) + RESTART_SECONDS
HARMLESS = frozenset({0})


@dataclass(frozen=True, slots=True)
class Injected:
    """One fault, or several at once, as it went. `recovery` is the time from the last healing until every
    stage with work commits; where stages have to go on before that, the longest that they took.
    """

    faults: Together
    at: float
    lasted: float
    recovery: float
    endings: tuple[tuple[str, int, str], ...]

    @property
    def name(self) -> str:
        return " + ".join(fault.name for fault in self.faults)


@dataclass(slots=True)
class Result:
    seed: int
    brokers: int = 1
    start: float = 0.0  # seconds that the three workers took to start, all at once
    seconds: float = 0.0
    injected: list[Injected] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    records: Counter[str] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    repeated: Counter[str] = field(default_factory=Counter)
    peak: dict[str, float] = field(default_factory=dict)
    logs: Path | None = None

    def count(self, kind: str) -> int:
        return sum(found.kind == kind for found in self.violations)

    @property
    def line(self) -> str:
        kinds = " ".join(f"{kind}={self.count(kind)}" for kind in ("lost", "twice", "wrong"))
        return f"{kinds} faults={sum(len(one.faults) for one in self.injected)}"

    @property
    def late(self) -> list[Injected]:
        return [one for one in self.injected if one.recovery > self.promised]

    @property
    def promised(self) -> float:
        """Seconds until all stages go on: a session and a pause, then a start as slow as this machine.

        A start costs 6 s of CPU (imports 2.5, the stage processes' models 3.5). Three at once took 39 and
        125 s beside much other work, so a run measures its own; SIGTERM of all three took .5 to .75 of it.
        """
        return LOST_SECONDS + self.start


def each_once(faults: Iterable[Fault], seed: int) -> list[Fault]:
    """All of them, in an order that the seed gives."""
    return random.Random(seed).sample(list(faults), len(list(faults)))  # noqa: S311 - repeatable, not secret


def at_random(faults: Sequence[Fault], seed: int) -> Iterator[Together]:
    """Without end: first each once, then as they come; what cannot be healed only once. Again and again
    several are there at once.
    """
    drawn = random.Random(seed + 1)  # noqa: S311 - repeatable, not secret
    for number, fault in enumerate(each_once(faults, seed), start=1):
        yield (fault,)
        if number % ALONE_BETWEEN == 0:
            yield from _several(faults, drawn)
    again = [fault for fault in faults if not fault.once]
    while again:
        yield (drawn.choice(again),)
        yield from _several(faults, drawn)


def _several(faults: Sequence[Fault], drawn: random.Random) -> Iterator[Together]:
    """Several at once, where there are some that do not exclude each other."""
    together = at_once(faults, drawn)
    if len(together) > 1:
        yield together


def run(
    schedule: Iterable[Together],
    seed: int,
    folder: Path,
    say: Callable[[str], None],
    seconds: float = float("inf"),
    rate: float = RATE,
    brokers: int = 1,
) -> Result:
    """Injects the faults of a schedule, and no further one after so many seconds; drains and audits."""
    result, began = Result(seed, brokers, logs=folder), time.monotonic()
    with opened(folder, f"faults{seed}", seed, rate, brokers) as scene:
        result.start = _warm(scene)
        for number, faults in enumerate(schedule):
            if time.monotonic() - began > seconds:
                break
            if why := next(filter(None, (fault.impossible() for fault in faults)), None):
                say(f"skipped  {' + '.join(fault.name for fault in faults)}: {why}")
                continue
            try:
                before = accounts.drawn_up(scene) if _counted(faults) else None
                scene.feed.flowing.set()
                one = _inject(scene, faults, began, f"{seed} {number}")
                if before is not None:
                    result.violations += accounts.balanced(scene, before)
                    scene.feed.flowing.set()
            except StuckError as error:
                names = " + ".join(fault.name for fault in faults)
                result.violations.append(Violation("I6", WRONG, names, str(error)))
                break
            result.injected.append(one)
            say(f"{one.at:6.0f} s  {one.name}: {one.lasted:.0f} s, all go on after {one.recovery:.1f} s")
            _unexpected(scene, result, one)
        _finish(scene, result, say)
        result.seconds = time.monotonic() - began
    return result


def _warm(scene: Scene) -> float:
    """Gives the seconds until all workers were ready."""
    began = time.monotonic()
    scene.feed.flowing.set()
    for stage in STAGES:
        scene.well(stage)
    start = time.monotonic() - began
    scene.until("the first articles are decided", lambda: _decided(scene) > WARM_ARTICLES)
    return start


def _decided(scene: Scene) -> int:
    return sum(scene.positions.committed("dedup").values())


def _inject(scene: Scene, faults: Together, began: float, seed: str) -> Injected:
    scene.last(scene.random.uniform(*GAP_SECONDS))
    at, endings = time.monotonic(), len(scene.endings)
    took = [faults[0].run(scene)] if len(faults) == 1 else _at_once(scene, faults, seed)
    lasted = time.monotonic() - at
    recovery = max(scene.recovered(), *(seconds or 0.0 for seconds in took))
    return Injected(faults, at - began, lasted, recovery, tuple(scene.endings[endings:]))


def _counted(faults: Together) -> bool:
    return len(faults) == 1 and faults[0].counted


def _at_once(scene: Scene, faults: Together, seed: str) -> list[float | None]:
    """Each in a thread of its own, drawing from a source of its own: threads take turns as they like."""
    took: list[Future[float | None]] = []
    for number, fault in enumerate(faults):
        drawn = random.Random(f"{seed} {number}")  # noqa: S311 - repeatable, not secret
        took.append(Future())
        own = replace(scene, random=drawn)
        threading.Thread(target=_later, args=(own, fault, took[-1]), name=fault.name, daemon=True).start()
    scene.until("all are healed", lambda: all(one.done() for one in took), HEALED_SECONDS)
    return [one.result() for one in took]


def _later(scene: Scene, fault: Fault, took: Future[float | None]) -> None:
    try:
        scene.last(scene.random.uniform(0, OVERLAP_SECONDS))
        took.set_result(fault.run(scene))
    except BaseException as error:  # the driver raises it
        took.set_exception(error)


def _unexpected(scene: Scene, result: Result, one: Injected) -> None:
    allowed = HARMLESS.union(*(fault.codes for fault in one.faults))
    for stage, code, reason in one.endings:
        if code not in allowed:
            what = f"{stage} ended with {code}: {reason or 'no reason given'}"
            result.violations.append(Violation("I6", WRONG, one.name, what))
    while scene.broken:
        result.violations.append(Violation("I6", WRONG, one.name, scene.broken.pop()))


def _finish(scene: Scene, result: Result, say: Callable[[str], None]) -> None:
    try:
        result.violations += _calm(scene)
    except StuckError as error:
        result.violations.append(Violation("I6", WRONG, "the drain", str(error)))
    scene.moment("the end")
    scene.wanted.clear()
    for stage, workers in scene.running.items():
        for worker in list(workers):
            if code := scene.retire(stage, worker):
                result.violations.append(Violation("I6", WRONG, "the end", f"{stage} ended with {code}"))
    say("reading every topic")
    prefix = f"{scene.desk.name}."
    records = {topic: read(scene.kafka.address, prefix, topic) for topic in TOPICS}
    for kept in scene.kept:
        records[kept.topic].append(kept)
    stream = Stream(records)
    result.violations += audit(stream, scene.writer.ledger, scene.feed.sent, scene.moments)
    result.violations += scene.vitals.violations()
    result.violations += accounts.whole(scene, records)
    result.peak = scene.vitals.peak
    result.records = Counter({topic: len(found) for topic, found in records.items()})
    result.fates = Counter(entry.fate.value for entry in scene.writer.ledger.values())
    for topic, by_source in stream.copies.items():
        result.repeated[topic] = len(records[topic]) - len(by_source)


def _calm(scene: Scene) -> list[Violation]:
    """I7: articles without a fault, and what the counters say of them."""
    before = accounts.drawn_up(scene)
    scene.feed.write(islice(scene.writer, CALM_ARTICLES))
    return accounts.balanced(scene, before, calm=True)


__all__ = ["FAULTS", "Result", "at_random", "each_once", "run"]
