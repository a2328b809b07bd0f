"""What the lines of a text look like: counts of characters by kind, in one pass over all of them.

Nothing here knows a language. Scripts without capitals or without spaces have kinds of their own.
"""

import unicodedata
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.lanes import next_of
from streams.cleaning.text import CHARACTERS_PER_WORD, RUN_TOGETHER
from streams.code_points import codes_of
from streams.compiled import compiled, inlined

# Kinds of characters: letters, then what stands between them.
(
    UPPER,
    LOWER,
    CASELESS,
    RUN_ON,
    DIGIT,
    SPACE,
    BREAK,
    STOP,
    COLON,
    COMMA,
    OPENING,
    CLOSING,
    BAR,
    DASH,
    OTHER,
) = range(15)
_MEMBERS = {
    BREAK: "\n",
    STOP: ".!?…。！？।॥؟۔",
    COLON: ":;：；",
    COMMA: ",、，،",
    OPENING: "“„«‹「『([‘‚",
    CLOSING: "\"'”’»›)]」』",
    BAR: "|·•→▪●‣/\\>",
    DASH: "-–—‐‑",
}
_BEHIND_STOPS = (SPACE, RUN_ON, CLOSING)
_QUOTES = '"“”„«»「」『』'
QUOTE = 16  # added to the kind of a quotation mark
LAST_IN_TABLE = 0xFFFF  # above stand emoji and ...
_IDEOGRAPHS = (0x20000, 0x40000)

# What a character adds to a line's counts follows from its kind and that of the one before: each pair has a
# row of two numbers, in which the counts lie side by side in so many bits. A span of characters cannot fill
# them.
_COUNTS = (
    ("quotes", "letters", "uppers", "digits", "commas", "bars", "others"),
    ("cased", "capitalised", "run_on", "words", "stops", "doubled"),
)
_BITS, _KINDS = 9, 2 * QUOTE
_SPAN = (1 << _BITS) - 1

MAX_BLANK = 3  # blank lines before a line that are told apart; the first line counts as after so many
FNV_OFFSET, FNV_PRIME = 14695981039346656037, 1099511628211  # FNV-1a, 64 bits
_NEWLINE, _ZERO = ord("\n"), ord("0")

SHAPE = np.dtype(
    [
        (name, np.int64)
        for name in (
            "start", "end",  # the line's bounds in the text, without white space around
            "blank",  # blank lines before it, at most MAX_BLANK
            "indent",  # leading spaces
            "chars", "words", "letters", "uppers", "digits", "others",
            "cased", "capitalised",  # words of scripts with capitals; those that begin with one
            "stops",  # sentence ends within
            "commas", "quotes", "bars",
            "first", "last",  # kinds of character; `last` looks through closing quotes and brackets
            "hash",  # equal for equal lines, with all digits the same
            "run_on",  # characters of scripts without spaces
            "doubled",  # spaces behind a space
        )
    ]
)  # fmt: skip
_FIELDS = SHAPE.names or ()


def shapes(text: str, codes: NDArray[np.uint32] | None = None) -> NDArray[np.void]:
    """One SHAPE for each line of a normalised text that is not blank. `codes`: its code points, if known."""
    return measured(text, codes_of(text) if codes is None else codes)[0]


def measured(text: str, codes: NDArray[np.uint32]) -> tuple[NDArray[np.void], int, int, int]:
    """`shapes`, the characters of the longest line, and how many lines follow another with blank lines
    between, and with none.
    """
    rows = np.zeros(text.count("\n") + 1, SHAPE)
    lines, longest, parted, adjacent = _shapes(codes, kinds(), _gains(), rows)
    return rows[:lines], longest, parted, adjacent


def columns(shapes: NDArray[np.void], names: tuple[str, ...]) -> NDArray[np.int64]:
    """Of each line the numbers of these names."""
    # a view of records as numbers would be checked by Python, field by field
    numbers = np.ndarray((len(shapes), len(_FIELDS)), np.int64, np.ascontiguousarray(shapes))
    return numbers.take(_places(names), axis=1)


@cache
def _places(names: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([_FIELDS.index(name) for name in names])


@cache
def kinds() -> NDArray[np.uint8]:
    """The kind of every character up to LAST_IN_TABLE."""
    table = np.array([_kind(chr(code)) for code in range(LAST_IN_TABLE + 1)], np.uint8)
    for kind, characters in _MEMBERS.items():
        table[[ord(character) for character in characters]] = kind
    table[[ord(character) for character in _QUOTES]] += QUOTE
    return table


def _kind(character: str) -> int:
    category = unicodedata.category(character)
    if category[0] in "LM":
        if category in ("Lu", "Lt"):
            return UPPER
        if category == "Ll":
            return LOWER
        return RUN_ON if RUN_TOGETHER.match(character) else CASELESS
    return {"Nd": DIGIT, "Zs": SPACE}.get(category, OTHER)


@cache
def _gains() -> NDArray[np.int64]:
    """What each pair of kinds adds: row before * _KINDS + kind, and a column for each of _COUNTS."""
    gains = np.zeros((QUOTE * _KINDS, len(_COUNTS)), np.int64)
    for before in range(OTHER + 1):
        for kind in range(_KINDS):
            counted = _counted(before, kind % QUOTE, quote=kind >= QUOTE)
            for column, names in enumerate(_COUNTS):
                for nth, name in enumerate(names):
                    gains[before * _KINDS + kind, column] |= int(counted[name]) << _BITS * nth
    return gains


def _counted(before: int, kind: int, *, quote: bool) -> dict[str, bool]:
    cased = kind <= LOWER and before > DIGIT  # an apostrophe within a word is a CLOSING: "d'Or" counts twice
    return {
        "quotes": quote,
        "letters": kind <= RUN_ON,
        "uppers": kind == UPPER,
        "digits": kind == DIGIT,
        "commas": kind == COMMA,
        "bars": kind == BAR,
        "others": kind == OTHER,
        "cased": cased,
        "capitalised": cased and kind == UPPER,
        "run_on": kind == RUN_ON,
        "words": kind not in (RUN_ON, SPACE) and before in (SPACE, RUN_ON),
        "stops": before == STOP and kind in _BEHIND_STOPS,
        "doubled": before == kind == SPACE,
    }


@compiled
def _shapes(
    codes: NDArray[np.uint32], table: NDArray[np.uint8], gains: NDArray[np.int64], rows: NDArray[np.void]
) -> tuple[int, int, int, int]:
    """Fills the rows: how many, and the rest of `measured`."""
    n = i = longest = parted = 0
    blank = MAX_BLANK
    while i < len(codes):
        begin = i
        i = next_of(codes, i, np.uint32(_NEWLINE), np.uint32(_NEWLINE))
        start, end = begin, i
        i += 1
        while start < end and _of(codes[start], table) == SPACE:
            start += 1
        while end > start and _of(codes[end - 1], table) == SPACE:
            end -= 1
        if start == end:
            blank = min(blank + 1, MAX_BLANK)
            continue
        row = rows[n]
        row.start, row.end, row.chars = start, end, end - start
        row.blank, row.indent = blank, start - begin
        longest = max(longest, end - start)
        parted += n > 0 and blank > 0
        _count(codes, start, end, table, gains, row)
        blank = 0
        n += 1
    return n, longest, parted, max(n - 1, 0) - parted


@compiled
def _count(
    codes: NDArray[np.uint32],
    start: int,
    end: int,
    table: NDArray[np.uint8],
    gains: NDArray[np.int64],
    row: Any,
) -> None:
    """Fill in what a line's characters say."""
    before = SPACE
    row.quotes = row.letters = row.uppers = row.digits = row.commas = row.bars = row.others = 0
    row.cased = row.capitalised = row.run_on = row.words = row.stops = row.doubled = 0
    hashed = np.uint64(FNV_OFFSET)
    for first in range(start, end, _SPAN):
        one = other = 0
        for i in range(first, min(first + _SPAN, end)):
            code = codes[np.uint64(i)]
            kind = _of(code, table)
            pair = np.uint64(before * _KINDS + kind)
            one += gains[pair, 0]
            other += gains[pair, 1]
            before = kind % QUOTE
            hashed = (hashed ^ np.uint64(_ZERO if before == DIGIT else code)) * np.uint64(FNV_PRIME)
        row.quotes += one & _SPAN
        row.letters += one >> _BITS & _SPAN
        row.uppers += one >> 2 * _BITS & _SPAN
        row.digits += one >> 3 * _BITS & _SPAN
        row.commas += one >> 4 * _BITS & _SPAN
        row.bars += one >> 5 * _BITS & _SPAN
        row.others += one >> 6 * _BITS
        row.cased += other & _SPAN
        row.capitalised += other >> _BITS & _SPAN
        row.run_on += other >> 2 * _BITS & _SPAN
        row.words += other >> 3 * _BITS & _SPAN
        row.stops += other >> 4 * _BITS & _SPAN
        row.doubled += other >> 5 * _BITS
    row.words += row.run_on // CHARACTERS_PER_WORD
    if end - start > 1 and _of(codes[end - 2], table) % QUOTE == STOP and before in _BEHIND_STOPS:
        row.stops -= 1  # not within the line
    row.hash = np.int64(hashed >> np.uint64(1))
    row.first = _of(codes[start], table) % QUOTE
    last = end - 1
    while last > start and _of(codes[last], table) % QUOTE in (CLOSING, OPENING, SPACE):
        last -= 1
    row.last = _of(codes[last], table) % QUOTE


@inlined
def _of(code: int, table: NDArray[np.uint8]) -> int:
    if code <= LAST_IN_TABLE:
        return int(table[code])
    return RUN_ON if _IDEOGRAPHS[0] <= code < _IDEOGRAPHS[1] else OTHER
