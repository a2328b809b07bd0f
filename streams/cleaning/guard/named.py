"""Finding the open element that an end tag names, at a bounded price for each end tag.

Names that have no number, and all of SVG and MathML, are told apart by what is written on the page. That is
hashed once for each tag: an end tag without an open element of its name costs its own length, others at most
a comparison of two numbers for each open element, whatever the names' lengths.
"""

import numpy as np

from streams.cleaning.guard import elements as tag
from streams.cleaning.guard.elements import Bits, is_letter
from streams.cleaning.guard.opened import (
    FULL,
    HASH,
    HOLDS_HTML,
    HTML,
    LENGTH,
    NAME,
    NAME_SLOTS,
    NUMBER,
    OPEN,
    SPACE,
    Stack,
    push,
)
from streams.cleaning.guard.tokens import NOWHERE, Page, name_end
from streams.compiled import compiled

_CASE = 32  # the bit between an ASCII letter and its capital


@compiled
def push_named(page: Page, number: int, name: int, space: int, stack: Stack) -> None:
    """Opens an element that `find` and `find_foreign` will know by its name."""
    push(number, name, space, stack)
    if stack.figures[FULL] or (number and space == HTML):
        return
    at = stack.figures[OPEN] - 1
    length, hash_ = _name_of(page, name)
    stack.opened[at, LENGTH] = length
    stack.opened[at, HASH] = hash_
    stack.names[hash_ & (NAME_SLOTS - 1)] += 1


@compiled
def find(page: Page, name: int, number: int, border: int, bits: Bits, stack: Stack) -> int:
    """The innermost open HTML element of this name (any heading for a heading), not beyond one with a bit of
    `border`."""
    heading = tag.H1 <= number <= tag.H6
    length = hash_ = 0
    if number == 0:
        length, hash_ = _name_of(page, name)
        if not stack.names[hash_ & (NAME_SLOTS - 1)]:
            return NOWHERE
    elif not (np.any(stack.opens[tag.H1 : tag.H6 + 1]) if heading else stack.opens[number]):
        return NOWHERE
    at = stack.figures[OPEN] - 1
    while at >= 0:
        other = stack.opened[at, NUMBER]
        if stack.opened[at, SPACE] == HTML and (
            (heading and tag.H1 <= other <= tag.H6)
            or (number and other == number)
            or (not number and stack.opened[at, HASH] == hash_ and _is_named(page, name, length, at, stack))
        ):
            return int(at)
        if bits[other] & border:
            break
        at -= 1
    return NOWHERE


@compiled
def find_foreign(page: Page, name: int, stack: Stack) -> int:
    """The innermost open element of SVG or MathML of this name, if the end tag is within one and no HTML."""
    at = stack.figures[OPEN] - 1
    if at < 0 or stack.opened[at, SPACE] == HTML:
        return NOWHERE
    length, hash_ = _name_of(page, name)
    if not stack.names[hash_ & (NAME_SLOTS - 1)]:
        return NOWHERE
    while at >= 0 and stack.opened[at, SPACE] != HTML:
        if stack.opened[at, HASH] == hash_ and _is_named(page, name, length, at, stack):
            return int(at)
        if stack.opened[at, SPACE] & HOLDS_HTML:
            break
        at -= 1
    return NOWHERE


@compiled
def _name_of(page: Page, name: int) -> tuple[int, int]:
    """The length of the name written at `name`, and its hash (FNV-1a), letters' case aside."""
    end = name_end(page, name)
    value = np.uint64(0xCBF29CE484222325)
    for i in range(name, end):
        value = (value ^ np.uint64(_folded(page[i]))) * np.uint64(0x100000001B3)
    return end - name, np.int64(value)  # type: ignore[return-value]  # int() would stay unsigned


@compiled
def _is_named(page: Page, name: int, length: int, at: int, stack: Stack) -> bool:
    """Whether the element open at a place has the name written at `name`. For equal hashes: a call costs much
    more than their comparison."""
    if stack.opened[at, LENGTH] != length:
        return False
    other = stack.opened[at, NAME]
    same = 0
    while same < length and _folded(page[name + same]) == _folded(page[other + same]):
        same += 1
    return same == length


@compiled
def _folded(byte: int) -> int:
    return byte | _CASE if is_letter(byte) else byte
