"""The form of all text that leaves the stage: normal forms, lines, counts and cuts."""

import re
import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from streams.code_points import codes_of
from streams.compiled import compiled

CHARACTERS_PER_WORD = 2  # letters of scripts that put no spaces between words, counted as one word

_CONTROLS = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(127, 160)])
# Zero-width space, word joiner, BOM, soft hyphen, bidi controls. ZWJ and ZWNJ spell words: they stay.
_INVISIBLE = dict.fromkeys(
    [0x200B, 0x2060, 0xFEFF, 0xAD, 0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_SPACES = dict.fromkeys([0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_BREAKS = {0x0D: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n\n"}
_TABLE: dict[int, str | None] = {**_CONTROLS, **_INVISIBLE, **_SPACES, **_BREAKS}
_CLASS = "".join(f"\\U{code:08x}" for code in sorted(_TABLE))
# Few texts have any, and of few kinds. To translate every text would cost 366 us, this 26 (measured). Nothing
# in the table is printable, so most texts are passed over at 5 us.
_NEEDS_TABLE = re.compile(f"[{_CLASS}]")

# Combining marks in a row. NFC orders them, CPython by insertion: 64,000 take 6 s. No writing has more than a
# few on a letter; Unicode's own limit for streams is 30 (UAX 15, D4).
MAX_MARKS = 30
LONG = 300  # characters of a text that a kernel looks through; of shorter ones its call takes most
_PLANE = 0x10000
_MARKS_END = 0x20000  # above are Chinese characters, tags and variation selectors
_PLANE_END = "\U00010000"
_KOREAN_LETTERS = 0x1100, 0x11FF
_TO_MARKS = "\u0f73\u0f75\u0f81"  # no marks themselves, but written as two

_MARKS = "".join(
    chr(code)
    for code in range(0x300, _MARKS_END)
    if unicodedata.combining(chr(code)) or chr(code) in _TO_MARKS
)
_MARK = re.compile(f"[{_MARKS}]")
# A class with members beyond the first plane is looked through one by one: 45 us a text, this 3.
_MAY_BE_MARK = re.compile(
    f"[{''.join(mark for mark in _MARKS if mark < _PLANE_END)}{_PLANE_END}-{chr(_MARKS_END - 1)}]"
)
_FLOOD = re.compile(f"([{_MARKS}]{{{MAX_MARKS}}})[{_MARKS}]+")

RUN_TOGETHER = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)


def normalise(text: str) -> str:
    """NFC without control, zero-width and bidi characters; every line break is "\\n", every space U+0020; of
    combining marks at most MAX_MARKS in a row.

    Idempotent. Curly quotes, ZWJ and ZWNJ stay.
    """
    if len(text) > LONG and _all_settled(codes_of(text), _settled()):
        return text
    return _normalise(text)


def normalised(text: str) -> tuple[str, NDArray[np.uint32]]:
    """A long text as `normalise` gives it, and the code points of that."""
    codes = codes_of(text)
    if _all_settled(codes, _settled()):
        return text, codes
    text = _normalise(text)
    return text, codes_of(text)


def _normalise(text: str) -> str:
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    if "\xa0" in text:  # by far the most frequent
        text = text.replace("\xa0", " ")
    if not text.replace("\n", "").isprintable():
        for character in sorted(set(_NEEDS_TABLE.findall(text))):
            text = text.replace(character, _TABLE[ord(character)] or "")
    if text.isascii():
        return text
    return _without_floods(unicodedata.normalize("NFC", _without_floods(text)))


def _without_floods(text: str) -> str:
    """Before NFC, whose time they would take, and after it, which makes two marks of some."""
    sample = text[::MAX_MARKS]  # has one of every run of so many
    if _MAY_BE_MARK.search(sample) and _MARK.search(sample):
        return _FLOOD.sub(r"\1", text)
    return text


def one_line(text: str) -> str:
    """Normalised, with every run of white space one space."""
    return " ".join(normalise(text).split())


def word_count(text: str) -> int:
    """Words, with CHARACTERS_PER_WORD letters as one where a script puts no spaces between words."""
    if text.isascii():
        return len(text.split())
    joined = len(RUN_TOGETHER.findall(text))
    if not joined:
        return len(text.split())
    return joined // CHARACTERS_PER_WORD + len(RUN_TOGETHER.sub(" ", text).split())


def cut(text: str, size: int) -> str:
    """The longest beginning of whole characters within `size` bytes of UTF-8."""
    if len(text) * 4 <= size:
        return text
    data = text.encode()
    return text if len(data) <= size else data[:size].decode(errors="ignore")


@cache
def _settled() -> NDArray[np.bool_]:
    """Which characters of the first plane `normalise` leaves as they are, whatever stands beside them; the
    last entry is for all above. What NFC may join to the one before is a mark or a Korean letter.
    """
    table = np.zeros(_PLANE + 1, np.bool_)
    for code in range(_PLANE):
        character = chr(code)
        table[code] = (
            (character.isprintable() or character == "\n")
            and code not in _TABLE
            and unicodedata.category(character)[0] != "M"
            and not _KOREAN_LETTERS[0] <= code <= _KOREAN_LETTERS[1]
            and unicodedata.is_normalized("NFC", character)
        )
    return table


@compiled
def _all_settled(codes: NDArray[np.uint32], settled: NDArray[np.bool_]) -> bool:
    all_ = True
    for code in codes:
        all_ &= settled[min(code, np.uint32(_PLANE))]
    return all_
