"""The scene of a run: a broker behind a proxy, workers that are started again when they end, and the load."""

from __future__ import annotations

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.faults.feed import Feed
from tests.faults.ledger import Writer
from tests.faults.positions import Positions
from tests.faults.proxy import Proxy
from tests.faults.reading import Seen
from tests.faults.stream import TOPICS, Moment
from tests.faults.vitals import Vitals
from tests.system.desk import STAGES, Desk, Worker
from tests.system.kafka import POLL_S, REPOSITORY, Broker, Kafka, wait_for

PLUG = REPOSITORY / "tests" / "faults" / "plug"
PARTITIONS = 4
# Small batches, so that a fault finds work half done; Kafka's shortest session. Poison hangs three seconds.
SETTINGS: dict[str, object] = {
    "poll_records": 40,
    "session_seconds": 6,
    "request_seconds": 8,
    "stage_seconds": 3,
    "stage_memory_mb": 800,
    "stall_seconds": 60,
    "partitions": PARTITIONS,
}
BACKLOG = 1_500  # records of one stage: the load waits while more of them wait, as on a slow machine
RESTART_SECONDS = 1.0
PERSON_SECONDS = 3.0  # 77 and 78 ask for a person, who looks from time to time
ASKS_A_PERSON = frozenset({77, 78})
STUCK_SECONDS = 600.0  # a stage that commits nothing for so long, with nothing wrong any more, is stuck


class StuckError(AssertionError):
    """A stage does not go on although nothing is wrong any more."""


@dataclass(slots=True)
class Scene:
    """What faults act on. `wanted` is how many workers of each stage a supervisor keeps alive."""

    broker: Broker
    kafka: Kafka  # past the proxy
    proxy: Proxy
    desk: Desk
    positions: Positions
    feed: Feed
    writer: Writer
    random: random.Random
    brokers: int = 1
    vitals: Vitals = field(default_factory=Vitals)
    wanted: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(STAGES, 1)))
    running: dict[str, list[Worker]] = field(default_factory=lambda: {stage: [] for stage in STAGES})
    upgraded: set[str] = field(default_factory=set)  # stages whose workers are started in the next version
    endings: list[tuple[str, int, str]] = field(default_factory=list)  # stage, exit code, its last reason
    moments: list[Moment] = field(default_factory=list)
    kept: list[Seen] = field(default_factory=list)  # records of topics that were deleted since
    broken: list[str] = field(default_factory=list)  # promises that were seen not to be kept
    # Faults that are there at once act in threads of their own: one of them supervises at a time.
    _turn: threading.RLock = field(default_factory=threading.RLock)
    # A process is killed when the thread ends that started it (PDEATHSIG): this one lasts.
    _starter: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _not_before: dict[str, float] = field(default_factory=dict)

    # ---- workers

    def start(self, stage: str, point: str = "", nth: int = 1, *, newer: bool | None = None) -> Worker:
        """Starts a worker; with `point` it will kill itself there, the nth time. `newer`: one of the next
        version; else `upgraded` says which.
        """
        newer = stage in self.upgraded if newer is None else newer
        with self._turn:
            token = self.desk.folder / f"token-{len(self.desk.workers)}"
            given = {
                "FAULTS_POINT": point,
                "FAULTS_NTH": str(nth),
                "FAULTS_TOKEN": str(token),
                "FAULTS_NEXT_VERSION": "1" if newer else "",
                "FAULTS_COUNTERS": str(self.counters(len(self.desk.workers))),
            }
            if point:
                token.touch()
            os.environ.update(given)
            try:
                worker = self._starter.submit(self.desk.worker, stage, plug=PLUG).result()
            finally:
                for name in given:
                    del os.environ[name]
            self.running[stage].append(worker)
        return worker

    def counters(self, number: int) -> Path:
        """Where the so many-th process leaves its metrics when it ends, if it can (tests/faults/plug)."""
        return self.desk.folder / f"counters-{number}"

    def supervise(self) -> None:
        """One look: starts again what has ended, holds the load where too much waits, measures memory."""
        with self._turn:
            for stage, workers in self.running.items():
                for worker in [one for one in workers if one.process.poll() is not None]:
                    workers.remove(worker)
                    self._ended(stage, worker)
                missing = self.wanted[stage] - len(workers)
                if missing > 0 and time.monotonic() >= self._not_before.get(stage, 0):
                    self.start(stage)
            self.vitals.look(self.running)

    def _ended(self, stage: str, worker: Worker) -> None:
        code = worker.process.returncode
        reasons = worker.logged("stopping")
        self.endings.append((stage, code, reasons[0]["reason"] if reasons else ""))
        pause = PERSON_SECONDS if code in ASKS_A_PERSON else RESTART_SECONDS
        self._not_before[stage] = time.monotonic() + pause

    def anyone(self, stage: str) -> Worker:
        """A living worker of a stage, started where there is none."""
        self.until(f"a {stage} worker lives", lambda: self.running[stage])
        return self.random.choice(self.running[stage])

    def well(self, stage: str) -> Worker:
        """A ready worker of a stage."""
        self.until(f"a {stage} worker is ready", lambda: any(map(ready, self.running[stage])))
        return self.random.choice([one for one in self.running[stage] if ready(one)] or self.running[stage])

    def retire(self, stage: str, worker: Worker) -> int:
        """Takes a worker out of supervision and ends it with SIGTERM; gives its exit code."""
        with self._turn:
            if worker in self.running[stage]:
                self.running[stage].remove(worker)
        code = (
            worker.process.returncode
            if worker.process.poll() is not None
            else worker.terminate(STUCK_SECONDS)
        )
        self.endings.append((stage, code, "retired"))
        return code

    # ---- time

    def until(self, what: str, condition: Callable[[], object], seconds: float = STUCK_SECONDS) -> None:
        """Waits, under supervision. Raises StuckError where it takes longer."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise StuckError(f"not within {seconds:g} s: {what}")
            self.supervise()
            time.sleep(POLL_S)

    def last(self, seconds: float) -> None:
        """Lets a fault last so long, under supervision."""
        end = time.monotonic() + seconds
        self.until("time passes", lambda: time.monotonic() >= end, seconds + STUCK_SECONDS)

    def moment(self, when: str) -> None:
        """Notes what is committed, and then what is written (I3)."""
        for stage, topic in STAGES.items():
            committed = self.positions.committed(stage)
            ends = {
                (name, partition): end
                for name in TOPICS
                for partition, end in self.positions.ends(name).items()
            }
            self.moments.append(Moment(topic, committed, ends, when))

    def behind(self) -> Counter[str]:
        """Records that each stage has not committed."""
        return self.positions.behind()

    def throttled(self) -> Counter[str]:
        """The same; holds the load while too much waits."""
        behind = self.behind()
        if max(behind.values()) > BACKLOG:
            self.feed.flowing.clear()
        else:
            self.feed.flowing.set()
        return behind

    def recovered(self) -> float:
        """Waits until every stage that has work commits again; gives the seconds since the call."""
        began = time.monotonic()
        waiting = {stage: self.positions.committed(stage) for stage in STAGES}

        def all_go_on() -> bool:
            behind = self.throttled()
            for stage in list(waiting):
                if not behind[stage] or self.positions.committed(stage) != waiting[stage]:
                    del waiting[stage]
            return not waiting

        self.until(f"every stage commits again, not yet {', '.join(STAGES)}", all_go_on)
        return time.monotonic() - began

    def drained(self) -> None:
        """Ends the load and waits until every stage has committed all there is."""
        self.feed.settle()
        for stage in STAGES:
            while left := self.behind()[stage]:
                self.until(f"{stage} commits more, {left} left", partial(self._fewer, stage, left))

    def _fewer(self, stage: str, left: int) -> bool:
        return self.behind()[stage] < left

    def whole(self) -> None:
        """Waits until every broker of the cluster has caught up."""
        self.until("every replica keeps up", lambda: self.positions.in_sync(self.brokers))

    def topics(self) -> None:
        """Makes what is missing, as an operator does."""
        wait_for("the topics", STUCK_SECONDS, lambda: self.desk.run("topics", "--create").returncode == 0)


def ready(worker: Worker) -> bool:
    """Not so where it has ended."""
    return worker.address() is not None and worker.probe("/readyz")[0] == 200
