"""The rule, by what an editor would call a copy."""

import pytest

from streams.dedup.compare import FEWEST_SEEN, WHOLE, is_copy, resemblance
from streams.dedup.sketch import sketch
from tests.dedup.newsroom import words


def compared(left: list[str], right: list[str]) -> tuple[int, int, int]:
    one, other = sketch(" ".join(left)), sketch(" ".join(right))
    result = resemblance(one.values, one.shingles, other.values, other.shingles)
    assert result == resemblance(other.values, other.shingles, one.values, one.shingles)
    return result


def test_texts_within_the_sketch_are_measured_exactly() -> None:
    text = words(103, seed=1)  # 100 shingles
    assert compared(text, text[:53]) == (5_000, WHOLE, 50)
    assert compared(text, words(103, seed=2)) == (0, 0, 0)
    assert compared(text, []) == (0, 0, 0)


def test_long_texts_are_estimated() -> None:
    text = words(2_003, seed=3)
    jaccard, containment, shared = compared(text, text[:1_003])
    assert jaccard == pytest.approx(5_000, abs=900)  # three standard errors of 256 values
    assert (containment, shared) == (WHOLE, 1_000)


def test_a_short_part_of_a_very_long_text_is_contained() -> None:
    text = words(5_000, seed=4)
    _, containment, shared = compared(text, text[1_000:1_203])
    assert (containment, shared) == (WHOLE, 200)


def test_what_was_seen_of_a_tiny_part_is_not_extrapolated() -> None:
    text = words(9_000, seed=4)
    _, containment, shared = compared(text, text[1_000:1_103])
    assert containment == WHOLE
    assert 0 < shared < FEWEST_SEEN


def test_texts_of_one_length_compare_the_same_both_ways() -> None:
    text = words(700, seed=5)
    for kept in range(0, 700, 70):
        compared(text, text[:kept] + words(700 - kept, seed=6))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ((2_500, 4_000, 64, 120, 120), True),
        ((2_499, 4_000, 64, 120, 120), False),
        ((1_000, 6_000, 96, 120, 900), True),  # a teaser of a long story
        ((1_000, 6_000, 59, 120, 900), False),  # a long quotation
        ((1_000, 5_999, 95, 120, 900), False),
        ((2_500, 4_000, 63, 119, 120), False),  # one of them is short
        ((5_000, 6_667, 66, 100, 100), True),
        ((1_000, 8_000, 80, 100, 900), True),
        ((1_000, 8_000, 29, 36, 900), False),
        ((1_000, 6_000, 40, 66, 99), True),  # a teaser
        ((4_900, 6_600, 52, 78, 79), False),  # a template
        ((1_000, 6_000, 40, 66, 98), False),
        ((1_000, 5_999, 40, 66, 99), False),
        ((1_000, 6_000, 39, 65, 99), False),  # a quotation
        ((9_900, 9_900, 24, 24, 24), False),  # too short to tell
    ],
)
def test_the_rule_at_its_thresholds(case: tuple[int, int, int, int, int], expected: bool) -> None:
    jaccard, containment, shared, left, right = case
    assert is_copy(jaccard, containment, shared, left, right) is expected
    assert is_copy(jaccard, containment, shared, right, left) is expected
