"""A block among its neighbours, as the first ensemble judged them: the second ensemble's further columns."""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.page.ancestry import wider
from streams.cleaning.page.blocks import Blocks, Elements
from streams.cleaning.page.measures import numbered, sums
from streams.compiled import compiled

REACH = 4  # neighbours on each side whose probability is a column
LEVELS = 4  # ancestors that are looked at, each the next that holds more blocks
WINDOWS = (3, 8)  # blocks on each side
LIKELY, SURE = 0.5, 0.8  # probabilities: of what page_sure is the mean; of the first and the last sure block
_WINDOW = "around before after"
CONTEXT = (
    "first",
    *(f"first{step:+d}" for step in range(-REACH, REACH + 1) if step),
    *(f"w{width}_{name}" for width in WINDOWS for name in _WINDOW.split()),
    "share_before",
    "share_after",
    *(f"l{level}_{name}" for level in range(LEVELS) for name in ("mean", "share")),
    "style_first",
    "style_share",
    "page_first",
    "page_best",
    "page_sure",
    "from_first_sure",
    "to_last_sure",
)
_OUTSIDE = -0.1  # of a neighbour that is not there: below every probability
_NOWHERE = -99.0  # blocks to the first or the last sure block where no block is sure
_COLUMNS = len(CONTEXT)


def context(
    first: NDArray[np.float64],
    words: NDArray[np.float64],
    features: NDArray[np.float32],
    blocks: Blocks,
    elements: Elements,
) -> NDArray[np.float32]:
    """(blocks, CONTEXT + the features), filled in the order of CONTEXT. `first`: the first ensemble's
    probabilities; `words`: of each block.
    """
    return in_context(first, words, np.ascontiguousarray(features.T), blocks, elements).T


@compiled
def in_context(
    first: NDArray[np.float64],
    words: NDArray[np.float64],
    features: NDArray[np.float32],
    blocks: Blocks,
    elements: Elements,
) -> NDArray[np.float32]:
    """The same, column by column, as `trees` reads them."""
    width, n = features.shape
    out = np.empty((_COLUMNS + width, n), np.float32)
    out[_COLUMNS:] = features
    weight = words + 1.0
    body, all_ = sums(first * weight), sums(weight)
    total = body[n] + 1e-6
    outer = np.maximum(blocks.outer, 0)
    style = numbered(elements.path[outer])
    styles = style.max() + 1
    style_body, style_all = np.zeros(styles), np.zeros(styles)
    sure = sure_all = best = 0.0
    first_sure = last_sure = -1
    for i in range(n):
        style_body[style[i]] += first[i] * weight[i]
        style_all[style[i]] += weight[i]
        best = max(best, first[i])
        if first[i] > LIKELY:
            sure += first[i] * weight[i]
            sure_all += weight[i]
        if first[i] > SURE:
            if first_sure < 0:
                first_sure = i
            last_sure = i
    out[0] = first
    c = 1
    for step in range(-REACH, REACH + 1):
        if step:
            for i in range(n):
                out[c, i] = first[i + step] if 0 <= i + step < n else _OUTSIDE
            c += 1
    for width_ in WINDOWS:
        for i in range(n):
            a, b = max(i - width_, 0), min(i + width_ + 1, n)
            out[c, i] = (body[b] - body[a]) / (all_[b] - all_[a])
            out[c + 1, i] = (body[i] - body[a]) / (all_[i] - all_[a] + 1.0)
            out[c + 2, i] = (body[b] - body[i + 1]) / (all_[b] - all_[i + 1] + 1.0)
        c += 3
    for i in range(n):
        out[c, i], out[c + 1, i] = body[i] / total, (body[n] - body[i + 1]) / total
    c += 2
    around = outer.copy()
    for _ in range(LEVELS):
        for i in range(n):
            a, b = elements.first[around[i]], elements.last[around[i]]
            inside, words_inside = body[b] - body[a], all_[b] - all_[a]
            out[c, i] = (inside - first[i] * weight[i]) / (words_inside - weight[i] + 1.0)
            out[c + 1, i] = inside / total
            around[i] = wider(elements, around[i])
        c += 2
    for i in range(n):
        s = style[i]
        out[c, i] = (style_body[s] - first[i] * weight[i]) / (style_all[s] - weight[i] + 1.0)
        out[c + 1, i] = style_body[s] / total
        out[c + 5, i] = i - first_sure if first_sure >= 0 else _NOWHERE
        out[c + 6, i] = last_sure - i if first_sure >= 0 else _NOWHERE
    out[c + 2], out[c + 3], out[c + 4] = total / all_[n], best, sure / (sure_all + 1.0)
    return out
