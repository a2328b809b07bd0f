"""Which lines of a flattened page are the article: boosted trees over their looks and surroundings.

Two looks: the first sees each line's columns (`surroundings`), the second also what the first thought of the
lines around (`context`). Trained by training/train_lines.py; models/lines.md says on what and how well.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat.cohesion import Words
from streams.cleaning.flat.context import context, region
from streams.cleaning.flat.surroundings import surroundings
from streams.cleaning.trees import MODELS, Trees, load

MODEL = "lines.npz"
WORDLESS = 0.5  # words that a line without any counts as, so that it has a place in sums
# Probabilities, both found by cross-validation: what speaks for the region that holds the body, and what is
# kept of it.
EVEN = 0.4
KEPT = 0.45


def probabilities(
    shapes: NDArray[np.void], said: NDArray[np.int64], title: int, words: Words
) -> NDArray[np.float64]:
    """How likely each line is part of the body. Arguments as of `surroundings`."""
    first, second = _trees()
    return look_twice(first, second, shapes, words, surroundings(shapes, said, title, words))


def look_twice(
    first: Trees, second: Trees, shapes: NDArray[np.void], words: Words, seen: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The second look's probabilities of lines with these columns."""
    return second.predict(seen_again(first.predict(seen), shapes, words, seen))


def seen_again(
    p: NDArray[np.float64], shapes: NDArray[np.void], words: Words, seen: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The second look's columns, from the first's and its probabilities."""
    return context(p, weights(shapes), shapes, words, seen)


def weights(shapes: NDArray[np.void]) -> NDArray[np.float64]:
    """What each line counts in sums: its words."""
    words: NDArray[np.float64] = shapes["words"] + WORDLESS
    return words


def choose(p: NDArray[np.float64], shapes: NDArray[np.void]) -> tuple[int, int, NDArray[np.bool_]]:
    """[start, end) of the body, and which of all lines are kept."""
    start, end = region(p, weights(shapes), EVEN)
    kept = np.zeros(len(p), np.bool_)
    kept[start:end] = p[start:end] >= KEPT
    places = np.flatnonzero(kept)
    if not len(places):
        return start, end, kept
    start, end = int(places[0]), int(places[-1]) + 1
    menu = set(shapes["hash"][:start].tolist())
    # a site's menu often stands below the body as well, where it may pass for a list that ends an article
    while end > start + 1 and (not kept[end - 1] or int(shapes["hash"][end - 1]) in menu):
        end -= 1
        kept[end] = False
    return start, end, kept


def expected_f1(p: NDArray[np.float64], shapes: NDArray[np.void], kept: NDArray[np.bool_]) -> float:
    """The F1 (in words) that a choice has if the probabilities are right."""
    words = weights(shapes)
    chosen = words[kept].sum()
    return float(2 * (p * words)[kept].sum() / (chosen + (p * words).sum())) if chosen else 0.0


@cache
def _trees() -> tuple[Trees, Trees]:
    return load(MODELS / MODEL, "first"), load(MODELS / MODEL, "second")
