"""`copydesk tail`: the records of a topic, readable or as JSON.

Article text is printed without control characters: nothing in it can command the terminal.
"""

import asyncio
import base64
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition, errors
from aiokafka.admin import AIOKafkaAdminClient

from streams import contract
from streams.contract import rfc3339
from streams.shell import clients
from streams.shell.exits import Exit, Fatal
from streams.shell.headers import ERASED_TYPE
from streams.shell.settings import Settings
from streams.shell.terminal import json_line, shortened
from streams.shell.topics import index_name, topic_name

TOPICS = (
    contract.RAW,
    contract.CLEANED,
    contract.TAGGED,
    contract.ENRICHED,
    contract.REJECTED,
    contract.DEADLETTER,
    contract.INDEX,
)
POLL_MS = 500
TEXT_CHARACTERS = 160
NAMES = 8


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which records: from the beginning, from an offset of each partition, or the `last` of the topic."""

    last: int = 10
    from_beginning: bool = False
    offset: int | None = None
    partition: int | None = None
    follow: bool = False


async def records(settings: Settings, topic: str, stretch: Stretch) -> AsyncGenerator[Any, None]:
    """The records as they come, but the last of a topic in the order of their Kafka timestamps.

    Ends with what was there at the start unless followed.

    Raises Fatal where the topic is missing, denied, or Kafka cannot be reached.
    """
    partitions = await partitions_of(settings, topic, stretch.partition)
    consumer = await clients.started(clients.reader(settings), settings)
    try:
        consumer.assign(partitions)
        ends = await consumer.end_offsets(partitions)
        await _seek(consumer, partitions, ends, stretch)
        shown = up_to(consumer, partitions, ends)
        if stretch.offset is None and not stretch.from_beginning:
            everything = [record async for record in shown]
            everything.sort(key=lambda record: (record.timestamp, record.partition, record.offset))
            for record in everything[-stretch.last :]:
                yield record
        else:
            async for record in shown:
                yield record
        while stretch.follow:
            for batch in (await consumer.getmany(timeout_ms=POLL_MS)).values():
                for record in batch:
                    yield record
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    finally:
        await clients.stopped(consumer)


async def partitions_of(settings: Settings, topic: str, only: int | None = None) -> list[TopicPartition]:
    """The partitions of a topic of ours, or of a full name; raises Fatal where it is missing or denied."""
    ours = index_name(settings) if topic == contract.INDEX else topic
    name = topic_name(settings, ours) if topic in TOPICS else topic
    admin: AIOKafkaAdminClient = await clients.started(clients.admin(settings), settings)
    try:
        described = (await admin.describe_topics([name]))[0]
    finally:
        await clients.stopped(admin)
    if described["error_code"]:
        error = errors.for_code(described["error_code"])
        if issubclass(error, clients.AUTHORIZATION):
            raise clients.explained(error(name), settings)
        raise Fatal(Exit.SETTINGS, f"Kafka at {settings.brokers} has no topic {name}: {error.__name__}")
    numbers = sorted(p["partition"] for p in described["partitions"])
    if only is not None and only not in numbers:
        raise Fatal(Exit.USAGE, f"{name} has the partitions {numbers[0]} to {numbers[-1]}, not {only}")
    return [TopicPartition(name, number) for number in numbers if only in (None, number)]


def as_json(record: Any) -> bytes:
    """A record as one JSON object; a value that is not JSON as text, and what is no text in base64."""
    return orjson.dumps(
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp": rfc3339(record.timestamp),
            "key": _text(record.key),
            "headers": {name: _text(value) for name, value in record.headers},
            "value": _value(record.value),
        }
    )


def as_text(record: Any) -> str:
    """A record in a few lines for a person."""
    place = f"{record.topic}/{record.partition}/{record.offset}  {rfc3339(record.timestamp)}"
    return "\n".join([place, *(f"  {shortened(line)}" for line in _about(record))])


async def _seek(
    consumer: AIOKafkaConsumer,
    partitions: list[TopicPartition],
    ends: Mapping[TopicPartition, int],
    stretch: Stretch,
) -> None:
    begins = await consumer.beginning_offsets(partitions)
    for tp in partitions:
        begin, end = begins[tp], ends[tp]
        if stretch.from_beginning:
            consumer.seek(tp, begin)
        elif stretch.offset is None:
            # A compacted or transactional topic has gaps: twice as many offsets may be fewer records.
            consumer.seek(tp, max(begin, end - 2 * stretch.last))
        elif begin <= stretch.offset <= end:
            consumer.seek(tp, stretch.offset)
        else:
            where = f"{tp.topic}/{tp.partition}"
            raise Fatal(Exit.USAGE, f"{where} holds the offsets {begin} to {end}, not {stretch.offset}")


async def up_to(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition], ends: Mapping[TopicPartition, int]
) -> AsyncIterator[Any]:
    """Records up to the ends; markers and aborted records count as read, so the position decides."""
    open_ = set(partitions)
    while open_:
        for tp in list(open_):
            if await consumer.position(tp) >= ends[tp]:
                open_.discard(tp)
        if not open_:
            return
        for tp, batch in (await consumer.getmany(*open_, timeout_ms=POLL_MS)).items():
            for record in batch:
                if record.offset < ends[tp]:
                    yield record


def _about(record: Any) -> Iterator[str]:
    headers = {name: value or b"" for name, value in record.headers}
    if "reason" in headers:
        where = "/".join(headers.get(name, b"?").decode(errors="replace") for name in _PLACE)
        why = [headers.get(name, b"").decode(errors="replace") for name in ("stage", "reason", "error")]
        yield f"{why[0]} refused {where}: {why[1]}{', ' if why[2] else ''}{why[2]}"
    if record.value is None and headers.get("ce_type") == ERASED_TYPE.encode():
        yield f"erased: {_text(record.key)}"
        return
    value = _value(record.value)
    if not isinstance(value, dict):
        yield f"key {_text(record.key)}, {len(record.value or b'')} bytes: {str(value)[:TEXT_CHARACTERS]}"
        return
    yield str(value.get("headline") or value.get("url") or _text(record.key))
    facts = [
        _nested(value, "publisher", "name") or _nested(value, "publisher", "domain"),
        value.get("section"),
        value.get("published_at"),
        _nested(value, "language", "code"),
        value.get("status"),
    ]
    yield " | ".join(str(fact) for fact in facts if fact)
    if "headline" in value and "url" in value:
        yield str(value["url"])
    text = value.get("text") or value.get("content")
    if isinstance(text, str):
        yield f"{len(text):,} characters: {text[:TEXT_CHARACTERS]}..."
    with suppress(KeyError, TypeError, AttributeError):  # a raw event may have any fields of its own
        yield from _made_of(value)


def _made_of(value: dict[str, Any]) -> Iterator[str]:
    """What the stages have added."""
    if value.get("removed"):
        yield f"{len(value['removed'])} lines of furniture removed"
    if value.get("entities"):
        named = [f"{e['name']} ({e['type']}, {len(e['mentions'])})" for e in value["entities"][:NAMES]]
        yield ", ".join(named) + (" ..." if len(value["entities"]) > NAMES else "")
    if "duplicate" in value:
        copy = value["duplicate"]
        of = f" of {copy['of']}" if copy.get("of") else ""
        yield f"{copy['relation']}{of}, version {value['version']['number']}, decision {value['decision']}"


_PLACE = ("topic", "partition", "offset")


def _nested(value: dict[str, Any], outer: str, inner: str) -> Any:
    found = value.get(outer)
    return found.get(inner) if isinstance(found, dict) else found


def _value(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return _text(value)


def _text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(value).decode()


def show(
    settings: Settings, topic: str, stretch: Stretch, echo: Callable[[str], None], *, json: bool
) -> None:
    """Hands the records to `echo`, one after another, until there are no more or Ctrl-C."""

    async def go() -> None:
        async with aclosing(records(settings, topic, stretch)) as found:
            async for record in found:
                echo(json_line(as_json(record)).decode() if json else as_text(record))

    asyncio.run(go())
