"""The second look of the line model: what the first look thought of the lines around."""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat import cohesion
from streams.cleaning.flat.cohesion import Words, fill_cohesion
from streams.cleaning.flat.surroundings import WIDTH as SEEN
from streams.compiled import compiled

EVEN = 0.5  # probability from which a line speaks for the region it lies in
LIKELY = 0.6  # from which it counts as body when distances are taken
FAR = 999.0  # lines: there is none such
MAX_INDENT = 15  # spaces that are told apart
BLANKS = 4  # blank lines that are told apart, 0 to 3

_COLUMNS = (
    "p in_p_region to_p_start to_p_end region_p above left style page_p "
    "best_before best_after body_before body_after gap"
)
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
WINDOWS = (2, 5, 12)
NAMES = (
    *_COLUMNS.split(),
    *(f"p_{name}" for name in cohesion.COLUMNS),
    *(f"p{by:+d}" for by in NEIGHBOURS),
    *(f"mean_p{sign}{width}" for width in WINDOWS for sign in "-+±"),
)


_COHESION = len(_COLUMNS.split())
_AROUND = _COHESION + len(cohesion.COLUMNS)
_WIDTH = len(NAMES) + SEEN
# The first columns by their names, those behind by their numbers.
_ROW = np.dtype(
    {
        "names": _COLUMNS.split(),
        "formats": [np.float32] * _COHESION,
        "itemsize": _WIDTH * np.dtype(np.float32).itemsize,
    }
)


@compiled
def context(
    p: NDArray[np.float64],
    weights: NDArray[np.float64],
    shapes: NDArray[np.void],
    words: Words,
    seen: NDArray[np.float32],
) -> NDArray[np.float32]:
    """The (lines, NAMES) matrix of the first look's probabilities and what each line counts (above 0), and
    behind it what the first look has `seen`.
    """
    out = np.zeros((len(p), _WIDTH), np.float32)
    if len(p) == 0:
        return out
    rows = out.reshape(out.size).view(_ROW)
    _place(p, weights, shapes, rows)
    _distances(p, rows)
    fill_cohesion(words, p, out, _COHESION)
    _around(p, weights, out)
    for i in range(len(p)):
        for c in range(SEEN):
            out[i, _WIDTH - SEEN + c] = seen[i, c]
    return out


@compiled
def region(p: NDArray[np.float64], words: NDArray[np.float64], even: float) -> tuple[int, int]:
    """[start, end) of the lines with the greatest sum of words * (p - even)."""
    best = total = 0.0
    start = end = begin = 0
    for i in range(len(p)):
        if total <= 0:
            total, begin = 0.0, i
        total += words[i] * (p[i] - even)
        if total > best:
            best, start, end = total, begin, i + 1
    return start, end


@compiled
def _place(
    p: NDArray[np.float64], words: NDArray[np.float64], shapes: NDArray[np.void], rows: NDArray[np.void]
) -> None:
    expected = p * words
    total = expected.sum() + 1e-9
    start, end = region(p, words, EVEN)
    # lines that are set alike
    style = np.minimum(shapes["indent"], MAX_INDENT) * BLANKS + shapes["blank"]
    of_style = np.zeros((MAX_INDENT + 1) * BLANKS)
    words_of_style = np.zeros(len(of_style))
    for i in range(len(p)):
        of_style[style[i]] += expected[i]
        words_of_style[style[i]] += words[i]
    above, of_region, of_page = 0.0, expected[start:end].sum() / total, total / words.sum()
    for i in range(len(p)):
        row = rows[i]
        row.p, row.page_p = p[i], of_page
        row.in_p_region, row.to_p_start, row.to_p_end = start <= i < end, i - start, i - end + 1
        row.region_p = of_region
        row.above = above / total
        above += expected[i]
        row.left = 1 - above / total
        row.style = of_style[style[i]] / words_of_style[style[i]]


@compiled
def _distances(p: NDArray[np.float64], rows: NDArray[np.void]) -> None:
    """The best line and the nearest likely one on either side."""
    n = len(p)
    best, near = 0.0, -FAR
    for i in range(n):
        rows[i].best_before, rows[i].body_before = best, min(i - near, FAR)
        best = max(best, p[i])
        near = i if p[i] >= LIKELY else near
    best, near = 0.0, n + FAR
    for i in range(n - 1, -1, -1):
        rows[i].best_after, rows[i].body_after = best, min(near - i, FAR)
        rows[i].gap = rows[i].body_before + rows[i].body_after
        best = max(best, p[i])
        near = i if p[i] >= LIKELY else near


@compiled
def _around(p: NDArray[np.float64], words: NDArray[np.float64], out: NDArray[np.float32]) -> None:
    n = len(p)
    to = np.zeros(n + 1)
    words_to = np.zeros(n + 1)
    for i in range(n):
        to[i + 1] = to[i] + p[i] * words[i]
        words_to[i + 1] = words_to[i] + words[i]
    for i in range(n):
        c = _AROUND
        for by in NEIGHBOURS:
            out[i, c] = p[i + by] if 0 <= i + by < n else -1
            c += 1
        for width in WINDOWS:
            first, end = max(0, i - width), min(n, i + 1 + width)
            for a, b in ((first, i), (i + 1, end), (first, end)):
                out[i, c] = (to[b] - to[a]) / (words_to[b] - words_to[a]) if b > a else -1
                c += 1
