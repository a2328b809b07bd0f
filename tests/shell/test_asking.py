"""Records go to the pool by chunks; their answers come back in order, and a free process is told of."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from streams.events import Rejected
from streams.pipeline import TAG, Record
from streams.shell.asking import Asking, answered, in_time
from streams.shell.judging import Judged
from streams.shell.settings import Settings
from streams.vocabulary import RejectReason

SETTINGS = Settings(chunk_records=2)


class Pool:
    """Answers when it may: each record is rejected, its value in the detail."""

    processes = 2

    def __init__(self) -> None:
        self.may = asyncio.Event()

    async def judge(self, records: Sequence[Record]) -> list[Judged]:
        await self.may.wait()
        return [
            Judged(Rejected(RejectReason.EMPTY, (one.value or b"").decode()), "tag", (0.1,))
            for one in records
        ]


def record(value: bytes) -> Any:
    return SimpleNamespace(value=value, timestamp=1_764_000_000_000, headers=())


def test_answers_come_in_the_order_of_the_records() -> None:
    async def scenario() -> None:
        pool: Any = Pool()
        pool.may.set()
        answers = await Asking(TAG, SETTINGS, pool, lambda: None).ask([record(b"%d" % n) for n in range(7)])
        details = [one.outcome.detail for one in await answered(answers) if isinstance(one.outcome, Rejected)]
        assert details == [str(n) for n in range(7)]

    asyncio.run(scenario())


def test_whoever_waits_is_told_while_a_process_has_nothing_to_do_and_when_one_is_done() -> None:
    """Else what waits would wait for the next poll."""

    async def scenario() -> None:
        pool: Any = Pool()
        told: list[bool] = []
        asking = Asking(TAG, SETTINGS, pool, lambda: told.append(asking.free))
        first = await asking.ask([record(b"0")])
        assert told == [True], "one process of two works"
        second = await asking.ask([record(b"1")])
        assert told == [True, False]
        pool.may.set()
        assert await in_time([*first, *second], [])
        await answered([*first, *second])
        assert told[-1]

    asyncio.run(scenario())


def test_nothing_to_ask_leaves_every_process_free() -> None:
    async def scenario() -> None:
        pool: Any = Pool()
        told: list[bool] = []
        asking = Asking(TAG, SETTINGS, pool, lambda: told.append(asking.free))
        assert await asking.ask([]) == []
        assert told == [True]

    asyncio.run(scenario())
