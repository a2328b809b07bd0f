"""What a run writes: a transaction a batch, of its outputs, the rows of its memories and its progress.

So a kill anywhere leaves a run at the end of a batch, and it goes on from there as if nothing had been.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaProducer, errors

from streams.dedup import place_at
from streams.events import Failed, Rejected
from streams.shell import clients, metrics
from streams.shell.deadletters import FailureLimits, failure_of
from streams.shell.deliveries import Message, in_one_transaction
from streams.shell.exits import Exit, Fatal
from streams.shell.replay.deciding import Decided, Deciding, removal_of
from streams.shell.replay.plan import Plan, producer_id
from streams.shell.replay.progress_log import (
    ALIVE_SECONDS,
    Counts,
    Known,
    State,
    head_message,
    position_message,
)
from streams.shell.replay.removals import Removals
from streams.shell.replay.stages import Event, Refused, Stages
from streams.shell.settings import Settings


def run_producer(settings: Settings, run: str) -> AIOKafkaProducer:
    """The run's transactional producer: starting it fences whoever worked on the run before."""
    return clients.transactional(settings, producer_id(settings, run), linger_ms=0)


def limits_of(settings: Settings, plan: Plan, path: Path, command: str, accept: int) -> FailureLimits:
    """A run that only fails stops as a worker does; `command` runs the plan that lies at `path`."""
    anew = f"under other versions: `copydesk replay abort {plan.run}`, then the same command begins it anew"
    return FailureLimits(settings, f"copydesk replay {command} {path}", accept, f"Mend the cause ({anew})")


async def transact(
    producer: AIOKafkaProducer, settings: Settings, run: str, messages: Sequence[Message]
) -> list[Any]:
    """Writes messages in one transaction; gives where each lies. Raises Fatal that says what came between."""
    try:
        return await in_one_transaction(producer, messages)
    except errors.ProducerFenced as error:
        raise Fatal(
            Exit.RETRY, f"run {run} was started again, promoted or aborted elsewhere; this one ends"
        ) from error
    except errors.KafkaError as error:
        if isinstance(error, clients.AUTHORIZATION):
            raise clients.explained(error, settings) from error
        what = clients.describe(error)
        raise Fatal(
            Exit.RETRY, f"a transaction of run {run} failed: {what}; the same command goes on"
        ) from error


class Writing:
    """Takes judged batches in order. `deciding` is absent where a plan ends before de-duplication."""

    def __init__(
        self,
        settings: Settings,
        plan: Plan,
        producer: AIOKafkaProducer,
        stages: Stages,
        deciding: Deciding | None,
        removals: Removals,
        known: Known,
        limits: FailureLimits,
    ) -> None:
        self._settings, self._plan, self._producer = settings, plan, producer
        self._stages, self._deciding, self._removals = stages, deciding, removals
        self.known, self._limits = known, limits
        self.transacting = asyncio.Lock()

    async def tell(self, state: State, why: str = "") -> None:
        """Writes how the run is as a whole; once it is done, also that no partition is left."""
        positions = {}
        if state == "done":
            positions = {p: replace(one, position=one.end) for p, one in self.known.positions.items()}
        await self._commit([], positions, state, why)

    async def tell_alive(self) -> None:
        """Says from time to time that somebody works on the run, until it is cancelled."""
        while True:
            await asyncio.sleep(ALIVE_SECONDS)
            await self.tell("running")

    async def write(self, records: Sequence[Any], taken: Sequence[Event | Refused]) -> None:
        """Decides a batch and commits it. Raises Fatal(SETTINGS) where too many have failed: then it commits
        nothing.
        """
        counts: defaultdict[int, Counts] = defaultdict(Counts)
        decided, at_hand = Decided(), dict[int, Event]()
        messages: list[Message] = []
        for record, one in zip(records, taken, strict=True):
            count = counts[record.partition]
            count.read += 1
            silent = self._plan.in_warm_up(record.partition, record.offset)
            count.warm += silent
            if isinstance(one, Event):
                at_hand[place_at(one.partition, one.offset)] = one
                refused = self._event(one, decided, count, messages, silent=silent)
            else:
                refused = one
            self._limits.count(failure_of(record, refused.outcome) if refused else None)
            if refused is not None and not silent:
                messages.append(refused.message)
                count.rejected += isinstance(refused.outcome, Rejected)
                count.failed += isinstance(refused.outcome, Failed)
        if self._deciding is not None:
            done = self.known.counts.read + len(records)
            messages += await self._deciding.messages(decided, at_hand, done)
        positions = dict(self.known.positions)
        for record in records:
            positions[record.partition] = replace(positions[record.partition], position=record.offset + 1)
        moved = {p: replace(positions[p], counts=positions[p].counts + count) for p, count in counts.items()}
        await self._commit(messages, moved, None)
        metrics.REPLAY_RECORDS.inc(len(records))

    def _event(
        self, event: Event, decided: Decided, count: Counts, messages: list[Message], *, silent: bool
    ) -> Refused | None:
        """What an event adds to its batch; a refusal where it cannot be decided."""
        removed = removal_of(event, self._removals) is not None
        emitted = 1
        if self._deciding is not None:
            outcome = self._deciding.decide(event, decided, silent=silent)
            if isinstance(outcome, Failed):
                return self._stages.refused(event, outcome)
            emitted = outcome
        if silent:
            count.relinked += emitted if self._deciding is not None else 0
        else:
            messages += [] if removed else event.messages
            count.removed += removed
            count.output += not removed and emitted > 0
            count.unchanged += not removed and emitted == 0
            count.relinked += max(0, emitted - 1)
        return None

    async def _commit(
        self, messages: Iterable[Message], moved: dict[int, Any], state: State | None, why: str = ""
    ) -> None:
        run, now = self._plan.run, int(time.time() * 1000)
        told = [position_message(self._settings, run, p, one) for p, one in moved.items()]
        if state is not None:
            told.append(head_message(self._settings, self.known.head, state, now, why))
        async with self.transacting:
            await transact(self._producer, self._settings, run, [*messages, *told])
        self.known = replace(self.known, positions={**self.known.positions, **moved}, at_ms=now)
