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

from streams.contract import ENRICHED, TAGGED, rfc3339
from streams.dedup import Fingerprint
from streams.dedup.snapshot import Emitted
from streams.pipeline import FINGERPRINT, Output, Record, run
from streams.shell import clients, headers
from streams.shell.rebuild import _Again
from streams.shell.rebuild_sources import Before, emitted_since, window_of
from streams.shell.settings import Settings
from streams.shell.stretches import Window, merged
from streams.shell.topics import topic_name
from tests.dedup.newsroom import START, article, erasure, name, withdrawal, words

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


HOUR_MS = 3_600_000
Dated = tuple[int, int, headers.Headers]  # partition, ms, headers


def test_removals_of_another_sketch_version_count_and_an_erasure_needs_no_value() -> None:
    for fingerprint, value in ((withdrawal(received=1), b'{"a":1}'), (erasure(), None)):
        old = bytes([9]) + fingerprint.pack()[1:]
        again = taken(record(1, article(TEXT), "en"), replace(record(1, old), value=value))
        assert again.memories[0].stats().texts == 0


async def written(settings: Settings, name: str, dated: Sequence[Dated]) -> list[TopicPartition]:
    """A topic of records with times of our own."""
    topic, partitions = topic_name(settings, name), max(partition for partition, *_ in dated) + 1
    admin = await clients.started(clients.admin(settings), settings)
    configs = {"message.timestamp.type": "CreateTime"}
    await admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=configs)])
    await clients.stopped(admin)
    producer = await clients.started(clients.producer(settings), settings)
    for turn, (partition, ms, listed) in enumerate(dated):
        await producer.send_and_wait(
            topic, b"%d" % turn, partition=partition, timestamp_ms=ms, headers=listed
        )
    await clients.stopped(producer)
    return [TopicPartition(topic, p) for p in range(partitions)]


async def sent(settings: Settings, turns: Sequence[int]) -> Window:
    """Records to partitions in these turns; the window of them all."""
    tps = await written(settings, TAGGED, [(p, 1_000 + turn, []) for turn, p in enumerate(turns)])
    return Window(0, dict.fromkeys(tps, 0), {tp: turns.count(tp.partition) for tp in tps})


def test_the_window_is_the_last_96_hours_of_what_was_decided(settings: Settings) -> None:
    """Of what was received: the last record decided waited ten hours before it was tagged."""

    async def read() -> tuple[Window, list[str]]:
        late = [("ce_time", rfc3339(START + 110 * HOUR_MS).encode())]
        hours = [(0, 0), (1, 10), (0, 15), (0, 60), (1, 100), (0, 120), (0, 130), (1, 130)]
        dated = [(p, START + h * HOUR_MS, late if h == 120 else []) for p, h in hours]
        await written(settings, TAGGED, dated)
        admin = await clients.started(clients.admin(settings), settings)
        try:
            said: list[str] = []
            before = Before({0: 3, 1: 1}, {}, None, None)
            return await window_of(settings, admin, before, said.append), said
        finally:
            await clients.stopped(admin)

    window, said = asyncio.run(read())
    assert window.since == START + 4 * HOUR_MS  # partition 1 had its last at 100 h
    assert [(tp.partition, start, window.ends[tp]) for tp, start in window.starts.items()] == [
        (0, 1, 4),
        (1, 0, 2),
    ]
    assert (len(window), said) == (5, [])


def test_what_was_emitted_is_read_from_the_headers_also_of_a_null_and_from_before_the_window(
    settings: Settings,
) -> None:
    async def read() -> Emitted:
        one, two = name(1).hex(), name(2).hex()
        told = [
            (0, f"{two}:9:9"),
            (5, f"{one}:1:1"),
            (101, f"{one}:2:4"),
            (102, "made up"),
            (103, f"{two}:1:3"),
        ]
        dated: list[Dated] = [(0, START + h * HOUR_MS, [("ce_id", text.encode())]) for h, text in told]
        await written(settings, ENRICHED, [*dated, (1, START + 103 * HOUR_MS, [])])
        admin = await clients.started(clients.admin(settings), settings)
        try:
            return await emitted_since(settings, admin, START + 100 * HOUR_MS)
        finally:
            await clients.stopped(admin)

    last = asyncio.run(read()).last
    found = {entry["id"].ljust(16, b"\0"): (int(entry["version"]), int(entry["decision"])) for entry in last}
    assert found == {name(1): (2, 4), name(2): (1, 3)}


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
