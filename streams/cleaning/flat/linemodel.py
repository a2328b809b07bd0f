"""Which lines of a flattened page are the article: boosted trees over their looks and surroundings.

Two looks: the first sees each line's columns (`surroundings`), the second also what the first thought of the
lines around (`context`). Trained by training/train_lines.py; models/lines.md says on what and how well.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat.cohesion import Words, lower, words_of
from streams.cleaning.flat.context import context, region
from streams.cleaning.flat.shapes import kinds
from streams.cleaning.flat.surroundings import surroundings
from streams.cleaning.trees import MODELS, Masks, Trees, load, score_rows
from streams.compiled import compiled

MODEL = "lines.npz"
WORDLESS = 0.5  # words that a line without any counts as, so that it has a place in sums
# Probabilities, both found by cross-validation: what speaks for the region that holds the body, and what is
# kept of it.
EVEN = 0.4
KEPT = 0.45


def probabilities(
    codes: NDArray[np.uint32], shapes: NDArray[np.void], said: NDArray[np.int64], title: int
) -> NDArray[np.float64]:
    """How likely each line of a text is part of the body. Arguments as of `words_of` and `surroundings`."""
    first, second = _trees()
    return _look_twice(codes, shapes, said, title, kinds(), lower(), first.masks, second.masks)


@compiled
def _look_twice(
    codes: NDArray[np.uint32],
    shapes: NDArray[np.void],
    said: NDArray[np.int64],
    title: int,
    kinds: NDArray[np.uint8],
    lower: NDArray[np.uint32],
    first: Masks,
    second: Masks,
) -> NDArray[np.float64]:
    words = words_of(codes, shapes, kinds, lower)
    seen = surroundings(shapes, said, title, words)
    return score_rows(seen_again(score_rows(seen, first), shapes, words, seen), second)


@compiled
def seen_again(
    p: NDArray[np.float64], shapes: NDArray[np.void], words: Words, seen: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The second look's columns, from the first's and its probabilities."""
    return context(p, weights(shapes), shapes, words, seen)


@compiled
def weights(shapes: NDArray[np.void]) -> NDArray[np.float64]:
    """What each line counts in sums: its words."""
    words: NDArray[np.float64] = shapes["words"] + WORDLESS
    return words


@compiled
def choose(p: NDArray[np.float64], shapes: NDArray[np.void]) -> tuple[int, int, NDArray[np.bool_]]:
    """[start, end) of the body, and which of all lines are kept."""
    start, end = region(p, weights(shapes), EVEN)
    kept = np.zeros(len(p), np.bool_)
    first, last = -1, -1
    for i in range(start, end):
        if p[i] >= KEPT:
            kept[i], last = True, i
            first = i if first < 0 else first
    if first < 0:
        return start, end, kept
    start, end = first, last + 1
    menu = np.sort(shapes["hash"][:start].copy())
    # a site's menu often stands below the body as well, where it may pass for a list that ends an article
    while end > start + 1 and (not kept[end - 1] or _is_in(menu, shapes[end - 1].hash)):
        end -= 1
        kept[end] = False
    return start, end, kept


@compiled
def _is_in(ascending: NDArray[np.int64], number: int) -> bool:
    place = np.searchsorted(ascending, number)
    return bool(place < len(ascending) and ascending[place] == number)


def expected_f1(p: Sequence[float], words: Sequence[int], reasons: Sequence[object]) -> float:
    """The F1 (in words) that a choice has if the probabilities are right. Chosen is what has no reason (None)
    to be left out.
    """
    chosen = expected = right = 0.0
    for likely, count, reason in zip(p, words, reasons, strict=True):
        weight = count + WORDLESS
        expected += likely * weight
        if reason is None:
            chosen += weight
            right += likely * weight
    return 2 * right / (chosen + expected) if chosen else 0.0


@cache
def _trees() -> tuple[Trees, Trees]:
    return load(MODELS / MODEL, "first"), load(MODELS / MODEL, "second")
