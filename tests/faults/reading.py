"""The auditor's own reader: every record of a topic, by another client library than the product's.

It shares no code with the product (test_independence.py), so that both cannot be wrong in the same way.
Values are kept as digests: a long run's topics do not fit into memory.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from confluent_kafka import Consumer, KafkaError, TopicPartition

from tests.faults.index_rows import Row, rows_of

SILENT_SECONDS = 60.0  # a broker that was just restarted may be slow; after so long it is gone
OF_VERSIONS = ("articles.cleaned", "articles.tagged")
KEPT = ("id", "version", "duplicate", "decision", "status", "content_hash")


@dataclass(frozen=True, slots=True)
class Seen:
    """A record: where it lies (`topic` without the desk's prefix), its key, headers, and what it holds.

    `event` holds a few fields of an enriched event, `rows` those of a record of dedup.index. `versions` says
    which versions of the stages made a cleaned or tagged event, and `rest` is a digest of all but that.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    digest: bytes
    size: int
    headers: tuple[tuple[str, bytes], ...]
    event: dict[str, Any] | None = None
    rows: tuple[Row, ...] = ()
    versions: str = ""
    rest: bytes = b""

    @property
    def place(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}"

    def header(self, name: str) -> str:
        """The last header of this name, which is the product's; empty where there is none."""
        return next((value.decode() for given, value in reversed(self.headers) if given == name), "")


def read(address: str, prefix: str, topic: str, *, committed: bool = True) -> list[Seen]:
    """All records of a topic, partition by partition. Raises TimeoutError where Kafka does not answer."""
    consumer = Consumer(
        {
            "bootstrap.servers": address,
            "group.id": "auditor",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
            "isolation.level": "read_committed" if committed else "read_uncommitted",
            "fetch.message.max.bytes": 12_000_000,
        }
    )
    try:
        name = prefix + topic
        partitions = consumer.list_topics(name, SILENT_SECONDS).topics[name].partitions
        consumer.assign([TopicPartition(name, partition, 0) for partition in partitions])
        seen, left, heard = [], set(partitions), time.monotonic()
        while left:
            record = consumer.poll(1.0)
            if record is None:
                if time.monotonic() - heard > SILENT_SECONDS:
                    raise TimeoutError(f"{name}: no record and no end for {SILENT_SECONDS:g} s")
                continue
            heard = time.monotonic()
            error = record.error()
            if error is None:
                seen.append(_seen(topic, record))
            elif error.code() == KafkaError._PARTITION_EOF:
                left.discard(record.partition())
        return sorted(seen, key=lambda one: (one.partition, one.offset))
    finally:
        consumer.close()


def _seen(topic: str, record: Any) -> Seen:
    value = record.value()
    event = None
    if topic == "articles.enriched" and value is not None:
        event = {name: found for name, found in json.loads(value).items() if name in KEPT}
    versions, rest = _made_by(value) if topic in OF_VERSIONS and value is not None else ("", b"")
    return Seen(
        topic,
        record.partition(),
        record.offset(),
        record.key(),
        blake2b(value or b"", digest_size=16).digest(),
        -1 if value is None else len(value),
        tuple((name, found or b"") for name, found in record.headers() or ()),
        event,
        tuple(rows_of(value)) if topic.startswith("dedup.index") and value else (),
        versions,
        rest,
    )


def _made_by(value: bytes) -> tuple[str, bytes]:
    """A withdrawal says no version."""
    event = json.loads(value)
    versions = " ".join(f"{stage}={version}" for stage, version in event.pop("provenance", {}).items())
    rest = json.dumps(event, sort_keys=True).encode()
    return versions, blake2b(rest, digest_size=16).digest()
