"""How deep and how large the tree becomes that a parser builds from a page: the kernel behind `guard`.

A tree builder without the tree: the rules of the HTML standard (13.2.6) over the lists of `opened`, in one
linear pass over the bytes. Where the standard is intricate, the depth kept here is the larger one; a test
holds it against what Lexbor builds.
"""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.guard import elements as tag
from streams.cleaning.guard import tokens
from streams.cleaning.guard.elements import Bits, Elements, number_of
from streams.cleaning.guard.formatting import add_formatting, add_marker, end_formatting, reopen
from streams.cleaning.guard.implied import close_before, close_p, open_row
from streams.cleaning.guard.named import find, find_foreign, push_named
from streams.cleaning.guard.opened import (
    ATTRIBUTES,
    BREAKS,
    BUILT,
    DEPTH,
    FORM,
    FRAMESETS,
    FULL,
    HOLDS_HTML,
    HTML,
    IN_LINE,
    IN_MATH,
    IN_SVG,
    LINE,
    LISTED,
    NAME,
    NUMBER,
    OF_ROOT,
    OPEN,
    OPTIONS,
    ROOT_DEPTH,
    ROOT_ELEMENTS,
    SPACE,
    TAGS,
    TEXT,
    Stack,
    add_leaf,
    clear,
    in_foreign,
    pop_to,
    take_out,
)
from streams.cleaning.guard.tokens import NOWHERE, Page
from streams.compiled import compiled, uncounted


@compiled
def measure(data: Page, table: Elements, stack: Stack) -> NDArray[np.int64]:
    """The figures of a page by their places in `opened`; FULL is 1 where it was not read to its end. `stack`:
    whatever is in it; a record does not keep its memory, so that is the caller's.
    """
    page = uncounted(data)
    bits = table.bits
    clear(stack)
    figures = stack.figures
    figures[DEPTH], figures[BUILT] = ROOT_DEPTH, ROOT_ELEMENTS
    size = len(page)
    position = 0
    while position < size and not figures[FULL]:
        kind = tokens.kind_at(page, position)
        if kind == tokens.TEXT:
            end = tokens.text_end(page, position)
            figures[TEXT] = max(figures[TEXT], end - position)
            if figures[LISTED] and not in_foreign(stack) and not tokens.all_blank(page, position, end):
                reopen(stack)
            position = end
        elif kind == tokens.START:
            name, name_end = position + 1, tokens.name_end(page, position + 1)
            position, attributes, closed = tokens.tag_end(page, name_end)
            if position == NOWHERE:
                break
            figures[TAGS] += 1
            figures[ATTRIBUTES] = max(figures[ATTRIBUTES], attributes)
            number = number_of(page, name, name_end, table)
            position = _start(page, name, position, number, attributes, closed, bits, stack)
        elif kind == tokens.END:
            name, name_end = position + 2, tokens.name_end(page, position + 2)
            position, _, _ = tokens.tag_end(page, name_end)
            if position == NOWHERE:
                break
            _end(page, name, number_of(page, name, name_end, table), bits, stack)
        elif kind == tokens.CDATA and in_foreign(stack):
            position = tokens.cdata_end(page, position)
        elif kind == tokens.COMMENT:
            position = tokens.comment_end(page, position)
        else:
            position = tokens.past(page, position, tokens.GT)
    return figures.copy()


@compiled
def _start(
    page: Page, name: int, end: int, number: int, attributes: int, closed: bool, bits: Bits, stack: Stack
) -> int:
    """A start tag whose name is at `name`, up to `end`. Gives where to read on: raw text is passed over."""
    own = bits[number]
    figures = stack.figures
    if own & tag.INLINE:
        figures[IN_LINE] += 1
        figures[LINE] = max(figures[LINE], figures[IN_LINE])
    if in_foreign(stack):
        if not own & tag.BREAKOUT or (number == tag.FONT and not attributes):
            _open_foreign(page, name, number, closed, bits, stack)
            return end
        while in_foreign(stack):
            pop_to(figures[OPEN] - 1, bits, stack)
    if own & tag.IGNORED:
        figures[OF_ROOT] += attributes  # the first <html> and <body> get those of all others
        figures[ATTRIBUTES] = max(figures[ATTRIBUTES], figures[OF_ROOT])
        if number == tag.FRAMESET:
            _count_framesets(page, name, stack)
        return end
    if number == tag.PLAINTEXT:
        return len(page)
    if own & tag.TABLE_PART and not open_row(name, number, bits, stack):
        return end
    if number == tag.FORM and figures[FORM] and not stack.opens[tag.TEMPLATE]:
        return end
    if number in (tag.SELECT, tag.INPUT) and stack.opens[tag.SELECT]:
        at = find(page, name, tag.SELECT, tag.SCOPE, bits, stack)
        pop_to(at, bits, stack)
        if number == tag.SELECT and at != NOWHERE:
            return end
    close_before(page, name, number, bits, stack)
    if own & tag.RAW_TEXT:
        add_leaf(stack)
        return tokens.past_raw(page, end, name, number == tag.SCRIPT)
    if (
        figures[LISTED]
        and not own & (tag.CLOSES_P | tag.TABLE_PART)
        and number not in (tag.TABLE, tag.TEMPLATE)
    ):
        reopen(stack)
    if own & (tag.CLOSES_P | tag.TABLE_PART) or number == tag.BR:
        figures[IN_LINE] = 0
    if own & tag.VOID:
        add_leaf(stack)
        figures[BREAKS] += number == tag.BR
    elif number in (tag.SVG, tag.MATH):
        if closed:
            add_leaf(stack)
        else:
            push_named(page, number, name, IN_SVG if number == tag.SVG else IN_MATH, stack)
    else:
        push_named(page, number, name, HTML, stack)
        if own & tag.FORMATTING:
            add_formatting(number, name, tokens.hash_of(page, name, end), stack)
        elif own & tag.MARKER:
            add_marker(stack)
        elif number == tag.FORM:
            figures[FORM] = name
        elif number == tag.OPTION:
            figures[OPTIONS] += 1
    return end


@compiled
def _end(page: Page, name: int, number: int, bits: Bits, stack: Stack) -> None:
    """An end tag whose name is at `name`."""
    own = bits[number]
    if number in (tag.P, tag.BR):
        while in_foreign(stack):
            pop_to(stack.figures[OPEN] - 1, bits, stack)
    else:
        at = find_foreign(page, name, stack)
        if at != NOWHERE:
            pop_to(at, bits, stack)
            return
    if number == tag.BR or (number == tag.P and not stack.opens[number]):
        add_leaf(stack)  # one is made of it
    if own & tag.FORMATTING:
        end_formatting(page, name, number, bits, stack)
    elif tag.H1 <= number <= tag.H6:
        pop_to(find(page, name, number, tag.SCOPE, bits, stack), bits, stack)
    elif number == tag.FORM:
        _end_form(page, name, bits, stack)
    elif own & tag.IGNORED or (number and not stack.opens[number]):
        return
    elif number == tag.P:
        close_p(bits, stack)
        stack.figures[IN_LINE] = 0
    elif number == tag.TEMPLATE:
        pop_to(find(page, name, number, 0, bits, stack), bits, stack)
    elif number == tag.TABLE or own & tag.TABLE_PART:
        at = stack.figures[OPEN] - 1
        while stack.opened[at, NUMBER] not in (number, tag.TABLE, tag.TEMPLATE):
            at -= 1
        if stack.opened[at, NUMBER] == number:
            pop_to(at, bits, stack)
    else:
        border = tag.SCOPE if own & tag.BLOCK_END else tag.SPECIAL
        if number == tag.LI:
            border |= tag.LIST
        pop_to(find(page, name, number, border, bits, stack), bits, stack)


@compiled
def _end_form(page: Page, name: int, bits: Bits, stack: Stack) -> None:
    """Ends the form that was opened last; what was opened in it stays open."""
    at = find(page, name, tag.FORM, tag.SCOPE, bits, stack)
    if stack.opens[tag.TEMPLATE]:
        pop_to(at, bits, stack)
        return
    form = stack.figures[FORM]
    stack.figures[FORM] = 0
    if at != NOWHERE and stack.opened[at, NAME] == form:
        take_out(at, stack)


@compiled
def _count_framesets(page: Page, name: int, stack: Stack) -> None:
    """A parser that takes a page for a frameset sees no raw text and builds nothing else: nested as deep as
    its tag is found on the page at all."""
    figures = stack.figures
    if not figures[FRAMESETS]:
        length = tokens.name_end(page, name) - name
        for position in range(name, len(page)):
            if page[position - 1] == tokens.LT and tokens.is_name(page, position, name, length):
                figures[FRAMESETS] += 1
        figures[DEPTH] = max(figures[DEPTH], figures[FRAMESETS] + ROOT_DEPTH)


@compiled
def _open_foreign(page: Page, name: int, number: int, closed: bool, bits: Bits, stack: Stack) -> None:
    """An element of SVG or MathML; these may close themselves, and none is the HTML element of its name."""
    if closed:
        add_leaf(stack)
        return
    space = stack.opened[stack.figures[OPEN] - 1, SPACE]
    if space == IN_SVG:
        holds_html = number in (tag.FOREIGN_OBJECT, tag.DESC, tag.TITLE)
    else:
        holds_html = bits[number] & tag.MATH_TEXT > 0
    if holds_html:
        push_named(page, tag.FOREIGN_OBJECT, name, space | HOLDS_HTML, stack)
    else:
        push_named(page, 0, name, space, stack)
