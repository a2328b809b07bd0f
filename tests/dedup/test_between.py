"""What became of two articles, whether or not one was ever found by the other."""

import pytest

from streams.dedup.between import Between, Outcome, between
from streams.dedup.trail import LogPlace, Trail
from tests.dedup.newsroom import HOUR, Desk, article, name, withdrawal, words
from tests.dedup.test_laws import Stream

STORY = words(400, seed=1)
TEXT = " ".join(STORY)
SHORTENED = " ".join(STORY[:300])
OTHER = " ".join(words(400, seed=2))
ALIKE = " ".join(STORY[:130] + words(270, seed=8))


def found(stream: Stream, one: int = 1, other: int = 2) -> Between:
    """Both ways round: who is named first does not count."""
    trail = Trail([name(one), name(other)])
    for place, effects in enumerate(Desk().take_all(stream).effects):
        trail.fold(effects.rows, LogPlace(0, place, 0))
    mine, theirs = trail.entries.values()
    forth = between(name(one), mine, name(other), theirs)
    back = between(name(other), theirs, name(one), mine)
    assert (forth.outcome, forth.earlier, forth.later) == (back.outcome, back.earlier, back.later)
    return forth


def test_a_link_is_told_in_the_order_of_its_articles() -> None:
    pair = found([(1, article(TEXT, order=2)), (2, article(SHORTENED, order=1, received=3))])
    assert (pair.outcome, pair.earlier, pair.later) == (Outcome.LINKED, name(2), name(1))
    assert (pair.parent, pair.apart_ms) == (name(2), 3 * HOUR)


@pytest.mark.parametrize(
    ("stream", "outcome"),
    [
        ([(1, article(TEXT)), (2, article(OTHER, order=1))], Outcome.NO_KEY),
        ([(1, article(TEXT)), (2, article(ALIKE, order=1))], Outcome.UNLIKE),
        ([(1, article(TEXT)), (2, article(TEXT, order=1, received=73))], Outcome.APART),
        ([(1, article(TEXT)), (2, article(TEXT, order=1)), (1, withdrawal(received=1))], Outcome.REMOVED),
        (
            [(3, article(SHORTENED)), (1, article(TEXT, order=1)), (2, article(SHORTENED, order=2))],
            Outcome.OUTDONE,
        ),
        # 3 is the last received, so that 1 has left the memory when it comes again with the text of 2
        (
            [(2, article(TEXT, order=1)), (3, article(OTHER, received=97)), (1, article(TEXT, order=70))],
            Outcome.LEFT_OUT,
        ),
    ],
)
def test_why_two_articles_are_not_linked(stream: Stream, outcome: Outcome) -> None:
    assert found(stream).outcome is outcome


def test_a_better_parent_is_named_with_its_score() -> None:
    pair = found([(3, article(SHORTENED)), (1, article(TEXT, order=1)), (2, article(SHORTENED, order=2))])
    assert (pair.parent, pair.score) == (name(3), 10_000)
    assert pair.pair is not None
    assert pair.pair.copy


def test_articles_of_two_domains_were_never_compared() -> None:
    entries = []
    for number in (1, 2):
        trail = Trail([name(number)])
        for effects in Desk().take_all([(number, article(TEXT, order=number))]).effects:
            trail.fold(effects.rows, LogPlace(number, 0, 0))
        entries.append(trail.entries[name(number)])
    assert between(name(1), entries[0], name(2), entries[1]).outcome is Outcome.DOMAINS
