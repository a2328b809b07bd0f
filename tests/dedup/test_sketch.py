"""The sketch is frozen: these vectors must never change under one SKETCH_VERSION."""

import numpy as np
import pytest

from streams.dedup.sketch import ROUTING_KEYS, SKETCH_WIDTH, STOP_PHRASES, routing_keys, sketch, stop_keys
from tests.dedup.newsroom import words

GOLDEN = [
    ("", 0, []),
    ("Stop", 1, [3068516118]),
    ("the mayor's office closed", 1, [1733297317]),
    ("The mayor’s OFFICE, closed!", 1, [1733297317]),
    ("ﬁve Straße cafés opened yesterday", 2, [1390236295, 2819587071]),
    ("市长办公室", 2, [1669936657, 3272901995]),
]


@pytest.mark.parametrize(("text", "shingles", "values"), GOLDEN)
def test_golden_vectors(text: str, shingles: int, values: list[int]) -> None:
    made = sketch(text)
    assert (made.shingles, made.values.tolist()) == (shingles, values)


def test_case_punctuation_and_typography_do_not_matter() -> None:
    assert sketch("“The mayor’s office”, she said.") == sketch("the mayor's office she said")


def test_a_long_text_keeps_the_smallest_values() -> None:
    text = words(900, seed=1)
    whole, half = sketch(" ".join(text)), sketch(" ".join(text[:450]))
    assert (whole.shingles, len(whole.values)) == (897, SKETCH_WIDTH)
    assert np.all(np.diff(whole.values.astype(np.int64)) > 0)
    assert set(half.values[half.values <= whole.values[-1]]) <= set(whole.values)


def test_repeated_shingles_count_once() -> None:
    line = "all quiet on the western front "
    assert sketch(line * 50).shingles == 6


def test_boilerplate_is_no_routing_key() -> None:
    """A footer that thousands of articles share does not route, but does count in the sketch."""
    body, footer = " ".join(words(40, seed=2)), STOP_PHRASES[0]
    keys = routing_keys(sketch(f"{body}\n\n{footer}").values, stop_keys())
    assert len(keys) == ROUTING_KEYS
    assert not set(keys) & set(sketch(footer).values)
    assert len(routing_keys(sketch(footer).values, stop_keys())) == 0


def test_lone_surrogates_are_hashed_like_any_other_word() -> None:
    assert sketch("a \ud800b c d").shingles == 1
