"""What we rely on inside faust-streaming 0.15.3 and aiokafka 0.14.0, which no one promised to keep.

When a version changes: read these parts of the library again, then the modules named here, then this file.
"""

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import faust
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import DescribeGroupsResponse_v3
from aiokafka.protocol.api import Request, RequestStruct
from faust.transport.drivers import aiokafka as driver
from faust.types import TP
from mode.worker import Worker as ModeWorker

from streams import contract
from streams.pipeline import CLEAN
from streams.shell.app import build_app, source_of
from streams.shell.settings import Settings
from streams.shell.transport import BatchConsumer, BatchTransport, RecordBatch

ONE, TWO = TP("articles.raw", 0), TP("articles.raw", 1)


@pytest.fixture
def app() -> Iterator[Any]:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield build_app(Settings(brokers="one:9092, two:9093"), CLEAN)
    loop.close()
    asyncio.set_event_loop(None)


def parameters(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def record(offset: int) -> Any:
    return SimpleNamespace(offset=offset, timestamp=1_000, timestamp_type=1)


async def polled(consumer: Any) -> list[tuple[TP, Any]]:
    found: AsyncIterator[tuple[TP, Any]] = consumer.getmany(1.0)
    return [pair async for pair in found]


def test_the_versions_are_the_ones_that_were_read() -> None:
    assert (version("faust-streaming"), version("aiokafka")) == ("0.15.3", "0.14.0")


def test_the_app_reads_by_our_consumer(app: Any) -> None:
    assert isinstance(app.transport, BatchTransport)
    assert isinstance(app.consumer, BatchConsumer)


def test_the_consumer_has_what_the_transport_and_the_worker_use(app: Any) -> None:
    consumer = app.consumer
    assert parameters(driver.Consumer.getmany) == ["self", "timeout"]
    assert parameters(consumer._wait_next_records) == ["timeout"]
    assert parameters(consumer._commit) == ["offsets"]
    assert inspect.iscoroutinefunction(consumer._commit)
    assert parameters(consumer.perform_seek) == []
    assert parameters(consumer.highwaters) == ["partitions"]
    assert inspect.iscoroutinefunction(consumer.highwaters)
    assert parameters(consumer.highwater) == ["tp"]
    assert parameters(consumer.earliest_offsets) == ["partitions"]
    assert parameters(consumer.assignment) == []
    assert consumer._committed_offset[ONE] is None
    assert isinstance(consumer._buffered_partitions, set)
    assert consumer.flow_active is True
    assert consumer.should_stop is False


def test_the_generation_is_the_apps(app: Any) -> None:
    assert isinstance(app.consumer_generation_id, int)


def test_the_app_has_the_signals_we_listen_to(app: Any) -> None:
    for name in ("on_partitions_revoked", "on_partitions_assigned", "on_before_shutdown"):
        assert callable(getattr(app, name).connect), name


def test_the_worker_has_the_methods_we_override() -> None:
    assert parameters(ModeWorker._on_sigterm) == ["self"]
    assert parameters(ModeWorker._on_sigint) == ["self"]
    assert parameters(ModeWorker._setup_logging) == ["self"]
    assert inspect.iscoroutinefunction(faust.Worker.on_first_start)
    assert {"loop", "redirect_stdouts", "quiet"} <= set(parameters(faust.Worker.__init__))


def test_the_admin_client_sends_requests_of_our_own() -> None:
    assert parameters(AIOKafkaAdminClient._send_request) == ["self", "request", "node_id"]
    assert parameters(AIOKafkaAdminClient.find_coordinator) == ["self", "group_id", "coordinator_type"]
    assert "build" in vars(Request)
    assert hasattr(RequestStruct, "SCHEMA") or "SCHEMA" in RequestStruct.__annotations__
    assert DescribeGroupsResponse_v3.SCHEMA.names[-1] == "groups"


def test_the_producer_takes_a_record_as_we_hand_it_over() -> None:
    sent = parameters(AIOKafkaProducer.send)
    assert sent == ["self", "topic", "value", "key", "partition", "timestamp_ms", "headers"]


def test_the_source_keeps_no_acks_and_hands_batches_through(app: Any) -> None:
    source = source_of(app, Settings(), CLEAN)
    assert source.acks is False
    assert isinstance(source.schema, RecordBatch)
    assert list(source.topics) == [contract.RAW]


def test_faust_takes_our_settings(app: Any) -> None:
    assert [str(url) for url in app.conf.broker] == ["kafka://one:9092", "kafka://two:9093"]
    assert app.conf.broker_session_timeout == 10
    assert app.conf.broker_heartbeat_interval == 2
    assert app.conf.broker_request_timeout == 12
    assert app.conf.broker_max_poll_records == 500
    assert app.conf.stream_wait_empty is False
    assert app.conf.web_enabled is False
    assert app.conf.topic_allow_declare is False


def test_a_poll_gives_each_partitions_records_as_one_message(app: Any) -> None:
    batches = {ONE: [record(3), record(4)], TWO: [record(9)]}
    consumer = consumer_with(app, batches)
    (first, one), (second, two) = asyncio.run(polled(consumer))
    assert (first, second) == (ONE, TWO)
    assert (one.value, two.value) == (batches[ONE], batches[TWO])
    assert (one.offset, one.partition, one.generation_id) == (4, 0, app.consumer_generation_id)


def test_a_partition_that_is_not_active_is_passed_over(app: Any) -> None:
    consumer = consumer_with(app, {ONE: [record(1)], TWO: [record(1)]}, active={TWO})
    assert [tp for tp, _ in asyncio.run(polled(consumer))] == [TWO]


def test_after_a_rebalance_the_rest_of_a_poll_is_dropped(app: Any) -> None:
    consumer = consumer_with(app, {ONE: [record(1)], TWO: [record(1)]})

    async def with_rebalance() -> list[TP]:
        found = []
        async for tp, _message in consumer.getmany(1.0):
            found.append(tp)
            app.consumer_generation_id += 1
        return found

    assert asyncio.run(with_rebalance()) == [ONE]


def test_what_was_read_while_the_flow_is_stopped_is_sought_back(app: Any) -> None:
    consumer = consumer_with(app, {ONE: [record(1)]})
    consumer.flow_active = False
    assert asyncio.run(polled(consumer)) == []
    assert consumer.sought == 1


def test_an_empty_poll_gives_nothing(app: Any) -> None:
    consumer = consumer_with(app, {})
    assert asyncio.run(polled(consumer)) == []


def test_nothing_is_polled_until_there_is_room(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.shell.transport.ROOM_SECONDS", 0.01)
    consumer, room = consumer_with(app, {ONE: [record(1)]}), app.transport.room

    async def scenario() -> None:
        room.clear()
        assert await polled(consumer) == []
        monkeypatch.setattr("streams.shell.transport.ROOM_SECONDS", 30.0)
        polling = asyncio.create_task(polled(consumer))
        await asyncio.sleep(0.05)
        assert not polling.done()
        room.set()
        assert [tp for tp, _ in await asyncio.wait_for(polling, 5)] == [ONE]

    asyncio.run(scenario())


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_poll_that_is_cancelled_just_as_there_is_room_ends(app: Any, steps: int) -> None:
    """Faust stops its fetcher so, and waits for its end; `steps` of the event loop lie between the two."""
    consumer, room = consumer_with(app, {ONE: [record(1)]}), app.transport.room

    async def scenario() -> None:
        room.clear()
        polling = asyncio.create_task(polled(consumer))
        await asyncio.sleep(0.05)
        room.set()
        for _ in range(steps):
            await asyncio.sleep(0)
        if polling.cancel():
            with pytest.raises(asyncio.CancelledError):
                await polling
        else:
            assert steps, "it can not be through yet"

    asyncio.run(scenario())


def test_faust_itself_pauses_no_partition_before_the_room_is_used_up(app: Any) -> None:
    """Its queue counts batches; a poll brings one a partition, and what it brings is taken at once."""
    assert app.conf.stream_buffer_maxsize == 4096


def test_the_schema_hands_the_records_through_as_they_are(app: Any) -> None:
    message = SimpleNamespace(value=[record(1)], key=b"k")
    event = asyncio.run(RecordBatch().decode(app, message))
    assert event.value is message.value
    assert event.message is message


def consumer_with(app: Any, records: dict[TP, list[Any]], active: set[TP] | None = None) -> Any:
    """The app's consumer, whose next poll gives these records; `sought` counts its seeks."""
    consumer = app.consumer

    async def next_records(_timeout: float) -> tuple[dict[TP, list[Any]], set[TP]]:
        return records, active or {ONE, TWO}

    async def seek() -> None:
        consumer.sought += 1

    consumer.sought = 0
    consumer._wait_next_records, consumer.perform_seek = next_records, seek
    return consumer


def test_a_starting_app_leaves_no_folders_behind(
    app: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Faust makes <group>-data in the working directory, which may be read-only."""
    monkeypatch.chdir(tmp_path)
    app._create_directories()
    assert list(tmp_path.iterdir()) == []


def test_the_environment_sets_nothing_of_faust_behind_our_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """BROKER_URL is a name that others use too."""
    monkeypatch.setenv("BROKER_URL", "kafka://elsewhere:1")
    monkeypatch.setenv("BROKER_SESSION_TIMEOUT", "99")
    made: Any = build_app(Settings(brokers="one:9092"), CLEAN)
    assert [str(url) for url in made.conf.broker] == ["kafka://one:9092"]
    assert made.conf.broker_session_timeout == Settings().session_seconds
