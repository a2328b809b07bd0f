"""What is done of each lane goes to Kafka, many lanes and rounds in one request."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

from faust.types import TP

from streams.shell.lanes import Taken

Commit = Callable[[int, dict[TP, int]], Awaitable[None]]
"""commit(generation, offsets): does nothing about partitions that are no longer ours."""

# Between two commits, each a request of its own through two threads. What is delivered in between, a worker
# that is killed leaves to be done again.
PAUSE_SECONDS = 0.1


class Commits:
    """Commits from the head of each lane, at once if the last commit was long ago."""

    def __init__(self, commit: Commit) -> None:
        self._commit = commit
        self._offsets: dict[int, dict[TP, int]] = {}
        self._next: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._last = -PAUSE_SECONDS

    async def finish(self, taken: Sequence[Taken]) -> None:
        """Marks delivered batches; returns when what can be committed of them is committed."""
        for lane, batch, _ in taken:
            offset = lane.finish(batch)
            if offset is not None:
                self._offsets.setdefault(lane.generation, {})[TP(lane.topic, lane.partition)] = offset
        if self._offsets:
            self._next = self._next or asyncio.create_task(self._written())
            await asyncio.shield(self._next)

    def stop(self) -> None:
        """Commits nothing more."""
        if self._next is not None:
            self._next.cancel()

    async def _written(self) -> None:
        await asyncio.sleep(max(0.0, self._last + PAUSE_SECONDS - time.monotonic()))
        async with self._writing:
            self._next = None
            offsets, self._offsets = self._offsets, {}
            self._last = time.monotonic()
            for generation, of_lanes in offsets.items():
                await self._commit(generation, of_lanes)
