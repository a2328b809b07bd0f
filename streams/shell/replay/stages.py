"""Cleaning and tagging as a run does them: in the workers' own pool, several stages in one pass."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from streams.contract import rfc3339
from streams.dedup import Arrival, Fingerprint, place_at
from streams.events import Failed, Rejected
from streams.pipeline import CLEAN, DEDUP, WITHDRAWN, Output, Record, Step
from streams.shell import headers, metrics
from streams.shell.arrivals import arrival_of, language_of, with_our_sketch
from streams.shell.clients import MAX_REQUEST_BYTES, RECORD_OVERHEAD_BYTES
from streams.shell.deadletters import refusal
from streams.shell.deliveries import Message
from streams.shell.judging import Judged
from streams.shell.outgoing import stage_messages
from streams.shell.pool import StagePool, chunks
from streams.shell.replay.plan import Plan, run_settings
from streams.shell.sent_back import SentBack
from streams.shell.settings import Settings, domains
from streams.shell.topics import topic_name
from streams.vocabulary import FailureReason

UNDATED_REMEDY = "a replay leaves it out"
LARGEST_VALUE = MAX_REQUEST_BYTES - RECORD_OVERHEAD_BYTES


@dataclass(frozen=True, slots=True)
class Event:
    """What the stages made of a source record: `value` and `headers` as on the topic of the last of them.

    The rest is the source record's, so that it can be taken for a record. `id`: 32 hex digits. `arrival`:
    what de-duplication takes; `language` is None where every domain does.
    """

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    messages: tuple[Message, ...]
    received_at: str
    arrival: Arrival | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that goes no further, and what is written of it."""

    outcome: Rejected | Failed
    message: Message


class Stages:
    """The stages of a plan up to tagging. Made in the main thread, as StagePool is."""

    def __init__(self, settings: Settings, plan: Plan) -> None:
        self._settings, self._plan = settings, plan
        self._of_run = run_settings(settings, plan)
        self._table = domains(settings)
        self._sent_back = SentBack(settings, UNDATED_REMEDY)
        self._steps = [step for step in plan.steps if step is not DEDUP]
        self._pool = StagePool(self._steps, settings, _count_restart) if self._steps else None

    async def ready(self) -> None:
        if self._pool is not None:
            await self._pool.ready()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.close()

    async def take(self, records: Sequence[Any]) -> list[Event | Refused]:
        """What becomes of each source record, in order."""
        if self._pool is None:
            return [self._tagged(record) for record in records]
        moments: list[int | Failed] = [record.timestamp for record in records]
        if self._steps[0] is CLEAN:
            moments = await self._sent_back.received(records)
        undated = {n: Judged(one, CLEAN.name, ()) for n, one in enumerate(moments) if isinstance(one, Failed)}
        inputs = [
            Record(record.value, rfc3339(moment), validate=self._settings.validate_raw)
            for record, moment in zip(records, moments, strict=True)
            if isinstance(moment, int)
        ]
        cut = chunks([len(one.value or b"") for one in inputs], self._settings)
        parts = await asyncio.gather(*(self._pool.judge(inputs[part]) for part in cut))
        dated = (one for part in parts for one in part)
        judged = [undated[n] if n in undated else next(dated) for n in range(len(records))]
        return [
            self._refused(record, one.outcome, one.step)
            if isinstance(one.outcome, (Rejected, Failed))
            else self._event(record, one.outcome)
            for record, one in zip(records, judged, strict=True)
        ]

    def refused(self, record: Any, outcome: Rejected | Failed) -> Refused:
        """Of what de-duplication cannot decide."""
        return self._refused(record, outcome, DEDUP.name)

    def _refused(self, record: Any, outcome: Rejected | Failed, step: str) -> Refused:
        return Refused(outcome, refusal(self._of_run, step, record, outcome))

    def _event(self, record: Any, outcome: Output) -> Event | Refused:
        step: Step = self._steps[-1]
        if len(outcome.value) > LARGEST_VALUE:
            size = Failed(FailureReason.TOO_LARGE, f"{len(outcome.value)} bytes for {step.target}")
            return self._refused(record, size, step.name)
        messages = stage_messages(
            self._of_run,
            step,
            record,
            outcome,
            self._table,
            raw=self._steps[0] is CLEAN,
            replay=self._plan.run,
        )
        arrival = None
        if outcome.fingerprint is not None:
            fingerprint = Fingerprint.unpack(outcome.fingerprint)
            place = place_at(record.partition, record.offset)
            arrival = Arrival(place, bytes.fromhex(outcome.id), fingerprint)
        return Event(
            *_source(record),
            messages[0].key,
            outcome.value,
            messages[0].headers,
            tuple(messages),
            outcome.received_at,
            arrival,
            None if outcome.content_hash == WITHDRAWN else outcome.language,
        )

    def _tagged(self, record: Any) -> Event | Refused:
        """A record of articles.tagged, which is copied: `promote` reads a run's own."""
        ours = with_our_sketch(record)
        arrival = arrival_of(ours)
        if isinstance(arrival, Failed):
            return self.refused(record, arrival)
        listed = [*ours.headers, (headers.REPLAY, self._plan.run.encode())]
        target = topic_name(self._of_run, DEDUP.source)
        message = Message(target, record.key, record.value, listed, record.partition, origin=record)
        received = next((value for name, value in listed if name == headers.TIME), None)
        return Event(
            *_source(record),
            record.key,
            record.value,
            listed,
            (message,),
            received.decode() if received else rfc3339(record.timestamp),
            arrival,
            language_of(ours, arrival),
        )


def _source(record: Any) -> tuple[str, int, int, int]:
    return record.topic, record.partition, record.offset, record.timestamp


def _count_restart(cause: str) -> None:
    metrics.POOL_RESTARTS.labels(cause=cause).inc()
