"""Plans for these tests, and tagged records as a run reads them."""

from __future__ import annotations

from typing import Any

from aiokafka import ConsumerRecord

from streams.contract import TAGGED, rfc3339
from streams.dedup import Fingerprint
from streams.shell import headers
from streams.shell.replay.plan import Plan, Range
from streams.shell.replay.versions import Versions

VERSIONS = Versions(
    code="1",
    clean="2",
    tag="2",
    tagger="builtin",
    furniture="",
    knowledge="",
    sketch=1,
    rule=1,
    log_format=2,
    domains="*=0",
    validate_raw=True,
)


def plan(**given: Any) -> Plan:
    """Of two partitions, the first with a warm-up; given fields win."""
    fields: dict[str, Any] = {
        "run": "20261122-113000-3f2a",
        "created_at": "2026-11-22T11:30:00.000Z",
        "cluster": "c",
        "prefix": "copydesk",
        "topic_prefix": "",
        "first": "clean",
        "last": "dedup",
        "given_from": "2026-11-22T10:00",
        "given_to": "",
        "ranges": {0: Range(10, 20), 1: Range(0, 5)},
        "warm_up": {0: Range(4, 10)},
        "removals_since": 0,
        "versions": VERSIONS,
        "records": 15,
        "warm_up_records": 6,
        "estimate_seconds": 1.0,
    }
    return Plan(**(fields | given))


def tagged(number: int, fingerprint: Fingerprint, offset: int = 0, value: bytes | None = b'{"a":1}') -> Any:
    """A record of articles.tagged whose key is the number's id."""
    listed = [(headers.FINGERPRINT, fingerprint.pack()), (headers.LANGUAGE, b"en")]
    listed.append((headers.TIME, rfc3339(fingerprint.received_ms).encode()))
    return ConsumerRecord(
        topic=TAGGED,
        partition=0,
        offset=offset,
        timestamp=fingerprint.received_ms,
        timestamp_type=1,
        key=f"{number:032x}".encode(),
        value=value,
        checksum=None,
        serialized_key_size=32,
        serialized_value_size=0,
        headers=listed,
    )
