"""The walk over a written-out page: the kernel behind `outline`."""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.page.blocks import (
    BLOCK,
    Blocks,
    Elements,
    blocks_of,
    first_elements,
    new_elements,
)
from streams.cleaning.page.characters import PLANE, SPACE, Characters
from streams.cleaning.page.markup import BR, FNV_OFFSET, FNV_PRIME, IMG, INPUT, PLAINTEXT, XMP, A, Markup
from streams.cleaning.page.tags import (
    AMP,
    BANG,
    BLANK,
    GT,
    LT,
    SLASH,
    after,
    after_attributes,
    after_comment,
    attributes,
    look_up,
    name_at,
    raw_end,
    reference,
)
from streams.compiled import compiled, uncounted

MAX_DEPTH = 4_000  # elements; what is nested deeper (the guard lets 512 pass) belongs to the element there
MAX_BLOCKS = 20_000  # of a page; real pages have at most 5,000

# Where the walk stands in the block it collects: places in an array that its functions share.
OUT, BEGIN, INNER, LINKED, LINKS, BOLD, BREAKS, COUNT, PENDING, IMAGES, INPUTS = range(11)


@compiled
def walk(
    page: NDArray[np.uint32], characters: Characters, markup: Markup
) -> tuple[NDArray[np.uint32], Blocks, Elements]:
    """The text of all blocks, the blocks and the elements of a page that Lexbor wrote out. Linear."""
    source = uncounted(page)
    size = len(source)
    tags = 1
    for code in source:
        if code == LT:
            tags += 1
    elements, all_blocks = new_elements(tags), np.empty(min(tags + 1, MAX_BLOCKS), BLOCK)
    all_text, all_now = np.empty(size + 1, np.uint32), np.zeros(11, np.int64)
    blocks, text, now = uncounted(all_blocks), uncounted(all_text), uncounted(all_now)
    # what to go back to at an end tag: element, block element, in a link, in bold
    stack = np.empty((MAX_DEPTH, 4), np.int64)
    depth = over = count = 0
    element = outer = -1
    link = bold = False
    position = 0
    while position < size:
        if source[position] != LT:
            position = _copy(source, position, 0, text, now, element, link, bold, characters)
            continue
        if position + 1 < size and source[position + 1] == SLASH:
            if over > 0:
                over -= 1
            elif depth > 1:  # the body stays open to the end
                if markup.block[elements.name[element]]:
                    _flush(now, blocks, outer)
                    now[BREAKS] = 0
                elements.last[element] = now[COUNT]
                depth -= 1
                element, outer = stack[depth, 0], stack[depth, 1]
                link, bold = stack[depth, 2] == 1, stack[depth, 3] == 1
            position = after(source, position, GT)
            continue
        if position + 1 < size and source[position + 1] == BANG:
            position = after_comment(source, position)
            continue
        position, hash_ = name_at(source, position + 1)
        name = look_up(markup.names, hash_)
        if name == BR:
            if now[OUT] > now[BEGIN]:
                now[BREAKS] |= 1
                _flush(now, blocks, outer)
                now[BREAKS] = 2
            position = after_attributes(source, position)
            continue
        if markup.void[name]:
            now[IMAGES] += name == IMG
            now[INPUTS] += name == INPUT
            if markup.block[name]:
                _flush(now, blocks, outer)
                now[BREAKS] = 0
            position = after_attributes(source, position)
            continue
        position, marks, words, style = attributes(source, position, characters, markup)
        if depth == MAX_DEPTH:
            over += 1
            continue
        if markup.block[name]:
            _flush(now, blocks, outer)
            now[BREAKS] = 0
        e = count
        count += 1
        elements.parent[e] = element
        elements.name[e] = name
        elements.kind[e] = markup.kind[name]
        elements.words[e] = words
        inherited, path = np.int64(0), FNV_OFFSET
        elements.landmarks[e] = marks | markup.landmark[name]
        if element >= 0:
            elements.landmarks[e] |= elements.landmarks[element]
            inherited = elements.any_words[element] if elements.parent[element] >= 0 else np.int64(0)
            path = elements.path[element]
        elements.any_words[e] = words | inherited
        elements.path[e] = ((path ^ hash_) * FNV_PRIME ^ style) * FNV_PRIME
        elements.first[e] = elements.last[e] = now[COUNT]
        elements.depth[e] = depth
        stack[depth, 0], stack[depth, 1], stack[depth, 2], stack[depth, 3] = element, outer, link, bold
        depth += 1
        element = e
        if markup.block[name]:
            outer = e
        elif name == A:
            link = True
            now[LINKS] += 1
        elif markup.bold[name]:
            bold = True
        if name in (XMP, PLAINTEXT):
            raw = raw_end(source, position, hash_)
            position = _copy(source, position, raw, text, now, element, link, bold, characters)
    _flush(now, blocks, outer)
    while depth > 0:
        elements.last[element] = now[COUNT]
        depth -= 1
        element = stack[depth, 0]
    read = all_text[: all_now[OUT]].copy()
    return read, blocks_of(all_blocks[: all_now[COUNT]]), first_elements(elements, count)


@compiled
def _flush(now: NDArray[np.int64], blocks: NDArray[np.void], outer: int) -> None:
    """Ends the block that is being collected, if it has text."""
    now[PENDING] = 0
    if now[OUT] > now[BEGIN]:
        i = now[COUNT]
        if i < len(blocks):
            row = blocks[i]
            row.start, row.end = now[BEGIN], now[OUT]
            row.inner, row.outer = now[INNER], outer
            row.breaks, row.linked = now[BREAKS], now[LINKED]
            row.links, row.bold = now[LINKS], now[BOLD]
            row.images, row.inputs = now[IMAGES], now[INPUTS]
            now[IMAGES] = now[INPUTS] = 0
            now[COUNT] += 1
            now[BEGIN] = now[OUT]
        else:
            now[OUT] = now[BEGIN]
    now[LINKED] = now[LINKS] = now[BOLD] = 0


@compiled
def _copy(
    source: NDArray[np.uint32],
    position: int,
    raw: int,
    text: NDArray[np.uint32],
    now: NDArray[np.int64],
    element: int,
    link: bool,
    bold: bool,
    characters: Characters,
) -> int:
    """Copies text up to the next tag, runs of white space as one space; gives the tag's place. Before the
    place `raw` there are neither tags nor references.
    """
    size, out, begin, pending = len(source), now[OUT], now[BEGIN], now[PENDING]
    was = out
    while position < size:
        code = source[position]
        if code == LT and position >= raw:
            break
        position += 1
        if code == AMP and position > raw:
            code, position = reference(source, position)
        if characters.kinds[min(code, PLANE)] & SPACE:
            pending = 1
            continue
        if out == begin:
            now[INNER] = element
        elif pending:
            text[out] = BLANK
            out += 1
        pending = 0
        text[out] = code
        out += 1
    if link:
        now[LINKED] += out - was
    if bold:
        now[BOLD] += out - was
    now[OUT], now[PENDING] = out, pending
    return position
