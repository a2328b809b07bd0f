"""What one hop through Kafka costs: consume, decode and encode JSON, produce, commit.

  python bench/hop.py                     a broker of its own, about two minutes
  COPYDESK_BROKERS=... python bench/hop.py    a broker that is there; topics bench-*.* are made and removed
  python bench/hop.py --rounds 5 --records 20000

Each contender runs as a process of its own, in turn, round after round, over the same records. Counted is
CPU time of the process, its threads and its children, from the first record at hand to the last offset
committed. Last line: our hop against bare aiokafka's.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import orjson  # noqa: E402
from aiokafka import TopicPartition  # noqa: E402

from streams import contract  # noqa: E402
from streams.pipeline import Outcome, Output, Record, Step  # noqa: E402
from streams.shell import clients, topics  # noqa: E402
from streams.shell.settings import Settings  # noqa: E402

RECORD_BYTES = 6_800  # the median tagged article
CONTENDERS = {
    "bare": "bare aiokafka: getmany, JSON, send, commit; one process",
    "copydesk": "copydesk's worker, JSON in the pool of stage processes",
    "bytes": "copydesk's worker, bytes through the pool untouched",
    "faust": "plain Faust: an agent, JSON, await topic.send",
}
TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--only", nargs="*", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--contend", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--prefix", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contend:
        contend(
            options.contend, settings_for(os.environ["COPYDESK_BROKERS"], options.prefix), options.records
        )
    with broker() as brokers:
        took: dict[str, list[dict[str, float]]] = {name: [] for name in options.only}
        settings = settings_for(brokers, f"bench-{uuid.uuid4().hex[:8]}.")
        topics.check(settings, create=True)
        try:
            asyncio.run(fill(settings, options.records))
            for nth in range(options.rounds):
                for name in options.only:
                    took[name].append(measured(name, settings, options.records))
                    say(f"round {nth + 1}: {name} {took[name][-1]['cpu']:.0f} us")
        finally:
            asyncio.run(remove(settings))
    report(took, options.records, options.rounds)


@contextmanager
def broker() -> Iterator[str]:
    """The address in COPYDESK_BROKERS, or a broker that lives as long as this run."""
    if given := os.environ.get("COPYDESK_BROKERS"):
        yield given
        return
    script = [sys.executable, str(ROOT / "deploy" / "local" / "kafka.py")]
    with tempfile.TemporaryDirectory(prefix="copydesk-bench-") as folder:
        start = [*script, "start", "--data", folder, "--port", "0"]
        try:
            started = subprocess.run(start, stdout=subprocess.PIPE, text=True, check=True)
            yield started.stdout.rpartition(" ")[2].strip()
        finally:
            subprocess.run([*script, "wipe", "--data", folder], check=False)


def settings_for(brokers: str, prefix: str) -> Settings:
    return Settings(
        brokers=brokers, topic_prefix=prefix, prefix=f"{prefix}{uuid.uuid4().hex[:8]}", partitions=1
    )


def article_bytes() -> list[bytes]:
    """Events of about RECORD_BYTES made of the sample articles: different texts, as compressible as news."""
    lines = (ROOT / "streams" / "samples" / "articles.jsonl").read_bytes().splitlines()
    texts = [content for line in lines if (content := orjson.loads(line).get("content"))]
    made = []
    for nth, text in enumerate(texts):
        event = {"id": f"{nth:032x}", "url": f"https://bench.invalid/{nth}", "text": text, "number": nth}
        following = 1
        while len(orjson.dumps(event)) < RECORD_BYTES:
            event["text"] = f"{event['text']}\n\n{texts[(nth + following) % len(texts)]}"
            following += 1
        room = RECORD_BYTES - len(orjson.dumps({**event, "text": ""}))
        made.append(
            orjson.dumps({**event, "text": str(event["text"]).encode()[:room].decode(errors="ignore")})
        )
    return made


async def fill(settings: Settings, records: int) -> None:
    values = article_bytes()
    say(f"{records:,} records of {statistics.mean(map(len, values)):,.0f} bytes")
    producer = await clients.started(clients.producer(settings), settings)
    topic = topics.topic_name(settings, contract.RAW)
    for nth in range(records):
        await producer.send(topic, values[nth % len(values)], b"%032x" % nth)
    await producer.flush()
    await producer.stop()


async def remove(settings: Settings) -> None:
    admin = await clients.started(clients.admin(settings), settings)
    await admin.delete_topics([topic.name for topic in topics.wanted(settings)])
    await admin.close()


def measured(name: str, settings: Settings, records: int) -> dict[str, float]:
    command = [sys.executable, __file__, "--contend", name, "--prefix", settings.topic_prefix]
    environment = {**os.environ, "COPYDESK_BROKERS": settings.brokers}
    out = subprocess.run(
        [*command, "--records", str(records)], stdout=subprocess.PIPE, text=True, check=True, env=environment
    )
    result: dict[str, float] = json.loads(out.stdout.splitlines()[-1])
    return result


def report(took: dict[str, list[dict[str, float]]], records: int, rounds: int) -> None:
    print(f"\n{'CPU us a record':>40} {'wall us a record':>40}\n{'median (least-most)':>40} {'':>15}")
    for name, rows in took.items():
        cpu, wall = sorted(row["cpu"] for row in rows), sorted(row["wall"] for row in rows)
        shown = f"{statistics.median(cpu):.0f} ({cpu[0]:.0f}-{cpu[-1]:.0f})"
        print(f"{name:<10} {shown:>29} {statistics.median(wall):>12.0f}   {CONTENDERS[name]}")
    if "bare" in took and "copydesk" in took:
        ratios = sorted(o["cpu"] / b["cpu"] for o, b in zip(took["copydesk"], took["bare"], strict=True))
        ours, bare = (statistics.median(row["cpu"] for row in took[name]) for name in ("copydesk", "bare"))
        print(
            f"hop: copydesk {ours:.0f} us, bare aiokafka {bare:.0f} us, ratio {statistics.median(ratios):.2f} "
            f"(median of {rounds} rounds, spread {ratios[0]:.2f}-{ratios[-1]:.2f}, {records:,} records each)"
        )


def say(told: str) -> None:
    print(told, file=sys.stderr, flush=True)


# --- the contenders: each in a process of its own


def contend(name: str, settings: Settings, records: int) -> NoReturn:
    contender: Callable[[Settings, Clock], None] = globals()[f"run_{name}"]
    contender(settings, Clock(records))
    raise SystemExit("ended before the last record")


class Clock:
    """From the first record at hand to the last offset committed."""

    def __init__(self, records: int) -> None:
        self.records = records
        self._began: tuple[float, float] | None = None

    def begin(self) -> None:
        self._began = self._began or (cpu_seconds(), time.perf_counter())

    def committed(self, offset: int) -> None:
        """Ends the process with its result when that was the last record."""
        if offset >= self.records and self._began is not None:
            cpu, wall = cpu_seconds() - self._began[0], time.perf_counter() - self._began[1]
            print(
                json.dumps({"cpu": cpu / self.records * 1e6, "wall": wall / self.records * 1e6}), flush=True
            )
            os._exit(0)  # nothing of it is worth an orderly end; its stage processes go with it


def cpu_seconds() -> float:
    """CPU time of this process and all below it, children of the fork server too; 10 ms granular there."""
    stats: dict[int, tuple[int, float]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            row = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        stats[int(folder.name)] = int(row[1]), (int(row[11]) + int(row[12])) * TICK_SECONDS
    below = {os.getpid()}
    while more := {pid for pid, (parent, _) in stats.items() if parent in below} - below:
        below |= more
    return time.process_time() + sum(stats[pid][1] for pid in below if pid != os.getpid())


def run_bare(settings: Settings, clock: Clock) -> None:
    asyncio.run(_bare(settings, clock))


async def _bare(settings: Settings, clock: Clock) -> None:
    from aiokafka import AIOKafkaConsumer

    source, target = (topics.topic_name(settings, name) for name in (contract.RAW, contract.CLEANED))
    consumer = AIOKafkaConsumer(
        source,
        **clients.connection(settings),
        group_id=settings.prefix,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        max_partition_fetch_bytes=settings.fetch_bytes,
        max_poll_records=settings.poll_records,
    )
    await consumer.start()
    producer = await clients.started(clients.producer(settings), settings)
    while True:
        for tp, batch in (await consumer.getmany(timeout_ms=1000)).items():
            clock.begin()
            sent = [
                await producer.send(target, orjson.dumps(orjson.loads(r.value)), r.key, headers=[])
                for r in batch
            ]
            await asyncio.gather(*sent)
            offset = batch[-1].offset + 1
            await consumer.commit({TopicPartition(tp.topic, tp.partition): offset})
            clock.committed(offset)


def run_copydesk(settings: Settings, clock: Clock) -> None:
    _worker(settings, clock, through_json)


def run_bytes(settings: Settings, clock: Clock) -> None:
    _worker(settings, clock, untouched)


def through_json(record: Record) -> Outcome:
    return _output(orjson.dumps(orjson.loads(record.value or b"")), record)


def untouched(record: Record) -> Outcome:
    return _output(record.value or b"", record)


def _output(value: bytes, record: Record) -> Output:
    return Output("0" * 32, "0" * 32, record.received_at, "en", value)


def _worker(settings: Settings, clock: Clock, stage: Callable[[Record], Outcome]) -> None:
    """The worker of production, but for the stage."""
    from streams.shell import health
    from streams.shell.pool import StagePool
    from streams.shell.worker import StageWorker

    class Measured(StageWorker):
        async def _process(self, stream: Any) -> None:
            async def begun() -> Any:
                async for event in stream.events():
                    clock.begin()
                    yield event

            stream_of = type("Stream", (), {"events": staticmethod(begun)})
            await super()._process(stream_of)

        def committed(self, topic: str, partition: int, offset: int) -> None:
            super().committed(topic, partition, offset)
            clock.committed(offset)

    step = Step("clean", source=contract.RAW, target=contract.CLEANED, stage=stage)
    Measured(settings, step, StagePool([step], settings), health.Health(), 0).execute_from_commandline()


def run_faust(settings: Settings, clock: Clock) -> None:
    import faust

    app = faust.App(
        settings.prefix,
        broker=f"kafka://{settings.brokers}",
        value_serializer="raw",
        key_serializer="raw",
        consumer_auto_offset_reset="earliest",
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        producer_compression_type="zstd",
        producer_acks=-1,
    )
    source = app.topic(topics.topic_name(settings, contract.RAW))
    target = app.topic(topics.topic_name(settings, contract.CLEANED))

    async def hop(stream: Any) -> None:
        async for event in stream.events():
            clock.begin()
            value = orjson.dumps(orjson.loads(event.message.value))
            await target.send(key=event.message.key, value=value)
            if event.message.offset + 1 >= clock.records:
                await app.producer.flush()
                clock.committed(clock.records)  # its last commit would come with its timer

    app.agent(source)(hop)
    faust.Worker(app, quiet=True, redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main()
