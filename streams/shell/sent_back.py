"""Raw articles that `copydesk redrive` sends back: they count as received when they first were.

With the time of today an old text would replace a newer one of its URL, or come back although it was
withdrawn or erased since. So the header copydesk-first names the raw record that it was first. Whoever writes
raw articles can write that header too: it is believed only where the record that it names is there, earlier,
with the same key and value. Then it says no more than that a record is repeated, which everyone may do.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka import TopicPartition, errors

from streams.contract import RAW
from streams.shell import clients, headers
from streams.shell.settings import Settings
from streams.shell.stretches import up_to
from streams.shell.topics import present_partitions, topic_name

Place = tuple[int, int]  # partition and offset of articles.raw
# Of a partition's number and an offset; longer ones were not written by us.
_MOST_DIGITS = 18


async def received(settings: Settings, records: Sequence[Any]) -> list[int]:
    """When each raw record counts as received, in ms since 1970: when Kafka wrote it, or what it repeats.

    Raises Fatal where Kafka does not say.
    """
    moments = [int(record.timestamp) for record in records]
    claims = {nth: first_place(settings, r.headers) for nth, r in enumerate(records) if claims_first(r)}
    if places := {place for place in claims.values() if place is not None}:
        found = await firsts(settings, places)
        for nth, place in claims.items():
            first: Any = found.get(place) if place else None
            if repeats(records[nth], first):
                moments[nth] = int(first.timestamp)
    return moments


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


def repeats(record: Any, first: Any) -> bool:
    """Whether a record has the key and the value of one that came before it. Of a record with neither, the
    value that came back is empty.
    """
    if first is None or first.timestamp > record.timestamp:
        return False
    return bool(record.key == first.key and (record.value or b"") == (first.value or b""))


async def firsts(settings: Settings, places: Iterable[Place]) -> dict[Place, Any]:
    """The raw records at these places, without those that are not there, or not any more."""
    found: dict[Place, Any] = {}
    wanted: dict[int, list[int]] = {}
    for partition, offset in sorted(places):
        wanted.setdefault(partition, []).append(offset)
    there = await present_partitions(settings, topic_name(settings, RAW))
    for tp in there:
        for run in _near(wanted.get(tp.partition, ())):
            found |= await _read(settings, tp, run)
    return found


def _near(offsets: Sequence[int]) -> list[list[int]]:
    """Ascending offsets in runs that are read in one go."""
    runs: list[list[int]] = []
    for offset in offsets:
        if runs and offset - runs[-1][-1] <= clients.NEAR_RECORDS:
            runs[-1].append(offset)
        else:
            runs.append([offset])
    return runs


async def _read(settings: Settings, tp: TopicPartition, offsets: Sequence[int]) -> dict[Place, Any]:
    async with clients.reading(settings, [tp]) as consumer:
        begin = (await consumer.beginning_offsets([tp]))[tp]
        end = min(offsets[-1] + 1, (await consumer.end_offsets([tp]))[tp])
        start = max(begin, offsets[0])
        if start >= end:
            return {}
        consumer.seek(tp, start)
        try:
            wanted = frozenset(offsets)
            records = [record async for record in up_to(consumer, {tp: end}) if record.offset in wanted]
        except errors.OffsetOutOfRangeError:
            return {}  # deleted while it was looked for
    return {(record.partition, record.offset): record for record in records}
