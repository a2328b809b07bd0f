"""event -> fingerprint: made once, in the tag step's pool, and carried in a header beside the event."""

from datetime import UTC, datetime

from streams.dedup.rows import NO_HASH, Fingerprint, FingerprintKind
from streams.dedup.sketch import sketch
from streams.events import CleanedArticle, Withdrawal
from streams.vocabulary import Precision

_DAY_MS = 86_400_000


def fingerprint_of(article: CleanedArticle | Withdrawal) -> Fingerprint:
    """The fingerprint of a cleaned or tagged article, or of a withdrawal.

    The order key's time is published_at; when only the day is known, received_at but at the latest the end
    of that day; when it is unknown, received_at. ValueError if a time is not RFC 3339 or the hash not 32
    hex digits.
    """
    received_ms = milliseconds(article.received_at)
    if isinstance(article, Withdrawal):
        return removal(FingerprintKind.WITHDRAWAL, received_ms)
    content_hash = bytes.fromhex(article.content_hash)
    if len(content_hash) != len(NO_HASH):
        raise ValueError(f"content_hash of {len(content_hash)} bytes, {len(NO_HASH)} expected")
    order_ms = _order_ms(article, received_ms)
    return Fingerprint(FingerprintKind.ARTICLE, content_hash, order_ms, received_ms, sketch(article.text))


def removal(kind: FingerprintKind, received_ms: int) -> Fingerprint:
    """The fingerprint of a withdrawal or an erasure."""
    return Fingerprint(kind, NO_HASH, received_ms, received_ms, sketch(""))


def milliseconds(time: str) -> int:
    """RFC 3339 -> ms since 1970, rounded down; UTC where no zone is given."""
    moment = datetime.fromisoformat(time)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return since.days * _DAY_MS + since.seconds * 1000 + since.microseconds // 1000


def _order_ms(article: CleanedArticle, received_ms: int) -> int:
    if article.published_at is None:
        return received_ms
    published_ms = milliseconds(article.published_at)
    if article.published_precision is not Precision.DAY:
        return published_ms
    return min(received_ms, published_ms - published_ms % _DAY_MS + _DAY_MS - 1)
