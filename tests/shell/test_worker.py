"""What a worker does beside its work: asks for its rights where it has no partition, gives memory back."""

import asyncio
import gc
import weakref
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from aiokafka import errors
from faust.types import TP

from streams.pipeline import CLEAN
from streams.shell import worker
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings


@pytest.mark.parametrize(("code", "ends"), [(Exit.NO_RIGHT, True), (Exit.UNAVAILABLE, False)])
def test_a_right_that_is_gone_ends_it_and_a_broker_that_is_away_does_not(
    monkeypatch: pytest.MonkeyPatch, code: Exit, ends: bool
) -> None:
    async def refused(*_: Any) -> None:
        raise Fatal(code, "Kafka says no")

    monkeypatch.setattr(worker, "check_access", refused)
    told: list[Fatal] = []
    one: Any = SimpleNamespace(_settings=Settings(), _step=CLEAN, failed=told.append)
    asyncio.run(worker.StageWorker._look_at_rights(one))
    assert [fatal.code for fatal in told] == [code] * ends


def test_a_broker_that_goes_away_as_faust_begins_ends_it_as_unavailable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refused(_self: Any) -> None:
        raise errors.KafkaConnectionError("nobody there")

    monkeypatch.setattr(faust.Worker, "start", refused)
    told: list[Fatal] = []
    one: Any = object.__new__(worker.StageWorker)
    one._settings, one.failed = Settings(), told.append
    with pytest.raises(errors.KafkaConnectionError):
        asyncio.run(one.start())
    assert [fatal.code for fatal in told] == [Exit.UNAVAILABLE]


@pytest.mark.parametrize("stopping", [False, True])
def test_a_worker_that_stops_takes_no_partition(stopping: bool) -> None:
    """What it would begin cannot end in time: de-duplication's transaction would end the process with 75."""
    taken: list[tuple[str, int, int]] = []

    async def take(*partition: Any) -> None:
        taken.append(partition)

    one: Any = SimpleNamespace(
        _state=SimpleNamespace(stopping=stopping),
        _work=SimpleNamespace(take=take),
        _position=SimpleNamespace(forget=lambda _: None),
        _watchdog=SimpleNamespace(progress=lambda: None),
        _consumer=None,
        app=SimpleNamespace(consumer_generation_id=7),
    )
    asyncio.run(worker.StageWorker._assigned(one, None, {TP("articles.tagged", 0)}))
    assert taken == [("articles.tagged", 0, 7)] * (not stopping)


class Fetched:
    """Lies in a cycle, as what aiokafka's fetcher drops."""

    def __init__(self) -> None:
        self.itself = self


def test_after_work_what_lies_in_cycles_is_freed_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    dropped = weakref.ref(Fetched())
    left: list[Any] = []

    def give_back() -> None:
        left.append(dropped())
        one.should_stop = True

    monkeypatch.setattr(worker, "TICK_SECONDS", 0)
    freed = SimpleNamespace(due=True, give_back=give_back)
    one: Any = SimpleNamespace(should_stop=False, _state=SimpleNamespace(), _freed=freed, _worked=True)
    gc.disable()
    try:
        asyncio.run(worker.StageWorker._tick(one))
    finally:
        gc.enable()
    assert left == [None]
    assert not one._worked
