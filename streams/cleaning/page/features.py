"""What a block looks like: the columns that the first ensemble judges a block by.

Nothing here knows a language: class names are English on every page, its text is not.
"""

import re

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.page.blocks import Blocks, Elements
from streams.cleaning.page.characters import (
    CHARACTERS,
    DIVIDES,
    ENDS,
    JOINED,
    LETTER,
    LOWER,
    OF_ADDRESS,
    PLANE,
    UPPER,
    Characters,
)
from streams.cleaning.page.markup import FNV_OFFSET, FNV_PRIME, GROUP, H1, ITEM, LANDMARK
from streams.cleaning.page.measures import Measures
from streams.cleaning.page.outline import Outline
from streams.cleaning.page.surroundings import SURROUNDINGS, surroundings
from streams.code_points import codes_of
from streams.compiled import compiled

OWN = (
    *("length", "words", "ends", "upper", "lower", "mark", "address", "linked", "bold", "repeated", "breaks"),
    *("kind", "depth", "capitals", "joined", "from_title"),
)
IN = ("article", "main", "figure", "table", "li", "form", "section", "dialog")
ANY = ("comment", "newsletter", "footer", "card", "product", "consent")
NEAR = ("article", "comment", "footer", "consent")
FEATURES = (
    *OWN,
    *(f"in_{name}" for name in IN),
    *(f"any_{name}" for name in ANY),
    *(f"near_{name}" for name in NEAR),
    *SURROUNDINGS,
)
REPEATED = 60  # code points by which two blocks are the same
JOINED_LENGTH = 2  # what a character of a script without spaces counts more than a letter
MIN_TITLE, MAX_TITLE = 16, 250  # code points of a block that may be the page's title
MIN_KEY, MAX_KEY = 13, 200  # letters of a title that is compared, and code points of which they are taken
NO_TITLE = -999.0  # blocks to the title where there is none
GOOD_LENGTH = 40  # above which a block may be a paragraph
UNENDED = 0.35  # weight of a block that does not end as sentences do
_COLON, _AT, _SLASH = (ord(c) for c in ":@/")
_IN = np.array([LANDMARK[name] for name in IN])
_ANY = np.array([GROUP[name] for name in ANY])
_NEAR = np.array([GROUP[name] for name in NEAR])
_CONSENT = GROUP["consent"]
_NO_BODY = LANDMARK["footer"] | LANDMARK["nav"]
_NOT_KEY = re.compile(r"[\W_]+")


def features(outline: Outline, title: str | None) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """(blocks, FEATURES), and the words of each block. `title`: the page's, as its metadata give it."""
    if not len(outline.blocks.start):
        return np.empty((0, len(FEATURES)), np.float32), np.empty(0)
    out, words = columns(outline.codes, outline.blocks, outline.elements, key_of(title), CHARACTERS)
    return out.T, words


def key_of(title: str | None) -> NDArray[np.uint32]:
    """The letters of a title by which a block is told to repeat it."""
    return codes_of(_NOT_KEY.sub("", (title or "").lower())[:MAX_KEY])


@compiled
def columns(
    codes: NDArray[np.uint32],
    blocks: Blocks,
    elements: Elements,
    title: NDArray[np.uint32],
    characters: Characters,
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """What `features` gives, column by column, as `trees` reads them. `title`: its key_of."""
    out = np.empty((len(FEATURES), len(blocks.start)), np.float32)
    measures = own(out, codes, blocks, elements, title, characters)
    inherited(out, len(OWN), blocks, elements)
    surroundings(out, len(FEATURES) - len(SURROUNDINGS), blocks, elements, measures)
    return out, measures.words


@compiled
def own(
    out: NDArray[np.float32],
    codes: NDArray[np.uint32],
    blocks: Blocks,
    elements: Elements,
    title: NDArray[np.uint32],
    characters: Characters,
) -> Measures:
    """Fills the columns OWN of (columns, blocks), in their order, and measures the blocks."""
    n = len(blocks.start)
    m = Measures(np.empty(n), np.empty(n), np.empty(n), np.zeros(n), np.empty(n, np.int32))
    repeated = _repeated(codes, blocks)
    titled = first_h1 = -1
    for i in range(n):
        a, b = blocks.start[i], blocks.end[i]
        words, joined, capitals, mark, address = _read(codes, a, b, characters)
        size = b - a
        first, last = characters.kinds[min(codes[a], PLANE)], characters.kinds[min(codes[b - 1], PLANE)]
        outer, inner = blocks.outer[i], blocks.inner[i]
        m.length[i], m.words[i] = size + JOINED_LENGTH * joined, words
        m.linked[i] = min(blocks.linked[i], size) / size
        ends = last & ENDS > 0 and codes[b - 1] != _COLON
        m.kind[i] = elements.kind[outer] if outer >= 0 else 0
        no_body = elements.landmarks[inner] & _NO_BODY or elements.any_words[inner] & _CONSENT
        if m.length[i] > GOOD_LENGTH and not no_body:
            m.good[i] = m.length[i] * (1.0 - m.linked[i]) * (1.0 if ends else UNENDED)
        if m.kind[i] == H1 and first_h1 < 0:
            first_h1 = i
        if titled < 0 and len(title) and MIN_TITLE <= size < MAX_TITLE and m.kind[i] != ITEM:
            titled = i if _is_title(codes, a, b, title, characters) else -1
        out[0, i], out[1, i], out[2, i] = m.length[i], words, ends
        out[3, i], out[4, i] = (first & UPPER) > 0, (first & LOWER) > 0
        out[5, i], out[6, i], out[7, i] = mark, address, m.linked[i]
        out[8, i], out[9, i] = min(blocks.bold[i], size) / size, repeated[i]
        out[10, i], out[11, i] = blocks.breaks[i], m.kind[i]
        out[12, i] = elements.depth[outer] if outer >= 0 else 0
        out[13, i], out[14, i] = capitals / max(words, 1), joined / size
    if titled < 0:
        titled = first_h1
    out[15] = NO_TITLE
    for i in range(n):
        if titled >= 0:
            out[15, i] = i - titled
    return m


@compiled
def _read(
    codes: NDArray[np.uint32], a: int, b: int, characters: Characters
) -> tuple[int, int, int, bool, bool]:
    """Of a block: its words, its characters of scripts without spaces, words that begin with a capital,
    whether it has a mark that divides menus, and an address.
    """
    words = joined = capitals = seen = inside = 0
    address = False
    for j in range(a, b):
        code = codes[j]
        kind = characters.kinds[min(code, PLANE)]
        letter = kind // LETTER & 1
        begins = letter & ~inside
        words += begins
        capitals += begins & kind // UPPER
        joined += letter & kind // JOINED
        inside = letter
        seen |= kind
        if kind & OF_ADDRESS:
            address |= code == _AT or (code == _SLASH and j > a and codes[j - 1] == _COLON)
    mark = seen & DIVIDES > 0
    return words + joined // 2, joined, capitals, mark, address


@compiled
def inherited(out: NDArray[np.float32], column: int, blocks: Blocks, elements: Elements) -> None:
    """Fills the columns IN (landmarks), ANY (class words of any ancestor) and NEAR (of the nearest three)."""
    for i in range(len(blocks.start)):
        e = blocks.inner[i]
        near = elements.words[e]
        up = elements.parent[e]
        for _ in range(2):
            if up > 0:
                near |= elements.words[up]
                up = elements.parent[up]
        at = column
        for bit in _IN:
            out[at, i] = (elements.landmarks[e] & bit) > 0
            at += 1
        for bit in _ANY:
            out[at, i] = (elements.any_words[e] & bit) > 0
            at += 1
        for bit in _NEAR:
            out[at, i] = (near & bit) > 0
            at += 1


@compiled
def _repeated(codes: NDArray[np.uint32], blocks: Blocks) -> NDArray[np.bool_]:
    """Whether another block begins with the same REPEATED code points."""
    n = len(blocks.start)
    slots = 16
    while slots < 2 * n:
        slots *= 2
    table = np.full(slots, -1, np.int64)
    keys = np.empty(n, np.uint64)
    out = np.zeros(n, np.bool_)
    for i in range(n):
        value = FNV_OFFSET
        for j in range(blocks.start[i], min(blocks.end[i], blocks.start[i] + REPEATED)):
            value = (value ^ np.uint64(codes[j])) * FNV_PRIME
        keys[i] = value
        slot = value & np.uint64(slots - 1)
        while table[slot] >= 0 and keys[table[slot]] != value:
            slot = (slot + np.uint64(1)) & np.uint64(slots - 1)
        if table[slot] >= 0:
            out[i] = out[table[slot]] = True
        else:
            table[slot] = i
    return out


@compiled
def _is_title(
    codes: NDArray[np.uint32], a: int, b: int, title: NDArray[np.uint32], characters: Characters
) -> bool:
    """Whether the block's letters are the title's, or one is part of the other."""
    key = np.empty(b - a, np.uint32)
    size = 0
    for j in range(a, b):
        code = min(codes[j], PLANE)
        if characters.kinds[code] & LETTER:
            key[size] = characters.lower[code]
            size += 1
    if size < MIN_KEY or len(title) < MIN_KEY:
        return False
    short, long_, k, n = (
        (key, title, size, len(title)) if size <= len(title) else (title, key, len(title), size)
    )
    for at in range(n - k + 1):
        j = 0
        while j < k and short[j] == long_[at + j]:
            j += 1
        if j == k:
            return True
    return False
