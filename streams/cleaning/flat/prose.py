"""Which lines of a page read like prose, and where most of it lies."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled

PROSE_WORDS = 10  # of a line that ends a sentence and speaks for the body by itself
PHRASE_WORDS = 4  # of one that may be a short quotation
CAPITALISED = 0.5  # share of capitalised words from which a line reads like a title, not like prose
# Points of a line in the search for the region that holds the most prose (found by hand, in whole steps).
MAX_PROSE, PHRASE, UNENDED = 60.0, -2.0, -6.0


@compiled
def prose_region(rows: NDArray[np.void]) -> tuple[int, int]:
    """[start, end) of the lines with the greatest total of points."""
    best = total = 0.0
    start = end = begin = 0
    for i in range(len(rows)):
        if total <= 0:
            total, begin = 0.0, i
        row = rows[i]
        if row.prose > 0:
            total += min(row.prose, MAX_PROSE)
        else:
            total += PHRASE if row.stop + row.colon > 0 and row.words >= PHRASE_WORDS else UNENDED
        if total > best:
            best, start, end = total, begin, i + 1
    return start, end


@compiled
def in_menu(row: Any) -> bool:
    """Whether a line is as short and as little a sentence as those of menus."""
    return bool(row.words < PROSE_WORDS and row.stop == 0)
