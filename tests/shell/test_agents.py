"""The loop of clean and tag: what a poll has brought is judged, sent and given up round by round."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from faust.types import TP

from streams.events import Rejected
from streams.pipeline import TAG, Record
from streams.shell import agents
from streams.shell.agents import ROUND_CHUNKS, StageLoop
from streams.shell.deadletters import FailureLimits
from streams.shell.deliveries import Delivery, Message
from streams.shell.exits import Fatal
from streams.shell.judging import Judged
from streams.shell.settings import Settings
from streams.shell.transport import Polled
from streams.vocabulary import RejectReason

SETTINGS = Settings(chunk_records=2)
ROUND = ROUND_CHUNKS * SETTINGS.chunk_records
TOPIC = "articles.cleaned"


class Pool:
    """Rejects every record; the first round's at once, the others' when it may."""

    processes = 1

    def __init__(self) -> None:
        self.asked: list[bytes | None] = []
        self.may = asyncio.Event()

    async def judge(self, records: Sequence[Record]) -> list[Judged]:
        self.asked += [one.value for one in records]
        if len(self.asked) > ROUND:
            await self.may.wait()
        return [Judged(Rejected(RejectReason.EMPTY), "tag", (0.1,)) for _ in records]


class Output:
    """Delivers when it may."""

    def __init__(self) -> None:
        self.sent: list[Message] = []
        self.may = asyncio.Event()

    async def enqueue(self, messages: Sequence[Message]) -> Delivery:
        self.sent += messages
        return Delivery(messages)

    async def settle(self, _delivery: Delivery) -> None:
        await self.may.wait()


async def until(there: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not there():
            await asyncio.sleep(0.001)


def test_of_one_poll_a_round_is_sent_and_makes_room_while_the_next_is_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else stage processes would have nothing to do until all of it were delivered."""
    output = Output()
    monkeypatch.setattr(agents, "Output", lambda *_: output)
    values = [b"%d" % n for n in range(2 * ROUND + 3)]
    committed: dict[TP, int] = {}
    failed: list[Fatal] = []

    async def commit(_generation: int, offsets: dict[TP, int]) -> None:
        committed.update(offsets)

    async def scenario() -> None:
        pool: Any = Pool()
        loop = StageLoop(TAG, SETTINGS, pool, FailureLimits(SETTINGS, "", 0), commit, failed.append)
        await loop.take(TOPIC, 0, 1)
        await loop.accept(TOPIC, 0, 1, Polled(map(record, values, range(len(values))), more=False))
        assert not loop.room.is_set()
        await until(lambda: len(output.sent) == ROUND and pool.asked == values[: 2 * ROUND])
        output.may.set()
        await until(lambda: committed == {TP(TOPIC, 0): ROUND} and loop.room.is_set())
        pool.may.set()
        await until(lambda: committed == {TP(TOPIC, 0): len(values)})
        assert [message.value for message in output.sent] == values
        await until(lambda: not loop.busy)
        assert failed == []

    asyncio.run(scenario())


def record(value: bytes, offset: int) -> Any:
    return ConsumerRecord(TOPIC, 0, offset, 1_000, 1, b"k", value, None, 1, len(value), ())
