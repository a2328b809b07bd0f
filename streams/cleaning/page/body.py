"""The body of an article page: which of its blocks are the article.

Two ensembles of boosted trees judge each block, the first by itself and its place, the second among its
neighbours; then the best run of blocks is taken, and three rules that the training data cannot teach. The
tables are learned in training/train_page.py; models/page.md says from what, and how well.
"""

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.page.blocks import Blocks, Elements
from streams.cleaning.page.characters import CHARACTERS, Characters
from streams.cleaning.page.context import in_context
from streams.cleaning.page.features import columns, key_of
from streams.cleaning.page.markup import FNV_OFFSET, FNV_PRIME, GROUP, LANDMARK
from streams.cleaning.page.outline import Outline
from streams.cleaning.trees import MODELS, Masks, Trees, load, score
from streams.compiled import compiled

REGION = 0.3  # probability above which a block speaks for the run of blocks that is the body
KEEP = 0.55  # and from which it is kept in that run
FEW_WORDS = 40  # below which even comments or captions are better than nothing
REPEATED = 25  # code points from which a block that stands twice is kept once
_FIGURE, _COMMENT, _CONSENT = LANDMARK["figure"], GROUP["comment"], GROUP["consent"]
_NEWSLETTER = GROUP["newsletter"]


class Verdict(IntEnum):
    """What became of a block, and why it is none of the body."""

    KEPT = 0
    UNLIKELY = 1  # the ensembles say so
    ABOVE = 2  # they do not, but it stands above the run of blocks that is the body
    BELOW = 3
    FIGURE = 4
    COMMENT = 5
    CONSENT = 6
    REPEATED = 7
    STANDFIRST = 8  # stands in a field of its own
    NEWSLETTER = 9


KEPT, _UNLIKELY, _ABOVE, _BELOW, _IN_FIGURE, _IN_COMMENT, _IN_CONSENT, _REPEATED, STANDFIRST, _SIGN_UP = (
    int(verdict) for verdict in Verdict
)


class Judgement(NamedTuple):
    """For each block its probability of being body, its words and its Verdict; `confidence` is the F1 to
    expect.
    """

    probability: NDArray[np.float64]
    words: NDArray[np.float64]
    verdict: NDArray[np.int8]
    confidence: float

    @property
    def share_kept(self) -> float:
        """Of the page's words."""
        return float(self.words[self.verdict == KEPT].sum() / max(self.words.sum(), 1.0))


@dataclass(frozen=True, slots=True)
class Model:
    """The two ensembles."""

    first: Trees
    second: Trees


@cache
def model() -> Model:
    """The tables that ship with the package."""
    path = MODELS / "page.npz"
    return Model(load(path, "first"), load(path, "second"))


def judge(outline: Outline, title: str | None, using: Model | None = None) -> Judgement:
    """Judges every block of a page. `title`: as its metadata give it."""
    using = using or model()
    blocks, elements = outline.blocks, outline.elements
    if not len(blocks.start):
        return Judgement(np.empty(0), np.empty(0), np.empty(0, np.int8), 0.0)
    first, second = using.first.masks, using.second.masks
    return _judgement(*_judge(outline.codes, blocks, elements, key_of(title), CHARACTERS, first, second))


@compiled
def _judge(
    codes: NDArray[np.uint32],
    blocks: Blocks,
    elements: Elements,
    title: NDArray[np.uint32],
    characters: Characters,
    first: Masks,
    second: Masks,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """Probability, words and verdict of each block by one call: each hands twenty arrays over."""
    seen, words = columns(codes, blocks, elements, title, characters)
    seen = in_context(score(seen, first), words, seen, blocks, elements)
    probability = score(seen, second)
    return probability, words, choose(probability, words, codes, blocks, elements)


def decide(probability: NDArray[np.float64], words: NDArray[np.float64], outline: Outline) -> Judgement:
    """The body that the probabilities make likeliest."""
    verdict = choose(probability, words, outline.codes, outline.blocks, outline.elements)
    return _judgement(probability, words, verdict)


def _judgement(
    probability: NDArray[np.float64], words: NDArray[np.float64], verdict: NDArray[np.int8]
) -> Judgement:
    kept = verdict == KEPT
    expected = probability * words
    hit = float(expected[kept].sum())
    both = float(words[kept].sum() + expected.sum())
    return Judgement(probability, words, verdict, 2.0 * hit / both if both else 0.0)


@compiled
def choose(
    probability: NDArray[np.float64],
    words: NDArray[np.float64],
    codes: NDArray[np.uint32],
    blocks: Blocks,
    elements: Elements,
) -> NDArray[np.int8]:
    """A Verdict for each block."""
    n = len(probability)
    out = np.full(n, _UNLIKELY, np.int8)
    consent = elements.any_words[blocks.inner] & _CONSENT > 0
    if words.sum() - words[consent].sum() >= FEW_WORDS:
        probability = np.where(consent, 0.0, probability)
    start, end = _region(probability, words)
    for i in range(n):
        if probability[i] >= KEEP:
            out[i] = KEPT if start <= i < end else _ABOVE if i < start else _BELOW
    out[consent & (out == _UNLIKELY)] = _IN_CONSENT
    _cut(out, words, elements.any_words[blocks.inner] & _COMMENT > 0, _IN_COMMENT)
    _cut(out, words, elements.any_words[blocks.inner] & _NEWSLETTER > 0, _SIGN_UP)
    _cut(out, words, elements.landmarks[blocks.inner] & _FIGURE > 0, _IN_FIGURE)
    _cut_repeated(out, codes, blocks)
    return out


@compiled
def _region(probability: NDArray[np.float64], words: NDArray[np.float64]) -> tuple[int, int]:
    """[start, end) of the run of blocks with the greatest sum of words * (probability - REGION)."""
    best = total = 0.0
    start = end = begin = 0
    for i in range(len(words)):
        if total <= 0.0:
            total, begin = 0.0, i
        total += words[i] * (probability[i] - REGION)
        if total > best:
            best, start, end = total, begin, i + 1
    return start, end


@compiled
def _cut(out: NDArray[np.int8], words: NDArray[np.float64], where: NDArray[np.bool_], verdict: int) -> None:
    """Cuts the kept blocks that lie there, unless next to nothing would be left."""
    left = 0.0
    for i in range(len(out)):
        if out[i] == KEPT and not where[i]:
            left += words[i]
    if left < FEW_WORDS:
        return
    for i in range(len(out)):
        if out[i] == KEPT and where[i]:
            out[i] = verdict


@compiled
def _cut_repeated(out: NDArray[np.int8], codes: NDArray[np.uint32], blocks: Blocks) -> None:
    """Of blocks with the same text the first stays."""
    seen = set()
    for i in range(len(out)):
        if out[i] != KEPT or blocks.end[i] - blocks.start[i] <= REPEATED:
            continue
        value = FNV_OFFSET
        for j in range(blocks.start[i], blocks.end[i]):
            value = (value ^ np.uint64(codes[j])) * FNV_PRIME
        if value in seen:
            out[i] = _REPEATED
        seen.add(value)
