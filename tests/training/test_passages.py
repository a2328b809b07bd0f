"""Passages: no word is lost, and they end where a paragraph or a sentence does."""

from hypothesis import given
from hypothesis import strategies as st

from training.passages import passages

words = st.lists(
    st.sampled_from(["Mr.", "Hale", "saw", "it.", "The", "U.S.", "end!"]), min_size=1, max_size=40
)


@given(st.lists(words.map(" ".join), max_size=8), st.integers(5, 30))
def test_passages_hold_every_word_in_its_order(paragraphs: list[str], longest: int) -> None:
    cut = " ".join(passages(paragraphs, longest, shortest=1))
    assert cut.split() == " ".join(paragraphs).split()


def test_paragraphs_are_joined_up_to_the_limit() -> None:
    assert passages(["a b c.", "", "d e f.", "g h.", " "], longest=6, shortest=1) == [
        "a b c.\nd e f.",
        "g h.",
    ]


def test_a_long_paragraph_is_cut_where_a_sentence_ends_and_not_at_a_title() -> None:
    text = "We met at noon. Then Mr. Hale spoke. It rained."
    assert passages([text], longest=6, shortest=1) == ["We met at noon.", "Then Mr. Hale spoke. It rained."]


def test_a_sentence_longer_than_a_passage_stays_whole() -> None:
    assert passages(["one two three four five. Six."], longest=3, shortest=1) == [
        "one two three four five.",
        "Six.",
    ]


def test_short_texts_are_left_out() -> None:
    assert passages(["I beg to move."], longest=10, shortest=5) == []
