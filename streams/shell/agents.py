"""The loop of the clean and the tag worker: batches of records in; outputs, refusals and offsets out.

batches -> stage pool -> for each record an output, a rejection or a dead letter -> delivered -> committed
from the head of its lane. Faust hands the batches in; bytes, offsets and sends are ours (design: delivery).

What comes while the stage processes have enough to do waits, and is taken together, as a round: a batch for
itself, of one text, costs 2.3 ms in the loop (a chunk, a produce request, a commit).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from itertools import accumulate
from typing import Any, TypeVar

from streams.contract import DEADLETTER
from streams.events import Failed, Rejected
from streams.pipeline import CLEAN, Outcome, Step
from streams.shell import counting, metrics
from streams.shell.asking import Asked, Asking, answered, in_time
from streams.shell.commits import Commit, Commits
from streams.shell.deadletters import TRUNCATED_BYTES, FailureLimits, failure_of, refusal, truncated
from streams.shell.deliveries import Delivery, Message
from streams.shell.exits import Exit, Fatal
from streams.shell.judging import Judged
from streams.shell.lanes import Batch, Budget, Lane, Taken, Waiting, befores, parts_of, records_of
from streams.shell.logs import unexpected
from streams.shell.outgoing import stage_messages
from streams.shell.output import Output
from streams.shell.pool import StagePool, chunks
from streams.shell.settings import Settings, domains
from streams.shell.topics import topic_name
from streams.shell.transport import Polled
from streams.vocabulary import FailureReason

# The partitions of a poll are handed in one after another. After so long without the next one, something has
# come between: a rebalance.
GATHER_SECONDS = 0.02
# What a round holds at most, for each stage process: 128 texts or 20 pages, which take it .1 to .5 s.
ROUND_CHUNKS = 4
# So many rounds are in hand when no more is read: one is judged, one is sent or waits. A poll brings up
# to four more, of texts and for one stage process.
ROUNDS = 2

T = TypeVar("T")


class StageLoop:
    """Takes batches through one step. `fail` is called once with what must end the process."""

    def __init__(
        self,
        step: Step,
        settings: Settings,
        pool: StagePool,
        limits: FailureLimits,
        commit: Commit,
        fail: Callable[[Fatal], None],
    ) -> None:
        self._step, self._settings, self._pool = step, settings, pool
        self._limits, self._fail = limits, fail
        self._commits = Commits(commit)
        self._output = Output(settings, self._oversized)
        self._asking = Asking(step, settings, pool, self._begin)
        most = ROUND_CHUNKS * pool.processes
        self._waiting = Waiting[Taken](most * settings.chunk_records, most * settings.chunk_bytes)
        most *= ROUNDS
        self._budget = Budget(
            most * settings.chunk_records, min(most * settings.chunk_bytes, settings.inflight_bytes)
        )
        self._gathering: asyncio.TimerHandle | None = None
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = self._releasing = False
        self._domains = domains(settings)
        metrics.INFLIGHT.set_function(lambda: float(self._budget.used))

    @property
    def healthy(self) -> bool:
        """Whether what we send arrives."""
        return not self._output.failing

    @property
    def busy(self) -> bool:
        return bool(self._tasks or self._waiting)

    @property
    def judging(self) -> bool:
        return self._asking.asked

    @property
    def last_result(self) -> float:
        return self._pool.last_result

    @property
    def room(self) -> asyncio.Event:
        """Set while more may be read."""
        return self._budget.room

    async def start(self) -> None:
        await self._output.start()

    async def take(self, topic: str, partition: int, generation: int) -> None:
        """A partition became ours."""
        self._releasing = False
        self._lanes[topic, partition] = Lane(topic, partition, generation)

    async def accept(self, topic: str, partition: int, generation: int, records: Polled) -> None:
        """Takes in hand what a poll has brought, in batches of a chunk: a round is made of whole batches."""
        lane = self._lanes.get((topic, partition))
        if lane is None or lane.generation != generation or self._releasing:
            return  # read before a rebalance: whoever owns it now reads it again
        metrics.CONSUMED.labels(stage=self._step.name).inc(len(records))
        for part in chunks([len(record.value or b"") for record in records], self._settings):
            batch = Batch(records[part])
            self._budget.take(batch)
            self._waiting.add(Taken(lane, batch, lane.add(batch)))
        records.clear()  # Faust holds the list until it hands the next one in
        if self._gathering is not None:
            self._gathering.cancel()
        self._gathering = None
        if records.more:
            self._gathering = asyncio.get_running_loop().call_later(GATHER_SECONDS, self._gathered)
        else:
            self._begin()

    async def release(self, seconds: float) -> None:
        """The partitions go: finishes what is in hand, for so long; the rest the next owner does again."""
        self._releasing = True  # what is taken in hand from here on would be sent, and not committed
        while self._waiting and not self._ending:
            self._start(self._round(self._waiting.together()))
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        self._lanes.clear()

    async def stop(self) -> None:
        self._asking.cancel()
        self._commits.stop()
        for task in self._tasks:
            task.cancel()
        await self._output.stop()

    def _gathered(self) -> None:
        self._gathering = None
        self._begin()

    def _begin(self) -> None:
        """Takes what waits as one round, as soon as a stage process has nothing to do."""
        if self._waiting and self._gathering is None and self._asking.free and not self._ending:
            self._start(self._round(self._waiting.together()))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _round(self, taken: list[Taken]) -> None:
        """Batches that are judged, sent and committed together, unless one of them keeps the others."""
        try:
            answers = await self._guarded(self._asking.ask(records_of(taken)))
            if answers is None:
                return
            apart = [([one], part) for one, part in parts_of(taken, answers)]
            parts = [(taken, answers)] if await in_time(answers, befores(taken)) else apart
            await asyncio.gather(*(self._part(*part) for part in parts))
        finally:
            self._let_go(taken)

    async def _part(self, taken: list[Taken], answers: list[Judged | Asked]) -> None:
        await self._guarded(self._work(taken, answers))
        self._let_go(taken)

    def _let_go(self, taken: list[Taken]) -> None:
        for _, batch, _ in taken:
            batch.sent.set()
            self._budget.give_back(batch)

    async def _guarded(self, work: Awaitable[T]) -> T | None:
        """What fails ends the process."""
        try:
            return await work
        except Fatal as fatal:
            self._end(fatal)
        except Exception as error:
            self._end(unexpected(error, topic=topic_name(self._settings, self._step.source)))
        return None

    def _end(self, fatal: Fatal) -> None:
        """Nothing more is begun; what is already on its way is waited for in `release`."""
        self._ending = True
        self._fail(fatal)

    async def _work(self, taken: list[Taken], answers: list[Judged | Asked]) -> None:
        judged = await answered(answers)
        for record, one in zip(records_of(taken), judged, strict=True):
            self._limits.count(failure_of(record, one.outcome))
        await self._limits.held()
        for before in befores(taken):
            await before.sent.wait()
        ours, judged = self._still_ours(taken, judged)
        if not ours:
            return
        messages = [self._messages(r, j.outcome) for r, j in zip(records_of(ours), judged, strict=True)]
        began = time.perf_counter()
        delivery = await self._output.enqueue([one for several in messages for one in several])
        for _, batch, _ in ours:
            batch.sent.set()
        await self._settle(delivery)
        metrics.DELIVERY.observe(time.perf_counter() - began)
        firsts = accumulate(map(len, messages[:-1]), initial=0)
        outcomes = [
            self._outcome(delivery.sent[i].message, j.outcome) for i, j in zip(firsts, judged, strict=True)
        ]
        counting.count_judged(self._step.name, [one.seconds[-1] for one in judged if one.seconds], outcomes)
        self._let_go(ours)
        await self._commits.finish(ours)

    def _still_ours(self, taken: list[Taken], judged: list[Judged]) -> tuple[list[Taken], list[Judged]]:
        """Without what the next owner of a lost partition does: it begins at the committed offset. Nothing
        where the process ends.
        """
        ours: list[Taken] = []
        theirs: list[Judged] = []
        for one, part in parts_of(taken, judged):
            if self._ending or self._lanes.get((one.lane.topic, one.lane.partition)) is not one.lane:
                metrics.OUTCOMES.labels(stage=self._step.name, outcome="abandoned").inc(len(part))
                continue
            ours.append(one)
            theirs += part
        return ours, theirs

    async def _settle(self, delivery: Delivery) -> None:
        """Awaits the deliveries, by our own clock: during an outage aiokafka's sends simply wait."""
        try:
            async with asyncio.timeout(self._settings.stall_seconds):
                await self._output.settle(delivery)
        except TimeoutError:
            where = topic_name(self._settings, self._step.source)
            limit = f"{self._settings.stall_seconds:g} s"
            raise Fatal(Exit.RETRY, f"what came of {where} was not delivered within {limit}") from None

    def _messages(self, record: Any, outcome: Outcome) -> list[Message]:
        """What a record becomes: one message, but a withdrawal one for each domain."""
        if isinstance(outcome, (Rejected, Failed)):
            return [refusal(self._settings, self._step.name, record, outcome)]
        raw = self._step is CLEAN
        return stage_messages(self._settings, self._step, record, outcome, self._domains, raw=raw)

    def _oversized(self, message: Message) -> Message:
        """A record too large for its topic becomes a dead letter; one that is that already loses its end."""
        if message.topic == topic_name(self._settings, DEADLETTER):
            return truncated(message, TRUNCATED_BYTES)
        too_large = Failed(FailureReason.TOO_LARGE, f"{len(message.value or b'')} bytes for {message.topic}")
        self._limits.count(failure_of(message.origin, too_large))
        return refusal(self._settings, self._step.name, message.origin, too_large)

    def _outcome(self, delivered: Message, outcome: Outcome) -> Outcome:
        """What became of a record after all: its output may have been too large for the topic."""
        if isinstance(outcome, Failed) or delivered.topic != topic_name(self._settings, DEADLETTER):
            return outcome
        return Failed(FailureReason.TOO_LARGE)
