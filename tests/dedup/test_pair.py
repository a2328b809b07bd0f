"""Two texts beside each other: the rule's words say what the rule says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.dedup.compare import is_copy
from streams.dedup.pair import Pair, Text, compared, share
from tests.dedup.newsroom import article, words

STORY = words(400, seed=1)
SHARES = st.integers(0, 10_000)
COUNTS = st.integers(0, 400)


def text(own: list[str]) -> Text:
    fingerprint = article(" ".join(own))
    return Text(fingerprint.content_hash, fingerprint.sketch.shingles, fingerprint.sketch.values)


def pair(jaccard: int, containment: int, shared: int, shingles: int, other: int) -> Pair:
    copy = is_copy(jaccard, containment, shared, shingles, other)
    return Pair(False, jaccard, containment, shared, shingles, other, 8, copy=copy, score=0)


@given(SHARES, SHARES, COUNTS, COUNTS, COUNTS)
def test_the_words_name_a_failed_threshold_if_and_only_if_it_is_no_copy(
    jaccard: int, containment: int, shared: int, shingles: int, other: int
) -> None:
    judged = pair(jaccard, containment, shared, shingles, other)
    assert ("<" in judged.why or "only equal" in judged.why) == (not judged.copy)


@pytest.mark.parametrize(
    ("judged", "why"),
    [
        (pair(3100, 5000, 80, 120, 900), "J 0.310 >= 0.250 (both texts have at least 120 shingles)"),
        (
            pair(2000, 7000, 60, 120, 900),
            "C 0.700 >= 0.600 and 60 >= 60 shared shingles (both texts have at least 120 shingles)",
        ),
        (
            pair(2499, 7000, 59, 120, 900),
            "J 0.249 < 0.250, and 59 < 60 shared shingles (both texts have at least 120 shingles)",
        ),
        (
            pair(3100, 5000, 20, 119, 130),
            (
                "J 0.310 < 0.500, and C 0.500 < 0.800 and 20 < 30 shared shingles "
                "(a text has under 120 shingles)"
            ),
        ),
        (
            pair(3100, 7000, 30, 80, 160),
            (
                "J 0.310 < 0.500, and 30 < 40 shared shingles "
                "(a text has under 120 shingles, the other 2.0 times as many)"
            ),
        ),
        (
            pair(3100, 7000, 40, 80, 160),
            (
                "C 0.700 >= 0.600 and 40 >= 40 shared shingles "
                "(a text has under 120 shingles, the other 2.0 times as many)"
            ),
        ),
        (
            pair(3100, 8000, 30, 80, 160),
            "C 0.800 >= 0.800 and 30 >= 30 shared shingles (a text has under 120 shingles)",
        ),
        (pair(9000, 9000, 20, 24, 900), "24 shingles: under 25 only equal texts are copies"),
    ],
)
def test_the_rule_in_words(judged: Pair, why: str) -> None:
    assert judged.why == why


def test_equal_texts_are_copies_whatever_their_length() -> None:
    judged = compared(text(STORY[:5]), text(STORY[:5]))
    assert (judged.copy, judged.jaccard, judged.score, judged.keys) == (True, 10_000, 10_000, 0)
    assert judged.why == "the same text to the byte"


def test_a_part_of_a_text_shares_keys_and_is_contained() -> None:
    judged = compared(text(STORY), text(STORY[:300]))
    assert judged.copy
    assert judged.keys > 0
    assert judged.containment == 10_000
    assert (judged.shingles, judged.other_shingles) == (397, 297)


def test_unrelated_texts_share_no_key() -> None:
    judged = compared(text(STORY), text(words(400, seed=2)))
    assert (judged.keys, judged.copy, judged.score) == (0, False, 0)


def test_a_share_is_cut_so_that_it_never_seems_to_reach_a_threshold() -> None:
    assert (share(2499), share(2500), share(10_000)) == ("0.249", "0.250", "1.000")
