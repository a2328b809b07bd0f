"""What HTML leaves out: ends that a start tag implies, and rows and groups that a cell does."""

from streams.cleaning.guard import elements as tag
from streams.cleaning.guard.elements import Bits
from streams.cleaning.guard.formatting import end_formatting
from streams.cleaning.guard.named import find
from streams.cleaning.guard.opened import HTML, NUMBER, OPEN, Stack, pop_to, push, top
from streams.cleaning.guard.tokens import NOWHERE, Page
from streams.compiled import compiled


@compiled
def close_before(page: Page, name: int, number: int, bits: Bits, stack: Stack) -> None:
    """Closes what the start of this element ends."""
    if number == tag.LI:
        _close_item(tag.LI, tag.LI, bits, stack)
    elif number in (tag.DD, tag.DT):
        _close_item(tag.DD, tag.DT, bits, stack)
    if bits[number] & tag.CLOSES_P:
        close_p(bits, stack)
    last = top(stack)
    if (
        (tag.H1 <= number <= tag.H6 and tag.H1 <= last <= tag.H6)
        or (tag.RT <= number <= tag.RTC and tag.RT <= last <= tag.RTC and stack.opens[tag.RUBY])
        or (number == tag.OPTION and last == tag.OPTION)
    ):
        pop_to(stack.figures[OPEN] - 1, bits, stack)
    elif number == tag.BUTTON:
        pop_to(find(page, name, number, tag.SCOPE, bits, stack), bits, stack)
    elif number in (tag.A, tag.NOBR) and stack.opens[number]:
        end_formatting(page, name, number, bits, stack)
    elif number == tag.TABLE and stack.opens[number]:
        at = stack.figures[OPEN] - 1
        while stack.opened[at, NUMBER] not in (tag.TABLE, tag.TEMPLATE, tag.TD, tag.TH, tag.CAPTION):
            at -= 1
        if stack.opened[at, NUMBER] == tag.TABLE:
            pop_to(at, bits, stack)


@compiled
def close_p(bits: Bits, stack: Stack) -> None:
    if not stack.opens[tag.P]:
        return
    at = stack.figures[OPEN] - 1
    while stack.opened[at, NUMBER] != tag.P:
        other = stack.opened[at, NUMBER]
        if bits[other] & tag.SCOPE or other == tag.BUTTON:
            return
        at -= 1
    pop_to(at, bits, stack)


@compiled
def open_row(name: int, number: int, bits: Bits, stack: Stack) -> bool:
    """Closes what ends before a part of a table and opens the row and the group around it. False outside of
    tables, where a parser passes over it."""
    if not stack.opens[tag.TABLE] and not stack.opens[tag.TEMPLATE]:
        return False
    group = row = NOWHERE
    at = stack.figures[OPEN] - 1
    while stack.opened[at, NUMBER] not in (tag.TABLE, tag.TEMPLATE):
        inner = stack.opened[at, NUMBER]
        if inner == tag.TR:
            row = at
        elif inner in (tag.TBODY, tag.THEAD, tag.TFOOT):
            group = at
        at -= 1
    if stack.opened[at, NUMBER] == tag.TEMPLATE:
        if top(stack) == number:
            pop_to(stack.figures[OPEN] - 1, bits, stack)
        return True
    if number in (tag.TD, tag.TH) and row != NOWHERE:
        pop_to(row + 1, bits, stack)
    elif number in (tag.TD, tag.TH, tag.TR):
        pop_to((at if group == NOWHERE else group) + 1, bits, stack)
        if group == NOWHERE:
            push(tag.TBODY, name, HTML, stack)
        if number != tag.TR:
            push(tag.TR, name, HTML, stack)
    else:
        pop_to(at + 1, bits, stack)
        if number == tag.COL:
            push(tag.COLGROUP, name, HTML, stack)
    return True


@compiled
def _close_item(one: int, other: int, bits: Bits, stack: Stack) -> None:
    """Closes an open item of the same list."""
    if not stack.opens[one] and not stack.opens[other]:
        return
    at = stack.figures[OPEN] - 1
    while at >= 0:
        number = stack.opened[at, NUMBER]
        if number in (one, other):
            pop_to(at, bits, stack)
            return
        if bits[number] & tag.SPECIAL and number not in (tag.P, tag.DIV, tag.ADDRESS):
            return
        at -= 1
