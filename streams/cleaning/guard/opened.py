"""The open elements of a page while it is read: the standard's two lists (13.2.4), as kernels.

The stack of open elements, and the formatting elements (<b>, <i>, <a> ...) that a parser opens again in each
block that follows while their end tags are missing.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.guard import elements as tag
from streams.cleaning.guard.elements import Bits
from streams.cleaning.guard.tokens import NOWHERE, Page, same_name
from streams.compiled import compiled

CAPACITY = 1_024  # entries of either list; a page that needs more is not read on
ROOT_DEPTH, ROOT_ELEMENTS = 2, 3  # html, head and body
_SAME_TAGS = 3  # that are opened again, however many are missing their ends (the "Noah's Ark clause")
_ROUNDS = 8  # of the standard's "adoption agency": blocks that a formatting element is copied into

# Where the children of an open element belong. A text element of SVG or MathML is foreign but holds HTML.
HTML, IN_SVG, IN_MATH, HOLDS_HTML = 0, 1, 2, 4

# Fields of an open element, and of a formatting element: _AT is its place among the open ones, or NOWHERE.
NUMBER, NAME, _DEPTH, SPACE, _FIELDS = range(5)
_HASH, _AT = 2, 3
_MARKER = 0  # the number of an entry that ends the list's part within a cell, an object ...

# Places in the array of figures: what the guard asks for, and what the kernels count along the way.
TAGS, BUILT, DEPTH, ATTRIBUTES, BREAKS, OPTIONS, TABLES, LINE, TEXT, FULL, FIGURES = range(11)
OPEN, LISTED, IN_LINE, FRAMESETS, FORM, OF_ROOT, ALL = range(FIGURES, FIGURES + 7)


class Stack(NamedTuple):
    """opened: [place, field], outermost first; opens: how many of each number; listed: [place, field]
    of the formatting elements; figures: by place.
    """

    opened: NDArray[np.int64]
    opens: NDArray[np.int64]
    listed: NDArray[np.int64]
    figures: NDArray[np.int64]


@compiled
def new_stack(numbers: int) -> Stack:
    """Nothing open yet; `numbers`: how many there are."""
    return Stack(
        np.empty((CAPACITY, _FIELDS), np.int64),
        np.zeros(numbers, np.int64),
        np.empty((CAPACITY, _FIELDS), np.int64),
        np.zeros(ALL, np.int64),
    )


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
        stack.opens[number] -= 1
        # an object that ends with what is around it leaves its formatting elements behind
        ended = figures[OPEN] == at or bits[number] & tag.TABLE_PART or number == tag.TEMPLATE
        if ended and bits[number] & tag.MARKER and stack.opened[figures[OPEN], SPACE] == HTML:
            while figures[LISTED] and stack.listed[figures[LISTED] - 1, NUMBER] != _MARKER:
                figures[LISTED] -= 1
            figures[LISTED] = max(0, figures[LISTED] - 1)
    i = figures[LISTED] - 1
    while i >= 0 and (stack.listed[i, _AT] >= at or stack.listed[i, _AT] == NOWHERE):
        stack.listed[i, _AT] = NOWHERE
        i -= 1


@compiled
def take_out(at: int, stack: Stack) -> None:
    """Closes one open element and none of those in it."""
    figures = stack.figures
    stack.opens[stack.opened[at, NUMBER]] -= 1
    figures[OPEN] -= 1
    for i in range(at, figures[OPEN]):
        stack.opened[i] = stack.opened[i + 1]
    for i in range(figures[LISTED]):
        if stack.listed[i, _AT] == at:
            stack.listed[i, _AT] = NOWHERE
        elif stack.listed[i, _AT] > at:
            stack.listed[i, _AT] -= 1


@compiled
def top(stack: Stack) -> int:
    """The number of the innermost open element; 0 for the body."""
    at = stack.figures[OPEN] - 1
    return int(stack.opened[at, NUMBER]) if at >= 0 else 0


@compiled
def find(page: Page, name: int, number: int, border: int, bits: Bits, stack: Stack) -> int:
    """The innermost open HTML element of this name (any heading for a heading), not beyond one with a bit of
    `border`."""
    heading = tag.H1 <= number <= tag.H6
    at = stack.figures[OPEN] - 1
    while at >= 0:
        other = stack.opened[at, NUMBER]
        if stack.opened[at, SPACE] == HTML and (
            (heading and tag.H1 <= other <= tag.H6)
            or (other == number and (number or same_name(page, stack.opened[at, NAME], name)))
        ):
            return int(at)
        if bits[other] & border:
            break
        at -= 1
    return NOWHERE


@compiled
def in_foreign(stack: Stack) -> bool:
    """Whether a start tag here belongs to SVG or MathML."""
    at = stack.figures[OPEN] - 1
    return bool(at >= 0 and stack.opened[at, SPACE] in (IN_SVG, IN_MATH))


@compiled
def add_marker(stack: Stack) -> None:
    """Formatting elements before this are not opened again within the element just opened."""
    _add(_MARKER, 0, 0, stack)


@compiled
def add_formatting(number: int, name: int, hash_: int, stack: Stack) -> None:
    """Remembers the element just opened, whose tag has this hash, as one to open again."""
    same, earliest = 0, NOWHERE
    i = stack.figures[LISTED] - 1
    while i >= 0 and stack.listed[i, NUMBER] != _MARKER:
        if stack.listed[i, NUMBER] == number and stack.listed[i, _HASH] == hash_:
            same, earliest = same + 1, i
        i -= 1
    if same >= _SAME_TAGS:
        _forget(earliest, stack)
    _add(number, name, hash_, stack)


@compiled
def reopen(stack: Stack) -> None:
    """Opens the formatting elements again that were closed along with a block."""
    figures = stack.figures
    first = figures[LISTED]
    while first and stack.listed[first - 1, NUMBER] != _MARKER and stack.listed[first - 1, _AT] == NOWHERE:
        first -= 1
    for i in range(first, figures[LISTED]):
        push(stack.listed[i, NUMBER], stack.listed[i, NAME], HTML, stack)
        stack.listed[i, _AT] = figures[OPEN] - 1


@compiled
def end_formatting(page: Page, name: int, number: int, bits: Bits, stack: Stack) -> None:
    """Ends a formatting element; blocks that were opened in it stay open."""
    figures = stack.figures
    entry = figures[LISTED] - 1
    while entry >= 0 and stack.listed[entry, NUMBER] != _MARKER and stack.listed[entry, NUMBER] != number:
        entry -= 1
    if entry < 0 or stack.listed[entry, NUMBER] == _MARKER:
        pop_to(find(page, name, number, tag.SPECIAL, bits, stack), bits, stack)
        return
    at = stack.listed[entry, _AT]
    if at == NOWHERE:
        _forget(entry, stack)
        return
    blocks = 0
    for i in range(at + 1, figures[OPEN]):
        own = bits[stack.opened[i, NUMBER]]
        if own & tag.SCOPE:
            return
        if own & tag.SPECIAL:
            blocks += 1
    if blocks > _ROUNDS:
        return
    _forget(entry, stack)
    if blocks:
        figures[BUILT] += blocks * (figures[OPEN] - at)  # copies, at most
        take_out(at, stack)
    else:
        pop_to(at, bits, stack)


@compiled
def _depth(stack: Stack) -> int:
    at = stack.figures[OPEN] - 1
    return int(stack.opened[at, _DEPTH]) if at >= 0 else ROOT_DEPTH


@compiled
def _add(number: int, name: int, hash_: int, stack: Stack) -> None:
    figures = stack.figures
    at = figures[LISTED]
    if at == CAPACITY:
        figures[FULL] = 1
        return
    stack.listed[at, NUMBER] = number
    stack.listed[at, NAME] = name
    stack.listed[at, _HASH] = hash_
    stack.listed[at, _AT] = figures[OPEN] - 1
    figures[LISTED] += 1


@compiled
def _forget(entry: int, stack: Stack) -> None:
    stack.figures[LISTED] -= 1
    for i in range(entry, stack.figures[LISTED]):
        stack.listed[i] = stack.listed[i + 1]
