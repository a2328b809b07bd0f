"""The measure of the article extraction benchmark, for cross-validation."""

import re
from collections import Counter
from collections.abc import Iterable

_TOKEN = re.compile(r"\w+")
SHINGLE = 4  # tokens

Score = tuple[float | None, float | None]
"""Precision and recall of a page; None where nothing was predicted, or there is no gold."""


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The 4-token windows of a text with multiplicity; a shorter text is one of them."""
    tokens = _TOKEN.findall(text)
    return Counter(tuple(tokens[i : i + SHINGLE]) for i in range(max(1, len(tokens) - SHINGLE + 1)) if tokens)


def score(gold: str, found: str) -> Score:
    a, b = shingles(gold), shingles(found)
    hit = (a & b).total()
    return (hit / b.total() if b else None), (hit / a.total() if a else None)


def f1(scores: Iterable[Score]) -> float:
    """F1 of the mean precision over pages with a prediction and the mean recall over pages with gold."""
    columns = list(zip(*scores, strict=True))
    precision, recall = (
        sum(x for x in column if x is not None) / max(sum(x is not None for x in column), 1)
        for column in columns
    )
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def page_f1(page: Score) -> float:
    precision, recall = page[0] or 0.0, page[1] or 0.0
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
