"""The load: a thread that writes the ledger's articles into articles.raw at a steady rate."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterable
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from tests.faults.ledger import Item, Writer

DELIVERY_SECONDS = 300.0  # a broker may be away for long: the load waits and loses nothing
TICK_SECONDS = 0.05


class Feed:
    """Writes `rate` articles a second while `flowing` is set. `sent`: number -> partition/offset, once Kafka
    has said so.

    An article's partition is that of its key's hash among those there were when it was first sent: topics
    that grow change no order.
    """

    def __init__(self, address: str, topic: str, writer: Writer, rate: float, partitions: int) -> None:
        self._topic, self._writer, self._rate = topic, writer, rate
        self.partitions = partitions
        self.sent: dict[int, str] = {}
        self.failed: list[str] = []
        self.flowing = threading.Event()
        self._homes: dict[bytes, int] = {}
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._producer = Producer(
            {
                "bootstrap.servers": address,
                "enable.idempotence": True,
                "compression.type": "zstd",
                "linger.ms": 5,
                "message.max.bytes": 12_000_000,
                "message.timeout.ms": int(DELIVERY_SECONDS * 1000),
                "topic.metadata.refresh.interval.ms": 1000,
                "log_level": 0,
            }
        )
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)
        self._thread.start()

    def write(self, items: Iterable[Item]) -> None:
        """These at once."""
        with self._lock:
            for item in items:
                self._write(item)

    def settle(self) -> None:
        """Stops the flow and waits until Kafka has all that was written."""
        self.flowing.clear()
        with self._lock:
            left = self._producer.flush(DELIVERY_SECONDS)
        if left or self.failed:
            raise RuntimeError(f"Kafka did not take the load: {left} waiting, {self.failed[:3]}")

    def close(self) -> None:
        self._ended.set()
        self._thread.join(10)

    def _run(self) -> None:
        due = 0.0
        while not self._ended.wait(TICK_SECONDS):
            with self._lock:
                due = due + self._rate * TICK_SECONDS if self.flowing.is_set() else 0.0
                while due >= 1:
                    self._write(next(self._writer))
                    due -= 1
                self._producer.poll(0)

    def _write(self, item: Item) -> None:
        key = item.sent.key or b""
        home = self._homes.setdefault(key, zlib.crc32(key) % self.partitions)
        number = item.entry.number

        def told(error: Any, record: Any) -> None:
            if error is None:
                self.sent[number] = f"articles.raw/{record.partition()}/{record.offset()}"
            else:
                self.failed.append(str(error))

        value = item.sent.value
        headers: list[tuple[str, str | bytes | None]] = [*item.sent.headers]
        while True:
            try:
                self._producer.produce(self._topic, value, key, home, headers=headers, on_delivery=told)
            except BufferError:
                self._producer.poll(0.1)
            except KafkaException as error:
                if error.args[0].code() != KafkaError._UNKNOWN_PARTITION:
                    self.failed.append(str(error))
                    return
                self._producer.poll(0.1)  # of a partition that was just added it has yet to hear
            else:
                return
