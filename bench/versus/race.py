"""One contender over one list of articles: everything that is measured of it."""

import asyncio
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import TopicPartition

from bench.clock import cpu_seconds, proportional_mb, tree
from bench.hop import QUIET, remove
from bench.versus.articles import Raw
from streams import contract
from streams.shell import clients, topics
from streams.shell.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
LOCK = "requirements-versus.lock"
CONTENDERS = ("copydesk", "quix", "faust")
ENDS = (contract.ENRICHED, contract.REJECTED, contract.DEADLETTER)
# Articles before the clock runs: a stream goes on for days, so what is measured is a worker that has its
# imports, its first pages of memory, and in its caches the words of the day.
WARM_UP = 100
DEADLINE_SECONDS = 900.0
HALF_LOAD_SECONDS = 15.0
LOOK_SECONDS = 0.2


class Measured(NamedTuple):
    cpu_ms: float
    """of the whole process tree, an article"""
    rate: float
    """articles a second of the wall"""
    p50_ms: float
    p99_ms: float
    """from the raw record in Kafka to the last one, at half of `rate`"""
    peak_mb: float
    """proportional set size of the tree"""
    start: float
    """seconds from the process's start to its first article"""


async def raced(name: str, brokers: str, given: Sequence[Raw], python: Path) -> Measured:
    """The first WARM_UP of the articles are not measured, but the memory that they take is."""
    warm, articles = given[:WARM_UP], given[WARM_UP:]
    settings = Settings(brokers=brokers, topic_prefix=f"versus-{uuid.uuid4().hex[:8]}.", partitions=1)
    await asyncio.to_thread(topics.check, settings, create=True)
    producer = await clients.started(clients.producer(settings), settings)
    consumer = await clients.started(clients.reader(settings), settings)
    consumer.assign(_partitions(settings))
    await consumer.seek_to_beginning()
    began = time.monotonic()
    with closing(_Contender(name, settings, python)) as contender:
        try:
            course = _Course(settings, producer, consumer, contender)
            await course.run(warm[:1], 0)
            start = time.monotonic() - began
            await course.run(warm[1:], 0)
            before, began = cpu_seconds(contender.pid), time.monotonic()
            await course.run(articles, 0)
            cpu, wall = cpu_seconds(contender.pid) - before, time.monotonic() - began
            rate = len(articles) / wall
            again = articles[: max(20, int(rate / 2 * HALF_LOAD_SECONDS))]
            late = sorted(await course.run([{**a, "url": f"{a['url']}/half"} for a in again], 2 / rate))
        finally:
            await clients.stopped(producer)
            await clients.stopped(consumer)
    await remove(settings)
    return Measured(
        cpu / len(articles) * 1e3,
        rate,
        late[len(late) // 2] * 1e3,
        late[int(len(late) * 0.99)] * 1e3,
        contender.peak_mb,
        start,
    )


class _Course:
    """Puts articles in and waits until something has become of each."""

    def __init__(
        self,
        settings: Settings,
        producer: AIOKafkaProducer,
        consumer: AIOKafkaConsumer,
        contender: "_Contender",
    ) -> None:
        self._topic = topics.topic_name(settings, contract.RAW)
        self._producer, self._consumer, self._contender = producer, consumer, contender

    async def run(self, articles: Sequence[Raw], pause: float) -> list[float]:
        """Sends one each `pause` seconds; gives how long each took from broker to broker, in seconds."""
        sending = asyncio.create_task(self._send(articles, pause))
        arrived: dict[str, int] = {}
        wanted = {article["url"] for article in articles}
        deadline = time.monotonic() + DEADLINE_SECONDS
        while wanted - arrived.keys():
            if time.monotonic() > deadline or not self._contender.running:
                missing = len(wanted - arrived.keys())
                sys.exit(f"{self._contender.name}: {missing} of {len(wanted)} articles never came")
            got = await self._consumer.getmany(timeout_ms=int(LOOK_SECONDS * 1000))
            for record in (record for records in got.values() for record in records):
                arrived.setdefault(orjson.loads(record.value)["url"], record.timestamp)
            self._contender.look()
        sent = await sending
        return [(arrived[url] - moment) / 1000 for url, moment in sent.items()]

    async def _send(self, articles: Sequence[Raw], pause: float) -> dict[str, int]:
        futures, began = {}, time.monotonic()
        for nth, article in enumerate(articles):
            if pause:
                await asyncio.sleep(max(0.0, began + nth * pause - time.monotonic()))
            url = article["url"]
            futures[url] = await self._producer.send(self._topic, orjson.dumps(article), url.encode())
        return {url: (await future).timestamp for url, future in futures.items()}


class _Contender:
    """The processes of one contender."""

    def __init__(self, name: str, settings: Settings, python: Path) -> None:
        self.name, self.peak_mb = name, 0.0
        environment = {**QUIET, "PYTHONPATH": str(ROOT)}
        if name == "copydesk":
            command = [sys.executable, "-m", "streams.shell.cli", "worker"]
            environment |= {
                "COPYDESK_BROKERS": settings.brokers,
                "COPYDESK_TOPIC_PREFIX": settings.topic_prefix,
                "COPYDESK_PREFIX": settings.topic_prefix.rstrip("."),
                "COPYDESK_PARTITIONS": "1",
                "COPYDESK_METRICS_PORT": "0",
                "COPYDESK_LOG_LEVEL": "error",
            }
        else:
            source, target = (topics.topic_name(settings, t) for t in (contract.RAW, contract.ENRICHED))
            group = settings.topic_prefix + name
            command = [str(python), str(Path(__file__).with_name("stack.py")), name]
            command += [settings.brokers, source, target, group]
        self._process = subprocess.Popen(command, env=environment)
        self.pid = self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def look(self) -> None:
        """Remembers the most memory that was ever seen."""
        self.peak_mb = max(self.peak_mb, sum(map(proportional_mb, tree(self.pid))))

    def close(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _partitions(settings: Settings) -> list[TopicPartition]:
    """Where an article may end."""
    ends = {topics.topic_name(settings, end) for end in ENDS}
    wanted = (topic for topic in topics.wanted(settings) if topic.name in ends)
    return [TopicPartition(topic.name, p) for topic in wanted for p in range(topic.partitions)]
