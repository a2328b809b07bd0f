"""A run: faults one after another on a flowing stream, then a calm time, then the audit."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from tests.faults.audit import audit
from tests.faults.faults import FAULTS, Fault
from tests.faults.reading import read
from tests.faults.scene import SETTINGS, Scene, StuckError, opened
from tests.faults.stream import CLEANED, DEAD, RAW, REJECTED, TAGGED, TOPICS, WRONG, Stream, Violation
from tests.faults.vitals import counted, reconciled
from tests.system.desk import STAGES

RATE = 30.0  # articles a second
GAP_SECONDS = (1.0, 3.0)  # between two faults
CALM_ARTICLES = 150
WARM_ARTICLES = 60  # decided before the first fault
# Kafka gives a lost worker's partitions away after its session; a start takes a few seconds.
RECOVERY_SECONDS = float(str(SETTINGS["session_seconds"])) + 15
HARMLESS = frozenset({0})


@dataclass(frozen=True, slots=True)
class Injected:
    """One fault as it went. `recovery` is the time from its healing until every stage with work commits."""

    fault: Fault
    at: float
    lasted: float
    recovery: float
    endings: tuple[tuple[str, int, str], ...]


@dataclass(slots=True)
class Result:
    seed: int
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
        return f"{kinds} faults={len(self.injected)}"

    @property
    def late(self) -> list[Injected]:
        return [one for one in self.injected if one.recovery > RECOVERY_SECONDS]


def each_once(faults: Iterable[Fault], seed: int) -> list[Fault]:
    """All of them, in an order that the seed gives."""
    return random.Random(seed).sample(list(faults), len(list(faults)))  # noqa: S311 - repeatable, not secret


def at_random(faults: Sequence[Fault], seed: int) -> Iterator[Fault]:
    """Without end: first each once, then as they come; what cannot be healed only once."""
    yield from each_once(faults, seed)
    again = [fault for fault in faults if not fault.once]
    drawn = random.Random(seed + 1)  # noqa: S311 - repeatable, not secret
    while again:
        yield drawn.choice(again)


def run(
    schedule: Iterable[Fault],
    seed: int,
    folder: Path,
    say: Callable[[str], None],
    seconds: float = float("inf"),
    rate: float = RATE,
) -> Result:
    """Injects the faults of a schedule, and no further one after so many seconds; drains and audits."""
    result, began = Result(seed, logs=folder), time.monotonic()
    with opened(folder, f"faults{seed}", seed, rate) as scene:
        _warm(scene)
        for fault in schedule:
            if time.monotonic() - began > seconds:
                break
            try:
                result.injected.append(_inject(scene, fault, began))
            except StuckError as error:
                result.violations.append(Violation("I6", WRONG, fault.name, str(error)))
                break
            one = result.injected[-1]
            say(f"{one.at:6.0f} s  {fault.name}: {one.lasted:.0f} s, all go on after {one.recovery:.1f} s")
            _unexpected(result, one)
        _finish(scene, result, say)
        result.seconds = time.monotonic() - began
    return result


def _warm(scene: Scene) -> None:
    scene.feed.flowing.set()
    scene.until("the first articles are decided", lambda: _decided(scene) > WARM_ARTICLES)


def _decided(scene: Scene) -> int:
    return sum(scene.positions.committed("dedup").values())


def _inject(scene: Scene, fault: Fault, began: float) -> Injected:
    scene.last(scene.random.uniform(*GAP_SECONDS))
    at, endings = time.monotonic(), len(scene.endings)
    fault.run(scene)
    lasted = time.monotonic() - at
    recovery = scene.recovered()
    return Injected(fault, at - began, lasted, recovery, tuple(scene.endings[endings:]))


def _unexpected(result: Result, one: Injected) -> None:
    for stage, code, reason in one.endings:
        if code not in one.fault.codes | HARMLESS:
            what = f"{stage} ended with {code}: {reason or 'no reason given'}"
            result.violations.append(Violation("I6", WRONG, one.fault.name, what))


def _finish(scene: Scene, result: Result, say: Callable[[str], None]) -> None:
    try:
        scene.drained()
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
    result.peak = scene.vitals.peak
    result.records = Counter({topic: len(found) for topic, found in records.items()})
    result.fates = Counter(entry.fate.value for entry in scene.writer.ledger.values())
    for topic, by_source in stream.copies.items():
        result.repeated[topic] = len(records[topic]) - len(by_source)


def _calm(scene: Scene) -> list[Violation]:
    """I7: articles without a fault, and what the counters say of them."""
    for stage in STAGES:
        scene.well(stage)
    before, ends = counted(scene.running), _ends(scene)
    scene.feed.write(islice(scene.writer, CALM_ARTICLES))
    scene.drained()
    inputs = {
        stage: sum(_ends(scene)[STAGES[stage]].values()) - sum(ends[STAGES[stage]].values())
        for stage in STAGES
    }
    refused = Counter(
        (one.header("stage"), topic)
        for topic in (REJECTED, DEAD)
        for one in read(scene.kafka.address, f"{scene.desk.name}.", topic)
        if one.offset >= ends[topic][one.partition]
    )
    return reconciled(tuple(STAGES), before, counted(scene.running), inputs, refused)


def _ends(scene: Scene) -> dict[str, dict[int, int]]:
    return {topic: scene.positions.ends(topic) for topic in (RAW, CLEANED, TAGGED, REJECTED, DEAD)}


__all__ = ["FAULTS", "Result", "at_random", "each_once", "run"]
