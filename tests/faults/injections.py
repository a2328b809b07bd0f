"""What injects each fault, and heals it again: functions that act on the Scene while articles flow."""

from __future__ import annotations

import os
import signal
from dataclasses import replace
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
from tests.faults.scene import PARTITIONS, STUCK_SECONDS, Scene, ready
from tests.faults.stream import RAW
from tests.system.desk import STAGES, Worker
from tests.system.test_faults import stage_processes

BROKER_AWAY_SECONDS = 15.0
FROZEN_SECONDS = 10.0  # longer than a session
NETWORK_SECONDS = 10.0
NTH = 4  # a failpoint strikes at the first to fourth time
ONCE = frozenset({"taking"})  # points that a worker with one domain comes to once
ADMIN_SECONDS = 30.0


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
    doomed = scene.start(stage, point, 1 if point in ONCE else scene.random.randint(1, NTH))
    token = scene.desk.folder / f"token-{scene.desk.workers.index(doomed)}"
    scene.until(
        f"{stage} comes to '{point}'", lambda: not token.exists() or doomed.process.poll() is not None
    )
    scene.moment(f"kill -9 of {stage} at '{point}'")
    scene.wanted[stage] = 1


def kill_stage_process(scene: Scene) -> None:
    """From outside, whatever it is doing, several times."""
    for stage in ("clean", "tag"):
        for pid in stage_processes(scene.well(stage)):
            os.kill(pid, signal.SIGKILL)


def freeze(scene: Scene, stage: str) -> None:
    """SIGSTOP until another worker has its partitions; then it wakes up and believes it still has them."""
    zombie = scene.well(stage)
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
    """Ends them in order, nearly at once; what they commit while they end is no going on yet."""
    leaving = []
    for stage in STAGES:
        leaving.append(scene.well(stage))
        scene.last(scene.random.uniform(0.2, 1))
        leaving[-1].process.terminate()
    scene.until("they have ended", lambda: all(one.process.poll() is not None for one in leaving))


def storm(scene: Scene) -> None:
    """Workers join and leave every few seconds."""
    for _round in range(3):
        stage = scene.random.choice(list(STAGES))
        guest = scene.start(stage)
        scene.wanted[stage] += 1
        scene.until("it is ready", partial(_up_or_gone, guest))
        scene.last(scene.random.uniform(0, 2))
        scene.wanted[stage] -= 1
        host = scene.random.choice(scene.running[stage] or [guest])
        scene.retire(stage, host)


def _up_or_gone(worker: Worker) -> bool:
    return worker.process.poll() is not None or ready(worker)


# ---- broker and network


def kill_broker(scene: Scene) -> None:
    scene.broker.run("kill")
    scene.last(BROKER_AWAY_SECONDS)
    scene.broker.start()
    scene.whole()


def freeze_broker(scene: Scene) -> None:
    node = scene.random.randint(1, scene.brokers)
    scene.broker.signal(signal.SIGSTOP, node)
    try:
        scene.last(FROZEN_SECONDS)
    finally:
        scene.broker.signal(signal.SIGCONT, node)
    scene.whole()


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
