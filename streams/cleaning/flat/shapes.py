"""What the lines of a text look like: counts of characters by kind, in one pass over all of them.

Nothing here knows a language. Scripts without capitals or without spaces have kinds of their own.
"""

import unicodedata
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
_QUOTES = '"“”„«»「」『』'
QUOTE = 16  # added to the kind of a quotation mark
LAST_IN_TABLE = 0xFFFF  # above stand emoji and ...
_IDEOGRAPHS = (0x20000, 0x40000)

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
        )
    ]
)  # fmt: skip


def shapes(text: str, codes: NDArray[np.uint32] | None = None) -> NDArray[np.void]:
    """One SHAPE for each line of a normalised text that is not blank. `codes`: its code points, if known."""
    rows = np.zeros(text.count("\n") + 1, SHAPE)
    return rows[: _shapes(codes_of(text) if codes is None else codes, kinds(), rows)]


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


@compiled
def _shapes(codes: NDArray[np.uint32], table: NDArray[np.uint8], rows: NDArray[np.void]) -> int:
    n = i = 0
    blank = MAX_BLANK
    while i < len(codes):
        begin = i
        while i < len(codes) and codes[i] != _NEWLINE:
            i += 1
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
        _count(codes, start, end, table, row)
        blank = 0
        n += 1
    return n


@compiled
def _count(codes: NDArray[np.uint32], start: int, end: int, table: NDArray[np.uint8], row: Any) -> None:
    """Fill in what a line's characters say. Counted in variables: each of a record's fields is memory."""
    before = SPACE
    quotes = letters = uppers = cased = capitalised = digits = commas = bars = others = run_on = 0
    words = stops = 0
    hashed = np.uint64(FNV_OFFSET)
    for i in range(start, end):
        kind = _of(codes[i], table)
        if kind >= QUOTE:
            kind -= QUOTE
            quotes += 1
        if kind <= RUN_ON:
            letters += 1
            uppers += kind == UPPER
            if (
                kind <= LOWER and before > DIGIT
            ):  # an apostrophe within a word is a CLOSING: "d'Or" counts twice
                cased += 1
                capitalised += kind == UPPER
            run_on += kind == RUN_ON
        else:
            digits += kind == DIGIT
            commas += kind == COMMA
            bars += kind == BAR
            others += kind == OTHER
        words += kind not in (RUN_ON, SPACE) and before in (SPACE, RUN_ON)
        if before == STOP and kind in (SPACE, RUN_ON, CLOSING) and i + 1 < end:
            stops += 1
        hashed = (hashed ^ np.uint64(_ZERO if kind == DIGIT else codes[i])) * np.uint64(FNV_PRIME)
        before = kind
    row.quotes, row.letters, row.uppers, row.cased, row.capitalised = (
        quotes,
        letters,
        uppers,
        cased,
        capitalised,
    )
    row.digits, row.commas, row.bars, row.others, row.run_on = digits, commas, bars, others, run_on
    row.words, row.stops = words + run_on // CHARACTERS_PER_WORD, stops
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
