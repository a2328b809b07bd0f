"""The places at which values may begin are found wherever in a mask they stand."""

import re

from hypothesis import given
from hypothesis import strategies as st

from streams.code_points import codes_of
from streams.tagging.letters import letters
from streams.tagging.masks import SPAN
from streams.tagging.values.anchor_words import known_words
from streams.tagging.values.anchors import find_anchors

RUNS = re.compile(r"[0-9](?:[,.]?[0-9])*|[A-Za-z]+")
WORDS = [
    "May",
    "yesterday",
    "two",
    "million",
    "5",
    "1,000",
    "12.5%",
    "2020",
    "$",
    "km",
    "on",
    "3rd",
    "million,",
    "é",
    "’",
    "-",
    ".",
    "last",
    "week",
    "half",
    "a",
]
TEXTS = st.lists(st.sampled_from([*WORDS, "", "a" * (SPAN + 1), "1" * (SPAN + 1)])).map(" ".join)


def anchors_of(text: str) -> list[list[int]]:
    found: list[list[int]] = find_anchors(codes_of(text), letters(), known_words()).tolist()
    return found


@given(TEXTS | st.text(st.sampled_from("a5M,. y$é")), st.integers(0, 2 * SPAN))
def test_a_text_further_on_has_the_same_anchors(text: str, by: int) -> None:
    moved = [[what, start + by, end + by] for what, start, end in anchors_of(text)]
    assert anchors_of(" " * by + text) == moved


@given(TEXTS | st.text(st.sampled_from("a5M,. y$é")))
def test_each_anchor_is_a_whole_run_of_letters_or_digits(text: str) -> None:
    runs = {match.span() for match in RUNS.finditer(text)}
    assert all((start, end) in runs for _, start, end in anchors_of(text))
