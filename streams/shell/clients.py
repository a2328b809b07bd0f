"""Kafka clients as our settings want them, and what their errors mean to a person."""

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition, codec, errors
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.helpers import create_ssl_context

from streams.contract import MAX_RAW_BYTES
from streams.shell import rebootstrap
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings

# A record's key, headers and framing on top of its value.
RECORD_OVERHEAD_BYTES = 200_000
MAX_REQUEST_BYTES = MAX_RAW_BYTES + RECORD_OVERHEAD_BYTES
# zstd, never lz4: aiokafka fixes lz4 at level 9, 135 to 352 us a record of news text against 31 to 52.
CODEC = "zstd"
# aiokafka 0.14 has no setting for it and takes 3, which costs half as much again or twice as much. A batch of
# one to five articles is 1 to 5% larger at level 1, of 20 7%, of 200 14 to 16%.
ZSTD_LEVEL = 1
LINGER_MS = 5
# Of records, before they are packed. 256 kB: four times the requests, each of which aiokafka awaits, and a
# fifth more CPU a record (bench/hop.py); a transaction takes 30% longer. A Kafka with
# the limits it comes with takes a batch of this size, whatever it is made of.
BATCH_BYTES = 1_000_000
# Reading on costs less than a seek, which throws away what was fetched ahead, up to so many records.
NEAR_RECORDS = 200
# Of one fetch, for a few records by their places: a whole batch of a producer's comes in any case, and more
# is seldom wanted. 200 records among 10,000 take 5 ms each, 15 with the worker's own fetch size; 200 among
# 1,000 .5 ms.
FEW_BYTES = 256 * 1024
# A client has so long to stop: less than a worker has in all, of which it may wait 5 s for work in hand. A
# producer hands over what it still holds.
STOP_SECONDS = 10.0

rebootstrap.install()
codec.zstd_encode.__defaults__ = (ZSTD_LEVEL,)


def connection(settings: Settings) -> dict[str, Any]:
    """The arguments that every aiokafka client of ours shares."""
    arguments: dict[str, Any] = {
        "bootstrap_servers": settings.brokers,
        "security_protocol": settings.security_protocol,
        "request_timeout_ms": int(settings.request_seconds * 1000),
    }
    if settings.security_protocol.startswith("SASL"):
        arguments |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password,
        }
    if settings.security_protocol.endswith("SSL"):
        arguments["ssl_context"] = tls(settings)
    return arguments


def tls(settings: Settings) -> ssl.SSLContext:
    try:
        context: ssl.SSLContext = create_ssl_context(
            cafile=settings.ssl_cafile or None,
            certfile=settings.ssl_certfile or None,
            keyfile=settings.ssl_keyfile or None,
        )
    except (OSError, ssl.SSLError) as error:
        raise Fatal(Exit.SETTINGS, f"COPYDESK_SSL_CAFILE, _CERTFILE or _KEYFILE: {error}") from None
    return context


def producer(settings: Settings, **more: Any) -> AIOKafkaProducer:
    """An idempotent producer (acks=all) that takes a record of MAX_RAW_BYTES."""
    arguments: dict[str, Any] = {
        "enable_idempotence": True,
        "acks": "all",
        "compression_type": CODEC,
        "linger_ms": LINGER_MS,
        "max_batch_size": BATCH_BYTES,
        "max_request_size": MAX_REQUEST_BYTES,
    }
    return AIOKafkaProducer(**connection(settings), **(arguments | more))


def transactional(settings: Settings, identity: str, **more: Any) -> AIOKafkaProducer:
    """The producer of a transactional id: starting it fences whoever had it, and settles what that left."""
    timeout_ms = int(settings.transaction_seconds * 1000)
    return producer(settings, transactional_id=identity, transaction_timeout_ms=timeout_ms, **more)


def reader(settings: Settings, *, committed: bool = True, **more: Any) -> AIOKafkaConsumer:
    """A consumer without a group, to be used with assign() and seek().

    It raises OffsetOutOfRangeError where records were deleted under it: aiokafka's default would go to the
    end in silence.
    """
    arguments: dict[str, Any] = {
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "isolation_level": "read_committed" if committed else "read_uncommitted",
        "max_partition_fetch_bytes": settings.fetch_bytes,
        "fetch_max_wait_ms": 100,
    }
    return AIOKafkaConsumer(**connection(settings), **(arguments | more))


def admin(settings: Settings) -> AIOKafkaAdminClient:
    return AIOKafkaAdminClient(**connection(settings))


async def started(client: Any, settings: Settings) -> Any:
    """Starts a client; raises Fatal that says what is wrong when the brokers cannot be reached."""
    complaints = _Complaints()
    logging.getLogger("aiokafka").addHandler(complaints)
    try:
        await client.start()
    except asyncio.CancelledError:
        await stopped(client)
        raise
    except Exception as error:
        await stopped(client)
        raise explained(error, settings, complaints.last) from error
    finally:
        logging.getLogger("aiokafka").removeHandler(complaints)
    return client


class _Complaints(logging.Handler):
    """Why aiokafka 0.14 could not connect: it logs the cause and raises only that it could not."""

    last = ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.last = record.getMessage()


@asynccontextmanager
async def reading(
    settings: Settings, partitions: Sequence[TopicPartition], **more: Any
) -> AsyncIterator[AIOKafkaConsumer]:
    """A reader of these partitions and, while it lives, of no others; Kafka's errors become Fatal.

    aiokafka 0.14 swallows the cancellation of its fetcher while it moves to a second assignment: a stop soon
    after that hangs for ever.
    """
    consumer = await started(reader(settings, **more), settings)
    try:
        consumer.assign(list(partitions))
        await asyncio.sleep(0)  # aiokafka 0.14: stopped before its tasks have begun, it raises CancelledError
        yield consumer
    except errors.KafkaError as error:
        raise explained(error, settings) from error
    finally:
        await stopped(consumer)


async def stopped(client: Any, seconds: float = STOP_SECONDS) -> None:
    """Stops a client that may never have been started; what is left of it goes with the process.

    In a task of its own: aiokafka 0.14 raises the cancellation of its own fetches, and may wait for ever for
    one that was swallowed. Faust takes the former for its own and stops nothing more.
    """
    stopping = asyncio.create_task(
        client.close() if isinstance(client, AIOKafkaAdminClient) else client.stop()
    )
    await asyncio.wait({stopping}, timeout=seconds)
    if stopping.done() and not stopping.cancelled():
        stopping.exception()


AUTHENTICATION = (errors.AuthenticationFailedError, errors.SaslAuthenticationFailed)
AUTHORIZATION = (
    errors.TopicAuthorizationFailedError,
    errors.GroupAuthorizationFailedError,
    errors.ClusterAuthorizationFailedError,
    errors.TransactionalIdAuthorizationFailed,
)


def explained(error: BaseException, settings: Settings, logged: str = "") -> Fatal:
    """A Kafka error as one sentence for a person, with the exit code it deserves.

    `logged`: what the client has written of the cause.
    """
    if isinstance(error, Fatal):
        return error
    who = f" as {settings.sasl_username}" if settings.sasl_username else ""
    if isinstance(error, AUTHORIZATION):
        return Fatal(Exit.NO_RIGHT, f"Kafka at {settings.brokers} denies this{who}: {describe(error)}")
    if isinstance(error, AUTHENTICATION):
        return Fatal(Exit.NO_RIGHT, f"Kafka at {settings.brokers} does not let us in{who}: {describe(error)}")
    if isinstance(error, errors.KafkaConnectionError):
        return _unconnected(settings, who, logged)
    if isinstance(error, (errors.KafkaError, TimeoutError, OSError)):
        return Fatal(Exit.UNAVAILABLE, f"Kafka at {settings.brokers}: {describe(error)}")
    return Fatal(Exit.INTERNAL, f"unexpected {describe(error)}")


def _unconnected(settings: Settings, who: str, logged: str) -> Fatal:
    where, protocol = f"Kafka at {settings.brokers}", settings.security_protocol
    if "SaslAuthenticationFailed" in logged:
        return Fatal(Exit.NO_RIGHT, f"{where} does not let us in{who}: wrong user or password")
    if found := _CERTIFICATE.search(logged):
        hint = "is COPYDESK_SSL_CAFILE its authority, and is the clock right?"
        return Fatal(Exit.UNAVAILABLE, f"cannot trust {where}: {found['why']}; {hint}")
    hint = "is it running, and is COPYDESK_BROKERS right?"
    if protocol != "PLAINTEXT":
        hint = f"is it running, does it speak {protocol}, are user, password and CA right?"
    elif logged and not _REFUSED.search(logged):
        hint = "is it running, is COPYDESK_BROKERS right, and does it speak PLAINTEXT?"
    return Fatal(Exit.UNAVAILABLE, f"cannot reach {where}{who}: {hint}")


_CERTIFICATE = re.compile(r"certificate verify failed: (?P<why>.*?) ?(\(_ssl|$)", re.DOTALL)
_REFUSED = re.compile(r"refused|Connect call failed", re.IGNORECASE)


def describe(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
