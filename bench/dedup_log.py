"""What the log of a million articles costs over a real Kafka: loading it, and `copydesk explain` over it."""

import asyncio
import os
import resource
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.dedup_corpus import Tagged, rounds
from bench.dedup_memory import alone, packed
from bench.hop import remove
from streams.dedup import self_test
from streams.shell import clients, epochs, topics
from streams.shell.settings import Settings
from streams.shell.state_log import load

ROOT = Path(__file__).resolve().parents[1]
EXPLAIN = [sys.executable, "-c", "from streams.shell.cli import main; main()", "explain"]
IN_FLIGHT = 20  # records of up to 900 kB handed to the producer before it is waited for


@dataclass(frozen=True, slots=True)
class Read:
    """Seconds to read all of the log once: of its reader's CPU, and on the wall."""

    cpu: float
    wall: float


def measured(brokers: str, corpus: list[Tagged], articles: int) -> tuple[Read, Read]:
    """(load, explain) of a log with so many articles; explain's includes the start of a Python."""
    settings = Settings(brokers=brokers, topic_prefix=f"bench-{uuid.uuid4().hex[:8]}.", prefix="bench")
    topics.check(settings, create=True)
    try:
        asyncio.run(fill(settings, packed(corpus, articles, epochs.current(settings))))
        *_, last = rounds(corpus, articles, values=False)
        return alone(loading, settings, articles), explaining(settings, last.id)
    finally:
        asyncio.run(remove(settings))


async def fill(settings: Settings, records: Iterable[bytes]) -> None:
    producer = await clients.started(clients.producer(settings), settings)
    topic = topics.topic_name(settings, topics.index_name(settings))
    sent = []
    try:
        for record in records:
            sent.append(await producer.send(topic, record, partition=0))
            if len(sent) == IN_FLIGHT:
                await asyncio.gather(*sent)
                sent.clear()
        await asyncio.gather(*sent)
    finally:
        await producer.stop()


def loading(settings: Settings, articles: int) -> Read:
    self_test()
    began, began_wall = time.process_time(), time.perf_counter()
    index, _applied = asyncio.run(load(settings, 0))
    if len(index) != articles:
        raise RuntimeError(f"{len(index)} articles of {articles}")
    return Read(time.process_time() - began, time.perf_counter() - began_wall)


def explaining(settings: Settings, article: str) -> Read:
    """CalledProcessError where it does not find the article."""
    given = {f"COPYDESK_{name.upper()}": str(value) for name, value in asdict(settings).items()}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [*EXPLAIN, article],
        env={**os.environ, **given, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Read(cpu, time.perf_counter() - began)


def report(articles: int, loaded: Read, explained: Read) -> dict[str, float]:
    """Prints both; gives the seconds on the wall."""
    for name, read in (("load", loaded), ("explain", explained)):
        print(
            f"log: {name} of {articles:,} articles over Kafka:"
            f" {read.cpu:.1f} CPU seconds, {read.wall:.1f} on the wall"
        )
    return {"log_load_wall_s": loaded.wall, "log_explain_wall_s": explained.wall}
