"""The table of names: what it finds in a text, and what it does not."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tagging.phrasebook import (
    LONGEST,
    NOT_FOUND,
    Phrasebook,
    build,
    exact,
    match,
    rows_of,
    words_of,
)

WORD = st.text(st.characters(categories=["L"], max_codepoint=0x24F), min_size=1, max_size=6)
NAME = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
NAMES = st.lists(NAME, min_size=1, max_size=20)


@pytest.fixture(scope="module", autouse=True)
def _kernels_compiled() -> None:
    """Before the first test that hypothesis times."""
    for overlapping in (False, True):
        found(book_of(["A"]), "A", overlapping=overlapping)
    exact(book_of(["A"]), words_of(["A"]))


def book_of(names: list[str], rows: list[int] | None = None) -> Phrasebook:
    return build(words_of(names), np.array(range(len(names)) if rows is None else rows, np.uint32))


def found(book: Phrasebook, text: str, *, overlapping: bool = False) -> list[tuple[int, int, list[int]]]:
    hits = match(book, words_of([text]).keys, overlapping)
    return [(first, end, rows_of(book, name).tolist()) for first, end, name in hits.tolist()]


@given(NAMES, st.data())
def test_every_name_is_found_where_it_stands_as_whole_words(names: list[str], data: st.DataObject) -> None:
    row = data.draw(st.integers(0, len(names) - 1))
    before = data.draw(st.sampled_from(["", "- ", "“", "( "]))
    hits = found(book_of(names), f"{before}{names[row]}, !", overlapping=True)
    first = 1 if before else 0
    begun = [hit for hit in hits if hit[0] == first]
    assert begun
    assert row in begun[0][2]


@given(NAMES, WORD)
def test_nothing_is_found_inside_a_longer_word(names: list[str], more: str) -> None:
    words = {word for name in names for word in name.split()}
    inside = [longer for word in sorted(words) for longer in (more + word, word + more)]
    text = " ".join(longer for longer in inside if longer not in words)
    assert found(book_of(names), text, overlapping=True) == []


@given(NAMES, st.randoms())
def test_the_order_of_the_names_does_not_change_the_table(names: list[str], random: Random) -> None:
    pairs = list(enumerate(names))
    random.shuffle(pairs)
    shuffled = book_of([name for _, name in pairs], [row for row, _ in pairs])
    assert [array.tolist() for array in book_of(names)] == [array.tolist() for array in shuffled]


@given(st.text(max_size=200), NAMES, st.booleans())
def test_any_text_passes(text: str, names: list[str], overlapping: bool) -> None:
    hits = found(book_of(names), text, overlapping=overlapping)
    assert all(first < end for first, end, _ in hits)
    assert [hit[0] for hit in hits] == sorted({hit[0] for hit in hits})


@given(st.text(max_size=60))
def test_any_name_is_found_again_as_it_was_given(name: str) -> None:
    words = words_of([name])
    if 1 <= len(words.keys) <= LONGEST:
        assert exact(build(words, np.zeros(1, np.uint32)), words).tolist() == [0]


def test_the_longest_name_wins_and_the_search_goes_on_behind_it() -> None:
    book = book_of(["New York", "New York Times", "Times Square", "York"])
    assert found(book, "the New York Times Square") == [(1, 4, [1])]


def test_overlapping_gives_a_name_for_each_word_that_begins_one() -> None:
    book = book_of(["New York", "New York Times", "Times Square", "York"])
    hits = found(book, "the New York Times Square", overlapping=True)
    assert hits == [(1, 4, [1]), (2, 3, [3]), (3, 5, [2])]


def test_a_beginning_of_a_longer_name_is_no_name() -> None:
    assert found(book_of(["Bank of Ghana"]), "Bank of England and Bank") == []


def test_a_name_may_mean_several_rows() -> None:
    book = book_of(["Springfield", "Springfield", "Shelbyville", "Springfield"], [7, 3, 1, 7])
    assert found(book, "Springfield") == [(0, 1, [3, 7])]


def test_white_space_within_a_name_does_not_count() -> None:
    assert found(book_of(["New\u00a0 York"]), "New York") == [(0, 2, [0])]


def test_case_counts() -> None:
    assert found(book_of(["Us"]), "US us Us") == [(2, 3, [0])]


def test_names_without_words_or_with_too_many_are_refused() -> None:
    with pytest.raises(ValueError, match="name 1 has 0 words"):
        book_of(["A", " "])
    with pytest.raises(ValueError, match=f"name 0 has {LONGEST + 1} words"):
        book_of(["x " * (LONGEST + 1)])


def test_a_table_without_free_places_is_searched_to_its_end() -> None:
    """A pack may be hostile: every search ends."""
    book = book_of(["A"])
    full = book._replace(keys=np.full(8, 5, np.uint64), values=np.ones(8, np.uint32))
    assert exact(full, words_of(["B", ""])).tolist() == [NOT_FOUND, NOT_FOUND]


def test_an_empty_table_finds_nothing() -> None:
    assert found(book_of([]), "A text") == []
