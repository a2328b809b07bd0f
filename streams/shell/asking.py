"""Records that the stage pool is asked about, chunk by chunk, and its answers as they come."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from streams.contract import rfc3339
from streams.events import Failed
from streams.pipeline import CLEAN, Record, Step
from streams.shell.judging import Judged
from streams.shell.lanes import Batch
from streams.shell.pool import StagePool, chunks
from streams.shell.sent_back import SentBack
from streams.shell.settings import Settings

# After so long, batches that are judged do not wait for the others of their round any more: a page may hang,
# theirs or one of the round before.
PATIENCE_SECONDS = 1.0
UNDATED_REMEDY = "`copydesk redrive --reason undated --forgotten` sends it as received now"


class Asked(NamedTuple):
    """A record whose chunk the pool has: the `nth` of what `chunk` gives."""

    chunk: "asyncio.Task[list[Judged]]"
    nth: int


class Asking:
    """Cuts records into chunks for the pool. `freed` is called whenever a stage process has become free."""

    def __init__(self, step: Step, settings: Settings, pool: StagePool, freed: Callable[[], None]) -> None:
        self._step, self._settings, self._pool, self._freed = step, settings, pool, freed
        self._sent_back = SentBack(settings, UNDATED_REMEDY)
        self._cutting = 0
        self._chunks: set[asyncio.Task[list[Judged]]] = set()

    @property
    def free(self) -> bool:
        """Whether a stage process has nothing to do, and nobody is about to ask."""
        return not self._cutting and len(self._chunks) < self._pool.processes

    @property
    def asked(self) -> bool:
        """Whether the pool has a chunk."""
        return bool(self._chunks)

    async def ask(self, records: Sequence[Any]) -> list[Judged | Asked]:
        """Gives all records to the pool; of each what will be its answer, in order.

        Raises Fatal where it cannot be found out when a record was first received.
        """
        self._cutting += 1
        try:
            moments: list[int | Failed] = [record.timestamp for record in records]
            if self._step is CLEAN:
                moments = await self._sent_back.received(records)
            # The broker stamps a batch of a producer's with one time.
            times = {moment: rfc3339(moment) for moment in {*moments} if isinstance(moment, int)}
            inputs = [
                Record(record.value, times[moment], validate=self._settings.validate_raw)
                for record, moment in zip(records, moments, strict=True)
                if isinstance(moment, int)
            ]
            asked = iter(self._given(inputs))
            return [
                Judged(moment, self._step.name, ()) if isinstance(moment, Failed) else next(asked)
                for moment in moments
            ]
        finally:
            self._cutting -= 1
            self._freed()

    def cancel(self) -> None:
        for chunk in self._chunks:
            chunk.cancel()

    def _given(self, inputs: Sequence[Record]) -> list[Asked]:
        given = []
        for part in chunks([len(one.value or b"") for one in inputs], self._settings, self._pool.processes):
            chunk = asyncio.create_task(self._pool.judge(inputs[part]))
            self._chunks.add(chunk)
            chunk.add_done_callback(self._done)
            given += [Asked(chunk, nth) for nth in range(part.stop - part.start)]
        return given

    def _done(self, chunk: "asyncio.Task[list[Judged]]") -> None:
        self._chunks.discard(chunk)
        if not chunk.cancelled():
            chunk.exception()  # whoever needs an answer of it is told; nobody else need be
        self._freed()


async def in_time(answers: Sequence[Judged | Asked], befores: Sequence[Batch]) -> bool:
    """Waits for the chunks, and for what has to be sent before; gives whether all of it came soon."""
    chunks = {one.chunk for one in answers if isinstance(one, Asked)}
    sent = {asyncio.create_task(before.sent.wait()) for before in befores}
    if not chunks and not sent:
        return True
    try:
        _, late = await asyncio.wait({*chunks, *sent}, timeout=PATIENCE_SECONDS)
    finally:
        for waiting in sent:
            waiting.cancel()
    return not late


async def answered(answers: Sequence[Judged | Asked]) -> list[Judged]:
    """Waits for all of them; raises Fatal where no stage process could be started any more."""
    return [one if isinstance(one, Judged) else (await one.chunk)[one.nth] for one in answers]
