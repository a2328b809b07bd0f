"""What de-duplication takes from a record of articles.tagged."""

from dataclasses import dataclass

import pytest

from streams.dedup import Arrival, FingerprintKind, removal
from streams.events import Failed
from streams.shell.arrivals import arrival_of
from streams.shell.headers import FINGERPRINT, received_at

IDENTITY = bytes(range(16))
NOW = 1_800_000_000_000
YEAR_MS = 365 * 86_400_000
ERASURE = removal(FingerprintKind.ERASURE, NOW + YEAR_MS)
WITHDRAWAL = removal(FingerprintKind.WITHDRAWAL, NOW - 5)


@dataclass(frozen=True, slots=True)
class Read:
    """A record as the consumer gives it."""

    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    key: bytes = IDENTITY.hex().encode()
    offset: int = 7
    partition: int = 0
    timestamp: int = NOW


def test_an_erasure_has_the_time_that_kafka_gave_it() -> None:
    """A clock that is a year ahead, where it was ordered, must not make all else leave the memory."""
    record = Read(None, ((FINGERPRINT, ERASURE.pack()),))
    assert arrival_of(record) == Arrival(7, IDENTITY, removal(FingerprintKind.ERASURE, NOW))
    assert received_at(record) == "2027-01-15T08:00:00.000Z"


def test_a_withdrawal_has_the_time_at_which_it_was_received() -> None:
    record = Read(b'{"id": "..."}', ((FINGERPRINT, WITHDRAWAL.pack()),))
    assert arrival_of(record) == Arrival(7, IDENTITY, WITHDRAWAL)


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (Read(None, ()), "no copydesk-fp header"),
        (Read(None, ((FINGERPRINT, WITHDRAWAL.pack()),)), "no value"),
        (Read(b"{}", ((FINGERPRINT, ERASURE.pack()),)), "an erasure with a value"),
        (Read(None, ((FINGERPRINT, ERASURE.pack()),), key=b"gazette"), "non-hexadecimal"),
        (Read(None, ((FINGERPRINT, ERASURE.pack()),), key=b"00"), "no article id"),
    ],
)
def test_a_null_counts_only_as_an_erasure_that_is_whole(record: Read, why: str) -> None:
    failed = arrival_of(record)
    assert isinstance(failed, Failed)
    assert why in failed.detail
