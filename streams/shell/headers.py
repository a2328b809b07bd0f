"""Record headers: CloudEvents 1.0 in Kafka's binary mode, where a record came from, why it was refused."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

from streams.contract import ERASED, SCHEMAS, rfc3339
from streams.events import Failed, Rejected

Headers = list[tuple[str, bytes]]

FINGERPRINT = "copydesk-fp"
LANGUAGE = "copydesk-language"
SOURCE = "copydesk-source"
REPLAY = "copydesk-replay"
FORCE = "copydesk-force"
ATTEMPTS = "copydesk-attempts"
FIRST = "copydesk-first"
TRACE = "traceparent"
TRUNCATED = "copydesk-truncated"
TIME = "ce_time"
ERASED_TYPE = f"copydesk.{ERASED}"

SCHEMA_BASE = "https://copydesk.dev/schemas/"
# A producer's own headers are passed on up to this size, names and values together.
OTHERS_LIMIT_BYTES = 2048
ERROR_LIMIT_CHARACTERS = 500
# What is added to the headers of a refused record, in this order.
WHY = ("stage", "reason", "error", "topic", "partition", "offset", "at")
# W3C Trace Context: one that has not this form is begun anew.
_TRACE_FORM = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_DECIDED = re.compile(rb"(?P<id>[0-9a-f]{32}):(?P<version>\d{1,18}):(?P<decision>\d{1,18})")
_OURS = frozenset({FINGERPRINT, SOURCE, REPLAY, TRACE, "content-type"})


def force(run: str, began_at: str) -> bytes:
    """The value of FORCE: a run that was aborted and begun anew has other records to promote."""
    return f"{run}/{began_at}".encode()


def forcing_run(value: bytes) -> str:
    """The run that a value of FORCE names."""
    return value.decode(errors="replace").partition("/")[0]


def place_of(record: Any) -> str:
    """topic/partition/offset of a record."""
    return f"{record.topic}/{record.partition}/{record.offset}"


def received_at(record: Any) -> str:
    """When the raw article was received: the header ce_time. Of an erasure, which has none, when it was
    written here.
    """
    given = next((value for name, value in record.headers if name == TIME), None)
    return given.decode() if given else rfc3339(record.timestamp)


class Decided(NamedTuple):
    """What the header ce_id of a record of articles.enriched says."""

    id: str
    version: int
    decision: int


def decided(headers: Iterable[tuple[str, bytes | None]]) -> Decided | None:
    """Which decision a record of articles.enriched is; None where it was not written by us."""
    given = next((value for name, value in headers if name == "ce_id"), None)
    found = _DECIDED.fullmatch(given or b"")
    return Decided(found["id"].decode(), int(found["version"]), int(found["decision"])) if found else None


def event_headers(
    *,
    prefix: str,
    topic: str,
    ce_id: str,
    subject: str,
    received_at: str | None,
    carried: Headers,
    erasure: bool = False,
) -> Headers:
    """The headers of an event of ours; `carried` is what `carry` took from its input record.

    An `erasure` has no value to describe. On articles.tagged it has no `received_at` either: the record's
    Kafka timestamp says it, and no wrong clock of ours can.
    """
    source, kind, schema = _constant(prefix, topic)
    listed = [
        ("ce_specversion", b"1.0"),
        ("ce_id", ce_id.encode()),
        ("ce_source", source),
        ("ce_type", ERASED_TYPE.encode() if erasure else kind),
        ("ce_subject", subject.encode()),
    ]
    if received_at is not None:
        listed.append((TIME, received_at.encode()))
    if not erasure:
        listed.append(("ce_dataschema", schema))
        listed.append(("content-type", b"application/json"))
    return [*listed, *carried]


@lru_cache
def _constant(prefix: str, topic: str) -> tuple[bytes, bytes, bytes]:
    """Source, type and schema of all events of a topic."""
    schema = SCHEMAS[topic]
    return (
        f"/copydesk/{prefix}".encode(),
        f"copydesk.{schema}".encode(),
        f"{SCHEMA_BASE}{schema}.schema.json".encode(),
    )


def carry(
    headers: Iterable[tuple[str, bytes | None]], place: str, *, raw: bool, sent_back: bool = False
) -> Headers:
    """What a record hands on: its trace, the raw record it comes from, the producer's own headers.

    `place` is the record's own topic/partition/offset. On a `raw` record our names are not trusted:
    whoever may write there must not be able to forge a source or a replay. `sent_back`: it is known that a
    redrive wrote the record, or one that repeats another as a redrive does. A trace is begun where there
    is none, from the place, so that a repeated output is the same byte for byte.
    """
    given = {name: value for name, value in headers if value is not None}
    trace = given.get(TRACE)
    carried: Headers = [(TRACE, trace if trace and _TRACE_FORM.fullmatch(trace) else _begun(place))]
    if raw:
        carried.append((SOURCE, place.encode()))
        carried += [(ATTEMPTS, b"1")] * sent_back
    else:
        carried += [(name, given[name]) for name in (SOURCE, REPLAY, ATTEMPTS) if name in given]
    size = 0
    for name, value in headers:
        if value is None or name in _OURS or name.startswith(("ce_", "copydesk-")):
            continue
        size += len(name.encode()) + len(value)
        if size > OTHERS_LIMIT_BYTES:
            break
        carried.append((name, value))
    return carried


def refusal_headers(
    headers: Sequence[tuple[str, bytes | None]],
    stage: str,
    refused: Rejected | Failed,
    topic: str,
    partition: int,
    offset: int,
    at_ms: int,
) -> list[tuple[str, bytes | None]]:
    """The original headers, then why the record goes no further: of two of a name the last is ours."""
    why = (
        stage,
        refused.reason.value,
        refused.detail[:ERROR_LIMIT_CHARACTERS],
        topic,
        str(partition),
        str(offset),
        rfc3339(at_ms),
    )
    named = zip(WHY, why, strict=True)
    return [*headers, *((name, text.encode(errors="replace")) for name, text in named)]


def original_headers(
    headers: Sequence[tuple[str, bytes | None]],
) -> tuple[list[tuple[str, bytes | None]], dict[str, str]] | None:
    """The inverse of refusal_headers: the headers that the record came with, and by WHY what was added.

    They are told by their place at the end: a producer may have sent headers of the same names. TRUNCATED is
    one of what was added, where the value was cut. None where nothing of ours stands there.
    """
    listed, added = list(headers), {}
    if listed and listed[-1][0] == TRUNCATED:
        added[TRUNCATED] = (listed.pop()[1] or b"").decode(errors="replace")
    tail = listed[-len(WHY) :]
    if tuple(name for name, _ in tail) != WHY:
        return None
    added |= {name: (value or b"").decode(errors="replace") for name, value in tail}
    return listed[: -len(WHY)], added


def _begun(place: str) -> bytes:
    digest = blake2b(place.encode(), digest_size=24).hexdigest()
    return f"00-{digest[:32]}-{digest[32:48]}-01".encode()
