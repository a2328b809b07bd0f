"""What the groups have committed and where the topics end, asked past the proxy."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from confluent_kafka import Consumer, ElectionType, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from tests.system.desk import STAGES
from tests.system.kafka import POLL_S

T = TypeVar("T")

ANSWER_SECONDS = 30.0
READY_SECONDS = 60.0  # a broker that was just started may have yet to load its groups


class Positions:
    """`prefix` is that of the groups; topics have it too, and a dot.

    A consumer that never joins asks for each group: librdkafka 2.16's admin client, asked for a group's
    offsets while its coordinator loads, ends the whole process (a null pointer in rd_kafka_cgrp_op).
    """

    def __init__(self, address: str, prefix: str) -> None:
        self.admin = AdminClient({"bootstrap.servers": address, "log_level": 0})
        self._prefix = prefix
        self._groups = {
            stage: Consumer(
                {"bootstrap.servers": address, "group.id": f"{prefix}.{stage}", "log_level": 0},
            )
            for stage in STAGES
        }

    def partitions(self, topic: str) -> list[TopicPartition]:
        """None where there is no such topic."""
        name = f"{self._prefix}.{topic}"
        found = _answered(lambda: self.admin.list_topics(timeout=ANSWER_SECONDS)).topics.get(name)
        return [TopicPartition(name, partition) for partition in found.partitions] if found else []

    def ends(self, topic: str) -> dict[int, int]:
        """The offset behind the last record of each partition."""
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
        asked = dict.fromkeys(self.partitions(topic), latest)
        if not asked:
            return {}

        def ends() -> dict[int, int]:
            answers = self.admin.list_offsets(asked, request_timeout=ANSWER_SECONDS)
            return {tp.partition: answer.result().offset for tp, answer in answers.items()}

        return _answered(ends)

    def committed(self, stage: str) -> dict[int, int]:
        """By partition of the stage's input, where anything is committed."""
        asked = self.partitions(STAGES[stage])
        found = _answered(lambda: self._groups[stage].committed(asked, ANSWER_SECONDS))
        return {tp.partition: tp.offset for tp in found if tp.offset >= 0}

    def coordinator(self, kept_in: str, name: str) -> int:
        """The broker that coordinates a group or a transactional id: the one that leads the partition of
        this internal topic to which Kafka's hash, that of Java's strings, sends the name. -1: none leads it.
        """
        found = _answered(lambda: self.admin.list_topics(kept_in, ANSWER_SECONDS)).topics[kept_in].partitions
        return found[abs(java_hash(name)) % len(found)].leader if found else -1

    def in_sync(self, brokers: int) -> bool:
        """Whether every partition of the cluster has a leader, and so many replicas that keep up."""
        topics = _answered(lambda: self.admin.list_topics(timeout=ANSWER_SECONDS)).topics.values()
        partitions = [one for topic in topics for one in topic.partitions.values()]
        return all(one.leader >= 0 and len(one.isrs) == brokers for one in partitions)

    def elect_preferred(self) -> None:
        """Every partition is led by its first replica again."""
        _answered(lambda: self.admin.elect_leaders(ElectionType.PREFERRED).result(ANSWER_SECONDS))

    def behind(self) -> Counter[str]:
        """Records that each stage has not committed yet."""
        waiting: Counter[str] = Counter()
        for stage, topic in STAGES.items():
            committed = self.committed(stage)
            waiting[stage] = sum(end - committed.get(p, 0) for p, end in self.ends(topic).items())
        return waiting

    def close(self) -> None:
        for consumer in self._groups.values():
            consumer.close()


def java_hash(name: str) -> int:
    """String.hashCode: signed, 32 bits."""
    found = 0
    for letter in name:
        found = (31 * found + ord(letter)) & 0xFFFFFFFF
    return found - (1 << 32) if found >> 31 else found


def _answered(ask: Callable[[], T]) -> T:
    """Asks until the broker is ready to answer."""
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            return ask()
        except KafkaException:
            if time.monotonic() > deadline:
                raise
        time.sleep(POLL_S)
