"""Faults of what Copydesk runs on: disks that are full, clocks that are set, calls that never return."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from tests.faults.clocks import CACHE_SECONDS, faked, no_faketime
from tests.faults.disks import MB, filled, no_mounts, small_disk
from tests.faults.fault import AGAIN, BROKEN, ONE, SAFE, Fault
from tests.faults.scene import Scene, StuckError, ready
from tests.system.desk import STAGES, Worker

ROOM_MB = 16  # of the broker's disk when all of its records are on it
FULL_SECONDS = 15.0
WORKER_DISK_BYTES = 256 * 1024
HOUR = 3600
CLOCK_SECONDS = 10.0  # longer than a session: one that is kept by this clock would be over
STALL_SECONDS = 10.0


# ---- disks


def fill_broker_disk(scene: Scene) -> None:
    """The disk of Kafka gets full under load, which ends it. Somebody makes room and starts it again."""
    with _on_small_disk(scene) as disk:
        with filled(disk):
            scene.until("the broker ends", lambda: scene.broker.run("status").returncode)
            scene.last(FULL_SECONDS)
        scene.broker.start()
        scene.recovered()


@contextmanager
def _on_small_disk(scene: Scene) -> Iterator[Path]:
    """The broker's records lie on a disk with little room; where they were before, they lie again then."""
    log = scene.broker.data / "node-1" / "log"
    scene.broker.run("stop")
    used = sum(file.stat().st_blocks * 512 for file in log.rglob("*"))
    with small_disk(scene.broker.data / "small", used + ROOM_MB * MB) as disk:
        _move(log, disk / "log")
        log.symlink_to(disk / "log")
        try:
            scene.broker.start()
            yield disk
        finally:
            scene.broker.run("stop")
            log.unlink()
            _move(disk / "log", log)
            scene.broker.start()


def _move(source: Path, target: Path) -> None:
    """Kafka's indexes are sparse files of 10 MB each."""
    subprocess.run(["cp", "-a", "--sparse=always", source, target], check=True)
    shutil.rmtree(source)


def fill_worker_disk(scene: Scene) -> None:
    """The disk of all workers' logs and temporary files is full while they work, and when one starts."""
    with small_disk(scene.desk.folder / "small", WORKER_DISK_BYTES) as disk:
        on_it = partial(_given, scene, {"TMPDIR": str(disk)}, folder=disk)
        workers = _replaced(scene, on_it)
        scene.until("all of them are ready", lambda: all(map(ready, workers.values())))
        with filled(disk):
            _all_go_on(scene)
            scene.retire("clean", workers.pop("clean"))
            with on_it():
                workers["clean"] = scene.start("clean")
            _all_go_on(scene)
        for stage, worker in workers.items():
            scene.retire(stage, worker)
            kept = scene.desk.folder / f"{stage}-on-a-full-disk.log"
            worker.log_file = Path(shutil.copy(worker.log_file, kept))
            if stage != "clean" and not worker.logged("stopped"):  # clean began in the middle of a line
                raise StuckError(f"{stage} logs nothing although its disk has room again")
    _all_wanted(scene)


# ---- clocks


def set_clocks(scene: Scene) -> None:
    """An hour forward, and two back, while all stages work; and a start with the wrong time."""
    clock = scene.desk.folder / "clock"
    clock.write_text("+0")
    wrong = partial(_given, scene, faked(clock))
    workers = _replaced(scene, wrong)
    scene.until("all of them are ready", lambda: all(map(ready, workers.values())))
    for hours in (1, -1):
        before = {stage: len(worker.logged("partitions")) for stage, worker in workers.items()}
        clock.write_text(f"{hours * HOUR:+d}")
        scene.last(CACHE_SECONDS + CLOCK_SECONDS)
        _all_go_on(scene)
        for stage, worker in workers.items():
            if len(worker.logged("partitions")) != before[stage]:
                raise StuckError(f"{stage} lost its session when its clock was set by {hours} h")
    for stage, worker in workers.items():
        scene.retire(stage, worker)
    late = _replaced(scene, wrong)
    _all_go_on(scene)
    for stage, worker in late.items():
        scene.retire(stage, worker)
    _all_wanted(scene)


# ---- calls


def stand_still(scene: Scene, stage: str, point: str) -> None:
    """Calls to Kafka never return: the worker is unready, then ends with 75 and is started again."""
    _stopped(scene, stage)
    with _given(scene, {"FAULTS_ACT": "hang"}, stall_seconds=STALL_SECONDS):
        still = scene.start(stage, point, scene.random.randint(2, 4))
    scene.until(f"{stage} is ready", lambda: ready(still) or still.process.poll() is not None)
    scene.until(f"{stage} is unready", lambda: not ready(still))
    if still.process.poll() is not None:
        raise StuckError(f"{stage} ended with {still.process.returncode} and was never unready before")
    scene.moment(f"{stage} stands still at '{point}'")
    scene.until(f"{stage} ends", lambda: still.process.poll() is not None)
    scene.wanted[stage] = 1


# ---- workers


@contextmanager
def _given(
    scene: Scene, environment: Mapping[str, str], folder: Path | None = None, **settings: object
) -> Iterator[None]:
    """Workers that are started meanwhile have these variables and settings, and their logs in that folder."""
    desk, before = scene.desk, dict(os.environ)
    kept = desk.settings, desk.folder
    os.environ.update(environment)
    desk.settings = desk.settings | {name: str(value) for name, value in settings.items()}
    desk.folder = folder or desk.folder
    try:
        yield
    finally:
        desk.settings, desk.folder = kept
        for name in environment:
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]


def _replaced(scene: Scene, given: Callable[[], AbstractContextManager[None]]) -> dict[str, Worker]:
    """One worker for each stage, started so; what ran before is retired, and nothing else is started."""
    for stage in STAGES:
        _stopped(scene, stage)
    with given():
        return {stage: scene.start(stage) for stage in STAGES}


def _stopped(scene: Scene, stage: str) -> None:
    """No worker of this stage runs, nor is started."""
    scene.wanted[stage] = 0
    for worker in list(scene.running[stage]):
        scene.retire(stage, worker)


def _all_wanted(scene: Scene) -> None:
    for stage in STAGES:
        scene.wanted[stage] = 1


def _all_go_on(scene: Scene) -> None:
    """All stages commit more than they have now."""
    for stage in STAGES:
        before = scene.positions.committed(stage)
        scene.until(
            f"{stage} commits more",
            lambda stage=stage, before=before: (  # type: ignore[misc]
                scene.throttled() and scene.positions.committed(stage) != before
            ),
        )


RESOURCES = (
    Fault(
        "disk of the broker full",
        f"no byte more fits on the disk of Kafka's records, which ends it; {FULL_SECONDS:g} s",
        "room is made, and Kafka started again",
        SAFE,
        fill_broker_disk,
        codes=BROKEN,
        brokers=ONE,
        short=False,
        impossible=no_mounts,
    ),
    Fault(
        "disk of the workers full",
        "no byte more fits on the disk of their logs and temporary files, while they work and at a start",
        "room is made",
        SAFE + "; the stream goes on meanwhile; exit 0; what is logged later is there",
        fill_worker_disk,
        short=False,
        impossible=no_mounts,
    ),
    Fault(
        "clocks set",
        f"the workers' clocks set an hour forward, then two back, {CLOCK_SECONDS:g} s each; a start so",
        "workers of the right time",
        SAFE + "; no session is lost; no innocent becomes a dead letter",
        set_clocks,
        short=False,
        impossible=no_faketime,
    ),
    *(
        Fault(
            f"{stage} stands still",
            f"no call of {stage} to Kafka at '{point}' returns any more; stall_seconds={STALL_SECONDS:g}",
            "it ends by itself with 75, and is started again",
            SAFE + "; unready before it ends",
            partial(stand_still, stage=stage, point=point),
            codes=frozenset({AGAIN}),
            short=False,
        )
        for stage, point in (("clean", "sent"), ("dedup", "transaction sent"))
    ),
)
