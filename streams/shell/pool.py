"""The pool of killable stage processes.

One HTML page costs 15 ms and a hostile one hangs its parser for ever; a loop blocked for seconds is
thrown out of its group. So stages run in processes of their own, under a limit of time and of memory. A
chunk whose process hangs or dies is tried again article by article: the culprit fails as timeout or
crashed, its neighbours come out as usual. A process may also have been killed for no fault of its article
(the kernel short of memory, a person), and one that is short of memory itself, which ends it, may have been
filled by others: an article has crashed when two processes died with it.
"""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from functools import partial

from streams.events import Failed
from streams.pipeline import Record, Step
from streams.shell.exits import Exit, Fatal
from streams.shell.given import given
from streams.shell.judging import Judged, JudgedRow, Row, begin, judged_of, rows_of, through
from streams.shell.loading import load
from streams.shell.settings import Settings
from streams.shell.stage_process import ProcessDiedError, StageProcess
from streams.shell.stage_server import StageServer
from streams.shell.stage_serving import serve
from streams.vocabulary import FailureReason

# Loading the models and compiling the kernels for the first time takes half a minute on a slow machine.
START_SECONDS = 300.0
# So many processes may fail to start, one after another, before that is no accident.
STARTS = 3
# A server that has just died refuses at once; the next one is there a moment later.
PAUSE_SECONDS = 0.2
DEATHS = 2


class StagePool:
    """Takes chunks of records through `steps` in processes of its own.

    Made in the main thread, while it is the only one: the server that the processes are forked from,
    which loads the models of these steps where the supervisor has not, is forked here. This process loads
    none. `on_restart(cause)` is called whenever a process had to be ended or was found dead.

    The furniture snapshot is read here, once, and the knowledge pack is opened here, once: files that are
    replaced later change nothing until the next start.
    Which tagger to use is decided here too; every process loads its own. Raises Fatal where one of them
    cannot be used. `pools` share the machine's cores.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        settings: Settings,
        on_restart: Callable[[str], None] | None = None,
        pools: int = 1,
    ) -> None:
        self.processes = pool_size(settings, pools)
        self._steps, self._seconds = tuple(steps), settings.stage_seconds
        self._on_restart = on_restart or (lambda _cause: None)
        self._given = given(settings, self._steps)
        begun = partial(begin, self._steps, settings.stage_memory_mb * 2**20, self._given)
        name = self._steps[-1].name
        self._server = StageServer(name, partial(load, self._steps), partial(serve, begun, through))
        self._idle: list[StageProcess] = []
        self._all: set[StageProcess] = set()
        self._seats: tuple[asyncio.AbstractEventLoop, asyncio.Semaphore] | None = None
        self._closed = False
        self.last_result = time.monotonic()

    async def ready(self) -> None:
        """Waits until every process has taken an empty chunk; raises Fatal where they cannot start."""
        try:
            await asyncio.gather(*(self._done([], None) for _ in range(self.processes)))
        except ProcessDiedError as error:
            raise _unstarted(error) from error

    async def judge(self, records: Sequence[Record], deaths: int = 0) -> list[Judged]:
        """Every record's outcome, in order, whatever a record or a stage did. `deaths`: so many processes
        have died with these records already.

        Raises Fatal where no stage process can be started any more.
        """
        try:
            return await self._done(records, self._seconds)
        except TimeoutError:
            failed = Failed(FailureReason.TIMEOUT, f"no result after {self._seconds:g} s of CPU")
        except (ProcessDiedError, MemoryError) as error:
            failed = Failed(FailureReason.CRASHED, f"the stage process died: {error}"[:300])
        self._on_restart(failed.reason.value)
        died = failed.reason is FailureReason.CRASHED
        deaths += died
        if len(records) == 1 and not (died and deaths < DEATHS):
            return [Judged(failed, self._steps[-1].name, ())]
        alone = await asyncio.gather(*(self.judge([record], deaths) for record in records))
        return [judged for one in alone for judged in one]

    async def _done(self, records: Sequence[Record], seconds: float | None) -> list[Judged]:
        rows = rows_of(records)
        try:
            async with self._seat():
                answer = await self._answer(rows, seconds)
        finally:
            self.last_result = time.monotonic()
        return [judged_of(row) for row in answer]

    async def _answer(self, rows: list[Row], seconds: float | None) -> list[JudgedRow]:
        """What a process makes of the rows. One that dies before it has read them did not die of them: it was
        killed while it was idle, and that is not known at once.
        """
        for attempt in range(self.processes + STARTS):
            process = await self._living()
            try:
                answer: list[JudgedRow] = await process.ask(rows, seconds)
            except BaseException as error:
                self._end(process)  # it died, or would answer later what nobody waits for
                innocent = isinstance(error, ProcessDiedError) and not error.begun
                if not innocent or attempt == self.processes + STARTS - 1:
                    raise
                self._on_restart("idle")
            else:
                self._idle.append(process)
                return answer
        raise AssertionError("the last attempt returns or raises")

    def _seat(self) -> asyncio.Semaphore:
        """The right to one process, first come first served; one loop at a time uses a pool."""
        loop = asyncio.get_running_loop()
        if self._seats is None or self._seats[0] is not loop:
            self._seats = loop, asyncio.Semaphore(self.processes)
        return self._seats[1]

    async def _living(self) -> StageProcess:
        """An idle process or a new one: an idle one may have been killed (the kernel short of memory)."""
        while self._idle:
            process = self._idle.pop()
            if not process.ended:
                return process
            self._end(process)
            self._on_restart("idle")
        return await self._started()

    async def _started(self) -> StageProcess:
        for attempt in range(STARTS):
            if self._closed:
                raise Fatal(Exit.INTERNAL, "the pool of stage processes is closed")
            process = StageProcess(self._server)
            self._all.add(process)
            try:
                async with asyncio.timeout(START_SECONDS):
                    await process.start()
            except (ProcessDiedError, TimeoutError) as error:
                self._end(process)
                if isinstance(error, TimeoutError) or attempt == STARTS - 1:
                    raise _unstarted(error) from error
                await asyncio.sleep(PAUSE_SECONDS * 2**attempt)
            except BaseException:
                self._end(process)
                raise
            else:
                return process
        raise AssertionError("the last attempt returns or raises")

    def _end(self, process: StageProcess) -> None:
        self._all.discard(process)
        process.close()

    def close(self) -> None:
        """Ends the processes at once; what they were working on is lost to the caller."""
        self._closed = True
        for process in tuple(self._all):
            process.kill()
        for process in tuple(self._all):
            process.join()
        while self._idle:
            self._end(self._idle.pop())
        self._server.close()
        self._given.close()


def pool_size(settings: Settings, pools: int = 1) -> int:
    """Stage processes of each of so many pools on this machine: what is set, else all together one a core."""
    return settings.processes or max(1, len(os.sched_getaffinity(0)) // pools)


def _unstarted(error: Exception) -> Fatal:
    why = f"{type(error).__name__}: {error}; lines above may say why"
    return Fatal(Exit.INTERNAL, f"no stage process could be started: {why}")


def chunks(sizes: Sequence[int], settings: Settings, processes: int = 1) -> list[slice]:
    """Cuts a batch of records of these sizes into chunks, so that each of the processes has one at least."""
    cut, start, size = [], 0, 0
    most = min(settings.chunk_records, -(-len(sizes) // processes))
    for i, more in enumerate(sizes):
        if i > start and (i - start >= most or size + more > settings.chunk_bytes):
            cut.append(slice(start, i))
            start, size = i, 0
        size += more
    if start < len(sizes):
        cut.append(slice(start, len(sizes)))
    return cut
