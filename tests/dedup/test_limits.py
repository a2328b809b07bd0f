"""What strange input costs, and where the windows end. Costs are counted in work, never in time."""

import numpy as np
import orjson
import pytest

from streams.dedup import Emission, Fingerprint, fingerprint_of
from streams.dedup.fingerprint import milliseconds
from streams.dedup.kernels import NOWHERE
from streams.dedup.search import LIST_LIMIT, MOST_LINKS
from streams.dedup.sketch import ROUTING_KEYS, routing_keys, sketch, stop_keys
from streams.events import CleanedArticle, Language
from streams.pipeline import CLEAN, TAG, Output, Record, run
from streams.vocabulary import Completeness, Precision, Relation
from tests.dedup.newsroom import HOUR, START, Desk, article, name, words

MANY = 3_000
MS = 1 / HOUR
FOOTER = " ".join(words(60, seed=900))  # no stop phrase: nobody has told us of it
STORY = " ".join(words(200, seed=901))


def body(number: int) -> str:
    return " ".join(words(40, seed=number))


def lists(desk: Desk) -> np.ndarray:
    """The number of texts that each routing key leads to."""
    nodes, found = desk.index.state.nodes, []
    for entry in desk.index.state.by_key:
        length, node = 0, int(entry["value"])
        while node:
            length, node = length + 1, int(nodes[node - 1]["next"])
        found.append(length)
    return np.array(found)


# ---- hot keys


@pytest.fixture(scope="module")
def footed() -> Desk:
    """A newsletter's footer under thousands of unrelated articles."""
    return Desk().take_all((n, article(f"{body(n)}\n\n{FOOTER}", order=n / MANY)) for n in range(MANY))


def test_a_footer_under_thousands_of_articles_makes_lists_that_end(footed: Desk) -> None:
    lengths = lists(footed)
    assert lengths.max() == LIST_LIMIT, "it is a hot key: else this test shows nothing"
    assert len(footed.index) == MANY
    assert footed.index.stats().cap_hits > MANY


def test_a_query_among_them_compares_no_more_than_full_lists(footed: Desk) -> None:
    """The work of one arrival does not grow with the number of those that share its furniture."""
    keys = routing_keys(sketch(f"{body(MANY)}\n\n{FOOTER}").values, stop_keys())
    assert len(keys) == ROUTING_KEYS
    compared = sum(sorted(lists(footed))[-ROUTING_KEYS:])
    assert compared <= ROUTING_KEYS * LIST_LIMIT
    assert len(footed.index.children) == MOST_LINKS


def test_among_them_a_copy_still_finds_its_original(footed: Desk) -> None:
    """By the keys of its own text, of which each article has some."""
    found = 0
    for n in range(0, MANY, 100):
        (event,) = footed.take(MANY + n, article(f"{body(n)}\n\n{FOOTER}", order=2))
        found += event.of == name(n)
    assert found == MANY / 100


def test_equal_texts_by_the_thousand_are_one_list_that_ends() -> None:
    desk = Desk().take_all((n, article(STORY, order=n / MANY)) for n in range(MANY))
    assert {event.of for event in desk.last.values()} == {None, name(0)}
    stats = desk.index.stats()
    assert (stats.articles, stats.texts, stats.keys) == (MANY, 1, ROUTING_KEYS)
    assert sum(int(text["listed"]) for text in desk.index.state.texts) == LIST_LIMIT
    assert stats.cap_hits == MANY - LIST_LIMIT


# ---- texts of no words, of one, of no known script


@pytest.mark.parametrize("text", ["", " ", "...", "!?"])
def test_texts_without_words_are_copies_only_when_equal(text: str) -> None:
    desk = Desk().take_all([(1, article("", order=1))])
    (event,) = desk.take(2, article(text, order=2))
    assert event.relation is (Relation.EXACT if text == "" else Relation.ORIGINAL)
    assert desk.index.stats().keys == 0


def test_texts_of_one_word_are_copies_only_when_equal() -> None:
    desk = Desk().take_all([(1, article("Breaking", order=1)), (2, article("breaking", order=2))])
    (event,) = desk.take(3, article("Breaking", order=3))
    assert desk.last[name(2)].relation is Relation.ORIGINAL, "another text, though the same word"
    assert (event.relation, event.of) == (Relation.EXACT, name(1))


SCRIPTS = {
    "private use": [chr(0xE000 + n) * 3 for n in range(90)],
    "cuneiform": [chr(0x12000 + n) + chr(0x12000 + n % 7) for n in range(90)],
    "vai": [chr(0xA500 + n) + chr(0xA500 + n % 5) for n in range(90)],
    "emoji": [chr(0x1F600 + n % 64) for n in range(90)],
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_text_in_an_unknown_script_is_decided_and_equal_ones_are_found(script: str) -> None:
    text = SCRIPTS[script]
    desk = Desk().take_all([(1, article(" ".join(text), order=1))])
    (same,) = desk.take(2, article(" ".join(text), order=2))
    (cut,) = desk.take(3, article(" ".join(text[:80]), order=3))
    assert (same.relation, same.of) == (Relation.EXACT, name(1))
    has_words = sketch(" ".join(text)).shingles > 0
    assert cut.relation is (Relation.NEAR if has_words else Relation.ORIGINAL)
    assert has_words == (script in ("cuneiform", "vai")), "letters are words, whoever writes with them"


# ---- all at once


def test_ten_identical_articles_at_once_are_one_original_and_nine_copies() -> None:
    """Same text, same time: the lowest id is the original, whichever comes first."""
    for first in range(10):
        desk = Desk().take_all((n, article(STORY)) for n in [*range(first, 10), *range(first)])
        assert desk.last[name(0)].relation is Relation.ORIGINAL
        assert {desk.last[name(n)].of for n in range(1, 10)} == {name(0)}
        assert {desk.family(name(n)) for n in range(10)} == {name(0)}


# ---- wrong clocks

EPOCH, FAR = -START / HOUR, 1_569_744  # hours from the desk's start to 1970, and 179 years on


def test_an_article_dated_1970_becomes_the_original_and_empties_nothing() -> None:
    desk = Desk().take_all([(1, article(STORY)), (2, article(body(1)))])
    own, relinked = desk.take(3, article(STORY, order=EPOCH))
    assert (own.relation, relinked.of) == (Relation.ORIGINAL, name(3))
    assert len(desk.index) == 3


def test_an_article_dated_2205_is_a_copy_of_the_others_and_empties_nothing() -> None:
    desk = Desk().take_all([(1, article(STORY, order=FAR)), (2, article(body(1)))])
    own, relinked = desk.take(3, article(STORY))
    assert (own.relation, relinked.id, relinked.of) == (Relation.ORIGINAL, name(1), name(3))
    assert len(desk.index) == 3


@pytest.mark.parametrize("published_at", ["1970-01-01T00:00:00Z", "2205-01-01T00:00:00Z"])
def test_a_date_far_off_orders_an_article_and_says_nothing_of_when_it_came(published_at: str) -> None:
    made = fingerprint_of(cleaned(published_at))
    assert made.received_ms == START
    assert (made.order_ms < made.received_ms) == published_at.startswith("1970")
    assert Fingerprint.unpack(made.pack()) == made


def cleaned(published_at: str) -> CleanedArticle:
    return CleanedArticle(
        id="0" * 32,
        url="https://news.example/a",
        canonical_url="https://news.example/a",
        received_at="2026-01-01T00:00:00Z",
        published_at=published_at,
        published_precision=Precision.SECOND,
        language=Language("en", 1.0),
        text=STORY,
        content_hash="0" * 32,
        completeness=Completeness.FULL,
        confidence=1.0,
    )


@pytest.mark.parametrize(
    ("published_at", "order_at"),
    [("2205-01-01T00:00:00Z", "2026-01-02T00:00:00Z"), ("1970-01-01T00:00:00Z", "2026-01-01T00:00:00Z")],
)
def test_cleaning_lets_no_far_off_date_of_a_page_through(published_at: str, order_at: str) -> None:
    """The future is clamped to a day ahead; the first second of 1970 is an empty clock, and no date."""
    sent = {"url": "https://news.example/a", "content": PROSE, "published_at": published_at}
    cleaned_ = run(CLEAN, Record(orjson.dumps(sent), "2026-01-01T00:00:00.000Z"))
    assert isinstance(cleaned_, Output)
    tagged = run(TAG, Record(cleaned_.value, cleaned_.received_at))
    assert isinstance(tagged, Output)
    assert tagged.fingerprint
    assert Fingerprint.unpack(tagged.fingerprint).order_ms == milliseconds(order_at)


PROSE = "The ferry to the island will not sail before Saturday, the harbour master said on Monday. " * 12


def test_a_clock_of_the_broker_that_was_ahead_for_a_moment_forgets_what_came_before() -> None:
    """The running maximum of received_at decides; the log's timestamps are Kafka's own."""
    desk = Desk().take_all([(1, article(STORY, order=1)), (2, article(body(1), received=1_000))])
    assert len(desk.index) == 1
    (event,) = desk.take(3, article(STORY, order=2, received=1))
    assert event.relation is Relation.ORIGINAL
    assert len(desk.index) == 1, "what comes from before the window is decided, and not remembered"


# ---- the edges of the windows


@pytest.mark.parametrize(
    ("first", "second", "linked"),
    [(0, 72, True), (0, 72 + MS, False), (72, 0, True), (72 + MS, 0, False)],
)
def test_pairs_are_compared_to_the_millisecond_of_72_hours(first: float, second: float, linked: bool) -> None:
    desk = Desk().take_all([(1, article(STORY, order=1, received=first))])
    event: Emission = desk.take(2, article(STORY, order=2, received=second))[0]
    assert (event.of == name(1)) is linked


@pytest.mark.parametrize(("newest", "remembered"), [(96, True), (96 + MS, False)])
def test_articles_are_forgotten_to_the_millisecond_of_96_hours(newest: float, remembered: bool) -> None:
    desk = Desk().take_all([(1, article(STORY)), (2, article(body(1), received=newest))])
    assert (desk.index.find(*halves(1)) != NOWHERE) is remembered


def test_what_came_late_does_not_turn_the_clock_back() -> None:
    desk = Desk().take_all([(1, article(body(1), received=100)), (2, article(body(2), received=50))])
    desk.take(3, article(body(3), received=146))
    assert desk.index.find(*halves(2)) != NOWHERE
    desk.take(4, article(body(4), received=146 + MS))
    assert desk.index.find(*halves(2)) == NOWHERE
    assert desk.index.find(*halves(1)) != NOWHERE


def halves(number: int) -> tuple[int, int]:
    own = name(number)
    return int.from_bytes(own[:8], "little"), int.from_bytes(own[8:], "little")
