"""Where a block stands in the run of blocks: its place, its style, its neighbours, the page.

Each kernel fills its columns of (columns, blocks), from `column` on, in the order of the names above it.
"""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.page.blocks import Elements
from streams.cleaning.page.markup import H1, LAST_HEADING
from streams.cleaning.page.measures import Measures, Sums
from streams.compiled import compiled

# The run of blocks that reads most like paragraphs has the greatest sum: what is good in a block counts for
# it, up to _MOST_GOOD; the length of one that has nothing good against it, up to _MOST_BAD, and _BAD_BLOCK.
_MOST_GOOD, _MOST_BAD = 600.0, 120.0  # code points
_BAD, _BAD_BLOCK = -0.7, 15.0
_NEAR, _FAR = 5, 10  # blocks on each side of a window
_OUTSIDE = -1.0  # of columns about a neighbour that is not there

PLACE = ("place", "length_before", "good_before", "index", "to_start", "to_end", "in_region")


@compiled
def fill_place(out: NDArray[np.float32], column: int, m: Measures, page: Sums) -> None:
    """Where on the page, and where to the run of blocks that reads most like paragraphs."""
    length, good = page.length, page.good
    n = len(m.good)
    best = total = 0.0
    start = end = begin = 0
    for i in range(n):
        if total <= 0.0:
            total, begin = 0.0, i
        if m.good[i] > 0.0:
            total += min(m.good[i], _MOST_GOOD)
        else:
            total += _BAD * min(m.length[i], _MOST_BAD) - _BAD_BLOCK
        if total > best:
            best, start, end = total, begin, i + 1
    for i in range(n):
        out[column, i] = i / n
        out[column + 1, i], out[column + 2, i] = length[i] / length[n], good[i] / (good[n] + 1.0)
        out[column + 3, i] = i
        out[column + 4, i], out[column + 5, i] = i - start, i - end + 1
        out[column + 6, i] = start <= i < end


STYLE = ("style_good", "style_length", "style_blocks", "style_mean", "style_best")


@compiled
def fill_style(
    out: NDArray[np.float32], column: int, style: NDArray[np.int64], m: Measures, page: Sums
) -> None:
    """How much of the page stands in the same chain of tags and classes."""
    groups = style.max() + 1
    good, length, blocks = np.zeros(groups), np.zeros(groups), np.zeros(groups)
    for i in range(len(style)):
        good[style[i]] += m.good[i]
        length[style[i]] += m.length[i]
        blocks[style[i]] += 1
    best = np.argmax(good)
    for i in range(len(style)):
        s = style[i]
        out[column, i], out[column + 1, i] = good[s] / (page.good[-1] + 1.0), length[s] / page.length[-1]
        out[column + 2, i], out[column + 3, i] = blocks[s], length[s] / blocks[s]
        out[column + 4, i] = s == best


_LINKED_STEPS = (-3, -2, -1, 1, 2)
_KIND_STEPS = (-3, -2, -1, 1, 2, 3)
NEAR = (
    *(f"linked{step:+d}" for step in _LINKED_STEPS),
    *(f"kind{step:+d}" for step in _KIND_STEPS),
    "style-1",
    "style+1",
    "depth+1",
)


@compiled
def fill_near(
    out: NDArray[np.float32],
    column: int,
    style: NDArray[np.int64],
    outer: NDArray[np.int32],
    elements: Elements,
    m: Measures,
) -> None:
    """Links and kinds of the nearest blocks; whether the next ones share the style; how much deeper it is."""
    n = len(style)
    for i in range(n):
        c = column
        for step in _LINKED_STEPS:
            out[c, i] = m.linked[i + step] if 0 <= i + step < n else _OUTSIDE
            c += 1
        for step in _KIND_STEPS:
            out[c, i] = m.kind[i + step] if 0 <= i + step < n else _OUTSIDE
            c += 1
        out[c, i] = style[i - 1] == style[i] if i else _OUTSIDE
        out[c + 1, i] = out[c + 2, i] = _OUTSIDE
        if i + 1 < n:
            out[c + 1, i] = style[i + 1] == style[i]
            out[c + 2, i] = elements.depth[outer[i + 1]] - elements.depth[outer[i]]


# w: on both sides, b: before, f: after
WINDOWS = ("w5_good", "w5_linked", "f5_good", "w10_good", "w10_linked", "b10_good", "f10_good")


@compiled
def fill_windows(out: NDArray[np.float32], column: int, page: Sums) -> None:
    """Sums over the nearest blocks."""
    length, linked, good = page
    n = len(length) - 1
    for i in range(n):
        a, b = max(i - _NEAR, 0), min(i + _NEAR + 1, n)
        out[column, i] = good[b] - good[a]
        out[column + 1, i] = (linked[b] - linked[a]) / max(length[b] - length[a], 1.0)
        out[column + 2, i] = good[b] - good[i + 1]
        a, b = max(i - _FAR, 0), min(i + _FAR + 1, n)
        out[column + 3, i] = good[b] - good[a]
        out[column + 4, i] = (linked[b] - linked[a]) / max(length[b] - length[a], 1.0)
        out[column + 5, i] = good[i] - good[a]
        out[column + 6, i] = good[b] - good[i + 1]


SIBLINGS = ("parent_blocks", "parent_good", "heading_distance", "heading_kind", "heading_linked")
PAGE = ("page_length", "page_good", "page_linked", "page_blocks")


@compiled
def fill_siblings_and_page(
    out: NDArray[np.float32],
    column: int,
    outer: NDArray[np.int32],
    elements: Elements,
    m: Measures,
    page: Sums,
) -> None:
    """SIBLINGS, the heading above among them, and PAGE."""
    length, linked, good = page
    n = len(outer)
    of_parent, good_of_parent = np.zeros(len(elements.parent)), np.zeros(len(elements.parent))
    for i in range(n):
        p = max(elements.parent[outer[i]], 0)
        of_parent[p] += 1
        good_of_parent[p] += m.good[i]
    heading = -1
    for i in range(n):
        p = max(elements.parent[outer[i]], 0)
        out[column, i], out[column + 1, i] = of_parent[p], good_of_parent[p] / (good[n] + 1.0)
        out[column + 2, i] = i - heading if heading >= 0 else _OUTSIDE
        out[column + 3, i] = m.kind[heading] if heading >= 0 else _OUTSIDE
        out[column + 4, i] = m.linked[heading] if heading >= 0 else _OUTSIDE
        out[column + 5, i], out[column + 6, i] = length[n], good[n] / length[n]
        out[column + 7, i], out[column + 8, i] = linked[n] / length[n], n
        if H1 <= m.kind[i] <= LAST_HEADING:
            heading = i
