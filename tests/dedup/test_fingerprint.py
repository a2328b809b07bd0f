"""Which time orders an article."""

import pytest

from streams.dedup import FingerprintKind, fingerprint_of
from streams.dedup.fingerprint import milliseconds
from streams.dedup.sketch import sketch
from streams.events import CleanedArticle, Language, Withdrawal
from streams.vocabulary import Completeness, Precision, Status

RECEIVED = "2026-03-05T09:30:00Z"


def cleaned(published_at: str | None = None, precision: Precision | None = None) -> CleanedArticle:
    return CleanedArticle(
        id="0" * 32,
        url="https://news.example/a",
        canonical_url="https://news.example/a",
        received_at=RECEIVED,
        published_at=published_at,
        published_precision=precision,
        language=Language("en", 1.0),
        text="The ferry sails again.",
        content_hash="0123456789abcdef" * 2,
        completeness=Completeness.FULL,
        confidence=1.0,
    )


@pytest.mark.parametrize(
    ("published_at", "precision", "order"),
    [
        (None, None, RECEIVED),
        ("2026-03-05T08:00:00.250Z", Precision.SECOND, "2026-03-05T08:00:00.250Z"),
        ("2026-03-04T00:00:00Z", Precision.DAY, "2026-03-04T23:59:59.999Z"),
        ("2026-03-05", Precision.DAY, RECEIVED),
        ("1969-12-31T00:00:00Z", Precision.DAY, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_the_order_key(published_at: str | None, precision: Precision | None, order: str) -> None:
    fingerprint = fingerprint_of(cleaned(published_at, precision))
    assert (fingerprint.order_ms, fingerprint.received_ms) == (milliseconds(order), milliseconds(RECEIVED))


def test_text_and_hash_are_those_of_the_article() -> None:
    fingerprint = fingerprint_of(cleaned())
    assert fingerprint.kind is FingerprintKind.ARTICLE
    assert fingerprint.content_hash == bytes.fromhex("0123456789abcdef" * 2)
    assert fingerprint.sketch == sketch("The ferry sails again.")


def test_a_withdrawal_has_no_text() -> None:
    url = "https://news.example/a"
    event = Withdrawal(id="0" * 32, url=url, canonical_url=url, received_at=RECEIVED, status=Status.WITHDRAWN)
    fingerprint = fingerprint_of(event)
    assert (fingerprint.kind, fingerprint.sketch.shingles) == (FingerprintKind.WITHDRAWAL, 0)
    assert fingerprint.order_ms == milliseconds(RECEIVED)


def test_milliseconds_round_down() -> None:
    assert milliseconds("1970-01-01T00:00:01.9999Z") == 1_999
    assert milliseconds("1970-01-01T02:00:00+02:00") == 0
