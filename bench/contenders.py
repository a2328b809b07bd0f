"""The contenders of hop.py, each run as a process of its own: contenders.py NAME BROKERS PREFIX RECORDS.

One reads RECORDS records of <PREFIX>articles.raw, writes them to <PREFIX>articles.cleaned, and prints what
that took: {"cpu": microseconds a record, "wall": the same}.
"""

import asyncio
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import orjson
from aiokafka import TopicPartition

from bench.clock import Clock
from streams import contract
from streams.pipeline import Outcome, Output, Record, Step
from streams.shell import clients, topics
from streams.shell.settings import Settings


def main() -> None:
    name, brokers, prefix, records = sys.argv[1:]
    group = f"{prefix}{uuid.uuid4().hex[:8]}"  # a group of its own reads from the beginning
    settings = Settings(brokers=brokers, topic_prefix=prefix, prefix=group, partitions=1, log_level="warning")
    contenders: dict[str, Callable[[Settings, Clock], None]] = {
        "bare": run_bare,
        "copydesk": run_copydesk,
        "bytes": run_bytes,
        "faust": run_faust,
    }
    contenders[name](settings, Clock(int(records)))
    raise SystemExit("ended before the last record")


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
    from streams.shell.freed import keep_little
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
    pool = StagePool([step], settings)
    keep_little()
    worker = Measured(settings, step, pool, health.Health(), 0)
    worker.loop.run_until_complete(worker.prepare())
    worker.execute_from_commandline()


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
        datadir=tempfile.gettempdir(),
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
    faust.Worker(app, quiet=True, loglevel="warning", redirect_stdouts=False).execute_from_commandline()


if __name__ == "__main__":
    main()
