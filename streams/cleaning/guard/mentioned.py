"""Which elements a page may have, whoever parses it.

What is a tag to the parser may be text to `nesting`, where the standard is intricate: within what one of them
takes for a script, a comment or an attribute the other sees markup. So every "<" counts.
"""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.guard.elements import Elements, number_of
from streams.cleaning.guard.tokens import LT, Page, ends_name
from streams.cleaning.lanes import next_of
from streams.compiled import compiled, uncounted

_LT = np.uint8(LT)


@compiled
def mentioned(data: Page, elements: Elements) -> NDArray[np.uint8]:
    """1 for each number of an element whose name stands behind a "<"."""
    page = uncounted(data)
    found = np.zeros(len(elements.bits), np.uint8)
    longest = elements.letters.shape[1]
    start = next_of(page, 0, _LT, _LT) + 1
    while start < len(page):
        last = min(start + longest + 1, len(page))  # no further, or many a "<" in one name would be quadratic
        end = start
        while end < last and not ends_name(page[end]):
            end += 1
        if end > start:
            found[number_of(page, start, end, elements)] = 1
        start = next_of(page, start, _LT, _LT) + 1
    return found
