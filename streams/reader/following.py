"""The records of articles.enriched as they come, from a position on that belongs to the consumer."""

import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack
from typing import Any, Literal, Self

from aiokafka import AIOKafkaConsumer, TopicPartition, errors

from streams import contract
from streams.contract import milliseconds, rfc3339
from streams.reader.events import Article, Erased, Event, Malformed, Withdrawn, event_of, replaces
from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings, read_settings
from streams.shell.topics import present_partitions, topic_name

# About 300 bytes each.
REMEMBERED = 100_000
# Kafka's default of delete.retention.ms: an erasure that was compacted may be gone afterwards.
ERASURES_KEPT_HOURS = 24.0
POLL_MS = 500

Position = dict[str, Any]
_log = logging.getLogger(__name__)


class Gap(Fatal):
    """Records that were not read are not there any more."""


class Reader:
    """Events from `position` on, until it is left; with `follow=False` to the end that there is at the start.

    `position`: what `Reader.position` gave, None for the beginning. `partitions`: these alone.
    `erasures_kept_hours`: delete.retention.ms of the topic.

    Raises Fatal where Kafka cannot be reached, denies us or has no such topic; Gap where records are gone.
    """

    def __init__(
        self,
        position: Position | None = None,
        *,
        settings: Settings | None = None,
        partitions: Collection[int] | None = None,
        follow: bool = True,
        on_gap: Literal["raise", "continue"] = "raise",
        erasures_kept_hours: float = ERASURES_KEPT_HOURS,
    ) -> None:
        self._settings = read_settings() if settings is None else settings
        self._topic = topic_name(self._settings, contract.ENRICHED)
        self._saved, self._only, self._follow = position, partitions, follow
        self._on_gap, self._kept_ms = on_gap, erasures_kept_hours * 3_600_000
        self._stack = AsyncExitStack()
        self._next: dict[int, int] = {}  # the offset to be read next, by partition
        self._known_ms: dict[int, int] = {}  # all that was written before is read
        self._seen: OrderedDict[str, tuple[int | None, str | None]] = OrderedDict()

    @property
    def position(self) -> Position:
        """Behind the event that was given last, as a JSON object."""
        return {
            "topic": self._topic,
            "offsets": {str(partition): offset for partition, offset in self._next.items()},
            "read_until": rfc3339(min(self._known_ms.values(), default=0)),
        }

    async def __aenter__(self) -> Self:
        found = await present_partitions(self._settings, self._topic)
        if missing := sorted(set(self._only or ()) - {tp.partition for tp in found}):
            raise Fatal(Exit.USAGE, f"{self._topic} has no partition {missing[0]}")
        tps = [tp for tp in found if self._only is None or tp.partition in self._only]
        self._consumer: AIOKafkaConsumer = await self._stack.enter_async_context(
            clients.reading(self._settings, tps)
        )
        try:
            begins, ends = await self._consumer.beginning_offsets(tps), await self._consumer.end_offsets(tps)
            self._ends: dict[TopicPartition, int] = ends
            self._start(begins)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def __aiter__(self) -> AsyncIterator[Event]:
        while self._follow or any(self._next[tp.partition] < end for tp, end in self._ends.items()):
            try:
                batches = await self._consumer.getmany(timeout_ms=POLL_MS)
            except errors.OffsetOutOfRangeError:
                await self._skip()
                continue
            except errors.KafkaError as error:
                raise clients.explained(error, self._settings) from error
            for tp, batch in batches.items():
                for record in batch:
                    self._next[tp.partition] = record.offset + 1
                    self._known_ms[tp.partition] = max(self._known_ms[tp.partition], record.timestamp)
                    event = event_of(record)
                    if isinstance(event, Malformed) or self._new(event):
                        yield event
            await self._pass_over(batches)

    def _start(self, begins: Mapping[TopicPartition, int]) -> None:
        saved = self._saved or {"topic": self._topic, "offsets": {}}
        if saved["topic"] != self._topic:
            raise Fatal(Exit.USAGE, f"the position is one of {saved['topic']}, not of {self._topic}")
        now = int(time.time() * 1000)
        if self._saved and now - milliseconds(saved["read_until"]) > self._kept_ms:
            self._gap(
                f"{self._topic} was read until {saved['read_until']}: erasures since then may be gone, "
                "since Kafka keeps them for delete.retention.ms. Read it anew, without a position"
            )
        for tp, begin in begins.items():
            offset = saved["offsets"].get(str(tp.partition), begin)
            if not begin <= offset <= self._ends[tp]:
                self._gap(_expired(tp, offset, begin, self._ends[tp]))
                offset = begin
            self._consumer.seek(tp, offset)
            self._next[tp.partition] = offset
            # What was there when it was read keeps its erasure for as long from then on.
            self._known_ms[tp.partition] = milliseconds(saved["read_until"]) if self._saved else now

    async def _skip(self) -> None:
        """Finds what has expired under the reader."""
        tps = list(self._ends)
        begins, ends = await self._consumer.beginning_offsets(tps), await self._consumer.end_offsets(tps)
        for tp, begin in begins.items():
            offset = self._next[tp.partition]
            if not begin <= offset <= ends[tp]:
                self._gap(_expired(tp, offset, begin, ends[tp]))
                self._consumer.seek(tp, begin)
                self._next[tp.partition] = begin

    async def _pass_over(self, batches: Mapping[TopicPartition, Any]) -> None:
        """Markers and aborted records have offsets, too; who stands at the end has read all there was."""
        for tp in self._ends.keys() - batches.keys():
            reached = await self._consumer.position(tp)
            self._next[tp.partition] = max(self._next[tp.partition], reached)
            stable = self._consumer.last_stable_offset(tp)
            if stable is not None and reached >= stable:
                asked_ms = self._consumer.last_poll_timestamp(tp) or 0
                self._known_ms[tp.partition] = max(self._known_ms[tp.partition], asked_ms)

    def _gap(self, what: str) -> None:
        if self._on_gap == "raise":
            raise Gap(Exit.NO_INPUT, what)
        _log.warning("%s", what)

    def _new(self, event: Article | Withdrawn | Erased) -> bool:
        """Whether it replaces what was seen; remembers it then."""
        before = self._seen.pop(event.id, None)
        if before is not None and not replaces(event.decision, event.received_at, *before):
            self._seen[event.id] = before
            return False
        self._seen[event.id] = event.decision, event.received_at
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        return True


def _expired(tp: TopicPartition, offset: int, begin: int, end: int) -> str:
    where = f"{tp.topic}/{tp.partition}"
    if offset > end:
        return f"{where} ends at offset {end}, before {offset}: was the topic made anew?"
    return f"{where}: the offsets {offset} to {begin - 1} are gone; it begins at {begin}"
