"""What a rebuild reads and decides again, record by record; whole rebuilds are in tests/system."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.admin import NewTopic

from streams.contract import TAGGED
from streams.dedup import Fingerprint
from streams.pipeline import FINGERPRINT, Output, Record, run
from streams.shell import clients, headers
from streams.shell.rebuild import _Again
from streams.shell.rebuild_sources import Window, merged
from streams.shell.settings import Settings
from streams.shell.topics import topic_name
from tests.dedup.newsroom import article, name, withdrawal, words

TABLE = {"en": 0, "*": 1}
TEXT = " ".join(words(200, 1))
EXAMPLE = (Path(__file__).resolve().parents[2] / "schemas" / "examples" / "article.tagged.v1" / "valid").glob(
    "*.json"
)


def record(
    number: int,
    fingerprint: Fingerprint | bytes,
    language: str = "",
    offset: int = 0,
    value: bytes = b'{"a":1}',
) -> Any:
    packed = fingerprint if isinstance(fingerprint, bytes) else fingerprint.pack()
    listed = [(headers.FINGERPRINT, packed), (headers.LANGUAGE, language.encode())]
    key = name(number).hex().encode()
    return ConsumerRecord(TAGGED, 0, offset, 1_000, 1, key, value, None, len(key), len(value), listed)


def known(again: _Again, number: int) -> list[int]:
    """The domains that know an id."""
    first, second = np.frombuffer(name(number), "<u8").tolist()
    return [d for d, memory in enumerate(again.memories) if memory.find(first, second) >= 0]


def taken(*records: Any, partitions: int = 2) -> _Again:
    again = _Again(TABLE, partitions)
    for one in records:
        again.take(one)
    return again


def test_an_article_is_decided_in_the_domain_of_its_language() -> None:
    again = taken(
        record(1, article(TEXT), "en"), record(2, article(TEXT), "de"), record(3, article(TEXT), "xx")
    )
    assert [known(again, n) for n in (1, 2, 3)] == [[0], [1], [1]]


def test_a_withdrawal_which_has_no_language_reaches_the_domain_of_its_article() -> None:
    again = taken(record(1, article(TEXT), "en"), record(1, withdrawal(received=1)))
    stats = [memory.stats() for memory in again.memories]
    assert stats[0].texts == 0


def test_what_was_a_dead_letter_is_in_no_memory() -> None:
    again = taken(
        record(1, b"\x01 no fingerprint", "en"), replace(record(2, article(TEXT), "en"), key=b"no id")
    )
    assert [len(memory) for memory in again.memories] == [0, 0]


def test_a_sketch_of_another_version_is_made_anew_from_the_event() -> None:
    value = next(path.read_bytes() for path in sorted(EXAMPLE) if b'"text"' in path.read_bytes())
    made = run(FINGERPRINT, Record(value, "2026-01-01T00:00:00.000Z"))
    assert isinstance(made, Output)
    assert made.fingerprint is not None
    old = bytes([made.fingerprint[0] + 1]) + made.fingerprint[1:-8]  # fewer values than ours
    again = taken(record(1, old, "en", value=value.strip()))
    [text] = again.memories[0].state.texts[:1]
    assert text["shingles"] == Fingerprint.unpack(made.fingerprint).sketch.shingles


async def sent(settings: Settings, turns: Sequence[int]) -> Window:
    """Records to partitions in these turns; the window of them all."""
    topic = topic_name(settings, TAGGED)
    admin = await clients.started(clients.admin(settings), settings)
    configs = {"message.timestamp.type": "CreateTime"}
    await admin.create_topics([NewTopic(topic, max(turns) + 1, 1, topic_configs=configs)])
    await clients.stopped(admin)
    producer = await clients.started(clients.producer(settings), settings)
    for turn, partition in enumerate(turns):
        await producer.send_and_wait(topic, b"%d" % turn, partition=partition, timestamp_ms=1_000 + turn)
    await clients.stopped(producer)
    tps = [TopicPartition(topic, p) for p in range(max(turns) + 1)]
    return Window(0, dict.fromkeys(tps, 0), {tp: turns.count(tp.partition) for tp in tps})


@pytest.mark.parametrize("turns", [[0, 1, 1, 0, 2, 1, 0], [1, 1, 1], [0]], ids=str)
def test_records_of_all_partitions_come_in_the_order_of_their_times(
    settings: Settings, turns: list[int]
) -> None:
    async def read() -> list[bytes]:
        window = await sent(settings, turns)
        return [one.value async for one in merged(settings, window)]

    assert asyncio.run(read()) == [b"%d" % turn for turn in range(len(turns))]


def test_a_window_ends_where_it_ends(settings: Settings) -> None:
    async def read() -> list[bytes]:
        window = await sent(settings, [0, 0, 0, 0])
        [tp] = window.starts
        cut = replace(window, starts={tp: 1}, ends={tp: 3})
        return [one.value async for one in merged(settings, cut)]

    assert asyncio.run(read()) == [b"1", b"2"]
