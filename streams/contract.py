"""Bytes into events and back: the byte cap, orjson, the JSON Schemas compiled once.

Reading raw input judges it (`decode_raw`); what our own stages wrote is trusted (`decode_cleaned`,
`decode_tagged`), so that a field added by a later version of a stage does not stop an earlier reader.
Unknown fields are ignored everywhere.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import jsonschema_rs
import orjson

from streams.events import (
    CleanedArticle,
    Duplicate,
    EnrichedArticle,
    Failed,
    RawArticle,
    Rejected,
    TaggedArticle,
    Version,
    Withdrawal,
    Withdrawn,
)
from streams.structuring import StructureError, presented, structured
from streams.vocabulary import FailureReason, RejectReason, Status

T = TypeVar("T")

# Bytes of one raw record. orjson needs 10 s and 1.5 GB for 48 MB of "{}" (measured): the cap comes before it.
MAX_RAW_BYTES = 6_000_000
# Our own events: text 512 kB, removed 64 kB, mentions and values; far above what the stages can make.
MAX_EVENT_BYTES = 16_000_000
# A schema error quotes the offending value; a dead letter's header does not need all of it.
MAX_ERROR_CHARACTERS = 300

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CALENDAR_MS = (-62_135_596_800_000, 253_402_300_799_999)  # the years 1 to 9999, which datetime knows

# The topics, and the schema of those that carry events. dedup.index is packed rows (streams/dedup/rows.py);
# each of its epochs is a topic: dedup.index.e0.
RAW = "articles.raw"
CLEANED = "articles.cleaned"
TAGGED = "articles.tagged"
INDEX = "dedup.index"
ENRICHED = "articles.enriched"
REJECTED = "articles.rejected"
DEADLETTER = "articles.deadletter"
SCHEMAS = {
    RAW: "article.raw.v1",
    CLEANED: "article.cleaned.v1",
    TAGGED: "article.tagged.v1",
    ENRICHED: "article.enriched.v1",
}
# What a record without a value says of its key, on articles.tagged and articles.enriched; it has no schema.
ERASED = "article.erased.v1"


def decode_raw(
    value: bytes | None, received_at: str, *, fetched_counts: bool = False, validate: bool = True
) -> RawArticle | Rejected | Failed:
    """A raw record's value, checked against its schema.

    `received_at` is the record's Kafka timestamp. With `fetched_counts` (file mode) the producer's
    `fetched_at`, where it is given, takes its place. Without `validate` the schema is asked of the URL alone,
    which names the article: what is none would be one everywhere after.
    """
    if not value:
        return Rejected(RejectReason.EMPTY, "the record has no value")
    loaded = _load(value, MAX_RAW_BYTES)
    if isinstance(loaded, Failed):
        return loaded
    # A withdrawal is what an event with a URL and no text may be.
    asked = loaded if validate else {"url": loaded.get("url"), "status": Status.WITHDRAWN}
    error = schema_error(RAW, asked)
    if error is not None:
        return Failed(FailureReason.SCHEMA, error)
    received = utc(loaded.get("fetched_at")) if fetched_counts else None
    return _structured(RawArticle, {**loaded, "received_at": received or received_at})


def decode_cleaned(value: bytes | None, received_at: str) -> CleanedArticle | Withdrawal | Failed:
    """A cleaned event; `received_at` is used only where the event itself has none (hand-made files)."""
    return _decode(value, CleanedArticle, received_at)


def decode_tagged(value: bytes | None, received_at: str) -> TaggedArticle | Withdrawal | Failed:
    """A tagged event; `received_at` as for decode_cleaned."""
    return _decode(value, TaggedArticle, received_at)


def decode_enriched(value: bytes | None) -> EnrichedArticle | Withdrawn | Failed | None:
    """What a consumer of articles.enriched reads; None is an erasure.

    A value that one of our closed lists does not have yet is kept (structuring.UNKNOWN).
    """
    if value is None:
        return None
    loaded = _load(value, MAX_EVENT_BYTES)
    if isinstance(loaded, Failed):
        return loaded
    kind: type[EnrichedArticle | Withdrawn] = Withdrawn if _withdrawn(loaded) else EnrichedArticle
    return _structured(kind, loaded, open_lists=True)


def encode(event: CleanedArticle | Withdrawal) -> bytes:
    """One JSON object in UTF-8, fields at their defaults left out; the same event gives the same bytes."""
    return _dump(event)


def enrich(tagged: bytes, version: Version, duplicate: Duplicate, decision: int) -> bytes:
    """The enriched event: the tagged bytes with the decision's fields spliced in before the closing brace."""
    return _splice(
        tagged, {"version": version, "duplicate": duplicate, "decision": decision, "status": Status.USABLE}
    )


def enrich_withdrawal(withdrawal: bytes, decision: int) -> bytes:
    """The enriched form of a withdrawal: its own fields and the number of the decision."""
    return _splice(withdrawal, {"decision": decision})


def schema_error(topic: str, instance: object) -> str | None:
    """What is wrong with a parsed event by the schema of its topic; None when nothing is."""
    try:
        _validator(topic).validate(instance)
    except jsonschema_rs.ValidationError as error:
        where = "/".join(str(part) for part in error.instance_path) or "the event"
        return _clip(f"{where}: {error.message}")
    except ValueError as error:  # an integer beyond 64 bits, or a nesting the validator refuses
        return _clip(str(error))
    return None


def schema(topic: str) -> dict[str, Any]:
    """The JSON Schema of a topic's events."""
    document: dict[str, Any] = orjson.loads((schema_folder() / f"{SCHEMAS[topic]}.schema.json").read_bytes())
    return document


@cache
def schema_folder() -> Path:
    """Inside an installed package the schemas lie in it; in a checkout they are the top-level folder."""
    packaged = Path(__file__).parent / "_schemas"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent / "schemas"


def rfc3339(milliseconds: int) -> str:
    """Milliseconds since 1970 as "2026-11-22T10:00:00.123Z"; a number beyond the calendar gives its end."""
    moment = EPOCH + timedelta(milliseconds=min(max(milliseconds, CALENDAR_MS[0]), CALENDAR_MS[1]))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def milliseconds(moment: str) -> int:
    """An ISO 8601 time, in UTC where it has no zone, in ms since 1970; raises ValueError for what is none."""
    try:
        parsed = datetime.fromisoformat(moment)
        return round(
            ((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)) - EPOCH).total_seconds() * 1000
        )
    except OverflowError as error:
        raise ValueError(str(error)) from None


def utc(moment: str | None) -> str | None:
    """An RFC 3339 time with any offset as our own form; None for None and for what is no time."""
    try:
        parsed = datetime.fromisoformat(moment or "")
        return rfc3339(round(parsed.timestamp() * 1000)) if parsed.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _load(value: bytes, limit: int) -> dict[str, Any] | Failed:
    if len(value) > limit:
        return Failed(FailureReason.TOO_LARGE, f"{len(value)} bytes, more than {limit}")
    try:
        loaded = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        return _undecodable(value, error)
    if not isinstance(loaded, dict):
        return Failed(FailureReason.SCHEMA, "the value is JSON, but not an object")
    return loaded


def _undecodable(value: bytes, error: orjson.JSONDecodeError) -> Failed:
    """What is wrong with it. Raises MemoryError where that is the machine."""
    try:
        value.decode()
    except UnicodeDecodeError as wrong:
        return Failed(FailureReason.ENCODING, f"not UTF-8 at byte {wrong.start}")
    if "memory" in str(error):
        raise MemoryError(str(error))
    if "depth" in str(error):
        return Failed(FailureReason.NESTING, "JSON nested deeper than 1,024 levels")
    return Failed(FailureReason.NOT_JSON, _clip(str(error)))


def _decode(value: bytes | None, record: type[T], received_at: str) -> T | Withdrawal | Failed:
    if value is None:
        return Failed(FailureReason.NOT_JSON, "the record has no value")
    loaded = _load(value, MAX_EVENT_BYTES)
    if isinstance(loaded, Failed):
        return loaded
    loaded.setdefault("received_at", received_at)
    kind: type[T | Withdrawal] = Withdrawal if _withdrawn(loaded) else record
    return _structured(kind, loaded)


def _withdrawn(loaded: dict[str, Any]) -> bool:
    return loaded.get("status") == Status.WITHDRAWN


def _clip(message: str) -> str:
    return message if len(message) <= MAX_ERROR_CHARACTERS else message[:MAX_ERROR_CHARACTERS] + " ..."


def _splice(event: bytes, fields: dict[str, Any]) -> bytes:
    return b"".join((memoryview(event)[:-1], b",", memoryview(_dump(fields))[1:]))


def _dump(value: object) -> bytes:
    dumped = orjson.dumps(value, default=presented, option=orjson.OPT_PASSTHROUGH_DATACLASS)
    # orjson 3.13 keeps the room that it wrote in: 66 kB for an event of 6, and a chunk has dozens.
    return bytes(memoryview(dumped))


@cache
def _validator(topic: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema(topic), validate_formats=True)


def _structured(record: type[T], loaded: dict[str, Any], *, open_lists: bool = False) -> T | Failed:
    try:
        return structured(record, loaded, open_lists=open_lists)
    except StructureError as error:
        return Failed(FailureReason.SCHEMA, _clip(str(error)))
