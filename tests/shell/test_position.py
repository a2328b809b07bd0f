"""What a worker says of its position: lag, the age of what waits, and what is left of the retention."""

import asyncio
import time
from collections import defaultdict, deque
from typing import Any

import pytest
from faust.types import TP

from streams.shell.metrics import REGISTRY
from streams.shell.position import Position
from streams.shell.transport import BatchConsumer

RAW = TP("articles.raw", 0)
HOUR = 3600.0


class Reader:
    """Faust's consumer as far as the position asks it; `waiting` and `oldest` are our own consumer's."""

    oldest = BatchConsumer.oldest

    def __init__(self, end: int, committed: int | None, position: int, high: int | None = None) -> None:
        self.end, self.at, self.high = end, position, high or end
        self._committed_offset = {RAW: committed}
        self.waiting: defaultdict[TP, deque[tuple[int, int]]] = defaultdict(deque)

    def assignment(self) -> set[TP]:
        return {RAW}

    async def highwaters(self, *_partitions: TP) -> dict[TP, int]:
        return {RAW: self.end}

    async def earliest_offsets(self, *_partitions: TP) -> dict[TP, int]:
        return {RAW: 0}

    async def position(self, _tp: TP) -> int:
        return self.at

    def highwater(self, _tp: TP) -> int:
        return self.high


def handed_out(reader: Reader, behind: int, seconds_ago: float) -> None:
    reader.waiting[RAW].append((behind, round((time.time() - seconds_ago) * 1000)))


def look(position: Position, reader: Any, *, busy: bool = True) -> int:
    return asyncio.run(position.look(reader, busy=busy))


def told(name: str) -> float:
    found = REGISTRY.get_sample_value(name, {"topic": RAW.topic})
    assert found is not None
    return found


@pytest.fixture
def position() -> Position:
    return Position(RAW.topic, retention_seconds=100 * HOUR)


def test_the_oldest_is_the_first_record_in_hand_that_is_not_committed(position: Position) -> None:
    reader = Reader(end=30, committed=10, position=30)
    for behind, hours in ((10, 9), (20, 4), (30, 1)):
        handed_out(reader, behind, hours * HOUR)
    assert look(position, reader) == 20
    assert told("copydesk_oldest_unprocessed_age_seconds") == pytest.approx(4 * HOUR, abs=60)
    assert told("copydesk_retention_headroom_ratio") == pytest.approx(0.96, abs=0.001)


def test_a_worker_that_is_up_to_date_has_nothing_old_and_all_of_the_retention(position: Position) -> None:
    reader = Reader(end=30, committed=30, position=30)
    handed_out(reader, 30, HOUR)
    assert look(position, reader, busy=False) == 0
    assert told("copydesk_oldest_unprocessed_age_seconds") == 0
    assert told("copydesk_retention_headroom_ratio") == 1


def test_records_that_nobody_has_fetched_age_from_when_they_were_noticed(
    position: Position, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, now = Reader(end=30, committed=10, position=10), time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    look(position, reader)
    monkeypatch.setattr(time, "time", lambda: now + 40)
    look(position, reader)
    assert told("copydesk_oldest_unprocessed_age_seconds") == pytest.approx(40)


def test_the_age_grows_while_nobody_can_look(position: Position, monkeypatch: pytest.MonkeyPatch) -> None:
    reader, now = Reader(end=30, committed=10, position=30), time.time()
    handed_out(reader, 30, 10)
    look(position, reader)
    monkeypatch.setattr(time, "time", lambda: now + 1000)
    assert told("copydesk_oldest_unprocessed_age_seconds") == pytest.approx(1010, abs=5)


def test_partitions_that_are_gone_leave_no_age(position: Position) -> None:
    reader = Reader(end=30, committed=10, position=30)
    handed_out(reader, 30, HOUR)
    look(position, reader)
    position.forget(reader)
    assert told("copydesk_oldest_unprocessed_age_seconds") == 0
    assert not reader.waiting


def test_a_transaction_that_stays_open_is_told_until_the_stable_offset_moves(
    position: Position, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, now = Reader(end=30, committed=30, position=30, high=35), time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    look(position, reader, busy=False)
    monkeypatch.setattr(time, "monotonic", lambda: now + 900)
    look(position, reader, busy=False)
    assert told("copydesk_open_transaction_seconds") == 900
    reader.end = 33  # one has ended, the next is open: it moves
    look(position, reader, busy=False)
    assert told("copydesk_open_transaction_seconds") == 0


def test_a_partition_that_is_taken_away_during_a_look_ends_no_worker(position: Position) -> None:
    class Robbed(Reader):
        def highwater(self, _tp: TP) -> int:
            """As aiokafka does it."""
            raise AssertionError("Partition is not assigned")

    assert look(position, Robbed(end=10, committed=4, position=4)) == 6
