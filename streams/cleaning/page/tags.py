"""Reading the tags of a page that Lexbor wrote out: names, attributes, references, comments."""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.lanes import next_of
from streams.cleaning.page.characters import LOWER, UPPER, Characters
from streams.cleaning.page.markup import CLASS, FNV_OFFSET, FNV_PRIME, ID, ROLE, SLOTS, Hashes, Markup
from streams.compiled import compiled

MAX_CLASS = 300  # characters of a class attribute that are read for words
LT, GT, SLASH, AMP, QUOTE, EQUALS, BANG, DASH, SEMICOLON, BLANK = (ord(c) for c in '<>/&"=!-; ')
_LONGEST_REFERENCE = 5  # "&nbsp", "&quot": all that Lexbor writes
_N, _G, _L, _A, _Q = (ord(c) for c in "nglaq")


@compiled
def reference(source: NDArray[np.uint32], position: int) -> tuple[np.uint32, int]:
    """The character that the reference after an ampersand stands for, and the place behind it."""
    end = position
    while end < len(source) and end - position < _LONGEST_REFERENCE and source[end] != SEMICOLON:
        end += 1
    if end < len(source) and source[end] == SEMICOLON and end > position:
        first = source[position]
        if first == _A:
            return np.uint32(AMP), end + 1
        if first == _L:
            return np.uint32(LT), end + 1
        if first == _G:
            return np.uint32(GT), end + 1
        if first == _N:
            return np.uint32(BLANK), end + 1
        if first == _Q:
            return np.uint32(QUOTE), end + 1
    return np.uint32(AMP), position


@compiled
def after(source: NDArray[np.uint32], position: int, code: int) -> int:
    """The place behind the next `code`."""
    return next_of(source, position, np.uint32(code), np.uint32(code)) + 1


@compiled
def after_comment(source: NDArray[np.uint32], position: int) -> int:
    position += 4
    while position + 2 < len(source):
        if source[position] == DASH and source[position + 1] == DASH and source[position + 2] == GT:
            return position + 3
        position += 1
    return len(source)


@compiled
def after_attributes(source: NDArray[np.uint32], position: int) -> int:
    """The place behind a start tag: a ">" in a value does not end it, nor does a quote in a name begin a
    value.
    """
    while position < len(source) and source[position] != GT:
        position, _, _, _ = _attribute(source, position)
    return position + 1


@compiled
def _attribute(source: NDArray[np.uint32], position: int) -> tuple[int, np.uint64, int, int]:
    """The place behind an attribute, the hash of its name, and its value's start and end."""
    while position < len(source) and (source[position] == BLANK or source[position] == SLASH):
        position += 1
    begin = position
    position, name = name_at(source, position)
    if position == begin and position < len(source) and source[position] == EQUALS:
        # a name may begin with "="
        position, name = name_at(source, position + 1)
    if position + 1 >= len(source) or source[position] != EQUALS:
        return position, name, position, position
    start = position + 2
    position = after(source, start, QUOTE)
    return position, name, start, min(position - 1, len(source))


@compiled
def name_at(source: NDArray[np.uint32], position: int) -> tuple[int, np.uint64]:
    """The place behind a name, and its hash."""
    value = FNV_OFFSET
    while position < len(source):
        code = source[position]
        if code in (BLANK, GT, EQUALS, SLASH):
            break
        value = (value ^ np.uint64(code)) * FNV_PRIME
        position += 1
    return position, value


@compiled
def raw_end(source: NDArray[np.uint32], position: int, name: np.uint64) -> int:
    """The place of the end tag with this hash of a name: before it everything is text. Linear."""
    while position + 1 < len(source):
        if source[position] == LT and source[position + 1] == SLASH:
            end, found = name_at(source, position + 2)
            if found == name and end < len(source) and source[end] == GT:
                return position
        position += 1
    return len(source)


@compiled
def look_up(table: Hashes, key: np.uint64) -> int:
    """The number that belongs to a hash; 0 when there is none."""
    slot = key % np.uint64(SLOTS)
    while table.keys[slot] != 0:
        if table.keys[slot] == key:
            return int(table.values[slot])
        slot = (slot + np.uint64(1)) % np.uint64(SLOTS)
    return 0


@compiled
def attributes(
    source: NDArray[np.uint32], position: int, characters: Characters, markup: Markup
) -> tuple[int, int, int, np.uint64]:
    """Reads a start tag from behind its name: the place behind it, landmarks, class groups, hash of its
    class.
    """
    marks = words = 0
    style = np.uint64(0)
    size = len(source)
    while position < size and source[position] != GT:
        position, name, start, end = _attribute(source, position)
        which = look_up(markup.attributes, name)
        if which in (CLASS, ID):
            words |= _groups(source, start, min(end, start + MAX_CLASS), characters, markup)
            if which == CLASS:
                style = _hash(source, start, end)
        elif which == ROLE:
            marks |= look_up(markup.roles, _hash(source, start, end))
    return position + 1, marks, words, style


@compiled
def _hash(source: NDArray[np.uint32], start: int, end: int) -> np.uint64:
    value = FNV_OFFSET
    for i in range(start, end):
        value = (value ^ np.uint64(source[i])) * FNV_PRIME
    return value


@compiled
def _groups(source: NDArray[np.uint32], start: int, end: int, characters: Characters, markup: Markup) -> int:
    """The groups of the words in a class or id: "relatedPosts", "related-posts", "related_posts"."""
    found = 0
    value, length, small = FNV_OFFSET, 0, False
    for i in range(start, end):
        code = source[i]
        kind = characters.kinds[code] if code < 128 else np.uint8(0)
        letter = kind & (UPPER | LOWER)
        if length and (not letter or (kind & UPPER and small)):
            found |= look_up(markup.words, value)
            value, length = FNV_OFFSET, 0
        if letter:
            value = (value ^ np.uint64(characters.lower[code])) * FNV_PRIME
            length += 1
            small = bool(kind & LOWER)
    return found | look_up(markup.words, value) if length else found
