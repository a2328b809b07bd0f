"""The loop of the dedup worker: takes and gives up the domains that Faust assigns, one batch at a time."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from streams.dedup import self_test
from streams.pipeline import Step
from streams.shell import clients, counting, metrics
from streams.shell.deadletters import FailureLimits
from streams.shell.domain import Domain
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings

Applied = Callable[[str, int, int], None]
"""applied(topic, partition, offset): input before this offset is decided and committed."""


class DedupLoop:
    """Owns domains as Faust assigns them. `fail` is called with what must end the process."""

    def __init__(
        self,
        step: Step,
        settings: Settings,
        limits: FailureLimits,
        applied: Applied,
        fail: Callable[[Fatal], None],
    ) -> None:
        self._step, self._settings, self._limits = step, settings, limits
        self._applied, self._fail = applied, fail
        self._domains: dict[int, tuple[int, asyncio.Task[Domain]]] = {}
        self._deciding = asyncio.Lock()
        self._loaded_at = time.monotonic()

    @property
    def healthy(self) -> bool:
        """Whether the memory of every domain of ours is loaded."""
        return all(opening.done() for _generation, opening in self._domains.values())

    @property
    def busy(self) -> bool:
        return self._deciding.locked()

    @property
    def last_result(self) -> float:
        """When a memory last grew or was loaded: that takes its time and is progress, waiting for a broker
        that is gone is none.
        """
        return self._loaded_at

    async def start(self) -> None:
        """Raises Fatal(INTERNAL) where this machine does not decide as the log's other writers do."""
        try:
            self_test()
        except RuntimeError as error:
            raise Fatal(Exit.INTERNAL, f"the self-test failed, nothing was read: {error}") from None

    async def take(self, topic: str, partition: int, generation: int) -> None:  # noqa: ARG002
        """Begins to take a domain: fences its last owner, loads its memory. Does not wait for it."""
        self._loading()
        opening = asyncio.create_task(
            Domain.open(self._settings, self._step, partition, self._limits, self._loading)
        )
        opening.add_done_callback(self._opened)
        self._domains[partition] = (generation, opening)

    async def accept(self, topic: str, partition: int, generation: int, records: list[Any]) -> None:
        """Decides a batch of a domain, in one transaction."""
        owned = self._domains.get(partition)
        if owned is None or owned[0] != generation:
            return  # read before a rebalance: whoever owns it now reads it again
        # Loading can take longer than a rebalance waits, so it is awaited outside the lock.
        await asyncio.wait({owned[1]})
        async with self._deciding:
            if self._domains.get(partition) is not owned or owned[1].exception() is not None:
                return  # lost while it was loading, or it could not be loaded: `_opened` has told
            metrics.CONSUMED.labels(stage=self._step.name).inc(len(records))
            await owned[1].result().decide(records)
            self._show()
            self._applied(topic, partition, records[-1].offset + 1)

    async def release(self, seconds: float) -> None:
        """The domains go: ends the transaction in hand, for so long, then closes the producers."""
        domains, self._domains = self._domains, {}
        self._show()
        if self._deciding.locked():
            try:
                await asyncio.wait_for(self._deciding.acquire(), seconds)
                self._deciding.release()
            except TimeoutError:
                # Whoever takes the domain next fences this producer; what is open is aborted then.
                self._fail(Fatal(Exit.RETRY, f"a transaction did not end within {seconds:g} s"))
        for _generation, opening in domains.values():
            if not opening.done():
                # Awaited: its producer, started late, would fence the one of our own next take.
                opening.cancel()
                await asyncio.wait({opening})
            elif opening.exception() is None:
                await opening.result().close()

    async def stop(self) -> None:
        await self.release(0)

    def _loading(self) -> None:
        self._loaded_at = time.monotonic()

    def _show(self) -> None:
        """Shows the memories that are loaded; one that is lost is shown no longer."""
        loaded = [task for _, task in self._domains.values() if task.done() and not task.cancelled()]
        counting.show_index(task.result().stats for task in loaded if task.exception() is None)

    def _opened(self, opening: "asyncio.Task[Domain]") -> None:
        self._loading()
        self._show()
        if not opening.cancelled() and (error := opening.exception()) is not None:
            self._fail(clients.explained(error, self._settings))
