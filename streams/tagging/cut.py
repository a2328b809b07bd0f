"""The kernel that cuts code points into tokens and sentences, in one pass."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined, uncounted
from streams.tagging.keys import BEGUN, ended, holds, lengthened, word_key
from streams.tagging.letters import (
    DIGIT,
    LETTER,
    LOWER,
    OTHER_ALNUM,
    SPACE,
    UPPER,
    WORD,
    Letters,
    kind_of,
    lower_of,
)

CAPITAL, ALL_CAPS, ALL_LOWER, DIGITS, ALPHA, OPENS, NEWLINE = (1 << bit for bit in range(7))
"""Marks of a token. OPENS: any word would be capitalised where it stands."""

TERMINAL, QUOTE, OPENING, DASH, CLOSING = 1, 2, 3, 4, 5
"""What a sign does to sentences, see tokens.py."""

_NEWLINE, _DOT, _DOLLAR, _UNDERSCORE = 10, 46, 36, 95
_INNER = (38, 39, 45, 0x2019)
"""What may stand inside a word: & ' - and the apostrophe."""
_JOINING = (_DOLLAR, *_INNER)
_LONGEST_CURRENCY = 3
"""Capitals before a dollar sign that belong to it: US$, A$."""


class Tokens(NamedTuple):
    """Parallel arrays, one place a token: text[starts:ends], the keys of the word as it stands and in lower
    case, its marks, and the number of its sentence (a line break belongs to the sentence before it)."""

    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    keys: NDArray[np.uint64]
    lowers: NDArray[np.uint64]
    marks: NDArray[np.uint8]
    sentences: NDArray[np.int32]


@compiled
def cut(
    codes: NDArray[np.uint32],
    letters: Letters,
    apart: NDArray[np.uint64],
    abbreviations: NDArray[np.uint64],
    signs: NDArray[np.uint8],
) -> Tokens:
    """Tokens in text order; nothing but white space stands between them. Linear in the text.

    `apart`: sorted keys of words that end a hyphenated word ("based"). `abbreviations`: sorted keys of words
    whose full stop ends no sentence. `signs`: for each code point below 256*256 what it does to sentences.
    """
    codes, letters, signs = uncounted(codes), uncounted(letters), uncounted(signs)
    apart, abbreviations = uncounted(apart), uncounted(abbreviations)
    size = len(codes)
    room = Tokens(
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.uint64),
        np.empty(size, np.uint64),
        np.empty(size, np.uint8),
        np.empty(size, np.int32),
    )
    starts, ends, keys, lowers, marks, sentences = uncounted(room)
    count, at, opening, sentence = 0, 0, True, 0
    while at < size:
        kind = kind_of(codes[at], letters)
        if kind & SPACE and codes[at] != _NEWLINE:
            at += 1
            continue
        end, keys[count], lowers[count], form = _word(codes, at, letters)
        if end == at:
            end = token_end(codes, at, kind, letters, apart)
            keys[count], lowers[count], form = _form(codes, at, end, letters)
        starts[count], ends[count] = at, end
        marks[count] = form | (OPENS if opening else 0)
        sentences[count] = sentence
        count += 1
        code = codes[at]
        sign = signs[code] if code < len(signs) else 0
        if kind & (LETTER | DIGIT | OTHER_ALNUM):
            opening = False
        elif code == _NEWLINE:
            opening, sentence = True, sentence + 1
        elif sign == TERMINAL:
            stop = code != _DOT or not _abbreviates(codes, keys, starts, ends, count, abbreviations)
            if stop and _sentence_follows(codes, end, letters, signs):
                opening, sentence = True, sentence + 1
        elif sign == QUOTE:
            opening = True
        elif sign != OPENING:
            opening = opening and sign in (DASH, CLOSING)
        at = end
    return Tokens(
        room.starts[:count].copy(),
        room.ends[:count].copy(),
        room.keys[:count].copy(),
        room.lowers[:count].copy(),
        room.marks[:count].copy(),
        room.sentences[:count].copy(),
    )


@inlined
def token_end(
    codes: NDArray[np.uint32], at: int, kind: int, letters: Letters, apart: NDArray[np.uint64]
) -> int:
    """Where the token ends that begins at `at`, which is no space; `kind`: of its first code point."""
    size, code = len(codes), codes[at]
    if code == _NEWLINE:
        end = at + 1
        while end < size and codes[end] == _NEWLINE:
            end += 1
        return end
    if _is_ascii_capital(code):
        end = at + 1
        while end < size and end - at < _LONGEST_CURRENCY and _is_ascii_capital(codes[end]):
            end += 1
        if end < size and codes[end] == _DOLLAR:
            return end + 1
        end = at
        while end + 1 < size and _is_ascii_capital(codes[end]) and codes[end + 1] == _DOT:
            end += 2
        if end - at > 2:  # U.S. and J.K.
            return end
    if code in (39, 0x2019) and at + 1 < size and codes[at + 1] in (83, 115):  # 's
        after = kind_of(codes[at + 2], letters) if at + 2 < size else 0
        if not after & WORD and (at + 2 == size or codes[at + 2] != _UNDERSCORE):
            return at + 2
    if kind & DIGIT:
        end = _run(codes, at, DIGIT, letters)
        while end + 1 < size and codes[end] in (44, 46, 47, 58) and kind_of(codes[end + 1], letters) & DIGIT:
            end = _run(codes, end + 1, DIGIT, letters)
        return end
    if kind & (LETTER | OTHER_ALNUM):
        end = _run(codes, at, WORD, letters)
        while kind & LETTER and end + 1 < size and codes[end] in _INNER:
            part = end + 1
            if not kind_of(codes[part], letters) & (LETTER | DIGIT | OTHER_ALNUM):
                break
            longer = _run(codes, part, WORD, letters)
            possessive = longer - part == 1 and codes[part] in (83, 115)
            if possessive or holds(apart, word_key(codes, part, longer)):
                break
            end = longer
        return end
    return at + 1


@inlined
def _run(codes: NDArray[np.uint32], at: int, kinds: int, letters: Letters) -> int:
    end = at
    while end < len(codes) and kind_of(codes[end], letters) & kinds:
        end += 1
    return end


@inlined
def _is_ascii_capital(code: np.uint32) -> bool:
    return bool(65 <= code <= 90)


@inlined
def _word(codes: NDArray[np.uint32], at: int, letters: Letters) -> tuple[int, np.uint64, np.uint64, int]:
    """Where the word that begins at `at` ends, its keys and marks, in one go: most tokens, at half the cost.

    The end is `at` for any other token, and where what follows may belong to the word.
    """
    first = kind_of(codes[at], letters)
    end, key, some, every = at, BEGUN, 0, LOWER
    while first & LETTER and end < len(codes):
        kind = kind_of(codes[end], letters)
        if not kind & WORD:
            break
        key = lengthened(key, codes[end])
        some, every, end = some | kind, every & kind, end + 1
    following = codes[end] if end < len(codes) else np.uint32(_NEWLINE)
    if end == at or following in _JOINING or (following == _DOT and end == at + 1):
        return at, key, key, 0
    key = ended(key)
    return end, key, key if every else lower_key(codes, at, end, letters), _marks(first, some)


@inlined
def _form(codes: NDArray[np.uint32], at: int, end: int, letters: Letters) -> tuple[np.uint64, np.uint64, int]:
    """A token's keys, as it stands and in lower case, and its marks."""
    first, some = kind_of(codes[at], letters), 0
    for i in range(at, end):
        some |= kind_of(codes[i], letters)
    marks = _marks(first, some) | (NEWLINE if codes[at] == _NEWLINE else 0)
    return word_key(codes, at, end), lower_key(codes, at, end, letters), marks


@inlined
def lower_key(codes: NDArray[np.uint32], at: int, end: int, letters: Letters) -> np.uint64:
    """The key of codes[at:end] in lower case."""
    key = BEGUN
    for i in range(at, end):
        key = lengthened(key, lower_of(codes[i], letters))
    return ended(key)


@inlined
def _marks(first: int, some: int) -> int:
    """By the bits of the first code point, and of all together."""
    marks = CAPITAL if first & UPPER else 0
    if some & (UPPER | LOWER) == UPPER:
        marks |= ALL_CAPS
    if some & (UPPER | LOWER) == LOWER:
        marks |= ALL_LOWER
    if first & DIGIT:
        marks |= DIGITS
    return marks | ALPHA if first & LETTER else marks


@inlined
def _abbreviates(
    codes: NDArray[np.uint32],
    keys: NDArray[np.uint64],
    starts: NDArray[np.int32],
    ends: NDArray[np.int32],
    count: int,
    abbreviations: NDArray[np.uint64],
) -> bool:
    """The full stop that is the last token belongs to the word before it."""
    before = count - 2
    if before < 0 or ends[before] != starts[count - 1]:
        return False
    single = ends[before] - starts[before] == 1
    initial = single and _is_ascii_capital(codes[starts[before]]) and codes[starts[before]] != 73  # I
    return initial or holds(abbreviations, keys[before])


@inlined
def _sentence_follows(codes: NDArray[np.uint32], at: int, letters: Letters, signs: NDArray[np.uint8]) -> bool:
    """What comes next, behind spaces, is a capital, a quotation mark, a digit behind a space, or nothing."""
    begin = at
    while at < len(codes) and codes[at] != _NEWLINE and kind_of(codes[at], letters) & SPACE:
        at += 1
    if at == len(codes) or codes[at] == _NEWLINE:
        return True
    kind = kind_of(codes[at], letters)
    if kind & LETTER:
        return not kind & LOWER
    if kind & DIGIT:
        return at > begin
    return codes[at] < len(signs) and signs[codes[at]] in (QUOTE, CLOSING)
