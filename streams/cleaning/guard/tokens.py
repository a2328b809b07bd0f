"""Where tags, comments and raw text end in the bytes of a page, as the HTML standard's tokeniser says."""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.guard.elements import is_letter
from streams.cleaning.lanes import next_of
from streams.compiled import compiled

Page = NDArray[np.uint8]  # UTF-8
NOWHERE = -1  # the page ends first

LT, GT, SLASH, EQUALS, BANG, DASH, QUESTION, DOUBLE, SINGLE, BRACKET, BLANK = (ord(c) for c in "<>/=!-?\"'] ")
_LT, _GT = np.uint8(LT), np.uint8(GT)
_CASE = 32  # the bit between an ASCII letter and its capital
_BLANKS = sum(1 << ord(c) for c in "\t\n\f\r ")
_DASHES, _CDATA = np.frombuffer(b"--", np.uint8), np.frombuffer(b"[CDATA[", np.uint8)

TEXT, START, END, COMMENT, CDATA, OTHER = range(6)  # kinds of tokens


@compiled
def is_blank(byte: int) -> bool:
    return byte <= BLANK and (_BLANKS >> np.int64(byte)) & 1 == 1


@compiled
def kind_at(page: Page, position: int) -> int:
    """What begins at a position: TEXT, START, END, COMMENT, CDATA, or what ends at the next ">" (OTHER)."""
    after = position + 1
    if page[position] != LT or after == len(page):
        return TEXT
    if is_letter(page[after]):
        return START
    if page[after] == SLASH:
        return TEXT if after + 1 == len(page) else END if is_letter(page[after + 1]) else OTHER
    if page[after] == BANG:
        if _matches(page, after + 1, _DASHES):
            return COMMENT
        return CDATA if _matches(page, after + 1, _CDATA) else OTHER
    return OTHER if page[after] == QUESTION else TEXT


@compiled
def text_end(page: Page, position: int) -> int:
    """The next "<" behind the position, or the page's end."""
    return next_of(page, position + 1, _LT, _LT)


@compiled
def all_blank(page: Page, start: int, end: int) -> bool:
    """Whether page[start:end] is white space."""
    while start < end and is_blank(page[start]):
        start += 1
    return start == end


@compiled
def name_end(page: Page, position: int) -> int:
    """Where the tag name that begins at `position` ends."""
    while position < len(page) and not ends_name(page[position]):
        position += 1
    return position


@compiled
def ends_name(byte: int) -> bool:
    """Whether a byte ends the name of a tag."""
    return is_blank(byte) or byte in (GT, SLASH)


@compiled
def is_name(page: Page, at: int, name: int, length: int) -> bool:
    """Whether the known name of `length` letters written at `name` stands at `at` too, and ends there."""
    if at + length >= len(page):
        return False
    for i in range(length):
        if (page[at + i] | _CASE) != (page[name + i] | _CASE):
            return False
    after = page[at + length]
    return is_blank(after) or after in (GT, SLASH)


@compiled
def tag_end(page: Page, position: int) -> tuple[int, int, bool]:
    """Reads a tag from behind its name: where it ends, its attributes, whether it ends with "/>"."""
    size = len(page)
    attributes = 0
    while position < size:
        byte = page[position]
        if byte == GT:
            return position + 1, attributes, False
        if byte == SLASH:
            if position + 1 < size and page[position + 1] == GT:
                return position + 2, attributes, True
            position += 1
            continue
        if is_blank(byte):
            position += 1
            continue
        attributes += 1
        position += 1  # a "=" here begins a name
        while position < size:
            byte = page[position]
            if byte in (EQUALS, GT, SLASH) or is_blank(byte):
                break
            position += 1
        position = _past_blanks(page, position)
        if position >= size or page[position] != EQUALS:
            continue
        position = _past_blanks(page, position + 1)
        if position >= size:
            break
        byte = page[position]
        if byte in (DOUBLE, SINGLE):
            position = next_of(page, position + 1, np.uint8(byte), np.uint8(byte)) + 1
        else:
            while position < size and not is_blank(page[position]) and page[position] != GT:
                position += 1
    return NOWHERE, attributes, False


@compiled
def past(page: Page, position: int, byte: int) -> int:
    """The place behind the next `byte`, or the page's end."""
    return min(next_of(page, position, np.uint8(byte), np.uint8(byte)) + 1, len(page))


@compiled
def comment_end(page: Page, position: int) -> int:
    """The place behind the comment whose "<!--" is at `position`. "<!-->" is a whole one."""
    size = len(page)
    position = next_of(page, position + 2, _GT, _GT)  # its own dashes may be its end
    while position < size:
        if page[position - 1] == DASH and page[position - 2] == DASH:
            return position + 1
        if page[position - 1] == BANG and page[position - 2] == DASH and page[position - 3] == DASH:
            return position + 1
        position = next_of(page, position + 1, _GT, _GT)
    return size


@compiled
def cdata_end(page: Page, position: int) -> int:
    """The place behind the CDATA section that begins at `position`."""
    size = len(page)
    position = next_of(page, position + len("<![CDATA[") + 2, _GT, _GT)
    while position < size:
        if page[position - 1] == BRACKET and page[position - 2] == BRACKET:
            return position + 1
        position = next_of(page, position + 1, _GT, _GT)
    return size


@compiled
def past_raw(page: Page, position: int, name: int, script: bool) -> int:
    """The place behind the end tag of the raw text that begins at `position`; its name is written at `name`.

    In a script, "<!-- <script>" hides the next end tag (the standard's "double escaped" state).
    """
    size = len(page)
    length = name_end(page, name) - name
    escaped = hidden = False
    while True:
        position = next_of(page, position, _LT, _GT if escaped else _LT)
        if position >= size:
            return size
        byte = page[position]
        if byte == LT:
            at = position + 1
            closes = at < size and page[at] == SLASH
            if closes:
                at += 1
            if is_name(page, at, name, length):
                if closes and not hidden:
                    end = tag_end(page, at + length)[0]
                    return size if end == NOWHERE else end
                if escaped:
                    hidden = not closes
            elif (
                script
                and not escaped
                and at + 2 < size
                and page[at] == BANG
                and page[at + 1] == DASH
                and page[at + 2] == DASH
            ):
                escaped = True
        elif page[position - 1] == DASH and page[position - 2] == DASH:
            escaped = hidden = False
        position += 1


@compiled
def hash_of(page: Page, start: int, end: int) -> int:
    """A hash of page[start:end] (FNV-1a)."""
    value = np.uint64(0xCBF29CE484222325)
    for i in range(start, end):
        value = (value ^ np.uint64(page[i])) * np.uint64(0x100000001B3)
    return np.int64(value)  # type: ignore[return-value]  # int() would stay unsigned


@compiled
def _matches(page: Page, position: int, letters: Page) -> bool:
    if position + len(letters) > len(page):
        return False
    return bool(np.all(page[position : position + len(letters)] == letters))


@compiled
def _past_blanks(page: Page, position: int) -> int:
    while position < len(page) and is_blank(page[position]):
        position += 1
    return position
