"""I7: what the counters of all workers say, those that have ended included, against what the topics hold.

A worker that ends in order leaves its counters behind, and so does one that kills itself at a failpoint
(tests/faults/plug); of one that was killed from outside, or frozen, nothing is known. So:

- Over a calm time, and over faults whose workers all end in order, counters and topics grow by the same.
- Over a whole run the counters that are known come to no more than the topics hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.faults.reading import Seen, read
from tests.faults.scene import Scene
from tests.faults.stream import CLEANED, DEAD, RAW, REJECTED, TAGGED, Violation
from tests.faults.vitals import bounded, counted, reconciled
from tests.system.desk import STAGES, samples

WRITTEN = {"clean": CLEANED, "tag": TAGGED}
DONE = ("output", "unchanged", "rejected", "failed")
Tally = Counter[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Account:
    """Counters and the ends of topics at one moment at which nothing waits."""

    counters: Tally
    ends: Mapping[str, Mapping[int, int]]


def drawn_up(scene: Scene) -> Account:
    """Waits until nothing waits."""
    scene.drained()
    for stage in STAGES:
        scene.well(stage)
    ends = {topic: scene.positions.ends(topic) for topic in (RAW, CLEANED, TAGGED, REJECTED, DEAD)}
    return Account(known(scene), ends)


def known(scene: Scene) -> Tally:
    """The counters of all workers there were, as far as they are known."""
    found: Tally = Counter()
    for number, worker in enumerate(scene.desk.workers):
        left = scene.counters(number)
        if worker.process.poll() is None and worker.address() is not None:
            found.update(counted(worker.metrics(), worker.name))
        elif left.exists():
            found.update(counted(samples(left.read_text()), worker.name))
    return found


def balanced(scene: Scene, before: Account, *, calm: bool = False) -> list[Violation]:
    """Counters and topics have grown by the same since then. `calm`: and nothing was read twice."""
    after = drawn_up(scene)
    grown = Counter({what: after.counters[what] - before.counters[what] for what in after.counters})
    new = {topic: sum(ends.values()) - sum(before.ends[topic].values()) for topic, ends in after.ends.items()}
    refused = [
        one
        for topic in (REJECTED, DEAD)
        for one in read(scene.kafka.address, f"{scene.desk.name}.", topic)
        if one.offset >= before.ends[topic][one.partition]
    ]
    there = _there(new, refused)
    if calm:
        there.update({(stage, "consumed"): new[topic] for stage, topic in STAGES.items()})
    return reconciled(summed(grown), there)


def whole(scene: Scene, records: Mapping[str, Sequence[Seen]]) -> list[Violation]:
    """Of the whole run, `records` being all there is and was in the topics."""
    there = _there(
        {topic: len(found) for topic, found in records.items()}, [*records[REJECTED], *records[DEAD]]
    )
    return bounded(summed(known(scene)), there)


def _there(new: Mapping[str, int], refused: Sequence[Seen]) -> Tally:
    """What the topics say of each stage: what clean and tag wrote, what dedup was given, what was refused."""
    there: Tally = Counter({(stage, "output"): new[topic] for stage, topic in WRITTEN.items()})
    there["dedup", "done"] = new[TAGGED]
    for stage in STAGES:
        for topic, what in ((REJECTED, "rejected"), (DEAD, "dead")):
            there[stage, what] = sum(o.topic == topic and o.header("stage") == stage for o in refused)
    return there


def summed(counters: Tally) -> Tally:
    """With what `_there` has; what dedup only reads again (`repeated`) it was done with before."""
    summed = counters + Counter({(stage, "output"): counters[stage, "ended", "output"] for stage in WRITTEN})
    summed["dedup", "done"] = sum(counters["dedup", "ended", outcome] for outcome in DONE)
    return summed
