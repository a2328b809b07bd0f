"""Reading articles.enriched, for whoever consumes it.

    async with Reader(position=saved) as reader:          # None: from the beginning
        async for event in reader:
            match event:
                case Article():   store(event.id, event.article)
                case Withdrawn(): drop(event.id)           # the publisher took it back
                case Erased():    erase(event.id)          # nothing of it may be kept
                case Malformed(): report(event.why)        # no event; the stream goes on
            save(reader.position)                          # JSON; best in the same transaction

Where Kafka is, and how to log in, is said by COPYDESK_* in the environment (`copydesk settings`), or by
`settings`. Only what is committed is read. A broker that restarts is waited for.

**Position.** It belongs to the consumer, who saves it together with its own results: then every event takes
effect once, which offsets in a consumer group could not give. There is no group and no rebalance; to share
the work give each process some `partitions`. Partitions that are added are read from the next start on.

**Which record counts.** An article comes again with each later decision, and an old record may be read once
more. `replaces` says whether an event takes the place of what you have; keep `decision` and `received_at`
beside it. The reader leaves out what does not replace an event that it has seen, but it remembers only the
last REMEMBERED articles, and nothing across a restart: the condition belongs into your own upsert.

**What is gone** is never passed over: where records behind the position have expired, or a consumer was
away for longer than Kafka keeps erasures, Gap is raised (`on_gap="continue"`: a warning is logged instead).
"""

import logging
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Literal, Self

from aiokafka import AIOKafkaConsumer, TopicPartition, errors

from streams import contract, events
from streams.contract import milliseconds, rfc3339
from streams.events import EnrichedArticle, Failed
from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.headers import TIME, decided, place_of
from streams.shell.settings import Settings, read_settings
from streams.shell.topics import present_partitions, topic_name

__all__ = ["Article", "Erased", "Event", "Fatal", "Gap", "Malformed", "Position", "Reader", "Settings"]
__all__ += ["Withdrawn", "read_settings", "replaces"]

# About 300 bytes each.
REMEMBERED = 100_000
# An id that comes again after so long is a new article, whose decisions begin with 1 (streams/dedup/fold.py).
LIFE_MS = 96 * 3_600_000
# Kafka's default of delete.retention.ms: an erasure that was compacted may be gone afterwards.
ERASURES_KEPT_HOURS = 24.0
POLL_MS = 500

Position = dict[str, Any]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """`decision` and `received_at` are kept by the consumer, for `replaces`; `place`: topic/partition/offset.

    Both are None only in a record that Copydesk did not write.
    """

    id: str
    decision: int | None
    received_at: str | None
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article(_Decided):
    """A usable article. A value that a closed list of ours has not yet equals its text, and its name is
    UNKNOWN: `entity.type == "ship"`.
    """

    article: EnrichedArticle


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(_Decided):
    """The publisher took the article back."""

    url: str
    canonical_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(_Decided):
    """Nothing of the article may be kept but its id, decision and received_at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Malformed:
    """A record that is no event of ours."""

    why: str
    place: str
    key: bytes | None
    value: bytes | None


Event = Article | Withdrawn | Erased | Malformed


class Gap(Fatal):
    """Records that were not read are not there any more."""


def replaces(
    decision: int | None, received_at: str | None, old_decision: int | None, old_received_at: str | None
) -> bool:
    """Whether an event takes the place of an earlier one about the same article, in whatever order they come.

    The higher decision counts. But decisions begin anew with 1 for an article that comes again after 96 h,
    and for the removal of one that is older than that: so a first decision counts where it was received
    later, and of two events more than 96 h apart the one received later. A removal without a number counts.
    """
    if decision is None or received_at is None or old_decision is None or old_received_at is None:
        return True
    later = milliseconds(received_at) - milliseconds(old_received_at)
    if abs(later) > LIFE_MS:
        return later > 0
    return decision > old_decision or (decision == 1 and later > 0)


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
                    event = _event(record)
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

    def _new(self, event: _Decided) -> bool:
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


def _event(record: Any) -> Event:
    place, told = place_of(record), decided(record.headers)
    value = contract.decode_enriched(record.value)
    if isinstance(value, Failed):
        return Malformed(
            why=f"{value.reason}: {value.detail}", place=place, key=record.key, value=record.value
        )
    if isinstance(value, EnrichedArticle):
        return Article(
            id=value.id, decision=value.decision, received_at=value.received_at, place=place, article=value
        )
    if isinstance(value, events.Withdrawn):
        return Withdrawn(
            id=value.id,
            decision=value.decision,
            received_at=value.received_at,
            place=place,
            url=value.url,
            canonical_url=value.canonical_url,
        )
    if record.key is None:
        return Malformed(why="neither key nor value", place=place, key=None, value=None)
    received = (dict(record.headers).get(TIME) or b"").decode(errors="replace")
    return Erased(
        id=record.key.decode(errors="replace"),
        decision=told.decision if told else None,
        received_at=contract.utc(received),
        place=place,
    )
