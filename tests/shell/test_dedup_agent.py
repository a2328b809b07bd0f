"""What the loop of a dedup worker tells the watchdog while it takes a domain."""

import asyncio

from streams.pipeline import DEDUP
from streams.shell.deadletters import FailureLimits
from streams.shell.dedup_agent import DedupLoop
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
