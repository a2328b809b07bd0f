"""What `copydesk worker dedup` costs an article, on a real Kafka.

Tagged records lie ready before it starts. Its own CPU time (user and system, all threads) is
read whenever it has committed, from the first commit that is seen to the last: neither imports nor loading
the memory count.
"""

import asyncio
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.clock import process_seconds
from bench.dedup_corpus import Tagged
from bench.hop import remove, say
from streams import contract
from streams.pipeline import DEDUP, TAG
from streams.shell import clients, headers, topics
from streams.shell.names import group
from streams.shell.settings import Settings
from streams.shell.state_log import load

ROOT = Path(__file__).resolve().parents[1]
WORKER = [sys.executable, "-c", "from streams.shell.cli import main; main()", "worker", "dedup"]
POLL_SECONDS = 0.02
DEADLINE_SECONDS = 600
BATCH = 1_000  # records handed to the producer before it is waited for


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds for `articles` articles, and the events that came of all."""

    articles: int
    cpu: float
    wall: float
    events: int


def measured(brokers: str, records: Sequence[Tagged], rounds: int) -> list[Cost]:
    """The worker over the same records, each time into a fresh set of topics."""
    costs = []
    for nth in range(rounds):
        settings = Settings(brokers=brokers, topic_prefix=f"bench-{uuid.uuid4().hex[:8]}.", prefix="bench")
        topics.check(settings, create=True)
        try:
            asyncio.run(fill(settings, records))
            costs.append(asyncio.run(run(settings, len(records))))
        finally:
            asyncio.run(remove(settings))
        last = costs[-1]
        say(f"round {nth + 1}: {last.cpu / last.articles * 1e6:.0f} us CPU an article")
    return costs


async def fill(settings: Settings, records: Sequence[Tagged]) -> None:
    """The records as the tag step writes them."""
    producer = await clients.started(clients.producer(settings), settings)
    topic = topics.topic_name(settings, contract.TAGGED)
    try:
        for start in range(0, len(records), BATCH):
            sent = [
                await producer.send(
                    topic, r.value, r.id.encode(), 0, headers=tagged_headers(settings, r, nth)
                )
                for nth, r in enumerate(records[start : start + BATCH], start)
            ]
            await asyncio.gather(*sent)
    finally:
        await producer.stop()


def tagged_headers(settings: Settings, tagged: Tagged, nth: int) -> headers.Headers:
    place = f"{settings.topic_prefix}{contract.RAW}/0/{nth}"
    carried = headers.carry([], place, raw=True)
    carried.append((headers.FINGERPRINT, tagged.fingerprint.pack()))
    return headers.event_headers(
        prefix=settings.prefix,
        topic=TAG.target,
        ce_id=f"{tagged.id}:{tagged.fingerprint.content_hash.hex()}",
        subject=tagged.id,
        received_at=contract.rfc3339(tagged.fingerprint.received_ms),
        carried=carried,
    )


async def run(settings: Settings, records: int) -> Cost:
    """Runs the worker until all is committed. SystemExit when it ends before, or takes too long."""
    given = {f"COPYDESK_{name.upper()}": str(value) for name, value in asdict(settings).items()}
    given |= {"COPYDESK_METRICS_PORT": "0", "COPYDESK_LOG_LEVEL": "warning"}
    watcher = AIOKafkaConsumer(
        **clients.connection(settings), group_id=group(settings, DEDUP), enable_auto_commit=False
    )
    await watcher.start()
    source = TopicPartition(topics.topic_name(settings, contract.TAGGED), 0)
    watcher.assign([source])
    worker = subprocess.Popen(WORKER, env={**os.environ, **given, "PYTHONPATH": str(ROOT)})
    began: tuple[int, float, float] | None = None
    deadline = time.monotonic() + DEADLINE_SECONDS
    try:
        while True:
            offset = await watcher.committed(source) or 0
            now = offset, process_seconds(worker.pid), time.perf_counter()
            if offset and began is None:
                began = now
            if began is not None and offset >= records:
                break
            if worker.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"the worker stopped, or took too long, at {offset} of {records} records")
            await asyncio.sleep(POLL_SECONDS)
    finally:
        await watcher.stop()
        worker.terminate()
        worker.wait()
    return Cost(now[0] - began[0], now[1] - began[1], now[2] - began[2], await decided(settings))


async def decided(settings: Settings) -> int:
    """How many events the decisions of the log have made: each has a number of its own for its article."""
    index, _applied = await load(settings, 0)
    return int(index.state.articles["decision"].sum())


def report(costs: Sequence[Cost]) -> float:
    """Prints articles a CPU second, and on the wall; gives the median of the former."""
    rates = sorted(cost.articles / cost.cpu for cost in costs)
    walls = sorted(cost.articles / cost.wall for cost in costs)
    middle = statistics.median(rates)
    print(
        f"worker: {middle:,.0f} articles a CPU second ({rates[0]:,.0f}-{rates[-1]:,.0f}), "
        f"{statistics.median(walls):,.0f} on the wall; {costs[0].events:,} events"
    )
    return middle
