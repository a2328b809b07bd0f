"""Learning what publishers repeat: what counts as an article, a day and a place, and the laws of counting."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cleaning import sightings
from streams.cleaning.furniture import FurnitureLine, Place, read_snapshot, write_snapshot
from streams.cleaning.sightings import Sightings
from streams.events import CleanedArticle, Language, Publisher, Removed
from streams.vocabulary import Completeness, RemovedReason

DOMAIN = "harbour-post.example"
STANDING = "The Harbour Post is printed on the quay every morning but Sunday."
LABEL = "What happens next"


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few counters, little held, small blocks: sharing a counter and spilling happen in every test."""
    monkeypatch.setattr(sightings, "COUNTERS", 64)
    monkeypatch.setattr(sightings, "HELD", 7)
    monkeypatch.setattr(sightings, "BLOCK", 5)


def prose(number: int, count: int = 14) -> list[str]:
    return [
        f"Paragraph {i} of story {number} tells at length what the council said of bridge {number * 31 + i}."
        for i in range(count)
    ]


def article(
    number: int, lines: list[str], day: int | None = None, domain: str | None = DOMAIN
) -> CleanedArticle:
    """Article `number`, published on day `day` (by default its number) of November."""
    url = f"https://www.harbour-post.example/{number}"
    text = "\n\n".join(lines)
    return CleanedArticle(
        id=hashlib.blake2b(url.encode(), digest_size=16).hexdigest(),
        url=url,
        canonical_url=url,
        received_at="2026-11-28T10:00:00Z",
        publisher=Publisher(domain=domain),
        published_at=f"2026-11-{(number if day is None else day) % 28 + 1:02}T06:00:00Z",
        language=Language("en", 1.0),
        text=text,
        content_hash=hashlib.blake2b(text.encode(), digest_size=16).hexdigest(),
        completeness=Completeness.FULL,
        confidence=1.0,
    )


def footed(numbers: Iterable[int], line: str = STANDING) -> list[CleanedArticle]:
    return [article(number, [*prose(number), line]) for number in numbers]


def middled(numbers: Iterable[int], line: str = STANDING) -> list[CleanedArticle]:
    return [article(number, [*prose(number)[:7], line, *prose(number)[7:]]) for number in numbers]


def learnt(*articles: CleanedArticle) -> list[FurnitureLine]:
    seen = Sightings(io.BytesIO())
    for one in articles:
        seen.add(one)
    return seen.furniture()


def cuts(*articles: CleanedArticle) -> dict[str, Place]:
    return {line.text: line.cut for line in learnt(*articles)}


FOUND = STANDING.casefold()


def test_five_articles_on_three_days_make_a_line_at_the_foot_furniture() -> None:
    five = [article(n, [*prose(n), STANDING], day=n % 3) for n in range(5)]
    assert learnt(*five, article(9, prose(9))) == [
        FurnitureLine(domain=DOMAIN, cut=Place.EDGE, articles=5, of=6, days=3, text=FOUND)
    ]


def test_four_articles_are_too_few_and_so_are_two_days() -> None:
    assert learnt(*footed(range(4))) == []
    assert learnt(*(article(n, [*prose(n), STANDING], day=n % 2) for n in range(20))) == []


def test_a_day_is_that_of_publication_and_else_that_of_receipt() -> None:
    five = footed(range(5))
    assert learnt(*(replace(one, published_at=None) for one in five)) == []
    received = [
        replace(a, published_at=None, received_at=f"2026-11-0{n + 1}T00:00:00Z") for n, a in enumerate(five)
    ]
    assert cuts(*received) == {FOUND: Place.EDGE}


def test_in_the_middle_it_takes_ten_articles() -> None:
    assert learnt(*middled(range(9))) == []
    others = [article(n, prose(n)) for n in (40, 41)]
    assert cuts(*middled(range(10)), *others) == {FOUND: Place.BODY}


def test_a_short_line_between_longer_ones_is_a_subhead_unless_nearly_all_articles_have_it() -> None:
    others = [article(n, prose(n)) for n in range(40, 52)]
    assert learnt(*middled(range(12), LABEL), *others) == []
    assert cuts(*middled(range(12), LABEL), others[0]) == {LABEL.casefold(): Place.LABEL}
    assert cuts(*footed(range(12), LABEL), *others) == {LABEL.casefold(): Place.BODY}


def test_a_long_line_is_a_text_and_no_furniture() -> None:
    assert cuts(*footed(range(5), "word " * 59 + "12345")) != {}
    assert learnt(*footed(range(5), "word " * 59 + "123456")) == []


def test_lines_that_differ_in_numbers_are_different_lines() -> None:
    assert learnt(*(article(n, [*prose(n), f"Goals so far: {n}"]) for n in range(12))) == []


def test_a_line_counts_for_its_publisher_alone() -> None:
    spread = [
        replace(a, publisher=Publisher(domain=f"{n % 3}.example")) for n, a in enumerate(footed(range(12)))
    ]
    assert learnt(*spread) == []
    assert learnt(*(replace(one, publisher=Publisher()) for one in footed(range(12)))) == []


def test_revisions_of_one_article_count_once() -> None:
    revisions = [replace(article(1, [*prose(n), STANDING], day=n), published_at=None) for n in range(20)]
    dated = [replace(one, received_at=f"2026-11-{n + 1:02}T00:00:00Z") for n, one in enumerate(revisions)]
    assert learnt(*dated, *footed(range(30, 33))) == []


def test_copies_and_near_copies_at_other_addresses_count_once() -> None:
    same = [article(n, [*prose(1), STANDING], day=n) for n in range(20)]
    edited = [article(n, [f"Updated at {n} o'clock.", *prose(1), STANDING], day=n) for n in range(20, 40)]
    assert learnt(*same, *edited, *footed(range(50, 53))) == []


def test_briefs_below_one_long_appeal_are_still_articles_of_their_own() -> None:
    appeal = "Give to the Harbour Post, which is read and paid for on both banks of the river. " * 6
    briefs = [article(n, [prose(n)[0], appeal, STANDING]) for n in range(5)]
    assert cuts(*briefs) == {FOUND: Place.EDGE}


def test_a_line_twice_in_one_article_counts_once() -> None:
    assert learnt(*(article(n, [STANDING, *prose(n), STANDING]) for n in range(4))) == []


def test_what_an_earlier_snapshot_cut_is_not_forgotten() -> None:
    """Learning from what was cleaned with a snapshot gives that snapshot again."""
    articles = [
        *footed(range(12)),
        *middled(range(20, 32), "Our podcast about the river and its people is out."),
    ]
    first = write_snapshot(learnt(*articles))
    known = read_snapshot(first)
    again = []
    for one in articles:
        kept, cut = known.strip(DOMAIN, tuple(one.text.split("\n\n")))
        assert cut
        removed = tuple(Removed(line, RemovedReason.FURNITURE) for line in cut)
        again.append(replace(one, text="\n\n".join(kept), removed=removed))
    assert write_snapshot(learnt(*again)) == first


def test_lines_that_moved_to_the_foot_through_a_cut_do_not_count_as_its_lines() -> None:
    """Else each snapshot would eat further into the articles."""
    quote = "The mayor has always said that the river belongs to everybody."
    cut = tuple(Removed(f"Standing line {i} of the paper.", RemovedReason.FURNITURE) for i in range(3))
    pages = [article(n, [*prose(n), quote, *prose(n + 100)[:4]]) for n in range(6)]
    assert quote.casefold() in cuts(*pages)
    assert quote.casefold() not in cuts(*(replace(page, removed=cut) for page in pages))


def test_a_subhead_below_what_was_cut_is_still_a_subhead() -> None:
    intro = (Removed(STANDING, RemovedReason.FURNITURE),)
    pages = [replace(article(n, [LABEL, *prose(n)]), removed=intro) for n in range(12)]
    others = [article(n, prose(n)) for n in range(40, 52)]
    assert cuts(*pages, *others) == {FOUND: Place.BODY}


def test_other_removed_lines_do_not_count() -> None:
    removed = (Removed("Share this article", RemovedReason.SHARE),)
    assert learnt(*(replace(article(n, prose(n)), removed=removed) for n in range(20))) == []


@pytest.mark.parametrize("wrong", [{"published_at": "yesterday"}, {"id": "no hexadecimal number"}])
def test_an_article_without_a_day_or_an_id_is_refused_and_leaves_no_trace(wrong: dict[str, str]) -> None:
    seen = Sightings(io.BytesIO())
    with pytest.raises(ValueError, match=f"'{next(iter(wrong.values()))[:10]}"):
        seen.add(replace(footed([1])[0], **wrong))  # type: ignore[arg-type]
    assert (seen.articles, seen.days, seen.domains) == (0, set(), set())


LINES = st.sampled_from([STANDING, LABEL, "Read our rules.", "We print on paper.", "Analysis"])
ARTICLES = st.lists(
    st.builds(
        lambda number, text, head, foot, day: article(number, [*head, *prose(text, 6), *foot], day=day),
        st.integers(0, 30),
        st.integers(0, 30),
        st.lists(LINES, max_size=2),
        st.lists(LINES, max_size=3),
        st.integers(0, 6),
    ),
    max_size=40,
)


@settings(max_examples=40)
@given(ARTICLES, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(articles: list[CleanedArticle], random: object) -> None:
    shuffled = [*articles, *articles[: len(articles) // 2]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert write_snapshot(learnt(*shuffled)) == write_snapshot(learnt(*articles))


@settings(max_examples=40)
@given(ARTICLES)
def test_every_line_of_a_snapshot_keeps_the_rule(articles: list[CleanedArticle]) -> None:
    for line in learnt(*articles):
        seen = [one for one in articles if line.text in one.text.casefold().split("\n\n")]
        assert len({one.id for one in seen}) >= line.articles >= (5 if line.cut is Place.EDGE else 10)
        assert len({(one.published_at or "")[:10] for one in seen}) >= line.days >= 3
        assert line.of >= line.articles
        assert len(line.text) <= 300
