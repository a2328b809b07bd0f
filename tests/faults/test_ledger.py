"""The ledger's articles: the same for the same seed, and of the shares that are said."""

from __future__ import annotations

from collections import Counter
from itertools import islice

from tests.faults.ledger import SHARES, Fate, Writer

ARTICLES = 4_000
OFF = 2.0  # percentage points that a share of so many may be off


def test_the_same_seed_writes_the_same_records_and_another_others() -> None:
    first, again, other = ([item.sent for item in islice(Writer(seed), 300)] for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_every_fate_has_its_share() -> None:
    fates = Counter(item.entry.fate for item in islice(Writer(3), ARTICLES))
    assert set(fates) == set(Fate)
    for fate, share in SHARES.items():
        assert abs(100 * fates[fate] / ARTICLES - share) < OFF


def test_what_was_withdrawn_does_not_come_again() -> None:
    gone: set[str] = set()
    for item in islice(Writer(5), ARTICLES):
        assert item.entry.id not in gone
        if item.entry.fate is Fate.WITHDRAWN:
            gone.add(item.entry.id)


def test_a_record_tells_its_number() -> None:
    for number, item in enumerate(islice(Writer(1), 50)):
        assert dict(item.sent.headers)["number"] == str(number).encode()
        assert item.entry.number == number
