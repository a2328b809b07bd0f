"""When a worker that makes no progress is ended, and when it is not."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import pytest
from aiokafka.errors import KafkaConnectionError

from streams.shell import watchdog
from streams.shell.exits import Exit, Fatal
from streams.shell.health import Health
from streams.shell.position import Position
from streams.shell.settings import Settings
from streams.shell.watchdog import Watchdog

STALL_SECONDS = 0.3
LOOKS = 240  # at 5 ms: four times the stall


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "WATCH_SECONDS", 0.005)


@dataclass
class Worker:
    """What a watchdog looks at: records behind (an error where the broker does not say), records in hand."""

    behind: int | Exception
    busy: bool = False
    working: bool = False  # stages give results
    judging: bool = False
    assigned: bool = True

    @property
    def last_result(self) -> float:
        return time.monotonic() if self.working else 0.0

    async def look(self, _consumer: Any, *, busy: bool) -> int:
        assert busy == self.busy
        if isinstance(self.behind, Exception):
            raise self.behind
        return self.behind


def watching(
    worker: Worker, state: Health, fail: Callable[[Fatal], None], seconds: float, stage_seconds: float = 0
) -> Watchdog:
    settings = Settings(stall_seconds=seconds, stage_seconds=stage_seconds)
    return Watchdog(settings, lambda: None, worker, cast(Position, worker), state, fail)


def ends(worker: Worker, *, progress: bool = False) -> Fatal | None:
    """What ends the worker within LOOKS looks; with `progress` its offsets move all the time."""
    found: list[Fatal] = []
    state = Health(assigned=worker.assigned)
    looks: Iterator[int] = iter(range(LOOKS))
    dog = watching(worker, state, found.append, STALL_SECONDS)

    def ended() -> bool:
        if progress:
            dog.progress()
        return bool(found) or next(looks, None) is None

    asyncio.run(dog.run(ended))
    assert state.broker is not isinstance(worker.behind, Exception)
    assert (state.ready() is not None) == bool(found)
    return found[0] if found else None


@pytest.mark.parametrize(
    ("worker", "why"),
    [
        (Worker(behind=3), "records wait"),
        (Worker(behind=0, busy=True), "records wait"),
        (Worker(behind=KafkaConnectionError()), "records wait"),
        (Worker(behind=0, assigned=False), "the group has not let us in"),
    ],
)
def test_a_worker_with_work_and_no_progress_ends_for_its_supervisor_to_restart(
    worker: Worker, why: str
) -> None:
    fatal = ends(worker)
    assert fatal is not None
    assert fatal.code is Exit.RETRY
    assert why in str(fatal)


@pytest.mark.parametrize("worker", [Worker(behind=0), Worker(behind=3, busy=True, working=True)])
def test_nothing_to_do_and_stages_that_give_results_are_no_stall(worker: Worker) -> None:
    assert ends(worker) is None


def test_offsets_that_move_are_no_stall_however_far_behind_a_worker_is() -> None:
    assert ends(Worker(behind=1_000_000), progress=True) is None


def test_a_worker_that_stands_still_is_unready_before_it_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "UNREADY_SHARE", 0.0)
    state = Health(assigned=True)
    said: list[Fatal] = []
    dog = watching(Worker(behind=3), state, said.append, seconds=60)
    asyncio.run(dog.run(iter([False, False, True]).__next__))
    assert state.ready() == "no progress although there is work"
    assert not said


@pytest.mark.parametrize(("judging", "stalls"), [(True, False), (False, True)])
def test_a_page_may_take_all_of_its_time_on_a_busy_machine(judging: bool, stalls: bool) -> None:
    """That is more than no progress may take otherwise: its process got hardly any CPU."""
    state, said = Health(assigned=True), list[Fatal]()
    worker = Worker(behind=3, busy=True, judging=judging)
    looks = iter(range(LOOKS))
    dog = watching(worker, state, said.append, STALL_SECONDS, stage_seconds=60)
    asyncio.run(dog.run(lambda: bool(said) or next(looks, None) is None))
    assert bool(said) == stalls
    assert (state.ready() is not None) == stalls
