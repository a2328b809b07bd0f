"""Kafka's errors as a person reads them, with the exit code each deserves; and where a key goes."""

import asyncio
from pathlib import Path

import pytest
from aiokafka import codec, errors
from aiokafka.partitioner import DefaultPartitioner, murmur2
from aiokafka.record.default_records import DefaultRecordBatchBuilder

from streams.contract import MAX_RAW_BYTES
from streams.shell import clients
from streams.shell.clients import connection, explained
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings
from streams.shell.topics import MAX_MESSAGE_BYTES

SECURED = Settings(
    brokers="kafka.example:9093",
    security_protocol="SASL_SSL",
    sasl_username="desk",
    sasl_password="hush",  # noqa: S106
)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.TopicAuthorizationFailedError("articles.cleaned"), Exit.NO_RIGHT),
        (errors.GroupAuthorizationFailedError("copydesk.clean"), Exit.NO_RIGHT),
        (errors.ClusterAuthorizationFailedError(), Exit.NO_RIGHT),
        (errors.TransactionalIdAuthorizationFailed(), Exit.NO_RIGHT),
        (errors.AuthenticationFailedError("wrong"), Exit.NO_RIGHT),
        (errors.SaslAuthenticationFailed("wrong"), Exit.NO_RIGHT),
        (errors.KafkaConnectionError("refused"), Exit.UNAVAILABLE),
        (errors.KafkaTimeoutError(), Exit.UNAVAILABLE),
        (errors.NotLeaderForPartitionError(), Exit.UNAVAILABLE),
        (TimeoutError(), Exit.UNAVAILABLE),
        (ConnectionResetError("reset"), Exit.UNAVAILABLE),
        (KeyError("field"), Exit.INTERNAL),
        (Fatal(Exit.RETRY, "as it was"), Exit.RETRY),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_each_error_has_its_exit_code(error: Exception, code: Exit) -> None:
    assert explained(error, SECURED).code is code


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (errors.TopicAuthorizationFailedError("articles.cleaned"), "denies this as desk"),
        (errors.SaslAuthenticationFailed("wrong"), "does not let us in as desk"),
        (errors.KafkaConnectionError("refused"), "does it speak SASL_SSL"),
    ],
)
def test_the_sentence_names_the_broker_and_the_user_and_no_secret(error: Exception, said: str) -> None:
    message = str(explained(error, SECURED))
    assert said in message
    assert "kafka.example:9093" in message
    assert "hush" not in message
    assert "\n" not in message


def test_without_security_the_sentence_asks_for_the_address() -> None:
    message = str(explained(errors.KafkaConnectionError("refused"), Settings()))
    assert "is COPYDESK_BROKERS right?" in message


def test_a_missing_certificate_is_a_setting_that_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(Fatal) as wrong:
        connection(Settings(security_protocol="SSL", ssl_cafile=str(tmp_path / "none.pem")))
    assert wrong.value.code is Exit.SETTINGS


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"])
def test_the_protocol_that_was_asked_for_is_the_one_that_is_used(protocol: str) -> None:
    given = connection(Settings(security_protocol=protocol, sasl_username="desk", sasl_password="hush"))  # type: ignore[arg-type]  # noqa: S106
    assert given["security_protocol"] == protocol
    assert ("ssl_context" in given) is protocol.endswith("SSL")
    assert ("sasl_mechanism" in given) is protocol.startswith("SASL")


def test_a_largest_raw_article_fits_a_request_and_a_request_fits_a_topic() -> None:
    assert MAX_RAW_BYTES < clients.MAX_REQUEST_BYTES < MAX_MESSAGE_BYTES
    assert clients.BATCH_BYTES < MAX_MESSAGE_BYTES


def test_records_are_compressed_by_zstd_and_confirmed_by_all() -> None:
    async def made() -> tuple[object, object]:
        producer = clients.producer(Settings())
        return producer._compression_type, producer._sender._acks

    assert asyncio.run(made()) == ("zstd", -1)


# Java's Utils.murmur2: the vectors of its own test (UtilsTest.testMurmur2), as signed integers.
JAVA = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}


@pytest.mark.parametrize(("key", "hashed"), JAVA.items())
def test_a_key_is_hashed_as_by_javas_client(key: bytes, hashed: int) -> None:
    assert murmur2(key) == hashed % 2**32


@pytest.mark.parametrize("partitions", [1, 4, 7, 100])
def test_a_key_goes_to_the_partition_where_javas_client_puts_it(partitions: int) -> None:
    for key, hashed in JAVA.items():
        chosen = DefaultPartitioner()(key, list(range(partitions)), list(range(partitions)))
        assert chosen == (hashed & 0x7FFFFFFF) % partitions


@pytest.mark.parametrize(
    ("logged", "code", "told"),
    [
        (
            'Unable connect to "kafka:9093": [Error 58] SaslAuthenticationFailed: invalid credentials',
            Exit.NO_RIGHT,
            "wrong user or password",
        ),
        (
            (
                'Unable connect to "kafka:9093": [Errno 1] [SSL] certificate verify '
                "failed: certificate has expired (_ssl.c:1006)"
            ),
            Exit.UNAVAILABLE,
            "certificate has expired; is COPYDESK_SSL_CAFILE",
        ),
    ],
)
def test_the_cause_that_the_client_only_logs_is_told(logged: str, code: Exit, told: str) -> None:
    fatal = explained(errors.KafkaConnectionError("no"), SECURED, logged)
    assert fatal.code is code
    assert told in str(fatal)


# Of a record batch, before its records, which are packed together.
HEADER_BYTES = 61


def test_batches_are_packed_at_the_level_of_small_ones() -> None:
    """aiokafka has no setting for it."""
    words = b" ".join(b"%d bottles" % n for n in range(2_000))

    def batch(compression: int) -> bytes:
        builder = DefaultRecordBatchBuilder(2, compression, 0, -1, -1, -1, 1 << 20)
        builder.append(0, 0, None, words, [])
        return bytes(builder.build())

    plain, packed = batch(0)[HEADER_BYTES:], batch(4)[HEADER_BYTES:]  # 4 is zstd
    assert packed == codec.zstd_encode(plain, level=clients.ZSTD_LEVEL)
    assert packed != codec.zstd_encode(plain, level=3)


@pytest.mark.parametrize("silent", [False, True])
def test_a_client_that_does_not_stop_as_it_should_is_left(silent: bool) -> None:
    """aiokafka's consumer raises the cancellation of its fetches, or waits for ever for one of them. Faust
    would take it for its own, and a worker that stops would end by its deadline, with 75.
    """

    class Fetching:
        async def stop(self) -> None:
            fetch = asyncio.ensure_future(asyncio.Event().wait())
            if not silent:
                fetch.cancel()
            await fetch

    async def scenario() -> str:
        await clients.stopped(Fetching(), seconds=0 if silent else 60)
        return "goes on"

    assert asyncio.run(asyncio.wait_for(scenario(), 60)) == "goes on"
