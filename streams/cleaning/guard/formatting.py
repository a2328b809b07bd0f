"""The formatting elements (<b>, <i>, <a> ...) that a parser opens again while their end tags are missing."""

from streams.cleaning.guard import elements as tag
from streams.cleaning.guard.elements import Bits
from streams.cleaning.guard.named import find
from streams.cleaning.guard.opened import (
    AT,
    BUILT,
    CAPACITY,
    FULL,
    HTML,
    LISTED,
    MARKER,
    NAME,
    NUMBER,
    OPEN,
    TAG_HASH,
    Stack,
    pop_to,
    push,
    take_out,
)
from streams.cleaning.guard.tokens import NOWHERE, Page
from streams.compiled import compiled

_SAME_TAGS = 3  # that are opened again, however many are missing their ends (the "Noah's Ark clause")
_ROUNDS = 8  # of the standard's "adoption agency": blocks that a formatting element is copied into


@compiled
def add_marker(stack: Stack) -> None:
    """Formatting elements before this are not opened again within the element just opened."""
    _add(MARKER, 0, 0, stack)


@compiled
def add_formatting(number: int, name: int, hash_: int, stack: Stack) -> None:
    """Remembers the element just opened, whose tag has this hash, as one to open again."""
    same, earliest = 0, NOWHERE
    i = stack.figures[LISTED] - 1
    while i >= 0 and stack.listed[i, NUMBER] != MARKER:
        if stack.listed[i, NUMBER] == number and stack.listed[i, TAG_HASH] == hash_:
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
    while first and stack.listed[first - 1, NUMBER] != MARKER and stack.listed[first - 1, AT] == NOWHERE:
        first -= 1
    for i in range(first, figures[LISTED]):
        push(stack.listed[i, NUMBER], stack.listed[i, NAME], HTML, stack)
        stack.listed[i, AT] = figures[OPEN] - 1


@compiled
def end_formatting(page: Page, name: int, number: int, bits: Bits, stack: Stack) -> None:
    """Ends a formatting element; blocks that were opened in it stay open."""
    figures = stack.figures
    entry = figures[LISTED] - 1
    while entry >= 0 and stack.listed[entry, NUMBER] != MARKER and stack.listed[entry, NUMBER] != number:
        entry -= 1
    if entry < 0 or stack.listed[entry, NUMBER] == MARKER:
        pop_to(find(page, name, number, tag.SPECIAL, bits, stack), bits, stack)
        return
    at = stack.listed[entry, AT]
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
def _add(number: int, name: int, hash_: int, stack: Stack) -> None:
    figures = stack.figures
    at = figures[LISTED]
    if at == CAPACITY:
        figures[FULL] = 1
        return
    stack.listed[at, NUMBER] = number
    stack.listed[at, NAME] = name
    stack.listed[at, TAG_HASH] = hash_
    stack.listed[at, AT] = figures[OPEN] - 1
    figures[LISTED] += 1


@compiled
def _forget(entry: int, stack: Stack) -> None:
    stack.figures[LISTED] -= 1
    for i in range(entry, stack.figures[LISTED]):
        stack.listed[i] = stack.listed[i + 1]
