"""A real Kafka for the tests: the broker of deploy/local/kafka.py, and what a test writes and reads."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError
from confluent_kafka.admin import AdminClient

T = TypeVar("T")

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPT = REPOSITORY / "deploy" / "local" / "kafka.py"
sys.path.insert(0, str(SCRIPT.parent))

from ports import free_ports as free_ports  # noqa: E402 - in the folder of the script

LARGEST_RECORD = 12_000_000
POLL_S = 0.1
READY_S = 20.0


def wait_for(what: str, seconds: float, condition: Callable[[], T]) -> T:
    """The first true value of a condition; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        time.sleep(POLL_S)
    return value


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it lies in its topic."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]

    def header(self, name: str) -> str | None:
        """The last header of this name: of two the last is the product's."""
        values = [value for given, value in self.headers if given == name]
        return values[-1].decode() if values else None

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.value or b"")
        return event


@dataclass(frozen=True, slots=True)
class Sent:
    """A record to be written."""

    value: bytes | None
    key: bytes | None = None
    headers: tuple[tuple[str, bytes], ...] = ()


class Broker:
    """The script with one data folder and port, run as a person runs it; `always`: options of every start."""

    def __init__(self, data: Path, *always: str) -> None:
        self.data, self.port, self._always = data, free_ports(), always

    def run(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        script = [sys.executable, str(SCRIPT), command, "--data", str(self.data), *options]
        return subprocess.run(script, capture_output=True, text=True, timeout=120, check=False)

    def start(self, *options: str) -> str:
        """Starts it, on the same port each time; gives its address."""
        done = self.run("start", "--port", str(self.port), *self._always, *options)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1].partition(": ")[2]

    def signal(self, number: int, node: int = 1) -> None:
        """Sends a signal to the broker's own process; `node` is one of a cluster, from 1 on."""
        pid = json.loads(self.run("status", "--json").stdout)["nodes"][node - 1]["pid"]
        os.kill(int(pid), number)


@dataclass(frozen=True, slots=True)
class Kafka:
    """A broker's address and how to log in."""

    address: str
    access: dict[str, str] = field(default_factory=dict)

    def send(
        self, topic: str, records: Iterable[Sent], partition: int | None = None
    ) -> list[tuple[int, int]]:
        """Writes records and awaits every delivery; gives their partitions and offsets."""
        return asyncio.run(self._send(topic, list(records), partition))

    def read(
        self, topic: str, *, committed: bool = True, since: dict[int, int] | None = None
    ) -> list[Record]:
        """Everything in a topic at this moment, partition by partition; `since`: from these offsets on."""
        return asyncio.run(self._read(topic, committed, since or {}))

    def ends(self, topic: str, *, committed: bool = False) -> dict[int, int]:
        """The end offset of each partition; `committed`: where its first open transaction begins, if any."""
        return asyncio.run(self._ends(topic, committed))

    def committed(self, group: str) -> dict[tuple[str, int], int]:
        """The offsets that a group has committed."""
        return asyncio.run(self._admin(lambda admin: _committed(admin, group)))

    def members(self, group: str) -> int:
        """How many members a group has."""
        return asyncio.run(self._admin(lambda admin: _members(admin, group)))

    def topics(self) -> list[str]:
        """The names of all topics that we may see."""
        return asyncio.run(self._admin(lambda admin: admin.list_topics()))

    def configure(self, topic: str, configs: dict[str, str]) -> None:
        """Sets these configs of a topic; all others return to their defaults."""
        changed = ConfigResource(ConfigResourceType.TOPIC, topic, configs)
        asyncio.run(self._admin(lambda admin: admin.alter_configs([changed])))

    def rewind(self, group: str, offsets: dict[tuple[str, int], int]) -> None:
        """Commits these offsets for a group without members."""
        asyncio.run(self._rewind(group, offsets))

    def forget(self, group: str) -> None:
        """Deletes a group without members, and the offsets that it has committed."""
        admin = AdminClient({"bootstrap.servers": self.address})
        for deleted in admin.delete_consumer_groups([group]).values():
            deleted.result(READY_S)

    async def _send(self, topic: str, records: list[Sent], partition: int | None) -> list[tuple[int, int]]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.address, acks="all", max_request_size=LARGEST_RECORD, **self.access
        )
        await producer.start()
        try:
            futures = [
                await producer.send(topic, r.value, r.key, partition=partition, headers=list(r.headers))
                for r in records
            ]
            return [(done.partition, done.offset) for done in await asyncio.gather(*futures)]
        finally:
            await producer.stop()

    async def _read(self, topic: str, committed: bool, since: dict[int, int]) -> list[Record]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.address,
            isolation_level="read_committed" if committed else "read_uncommitted",
            max_partition_fetch_bytes=LARGEST_RECORD,
            fetch_max_wait_ms=50,
            **self.access,
        )
        await consumer.start()
        try:
            parts = await _partitions(consumer, topic)
            consumer.assign(parts)
            await consumer.seek_to_beginning(*parts)
            for tp in parts:
                if tp.partition in since:
                    consumer.seek(tp, since[tp.partition])
            ends = await consumer.end_offsets(parts)
            records = []
            # Markers and aborted records count as read: the position passes them.
            while any([await consumer.position(tp) < end for tp, end in ends.items()]):
                for tp, batch in (await consumer.getmany(timeout_ms=200)).items():
                    records += [
                        Record(r.partition, r.offset, r.key, r.value, tuple(r.headers))
                        for r in batch
                        if r.offset < ends[tp]
                    ]
            return sorted(records, key=lambda record: (record.partition, record.offset))
        finally:
            await consumer.stop()

    async def _ends(self, topic: str, committed: bool) -> dict[int, int]:
        level = "read_committed" if committed else "read_uncommitted"
        consumer = AIOKafkaConsumer(bootstrap_servers=self.address, isolation_level=level, **self.access)
        await consumer.start()
        try:
            ends = await consumer.end_offsets(await _partitions(consumer, topic))
            return {tp.partition: end for tp, end in ends.items()}
        finally:
            await consumer.stop()

    async def _rewind(self, group: str, offsets: dict[tuple[str, int], int]) -> None:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.address, group_id=group, enable_auto_commit=False, **self.access
        )
        await consumer.start()
        try:
            places = {TopicPartition(*place): offset for place, offset in offsets.items()}
            consumer.assign(list(places))
            await consumer.commit(places)
        finally:
            await consumer.stop()

    async def _admin(self, ask: Callable[[AIOKafkaAdminClient], Coroutine[Any, Any, T]]) -> T:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.address, **self.access)
        await admin.start()
        try:
            return await _answered(lambda: ask(admin))
        finally:
            await admin.close()


async def _answered(ask: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Asks until the broker is ready to answer: a new one has yet to make its topic of offsets."""
    deadline = time.monotonic() + READY_S
    while True:
        try:
            return await ask()
        except KafkaError as error:
            if not error.retriable or time.monotonic() > deadline:
                raise
        await asyncio.sleep(POLL_S)


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
    metadata = await consumer._client.fetch_all_metadata()
    found = metadata.partitions_for_topic(topic)
    assert found, f"no topic {topic}"
    return [TopicPartition(topic, partition) for partition in sorted(found)]


async def _committed(admin: AIOKafkaAdminClient, group: str) -> dict[tuple[str, int], int]:
    offsets = await admin.list_consumer_group_offsets(group)
    return {(tp.topic, tp.partition): found.offset for tp, found in offsets.items() if found.offset >= 0}


async def _members(admin: AIOKafkaAdminClient, group: str) -> int:
    answer = (await admin.describe_consumer_groups([group]))[0]
    return len(answer.groups[0][5])
