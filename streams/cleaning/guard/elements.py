"""What the HTML standard says of each element that decides how deep a page nests.

Tables for the kernels of `tokens` and `nesting`. A name's number is its place in NAMES; 0 is any other name.
"""

from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.page.markup import STRIPPED
from streams.compiled import compiled, record

Bits = NDArray[np.int64]  # by number

VOID, RAW_TEXT, SPECIAL, SCOPE, CLOSES_P, FORMATTING, BLOCK_END = (1 << bit for bit in range(7))
MARKER, BREAKOUT, TABLE_PART, IGNORED, INLINE, MATH_TEXT, LIST = (1 << bit for bit in range(7, 14))
"""Bits of an element. VOID: never open; RAW_TEXT: no tags within; SPECIAL, SCOPE, FORMATTING, MARKER: as the
standard calls them; CLOSES_P: its start ends an open paragraph; BLOCK_END: its end tag looks through all but
SCOPE; BREAKOUT: ends foreign content; TABLE_PART: of a table and nothing else; IGNORED: adds nothing; INLINE:
part of a line of text; MATH_TEXT: holds HTML within MathML; LIST: of the items in it."""

# Those that the kernels treat by name come first; their numbers are the constants below.
_BY_NAME = (
    "p li dd dt div address table tbody thead tfoot tr td th caption colgroup col template a nobr form "
    "button option h1 h2 h3 h4 h5 h6 br svg math plaintext script rt rp rb rtc ruby foreignobject desc "
    "title frameset select input font"
)
P, LI, DD, DT, DIV, ADDRESS, TABLE, TBODY, THEAD, TFOOT, TR, TD, TH, CAPTION, COLGROUP, COL = range(1, 17)
TEMPLATE, A, NOBR, FORM, BUTTON, OPTION, H1, H2, H3, H4, H5, H6, BR, SVG, MATH = range(17, 32)
PLAINTEXT, SCRIPT, RT, RP, RB, RTC, RUBY, FOREIGN_OBJECT, DESC, TITLE, FRAMESET, SELECT, INPUT, FONT = range(
    32, 46
)

_BITS = {
    VOID: "area base basefont bgsound br col embed frame hr image img input keygen link meta param source "
    "track wbr",
    RAW_TEXT: "script style textarea title xmp iframe noembed noframes",
    SPECIAL: "address applet area article aside base basefont bgsound blockquote br button caption center "
    "col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame "
    "frameset h1 h2 h3 h4 h5 h6 header hgroup hr iframe img input keygen li link listing main "
    "marquee menu meta nav noembed noframes noscript object ol optgroup p param plaintext pre "
    "script search section select source style summary table tbody td template textarea tfoot th "
    "thead title tr track ul wbr xmp foreignobject",
    SCOPE: "applet caption table td th marquee object template select foreignobject",
    CLOSES_P: "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext "
    "pre search section summary ul xmp",
    FORMATTING: "a b big code em font i nobr s small strike strong tt u",
    BLOCK_END: "address applet article aside blockquote button center dd details dialog dir div dl dt "
    "fieldset figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup li listing main marquee menu nav "
    "object ol pre search section select summary ul",
    MARKER: "applet marquee object template td th caption",
    BREAKOUT: "b big blockquote body br center code dd div dl dt em embed font h1 h2 h3 h4 h5 h6 head hr i "
    "img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul "
    "var",
    TABLE_PART: "caption colgroup col tbody thead tfoot tr td th",
    IGNORED: "html head body frameset",
    LIST: "ol ul",
    INLINE: "a abbr acronym b bdi bdo big cite code del dfn em font i img ins kbd mark nobr q s samp small "
    "span strike strong sub sup tt u var wbr",
    MATH_TEXT: "mi mo mn ms mtext annotation-xml",
}

SLOTS = 512  # of the table of hashes, a power of two; some 150 names
_LONGEST = 16  # bytes
_A, _Z, _CASE = ord("a"), ord("z"), 32  # 32: the bit between an ASCII letter and its capital


class Elements(Protocol):
    """slots: hash -> number; letters: [number, byte] in lower case; lengths and bits by number. A record,
    as the Stack of `opened` is."""

    slots: NDArray[np.int16]
    letters: NDArray[np.uint8]
    lengths: NDArray[np.int32]
    bits: Bits


def _numbers() -> dict[str, int]:
    first = _BY_NAME.split()
    others = {*STRIPPED, *(name for names in _BITS.values() for name in names.split())} - set(first)
    return {name: number for number, name in enumerate(["", *first, *sorted(others)])}


NUMBER_OF = _numbers()


def _build() -> Elements:
    listed = list(NUMBER_OF)
    slots = np.zeros(SLOTS, np.int16)
    letters = np.zeros((len(listed), _LONGEST), np.uint8)
    for number, name in enumerate(listed[1:], 1):
        letters[number, : len(name)] = list(name.encode())
        slot = 0
        for byte in name.encode():
            slot = slot * 31 + byte
        while slots[slot & (SLOTS - 1)]:
            slot += 1
        slots[slot & (SLOTS - 1)] = number
    bits = np.array([sum(bit for bit, names in _BITS.items() if name in names.split()) for name in listed])
    lengths = np.array([len(name) for name in listed], np.int32)
    return cast(
        Elements,
        record(slots=slots, letters=letters, lengths=lengths, bits=bits.astype(np.int64)),
    )


ELEMENTS = _build()
NUMBERS = len(ELEMENTS.bits)


@compiled
def number_of(page: NDArray[np.uint8], start: int, end: int, elements: Elements) -> int:
    """The number of the element named page[start:end], 0 if it is none of `elements`."""
    if end - start > elements.letters.shape[1]:
        return 0
    slot = 0
    for i in range(start, end):
        byte = int(page[i])
        slot = slot * 31 + (byte | _CASE if is_letter(byte) else byte)
    while elements.slots[slot & (SLOTS - 1)]:
        number = elements.slots[slot & (SLOTS - 1)]
        if elements.lengths[number] == end - start and _spells(page, start, end, elements.letters[number]):
            return int(number)
        slot += 1
    return 0


@compiled
def is_letter(byte: int) -> bool:
    """Whether a byte is an ASCII letter."""
    return _A <= (byte | _CASE) <= _Z


@compiled
def _spells(page: NDArray[np.uint8], start: int, end: int, letters: NDArray[np.uint8]) -> bool:
    for i in range(start, end):
        byte = page[i]
        if byte != letters[i - start] and not (is_letter(byte) and byte | _CASE == letters[i - start]):
            return False
    return True
