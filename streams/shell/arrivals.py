"""A record of articles.tagged as de-duplication takes it: by its key and headers, never by its JSON."""

from dataclasses import replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from streams.dedup import SKETCH_VERSION, Arrival, Fingerprint, FingerprintKind, place_at
from streams.events import Failed
from streams.pipeline import FINGERPRINT, Output, Record, run
from streams.shell import headers
from streams.vocabulary import FailureReason

ID_BYTES = 16
EMPTY_OBJECT = b"{}"


def arrival_of(record: Any) -> Arrival | Failed:
    """The record's id, fingerprint and time; of its JSON only the braces are looked at."""
    given = dict(record.headers)
    packed, force = given.get(headers.FINGERPRINT), given.get(headers.FORCE)
    try:
        place = place_at(record.partition, record.offset)
        identity = bytes.fromhex((record.key or b"").decode("ascii"))
        if len(identity) != ID_BYTES:
            raise ValueError("the key is no article id of 32 hex digits")
        if packed is None:
            raise ValueError(f"no {headers.FINGERPRINT} header")
        fingerprint = Fingerprint.unpack(packed)
        if fingerprint.kind is FingerprintKind.ERASURE:
            return Arrival(place, identity, _erasure(fingerprint, record))
        if not record.value:
            raise ValueError("no value")
        if len(record.value) <= len(EMPTY_OBJECT) or record.value[:1] + record.value[-1:] != EMPTY_OBJECT:
            raise ValueError("the value is no JSON object: the decision could not be added to it")
        datetime.fromisoformat(headers.received_at(record)).timestamp()
        return Arrival(place, identity, fingerprint, force_of(force) if force else None)
    except (ValueError, OverflowError) as error:
        return Failed(FailureReason.SCHEMA, str(error))


def force_of(value: bytes) -> bytes:
    """How the log names a beginning of a replay (headers.force): 16 bytes, whatever its id is."""
    return blake2b(value, digest_size=ID_BYTES).digest()


def language_of(record: Any, arrival: Arrival) -> str | None:
    """The language that chooses the record's domain; None of a withdrawal or an erasure, which has none."""
    if arrival.fingerprint.kind is not FingerprintKind.ARTICLE:
        return None
    given = next((value for name, value in record.headers if name == headers.LANGUAGE), b"")
    return (given or b"").decode(errors="replace")


def with_our_sketch(record: Any) -> Any:
    """The record with its fingerprint made anew, where another sketch version has made it."""
    packed = next((value for name, value in record.headers if name == headers.FINGERPRINT), None)
    if packed is None or len(packed) < 2 or packed[0] == SKETCH_VERSION:
        return record
    ours = bytes([SKETCH_VERSION]) + packed[1:]  # right for a removal, which has no sketch
    if packed[1] == FingerprintKind.ARTICLE:
        made = run(FINGERPRINT, Record(record.value, headers.received_at(record)))
        if not isinstance(made, Output) or made.fingerprint is None:
            return record
        ours = made.fingerprint
    rest = [(name, value) for name, value in record.headers if name != headers.FINGERPRINT]
    return replace(record, headers=[*rest, (headers.FINGERPRINT, ours)])


def _erasure(fingerprint: Fingerprint, record: Any) -> Fingerprint:
    """With the time that Kafka gave the record: a person's clock, a year ahead, would empty the memory."""
    if record.value is not None:
        raise ValueError("an erasure with a value")
    return replace(fingerprint, order_ms=record.timestamp, received_ms=record.timestamp)
