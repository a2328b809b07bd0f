"""The table of faults: what is injected, how, how it is healed, and what is promised all the same.

A new fault is a function that injects it and heals it again before it returns, and a row of FAULTS. It acts
on the Scene while articles flow; what it draws, it draws from `scene.random`. The driver then waits until
all stages commit again, and in the end the auditor reads every topic.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    NewPartitions,
    ResourcePatternType,
    ResourceType,
)

from tests.faults.ledger import Fate
from tests.faults.proxy import Mode
from tests.faults.reading import read
from tests.faults.scene import PARTITIONS, STUCK_SECONDS, Scene
from tests.faults.stream import DEAD, RAW, REJECTED
from tests.system.desk import STAGES
from tests.system.test_faults import stage_processes

BROKER_AWAY_SECONDS = 15.0
FROZEN_SECONDS = 10.0  # longer than a session
NETWORK_SECONDS = 10.0
NTH = 4  # a failpoint strikes at the first to fourth time
ADMIN_SECONDS = 30.0
# Exit codes. Killed by us; a supervisor may restart after 69 and 75, a person has to mend 77 and 78.
KILLED, AWAY, AGAIN, DENIED, MISSING = -9, 69, 75, 77, 78


@dataclass(frozen=True, slots=True)
class Fault:
    """`codes` are the exit codes that workers may end with because of it, besides 0."""

    name: str
    injected: str
    healed: str
    promised: str
    run: Callable[[Scene], None]
    codes: frozenset[int] = frozenset()
    once: bool = False  # what it changes cannot be changed back
    short: bool = True  # part of the short form


# ---- processes


def kill(scene: Scene, stage: str) -> None:
    scene.last(scene.random.uniform(0.2, 2))
    scene.anyone(stage).kill()
    scene.moment(f"kill -9 of {stage}")


def kill_at(scene: Scene, stage: str, point: str) -> None:
    """Replaces a worker by one that kills itself at a failpoint."""
    scene.wanted[stage] = 0
    for worker in list(scene.running[stage]):
        scene.retire(stage, worker)
    doomed = scene.start(stage, point, scene.random.randint(1, NTH))
    token = scene.desk.folder / f"token-{scene.desk.workers.index(doomed)}"
    scene.until(f"{stage} comes to '{point}'", lambda: not token.exists())
    scene.moment(f"kill -9 of {stage} at '{point}'")
    scene.wanted[stage] = 1


def kill_stage_process(scene: Scene) -> None:
    """From outside, whatever it is doing, several times."""
    for stage in ("clean", "tag"):
        worker = scene.anyone(stage)
        scene.until("it is ready", lambda w=worker: w.process.poll() is not None or w.ready())  # type: ignore[misc]
        for pid in stage_processes(worker):
            os.kill(pid, signal.SIGKILL)


def freeze(scene: Scene, stage: str) -> None:
    """SIGSTOP until another worker has its partitions; then it wakes up and believes it still has them."""
    zombie = scene.anyone(stage)
    scene.until("it is ready", zombie.ready)
    scene.last(scene.random.uniform(0.2, 1))
    zombie.process.send_signal(signal.SIGSTOP)
    scene.wanted[stage] = 2
    try:
        before = scene.positions.committed(stage)
        scene.until(
            "an heir commits", lambda: scene.throttled() and scene.positions.committed(stage) != before
        )
    finally:
        zombie.process.send_signal(signal.SIGCONT)
    scene.last(2)
    scene.moment(f"the zombie of {stage} is awake")
    scene.wanted[stage] = 1
    for worker in scene.running[stage][1:]:
        scene.retire(stage, worker)


def terminate(scene: Scene) -> None:
    for stage in STAGES:
        scene.last(scene.random.uniform(0.2, 1))
        scene.anyone(stage).process.terminate()


def storm(scene: Scene) -> None:
    """Workers join and leave every few seconds."""
    for _round in range(3):
        stage = scene.random.choice(list(STAGES))
        guest = scene.start(stage)
        scene.wanted[stage] += 1
        scene.until("it is ready", lambda w=guest: w.process.poll() is not None or w.ready())  # type: ignore[misc]
        scene.last(scene.random.uniform(0, 2))
        scene.wanted[stage] -= 1
        host = scene.random.choice(scene.running[stage] or [guest])
        scene.retire(stage, host)


# ---- broker and network


def kill_broker(scene: Scene) -> None:
    scene.broker.run("kill")
    scene.last(BROKER_AWAY_SECONDS)
    scene.broker.start()


def freeze_broker(scene: Scene) -> None:
    scene.broker.signal(signal.SIGSTOP)
    try:
        scene.last(FROZEN_SECONDS)
    finally:
        scene.broker.signal(signal.SIGCONT)


def network(scene: Scene, mode: Mode) -> None:
    scene.proxy.become(mode)
    try:
        scene.last(NETWORK_SECONDS)
    finally:
        scene.proxy.become(Mode.PASS)


# ---- records and topics


def poison(scene: Scene) -> None:
    """Pages that hang, die, and fill memory, one behind the other."""
    scene.feed.write(scene.writer.poisoned(scene.random.choice(("timeout", "crashed"))) for _ in range(5))


def without(scene: Scene, topic: str, fate: Fate) -> None:
    """The topic is deleted while records for it come; later an operator makes it anew."""
    scene.drained()
    name = scene.desk.topic(topic)
    # Before every offset of the topic that takes its place.
    there = read(scene.kafka.address, f"{scene.desk.name}.", topic)
    scene.kept += [replace(one, offset=-1) for one in there]
    for deleted in scene.positions.admin.delete_topics([name]).values():
        deleted.result(ADMIN_SECONDS)
    scene.feed.write(scene.writer.of_fate(fate) for _ in range(3))
    scene.feed.flowing.set()
    scene.last(NETWORK_SECONDS)
    scene.topics()


def deny(scene: Scene, topic: str) -> None:
    """Kafka denies the workers the dead letters; the right comes back later."""
    name, admin = scene.desk.topic(topic), scene.positions.admin
    taken = (ResourceType.TOPIC, name, ResourcePatternType.LITERAL, "User:ANONYMOUS", "*", AclOperation.WRITE)
    for made in admin.create_acls([AclBinding(*taken, AclPermissionType.DENY)]).values():
        made.result(ADMIN_SECONDS)
    try:
        scene.feed.write(scene.writer.of_fate(Fate.POISON) for _ in range(3))
        scene.last(NETWORK_SECONDS)
    finally:
        for gone in admin.delete_acls([AclBindingFilter(*taken, AclPermissionType.ANY)]).values():
            gone.result(ADMIN_SECONDS)


def grow(scene: Scene) -> None:
    """articles.raw gets two more partitions, and new articles go there too."""
    wider = PARTITIONS + 2
    admin = scene.positions.admin
    for grown in admin.create_partitions([NewPartitions(scene.desk.topic(RAW), wider)]).values():
        grown.result(ADMIN_SECONDS)
    scene.until("the load sees them", lambda: len(scene.positions.partitions(RAW)) == wider, STUCK_SECONDS)
    scene.feed.partitions = wider


def killed(stage: str, point: str, short: bool = True) -> Fault:
    return Fault(
        f"{stage} killed: {point}",
        f"kill -9 of the {stage} worker at its failpoint '{point}'",
        "started again after 1 s",
        "nothing lost; copies byte-identical; of a transaction all or nothing",
        partial(kill_at, stage=stage, point=point),
        frozenset({KILLED}),
        short=short,
    )


SAFE = "nothing lost; copies byte-identical; decisions once"
RESTARTED = "started again after 1 s"
BROKEN = frozenset({AWAY, AGAIN})
FAULTS = (
    *(
        Fault(
            f"{stage} killed",
            f"kill -9 of the {stage} worker at a random time",
            RESTARTED,
            SAFE,
            partial(kill, stage=stage),
            frozenset({KILLED}),
        )
        for stage in STAGES
    ),
    killed("clean", "sending", short=False),
    killed("clean", "sent"),
    killed("clean", "committed", short=False),
    killed("tag", "sending", short=False),
    killed("tag", "sent"),
    killed("tag", "committed", short=False),
    killed("dedup", "in transaction"),
    killed("dedup", "transaction sent"),
    killed("dedup", "transaction committed"),
    killed("dedup", "taking"),
    Fault(
        "stage process killed at work",
        "the stage process of clean kills itself while it parses a record",
        "the worker starts another",
        SAFE + "; no innocent becomes a dead letter",
        partial(kill_at, stage="clean", point="judging"),
    ),
    Fault(
        "stage processes killed",
        "kill -9 of every stage process of clean and tag, from outside",
        "the workers start others",
        SAFE + "; no innocent becomes a dead letter",
        kill_stage_process,
    ),
    *(
        Fault(
            f"{stage} zombie",
            f"SIGSTOP of the {stage} worker past its session, SIGCONT when an heir commits",
            "SIGCONT; one of the two leaves",
            SAFE + "; a zombie commits nothing",
            partial(freeze, stage=stage),
            frozenset({AGAIN}),
        )
        for stage in STAGES
    ),
    Fault("SIGTERM", "SIGTERM of each worker under load", RESTARTED, SAFE + "; exit 0", terminate),
    Fault("rebalance storm", "workers join and leave, three times", "they leave", SAFE, storm),
    Fault(
        "broker killed",
        f"kill -9 of the broker, {BROKER_AWAY_SECONDS:g} s",
        "started again",
        SAFE + "; workers go on by themselves or end with 69 or 75",
        kill_broker,
        BROKEN,
    ),
    Fault(
        "broker frozen",
        f"SIGSTOP of the broker, {FROZEN_SECONDS:g} s",
        "SIGCONT",
        SAFE,
        freeze_broker,
        BROKEN,
    ),
    *(
        Fault(f"network {mode}", what, "it passes again", SAFE, partial(network, mode=mode), BROKEN)
        for mode, what in (
            (Mode.CUT, f"all connections of the workers cut and refused, {NETWORK_SECONDS:g} s"),
            (Mode.SLOW, f"every chunk of bytes 200 ms late, {NETWORK_SECONDS:g} s"),
            (Mode.HOLE, f"connections stay and nothing passes, {NETWORK_SECONDS:g} s"),
        )
    ),
    Fault(
        "pages that hang, die or fill memory",
        "five of them at once (poison is 5% of the stream all the time)",
        "their stage processes are ended",
        "each is a dead letter; neighbours come out",
        poison,
    ),
    Fault(
        "rejected topic deleted",
        "articles.rejected deleted while articles are rejected",
        "`copydesk topics --create`",
        "nothing that is not written is committed",
        partial(without, topic=REJECTED, fate=Fate.REJECTED),
        frozenset({AGAIN, MISSING}),
    ),
    Fault(
        "dead-letter topic missing",
        "articles.deadletter deleted while records fail",
        "`copydesk topics --create`",
        "nothing that is not written is committed",
        partial(without, topic=DEAD, fate=Fate.POISON),
        frozenset({AGAIN, MISSING}),
        short=False,
    ),
    Fault(
        "dead-letter topic denied",
        "the right to write articles.deadletter denied while records fail",
        "given back",
        "exit 77 with one line; nothing that is not written is committed",
        partial(deny, topic=DEAD),
        frozenset({DENIED}),
    ),
    Fault(
        "partitions added",
        "two more partitions for articles.raw, used at once",
        "the workers find them within a minute",
        SAFE,
        grow,
        once=True,
    ),
)
