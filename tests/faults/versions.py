"""Faults of an upgrade: two versions of a worker in one group, there and back.

The next version is this one with other version numbers (tests/faults/plug). What clean and tag write says
which of them wrote it; and it decides by another rule for copies, so it may not go on with a log of this one.
"""

from __future__ import annotations

from functools import partial

from tests.faults.fault import KILLED, MISSING, SAFE, Fault
from tests.faults.scene import Scene, ready
from tests.system.desk import Worker

ROLLED = ("clean", "tag")


def upgrade(scene: Scene, *, kill: bool) -> None:
    """Rolls clean and tag to the next version, one beside the other, and back again. The version that goes is
    ended in order, or killed: then the other one does again what it had in hand.
    """
    for newer in (True, False):
        for stage in ROLLED:
            _roll(scene, stage, newer, kill)


def _roll(scene: Scene, stage: str, newer: bool, kill: bool) -> None:
    old = scene.well(stage)
    (scene.upgraded.add if newer else scene.upgraded.discard)(stage)
    new = scene.start(stage)
    scene.wanted[stage] += 1
    # Another fault may end one of them meanwhile: whoever is started again is of the version that comes.
    scene.until(f"the other version of {stage} works", lambda: _ended(new) or _consumed(new, stage))
    before = _consumed(old, stage)
    scene.until(f"both versions of {stage} work", lambda: _gone(old, new) or _consumed(old, stage) > before)
    scene.last(scene.random.uniform(0, 1))
    scene.wanted[stage] -= 1
    if kill:
        old.kill()
        scene.moment(f"kill -9 of the version of {stage} that goes")
    else:
        scene.retire(stage, old)


def _consumed(worker: Worker, stage: str) -> float:
    return worker.metrics().get(("copydesk_records_consumed_total", stage), 0.0) if ready(worker) else 0.0


def refuse(scene: Scene) -> None:
    """A de-duplication of another rule, started beside the one that works, ends and takes nothing from it."""
    host = scene.well("dedup")
    revoked = len(host.logged("partitions revoked"))
    guest = scene.start("dedup", newer=True)
    scene.until("the next version of dedup ends", partial(_ended, guest))
    reasons = [line["reason"] for line in guest.logged("not started")]
    if guest.process.returncode != MISSING or "rule version" not in "".join(reasons):
        scene.broken.append(f"dedup of another rule ended with {guest.process.returncode}: {reasons}")
    if host.process.poll() is not None or len(host.logged("partitions revoked")) > revoked:
        scene.broken.append("dedup of another rule took a partition from the one that works")


def _ended(worker: Worker) -> bool:
    return worker.process.poll() is not None


def _gone(*workers: Worker) -> bool:
    return any(map(_ended, workers))


VERSIONS = (
    *(
        Fault(
            f"two versions{how}",
            f"clean and tag rolled to the next version and back, both in one group; {by}",
            "one version of each",
            SAFE + "; copies by two versions differ in `provenance` alone",
            partial(upgrade, kill=bool(how)),
            codes,
            frozenset({"clean", "tag"}),
            short=bool(how),
            counted=not how,
        )
        for how, by, codes in (
            ("", "the one that goes ends in order", frozenset[int]()),
            (", one killed", "kill -9 of the one that goes", frozenset({KILLED})),
        )
    ),
    Fault(
        "dedup of another rule",
        "a dedup worker with another rule for copies, beside the one that works",
        "it ends with 78",
        SAFE + "; it takes no partition from the one that works",
        refuse,
        frozenset({MISSING}),
        frozenset({"dedup"}),
    ),
)
