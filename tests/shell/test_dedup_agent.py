"""What the loop of a dedup worker tells the watchdog while it takes a domain, and how it gives domains up."""

import asyncio
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from streams.pipeline import DEDUP
from streams.shell.deadletters import FailureLimits
from streams.shell.dedup_agent import DedupLoop
from streams.shell.domain import Domain
from streams.shell.exits import Fatal
from streams.shell.settings import Settings


def test_waiting_for_a_broker_that_does_not_answer_is_no_progress() -> None:
    """Else a worker whose broker is gone while it loads its memory would try for ever."""

    async def scenario() -> None:
        asked = asyncio.Event()
        ended = asyncio.Event()

        async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.set()
            await ended.wait()
            writer.close()

        async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            settings = Settings(brokers=f"127.0.0.1:{port}", metrics_port=0)
            told: list[Fatal] = []
            loop = DedupLoop(
                DEDUP,
                settings,
                FailureLimits(settings, "copydesk worker dedup", 0),
                lambda *_: None,
                told.append,
            )
            await loop.take("articles.tagged", 0, 1)
            taken = loop.last_result
            await asyncio.wait_for(asked.wait(), 60)
            assert not loop.healthy, "it still waits"
            assert loop.last_result == taken
            await loop.release(0)
            ended.set()
        assert told == []

    asyncio.run(scenario())


def test_domains_are_closed_together_also_one_that_was_loaded_as_it_was_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One after another, producers that hang would take longer than a worker has to stop."""
    closing: list[int] = []
    everyone = asyncio.Event()

    async def close(partition: int) -> None:
        closing.append(partition)
        if len(closing) == 3:
            everyone.set()
        await everyone.wait()

    async def opened(_settings: Any, _step: Any, partition: int, *_: Any) -> Any:
        if partition == 2:
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        return SimpleNamespace(close=lambda: close(partition), stats=None)

    async def scenario() -> None:
        monkeypatch.setattr(Domain, "open", opened)
        monkeypatch.setattr("streams.shell.counting.show_index", list)
        settings, told = Settings(metrics_port=0), list[Fatal]()
        limits = FailureLimits(settings, "copydesk worker dedup", 0)
        loop = DedupLoop(DEDUP, settings, limits, lambda *_: None, told.append)
        for partition in range(3):
            await loop.take("articles.tagged", partition, 1)
        await asyncio.sleep(0)
        await asyncio.wait_for(loop.release(0), 60)
        assert sorted(closing) == [0, 1, 2]
        assert told == []

    asyncio.run(scenario())
