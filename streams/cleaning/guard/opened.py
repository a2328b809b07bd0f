"""The open elements of a page while it is read: the standard's two lists (13.2.4), as kernels.

The stack of open elements, and the formatting elements (<b>, <i>, <a> ...) that a parser opens again in each
block that follows while their end tags are missing.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.guard import elements as tag
from streams.cleaning.guard.elements import NUMBERS, Bits
from streams.cleaning.guard.tokens import NOWHERE
from streams.compiled import compiled

CAPACITY = 1_024  # entries of either list; a page that needs more is not read on
NAME_SLOTS = 4_096  # of the table of open names, a power of two; more than can be open
ROOT_DEPTH, ROOT_ELEMENTS = 2, 3  # html, head and body

# Where the children of an open element belong. A text element of SVG or MathML is foreign but holds HTML.
HTML, IN_SVG, IN_MATH, HOLDS_HTML = 0, 1, 2, 4

# Fields of an open element (LENGTH and HASH are of its name where `named` looks for that, else LENGTH is 0),
# and of a formatting element: AT is its place among the open ones, or NOWHERE.
NUMBER, NAME, _DEPTH, SPACE, LENGTH, HASH, _FIELDS = range(7)
TAG_HASH, AT = 2, 3
MARKER = 0  # the number of an entry that ends the list's part within a cell, an object ...

# Places in the array of figures: what the guard asks for, and what the kernels count along the way.
TAGS, BUILT, DEPTH, ATTRIBUTES, BREAKS, OPTIONS, TABLES, LINE, TEXT, FULL, FIGURES = range(11)
OPEN, LISTED, IN_LINE, FRAMESETS, FORM, OF_ROOT, ALL = range(FIGURES, FIGURES + 7)


class Stack(Protocol):
    """opened: [place, field], outermost first; opens: how many of each number; listed: [place, field]
    of the formatting elements; names: how many open ones have a name of this hash; figures: by place.

    A record of STACK: `compiled.record` says why.
    """

    opened: NDArray[np.int64]
    opens: NDArray[np.int64]
    listed: NDArray[np.int64]
    names: NDArray[np.int64]
    figures: NDArray[np.int64]


STACK = np.dtype(
    [
        ("opened", np.int64, (CAPACITY, _FIELDS)),
        ("opens", np.int64, (NUMBERS,)),
        ("listed", np.int64, (CAPACITY, _FIELDS)),
        ("names", np.int64, (NAME_SLOTS,)),
        ("figures", np.int64, (ALL,)),
    ]
)


@compiled
def clear(stack: Stack) -> None:
    """Nothing is open yet."""
    stack.opens[:] = 0
    stack.names[:] = 0
    stack.figures[:] = 0


@compiled
def add_leaf(stack: Stack) -> None:
    """An element that holds none."""
    stack.figures[BUILT] += 1
    stack.figures[DEPTH] = max(stack.figures[DEPTH], _depth(stack) + 1)


@compiled
def push(number: int, name: int, space: int, stack: Stack) -> None:
    """Opens an element whose name is written at `name`."""
    add_leaf(stack)
    figures = stack.figures
    at = figures[OPEN]
    if at == CAPACITY:
        figures[FULL] = 1
        return
    stack.opened[at, _DEPTH] = _depth(stack) + 1
    stack.opened[at, NUMBER] = number
    stack.opened[at, NAME] = name
    stack.opened[at, SPACE] = space
    stack.opened[at, LENGTH] = 0
    stack.opens[number] += 1
    figures[OPEN] += 1
    if number == tag.TABLE:
        figures[TABLES] = max(figures[TABLES], stack.opens[number])


@compiled
def pop_to(at: int, bits: Bits, stack: Stack) -> None:
    """Closes the open elements from the place `at` on; NOWHERE closes none."""
    if at == NOWHERE:
        return
    figures = stack.figures
    while figures[OPEN] > at:
        figures[OPEN] -= 1
        number = stack.opened[figures[OPEN], NUMBER]
        _count_out(figures[OPEN], stack)
        # an object that ends with what is around it leaves its formatting elements behind
        ended = figures[OPEN] == at or bits[number] & tag.TABLE_PART or number == tag.TEMPLATE
        if ended and bits[number] & tag.MARKER and stack.opened[figures[OPEN], SPACE] == HTML:
            while figures[LISTED] and stack.listed[figures[LISTED] - 1, NUMBER] != MARKER:
                figures[LISTED] -= 1
            figures[LISTED] = max(0, figures[LISTED] - 1)
    i = figures[LISTED] - 1
    while i >= 0 and (stack.listed[i, AT] >= at or stack.listed[i, AT] == NOWHERE):
        stack.listed[i, AT] = NOWHERE
        i -= 1


@compiled
def take_out(at: int, stack: Stack) -> None:
    """Closes one open element and none of those in it."""
    figures = stack.figures
    _count_out(at, stack)
    figures[OPEN] -= 1
    for i in range(at, figures[OPEN]):
        stack.opened[i] = stack.opened[i + 1]
    for i in range(figures[LISTED]):
        if stack.listed[i, AT] == at:
            stack.listed[i, AT] = NOWHERE
        elif stack.listed[i, AT] > at:
            stack.listed[i, AT] -= 1


@compiled
def top(stack: Stack) -> int:
    """The number of the innermost open element; 0 for the body."""
    at = stack.figures[OPEN] - 1
    return int(stack.opened[at, NUMBER]) if at >= 0 else 0


@compiled
def in_foreign(stack: Stack) -> bool:
    """Whether a start tag here belongs to SVG or MathML."""
    at = stack.figures[OPEN] - 1
    return bool(at >= 0 and stack.opened[at, SPACE] in (IN_SVG, IN_MATH))


@compiled
def _depth(stack: Stack) -> int:
    at = stack.figures[OPEN] - 1
    return int(stack.opened[at, _DEPTH]) if at >= 0 else ROOT_DEPTH


@compiled
def _count_out(at: int, stack: Stack) -> None:
    stack.opens[stack.opened[at, NUMBER]] -= 1
    if stack.opened[at, LENGTH]:
        stack.names[stack.opened[at, HASH] & (NAME_SLOTS - 1)] -= 1
