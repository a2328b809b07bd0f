"""The pool of killable stage processes.

One HTML page costs 15 ms and a hostile one hangs its parser for ever; a loop blocked for seconds is
thrown out of its group. So stages run in processes of their own, under a limit of time and of memory. A
chunk whose process hangs or dies is tried again article by article: the culprit fails as timeout or
crashed, its neighbours come out as usual. A process may also have been killed for no fault of its article
(the kernel short of memory, a person): an article has crashed when two processes died with it.
"""

import asyncio
import ctypes
import logging
import multiprocessing
import os
import resource
import signal
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import forkserver

from pebble import ProcessExpired, ProcessPool

from streams.cleaning.furniture import NO_FURNITURE, Furniture
from streams.events import Failed, Rejected
from streams.pipeline import (
    CLEAN,
    TAG,
    Outcome,
    Output,
    Record,
    Step,
    run,
    use_furniture,
    use_knowledge,
    use_tagger,
)
from streams.shell.exits import Exit, Fatal
from streams.shell.furniture import furniture_of
from streams.shell.knowledge import OpenPack, knowledge_of
from streams.shell.settings import Settings
from streams.shell.steady import steady_pools, temporary_folder
from streams.shell.tagger import tagger_of
from streams.tagging.tiers import BUILTIN, Choice
from streams.vocabulary import FailureReason

_PR_SET_PDEATHSIG = 1
# Loading the models and compiling the kernels for the first time takes half a minute on a slow machine.
START_SECONDS = 300.0
# So often a chunk may find its pool broken before that is no accident.
POOLS = 3
DEATHS = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """A record's way through one or more steps: the outcome, the step it ended in, seconds each step took."""

    outcome: Outcome
    step: str
    seconds: tuple[float, ...]


class StagePool:
    """Takes chunks of records through `steps` in processes of its own.

    Create it before the event loop's threads start: the processes are forked from a server that has the
    models loaded. `on_restart(cause)` is called whenever a process had to be ended or was found dead.

    The furniture snapshot is read here, once, and the knowledge pack is opened here, once: files that are
    replaced later change nothing until the next start.
    Which tagger to use is decided here too; every process loads its own. Raises Fatal where one of them
    cannot be used, or no process could be started.
    """

    def __init__(
        self, steps: Sequence[Step], settings: Settings, on_restart: Callable[[str], None] | None = None
    ) -> None:
        self.processes = settings.processes or len(os.sched_getaffinity(0))
        self._steps, self._seconds = tuple(steps), settings.stage_seconds
        self._on_restart = on_restart or (lambda _cause: None)
        self._memory = settings.stage_memory_mb * 2**20
        self._furniture = furniture_of(settings) if CLEAN in self._steps else NO_FURNITURE
        self._knowledge = knowledge_of(settings) if TAG in self._steps else None
        self._tagger = tagger_of(settings) if TAG in self._steps else BUILTIN
        self._waiting: set[asyncio.Future[list[_JudgedRow]]] = set()
        self._pool = self._new()
        self.last_result = time.monotonic()

    async def ready(self) -> None:
        """Waits until a process has taken an empty chunk; raises Fatal where none can start."""
        try:
            await asyncio.wait_for(self._done([], None), START_SECONDS)
        except (RuntimeError, ProcessExpired, TimeoutError) as error:
            why = f"{type(error).__name__}: {error}; lines above may say why"
            raise Fatal(Exit.INTERNAL, f"no stage process could be started: {why}") from error

    async def judge(self, records: Sequence[Record], deaths: int = 0) -> list[Judged]:
        """Every record's outcome, in order, whatever a record or a stage did. `deaths`: so many processes
        have died with these records already.

        Raises Fatal where no stage process can be started any more.
        """
        for _attempt in range(POOLS):
            pool, died = self._pool, False
            try:
                return await self._done(records, self._seconds)
            except TimeoutError:
                failed = Failed(FailureReason.TIMEOUT, f"no result after {self._seconds:g} s")
                break
            except (ProcessExpired, MemoryError) as error:
                failed = Failed(FailureReason.CRASHED, f"the stage process died: {error}"[:300])
                died = isinstance(error, ProcessExpired)
                break
            except RuntimeError:
                self._renew(pool)
        else:
            raise Fatal(Exit.INTERNAL, "the pool of stage processes broke again and again")
        self._on_restart(failed.reason.value)
        deaths += died
        if len(records) == 1 and not (died and deaths < DEATHS):
            return [Judged(failed, self._steps[-1].name, ())]
        alone = await asyncio.gather(*(self.judge([record], deaths) for record in records))
        return [judged for one in alone for judged in one]

    async def _done(self, records: Sequence[Record], seconds: float | None) -> list[Judged]:
        rows = [(r.value, r.received_at, r.fetched_counts, r.validate) for r in records]
        scheduled = self._pool.schedule(_through, args=[rows], timeout=seconds)
        waiting: asyncio.Future[list[_JudgedRow]] = asyncio.wrap_future(scheduled)
        self._waiting.add(waiting)
        try:
            return [_judged(row) for row in await waiting]
        finally:
            self._waiting.discard(waiting)
            self.last_result = time.monotonic()

    def _new(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["streams.shell.preload"])
        steady_pools()
        temporary_folder()
        # A terminal's Ctrl-C is not for the server either: it would die while it loads, with a traceback.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        forkserver.ensure_running()
        signal.signal(signal.SIGINT, before)
        return ProcessPool(
            max_workers=self.processes,
            context=context,
            initializer=_begin,
            initargs=[self._steps, self._memory, self._furniture, self._knowledge, self._tagger],
        )

    def _renew(self, broken: ProcessPool) -> None:
        """A new pool: pebble 5.2 breaks as a whole when a process dies that had no task (out of memory)."""
        if broken is not self._pool:
            return
        self._on_restart("broken_pool")
        self._pool = self._new()
        for waiting in self._waiting:  # pebble forgets the tasks that no process had taken yet
            if not waiting.done():
                waiting.set_exception(RuntimeError("the pool broke"))
        broken.stop()  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Ends the processes at once; what they were working on is lost to the caller."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join(timeout=5)
        if self._knowledge is not None:
            self._knowledge.close()


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


# What goes through the pipes: plain tuples. Records pickled as they are cost 8 us each on the way there and
# back, tuples 1 us.
_Row = tuple[bytes | None, str, bool, bool]
_OutputRow = tuple[str, str, str, str, bytes, bytes | None, tuple[int, ...]]
_JudgedRow = tuple[_OutputRow | Rejected | Failed, str, tuple[float, ...]]

_steps: tuple[Step, ...] = ()


def _begin(
    steps: tuple[Step, ...], memory: int, furniture: Furniture, knowledge: OpenPack | None, tagger: Choice
) -> None:
    global _steps
    _steps = steps
    # The process goes with the server it was forked from, and that with the worker, even after kill -9.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # A terminal's Ctrl-C is for the worker, which stops its processes in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # RLIMIT_DATA counts what is written to; RLIMIT_AS would count every mapped library as well.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A stage tells by its outcome; what parsers say of a page would be lines of no form, with its text.
    logging.disable()
    warnings.simplefilter("ignore")
    use_furniture(furniture)
    if knowledge is not None:
        use_knowledge(knowledge.read())
        knowledge.close()
    use_tagger(tagger)


def _through(rows: Sequence[_Row]) -> list[_JudgedRow]:
    return [_row(_one(Record(*row))) for row in rows]


def _row(judged: Judged) -> _JudgedRow:
    one = judged.outcome
    if not isinstance(one, Output):
        return one, judged.step, judged.seconds
    row = (one.id, one.content_hash, one.received_at, one.language, one.value, one.fingerprint, one.entities)
    return row, judged.step, judged.seconds


def _judged(row: _JudgedRow) -> Judged:
    outcome, step, seconds = row
    return Judged(Output(*outcome) if isinstance(outcome, tuple) else outcome, step, seconds)


def _one(record: Record) -> Judged:
    seconds: list[float] = []
    outcome: Outcome
    for step in _steps:
        began = time.perf_counter()
        outcome = run(step, record)
        seconds.append(time.perf_counter() - began)
        if not isinstance(outcome, Output):
            break
        record = Record(outcome.value, outcome.received_at)
    return Judged(outcome, step.name, tuple(seconds))
