"""Raw articles that `copydesk redrive` sends back: they count as received when they first were.

With the time of today an old text would replace a newer one of its URL, or come back although it was
withdrawn or erased since. So the header copydesk-first names the raw record that it was first. Whoever writes
raw articles can write that header too: it is believed only where the record that it names is there, earlier,
with the same key and value. Then it says no more than that a record is repeated, which everyone may do. Where
that record has expired, the header may be true or not, and nobody knows when the article was received.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

from aiokafka import TopicPartition, errors

from streams.contract import RAW
from streams.events import Failed
from streams.shell import clients, headers
from streams.shell.exits import Exit, Fatal
from streams.shell.logs import log
from streams.shell.settings import Settings
from streams.shell.stretches import up_to
from streams.shell.topics import present_partitions, topic_name
from streams.vocabulary import FailureReason

Place = tuple[int, int]  # partition and offset of articles.raw
# Of a partition's number and an offset; longer ones were not written by us.
_MOST_DIGITS = 18
# A broker that does not answer is asked again after so long.
_AGAIN_SECONDS = 1.0


class First(NamedTuple):
    """What is kept of a raw record that was looked up: a value may have 6 MB."""

    timestamp: int
    digest: bytes


Found = dict[Place, First | None]
"""Raw records by place; None where it lies before the beginning of its partition: it has expired. Places that
were never written are not in it.
"""


class SentBack:
    """When raw records count as received. `remedy`: what a person is told of one that nobody can date.

    One look-up at a time: each holds a fetch or two, and batches are judged side by side.
    """

    def __init__(self, settings: Settings, remedy: str) -> None:
        self._settings, self._remedy = settings, remedy
        self._looking = asyncio.Lock()

    async def received(self, records: Sequence[Any]) -> list[int | Failed]:
        """When each raw record counts as received, in ms since 1970: when Kafka wrote it, or what it repeats.
        Failed (undated) where it says that it repeats one that has expired.

        Waits for a broker that is away; raises Fatal(RETRY) where nothing comes for stall_seconds.
        """
        moments: list[int | Failed] = [int(record.timestamp) for record in records]
        claims = {
            nth: first_place(self._settings, r.headers) for nth, r in enumerate(records) if claims_first(r)
        }
        if places := {place for place in claims.values() if place is not None}:
            async with self._looking:
                found = await self._found(places)
            for nth, place in claims.items():
                if place is None or place not in found:
                    continue
                first = found[place]
                if first is None:
                    moments[nth] = self._undated(place)
                elif repeats(records[nth], first):
                    moments[nth] = first.timestamp
        return moments

    async def _found(self, places: Iterable[Place]) -> Found:
        loop, seconds, told = asyncio.get_running_loop(), self._settings.stall_seconds, False
        try:
            async with asyncio.timeout(seconds) as limit:

                def came() -> None:
                    if not limit.expired():
                        limit.reschedule(loop.time() + seconds)

                while True:
                    try:
                        return await firsts(self._settings, places, came)
                    except Fatal as fatal:
                        if fatal.code is not Exit.UNAVAILABLE:
                            raise
                        if not told:
                            log().warning("waits to look up what was sent back", reason=str(fatal))
                        told = True
                    await asyncio.sleep(_AGAIN_SECONDS)
        except TimeoutError:
            raw = topic_name(self._settings, RAW)
            raise Fatal(
                Exit.RETRY, f"records of {raw} that were sent back: nothing within {seconds:g} s"
            ) from None

    def _undated(self, place: Place) -> Failed:
        raw = topic_name(self._settings, RAW)
        named = "/".join((raw, *map(str, place)))
        return Failed(
            FailureReason.UNDATED,
            f"it repeats {named}, which has expired, so nobody knows when it was received: {self._remedy}",
        )


def claims_first(record: Any) -> bool:
    """Whether a record says that it was first another one: of most that is all that is asked."""
    return any(name == headers.FIRST for name, _ in record.headers)


def first_place(settings: Settings, listed: Iterable[tuple[str, bytes | None]]) -> Place | None:
    """The raw record that the last header of that name names; None without one of the right form."""
    given = next((value for name, value in reversed([*listed]) if name == headers.FIRST), None)
    return place_of((given or b"").decode(errors="replace"), topic_name(settings, RAW)) if given else None


def place_of(named: str, topic: str) -> Place | None:
    """topic/partition/offset as a place, if it is one of this topic."""
    own, _, rest = named.partition("/")
    partition, _, offset = rest.partition("/")
    numbers = (partition, offset)
    if own != topic or not all(n.isascii() and n.isdecimal() and len(n) <= _MOST_DIGITS for n in numbers):
        return None
    return int(partition), int(offset)


def repeats(record: Any, first: First | None) -> bool:
    """Whether a record has the key and the value of one that came before it. Of a record with neither, the
    value that came back is empty.
    """
    return first is not None and first.timestamp <= record.timestamp and first.digest == _digest(record)


def first_of(record: Any) -> First:
    return First(int(record.timestamp), _digest(record))


def _digest(record: Any) -> bytes:
    """Of key and value, told apart by the length of the key; no value is an empty one."""
    key = b"-" if record.key is None else b"%d:%b" % (len(record.key), record.key)
    digest = blake2b(key, digest_size=16)
    digest.update(record.value or b"")
    return digest.digest()


async def firsts(
    settings: Settings, places: Iterable[Place], came: Callable[[], None] = lambda: None
) -> Found:
    """What is known of the raw records at these places; `came` is called for each that was read on the way.

    Raises Fatal: UNAVAILABLE where the broker is away.
    """
    found: Found = {}
    wanted: dict[int, list[int]] = {}
    for partition, offset in sorted(places):
        wanted.setdefault(partition, []).append(offset)
    for tp in await present_partitions(settings, topic_name(settings, RAW)):
        if offsets := wanted.get(tp.partition):
            read = await _read(settings, tp, offsets, came)
            found |= {(tp.partition, offset): first for offset, first in read.items()}
    return found


async def _read(
    settings: Settings, tp: TopicPartition, offsets: Sequence[int], came: Callable[[], None]
) -> dict[int, First | None]:
    found: dict[int, First | None] = {}
    wanted = frozenset(offsets)
    async with clients.reading(settings, [tp], max_partition_fetch_bytes=clients.FEW_BYTES) as consumer:
        while True:
            begin, end = (await consumer.beginning_offsets([tp]))[tp], (await consumer.end_offsets([tp]))[tp]
            try:
                for run in _near([o for o in offsets if begin <= o < end and o not in found]):
                    consumer.seek(tp, run[0])
                    async for record in up_to(consumer, {tp: run[-1] + 1}):
                        came()
                        if record.offset in wanted:
                            found[record.offset] = first_of(record)
            except errors.OffsetOutOfRangeError:
                continue  # deleted while it was looked for: the beginning has moved
            return {offset: None for offset in offsets if offset < begin} | found


def _near(offsets: Sequence[int]) -> list[list[int]]:
    """Ascending offsets in runs that are read in one go."""
    runs: list[list[int]] = []
    for offset in offsets:
        if runs and offset - runs[-1][-1] <= clients.NEAR_RECORDS:
            runs[-1].append(offset)
        else:
            runs.append([offset])
    return runs
