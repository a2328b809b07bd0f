"""The loop of the dedup worker: takes and gives up the domains that Faust assigns, one batch at a time."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from streams.dedup import self_test
from streams.pipeline import TAG, Step
from streams.shell import clients, counting, metrics
from streams.shell.deadletters import FailureLimits
from streams.shell.domain import Domain
from streams.shell.exits import Exit, Fatal
from streams.shell.lanes import Batch, Budget, Waiting
from streams.shell.loading import has_loaded
from streams.shell.logs import unexpected
from streams.shell.settings import Settings
from streams.shell.transport import Polled

# Between the beginnings of two transactions of one domain. One of a single text takes the loop 2.7 ms: what
# comes meanwhile shares the next.
PAUSE_SECONDS = 0.02
# So many polls are in hand when no more is read.
POLLS = 4

Applied = Callable[[str, int, int], None]
"""applied(topic, partition, offset): input before this offset is decided and committed."""


@dataclass(slots=True, eq=False)
class _Owned:
    """A domain of ours, and its batches that wait for their transaction."""

    generation: int
    opening: asyncio.Task[Domain]
    waiting: Waiting[Batch]
    task: asyncio.Task[None] | None = None
    began_at: float = -PAUSE_SECONDS


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
        self._domains: dict[int, _Owned] = {}
        self._budget = Budget(POLLS * settings.poll_records, settings.fetch_bytes)
        self._deciding = asyncio.Lock()
        self._ending = False
        self._loaded_at = time.monotonic()

    @property
    def healthy(self) -> bool:
        """Whether the memory of every domain of ours is loaded."""
        return all(owned.opening.done() for owned in self._domains.values())

    @property
    def busy(self) -> bool:
        return self._deciding.locked() or any(owned.waiting for owned in self._domains.values())

    @property
    def judging(self) -> bool:
        return False

    @property
    def last_result(self) -> float:
        """When a memory last grew or was loaded: that takes its time and is progress, waiting for a broker
        that is gone is none.
        """
        return self._loaded_at

    @property
    def room(self) -> asyncio.Event:
        """Set while more may be read."""
        return self._budget.room

    async def start(self) -> None:
        """Raises Fatal(INTERNAL) where this machine does not decide as the log's other writers do."""
        if has_loaded(TAG):  # by the supervisor: its warm-up was the same test. Once more it would take 3 MB
            return
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
        self._domains[partition] = _Owned(generation, opening, Waiting(self._settings.poll_records))

    async def accept(self, topic: str, partition: int, generation: int, records: Polled) -> None:
        """Takes a batch of a domain in hand."""
        owned = self._domains.get(partition)
        if owned is None or owned.generation != generation:
            return  # read before a rebalance: whoever owns it now reads it again
        batch = Batch(records)
        self._budget.take(batch)
        owned.waiting.add(batch)
        if owned.task is None or owned.task.done():
            owned.task = asyncio.create_task(self._guarded(owned, topic, partition))

    async def _guarded(self, owned: "_Owned", topic: str, partition: int) -> None:
        try:
            await self._decide(owned, topic, partition)
        except Fatal as fatal:
            self._ending = True
            self._fail(fatal)
        except Exception as error:
            self._ending = True
            self._fail(unexpected(error, topic=topic, partition=partition))

    async def _decide(self, owned: "_Owned", topic: str, partition: int) -> None:
        """Decides what waits, together, in one transaction after another."""
        # Loading can take longer than a rebalance waits, so it is awaited outside the lock.
        await asyncio.wait({owned.opening})
        while owned.waiting and not self._ending:
            await asyncio.sleep(max(0.0, owned.began_at + PAUSE_SECONDS - time.monotonic()))
            async with self._deciding:
                if self._ending or self._domains.get(partition) is not owned:
                    return
                if owned.opening.exception() is not None:
                    return  # `_opened` has told
                owned.began_at = time.monotonic()
                records = [record for batch in self._taken(owned) for record in batch.records]
                metrics.CONSUMED.labels(stage=self._step.name).inc(len(records))
                await self._in_time(owned.opening.result().decide(records), f"{topic}/{partition}")
                self._show()
                self._applied(topic, partition, records[-1].offset + 1)

    async def _in_time(self, deciding: Coroutine[Any, Any, None], where: str) -> None:
        """By our own clock: a transaction may hang. It is not cancelled, which would have to wait for it."""
        task, limit = asyncio.create_task(deciding), self._settings.stall_seconds
        done, _ = await asyncio.wait({task}, timeout=limit)
        if not done:
            task.add_done_callback(_taken_note_of)
            raise Fatal(Exit.RETRY, f"the transaction of {where} did not end within {limit:g} s")
        task.result()

    def _taken(self, owned: "_Owned") -> list[Batch]:
        """Takes the next batches of a domain; there is room for others then."""
        batches = owned.waiting.together()
        for batch in batches:
            self._budget.give_back(batch)
        return batches

    async def release(self, seconds: float) -> None:
        """The domains go: ends the transaction in hand, for so long, then closes the producers."""
        domains, self._domains = self._domains, {}
        self._show()
        if self._deciding.locked():
            try:
                async with asyncio.timeout(seconds), self._deciding:
                    pass
            except TimeoutError:
                # Whoever takes the domain next fences this producer; what is open is aborted then.
                self._fail(Fatal(Exit.RETRY, f"a transaction did not end within {seconds:g} s"))
        for owned in domains.values():
            while owned.waiting:
                self._taken(owned)  # the next owner reads them again
            owned.opening.cancel()
        await asyncio.gather(*(_closed(owned.opening) for owned in domains.values()))

    async def stop(self) -> None:
        await self.release(0)

    def _loading(self) -> None:
        self._loaded_at = time.monotonic()

    def _show(self) -> None:
        """Shows the memories that are loaded; one that is lost is shown no longer."""
        loaded = [
            owned.opening
            for owned in self._domains.values()
            if owned.opening.done() and not owned.opening.cancelled()
        ]
        counting.show_index(task.result().stats for task in loaded if task.exception() is None)

    def _opened(self, opening: "asyncio.Task[Domain]") -> None:
        self._loading()
        self._show()
        if not opening.cancelled() and (error := opening.exception()) is not None:
            self._fail(clients.explained(error, self._settings))


async def _closed(opening: "asyncio.Task[Domain]") -> None:
    """Waits also for one that is cancelled: its producer, started late, would fence that of our next take."""
    await asyncio.wait({opening})
    if not opening.cancelled() and opening.exception() is None:
        await opening.result().close()


def _taken_note_of(task: "asyncio.Task[None]") -> None:
    """The process is ending: how a transaction ends that hung changes nothing any more."""
    if not task.cancelled():
        task.exception()
