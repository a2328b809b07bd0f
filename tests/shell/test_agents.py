"""The loop of the clean and the tag worker: how much it takes in hand."""

import asyncio
from types import SimpleNamespace
from typing import Any

from streams.pipeline import TAG
from streams.shell.agents import IN_HAND_CHUNKS, StageLoop
from streams.shell.deadletters import FailureLimits
from streams.shell.settings import Settings
from streams.shell.transport import Polled

CHUNK_BYTES = 1000


def test_no_more_is_in_hand_than_keeps_the_stage_processes_busy() -> None:
    async def scenario() -> tuple[bool, bool]:
        settings = Settings(chunk_bytes=CHUNK_BYTES)
        pool: Any = SimpleNamespace(processes=2, judge=lambda _records: asyncio.Event().wait())
        limits = FailureLimits(settings, "copydesk worker tag", 0)
        loop = StageLoop(TAG, settings, pool, limits, lambda *_: asyncio.sleep(0), lambda _fatal: None)
        await loop.take("articles.cleaned", 0, 1)
        accepted: list[bool] = []
        for size in (IN_HAND_CHUNKS * pool.processes * CHUNK_BYTES, 1):
            record = SimpleNamespace(value=bytes(size), offset=len(accepted), timestamp=0)
            accepting = asyncio.create_task(
                loop.accept("articles.cleaned", 0, 1, Polled([record], more=False))
            )
            await asyncio.wait({accepting}, timeout=0.1)
            accepted.append(accepting.done())
            accepting.cancel()
        await loop.stop()
        first, second = accepted
        return first, second

    assert asyncio.run(scenario()) == (True, False)
