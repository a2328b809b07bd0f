"""Finds where a value may begin: one pass of a kernel over the code points, which also looks at both sides.

It drops a place only where every reader would: behind the number stands a word that none of them knows, or
before it what no number stands behind. What it lets through the readers judge; they need not look again.
"""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, uncounted
from streams.tagging.letters import DIGIT, KNOWN, LETTER, OTHER_ALNUM, Letters
from streams.tagging.masks import SPAN, lowest
from streams.tagging.values.anchor_tables import (
    COUNT,
    FOLLOWS,
    HALF,
    LINKS,
    MONTH,
    OPENS,
    READ,
    SCALE,
    STEP,
    STEPPED,
    Tables,
    bits_of,
    outline_of,
)
from streams.tagging.values.runs import (
    digits_mask,
    is_digit,
    is_letter,
    letters_end,
    letters_mask,
    run_end,
)

SIGNED, BLOCKED, YEAR, DAY, DATE, AMOUNT = (1 << bit for bit in range(16, 22))
"""What a run of digits may be. SIGNED: money whose sign stands before it; BLOCKED: nothing else than that.
YEAR: of four digits. DAY: of a month that follows. DATE: with slashes, a century, a short decade."""
DIGITS = SIGNED | YEAR | DAY | DATE | AMOUNT
_YEAR_DIGITS, _DAY_DIGITS = 4, 2
_ALNUM = LETTER | DIGIT | OTHER_ALNUM
_ASCII = 128
_SPACE, _NO_BREAK, _PERCENT, _DOT, _SLASH, _HYPHEN, _LOWER_A, _LOWER_C = map(ord, " \u00a0%./-ac")
_DASHES = tuple(map(ord, "-–—"))
_QUOTES = tuple(map(ord, "'’′"))
_BEFORE_DECADE = tuple(map(ord, "'’‘"))
_PUNCTUATION = tuple(map(ord, "–—‘’“”…"))
_NEVER_BEFORE, _NEVER_INSIDE = tuple(map(ord, "/_#@")), tuple(map(ord, ".:,"))
_LETTER_SIGNS = tuple(map(ord, "RNP"))
_DAY_ENDS = tuple(map(ord, "snrt"))
_NUMBERS_BEGIN = tuple(map(ord, "aefnost"))
_ONE, _LAST = np.uint64(1), np.uint64(SPAN - 1)


@compiled
def find_anchors(codes: NDArray[np.uint32], letters: Letters, known: Tables) -> NDArray[np.int32]:
    """Every place at which a value may begin, in the order of the text: a row of bits, start and end each.

    Linear in the text: 12 us for 6 kB. Runs are found by masks, and of letters few are read: by length and
    ends most open nothing.
    """
    codes, kinds, known = uncounted(codes), uncounted(letters.kinds), uncounted(known)
    size, words, outlines = len(codes), known.words, known.outlines
    found = np.empty((size, 3), np.int32)
    count, free = 0, 0
    letter_before, digit_before = np.uint64(0), np.uint64(0)
    for block in range(0, size, SPAN):
        in_word, in_number = letters_mask(codes, block), digits_mask(codes, block)
        starts = in_word & ~(in_word << _ONE | letter_before) | in_number & ~(
            in_number << _ONE | digit_before
        )
        letter_before, digit_before = in_word >> _LAST, in_number >> _LAST
        while starts:
            place = lowest(starts)
            starts &= starts - _ONE
            at = block + place
            if at < free:  # behind a separator within a number
                continue
            if is_digit(codes[at]):
                end = run_end(codes, at)
                what = _number(codes, at, end, kinds, words, known.signs)
            else:
                end = at + lowest(~(in_word >> np.uint64(place)))
                if end >= block + SPAN:
                    end = letters_end(codes, block + SPAN)
                opens = outlines[outline_of(codes, at, end)]
                what = _word(codes, at, end, kinds, words) if opens else 0
            if what:
                found[count, 0], found[count, 1], found[count, 2] = what, at, end
                count += 1
            free = end
    return found[:count].copy()


@compiled
def _is_alnum(code: np.uint32, kinds: NDArray[np.uint8]) -> bool:
    return bool(code >= KNOWN or kinds[code] & _ALNUM)


@compiled
def _word(
    codes: NDArray[np.uint32], at: int, end: int, kinds: NDArray[np.uint8], words: NDArray[np.uint64]
) -> int:
    """What begins with the word, 0 for nothing."""
    what = bits_of(codes, at, end, False, words)
    if not what & OPENS:
        return 0
    if at and _is_alnum(codes[at - 1], kinds):
        return 0
    if end < len(codes) and (codes[end] >= KNOWN or kinds[codes[end]] & LETTER):
        return 0
    if what & READ:
        return READ
    if end == len(codes):
        return 0
    after = codes[end + 1] if end + 1 < len(codes) else np.uint32(0)
    if what & STEP:
        if codes[end] != _SPACE:
            return 0
        return STEP if bits_of(codes, end + 1, letters_end(codes, end + 1), False, words) & STEPPED else 0
    if what & HALF:
        return HALF if codes[end] == _HYPHEN or (codes[end] == _SPACE and after == _LOWER_A) else 0
    if what & SCALE and not (at > 1 and codes[at - 1] == _SPACE and (codes[at - 2] | 32) == _LOWER_A):
        return 0
    return int(what & (SCALE | COUNT)) if _is_amount(codes, end, words) else 0


@compiled
def _number(
    codes: NDArray[np.uint32],
    at: int,
    end: int,
    kinds: NDArray[np.uint8],
    words: NDArray[np.uint64],
    signs: NDArray[np.bool_],
) -> int:
    """What the run of digits may be, 0 for nothing."""
    before = codes[at - 1] if at else np.uint32(_SPACE)
    second = codes[at - 2] if at > 1 else np.uint32(_SPACE)
    what = SIGNED if _is_sign(before, second, codes, at, signs) else 0
    if _is_alnum(before, kinds) or before in _NEVER_BEFORE:
        return what | BLOCKED if what else 0
    if before in _NEVER_INSIDE and _is_alnum(second, kinds):
        return what | BLOCKED if what else 0
    digits = end - at
    if digits == _YEAR_DIGITS:
        what |= YEAR
    after = codes[end] if end < len(codes) else np.uint32(0)
    if digits <= _DAY_DIGITS:
        if _is_day(codes, end, words):
            what |= DAY
        if after == _SLASH or after in _DAY_ENDS or (before in _BEFORE_DECADE and after in _QUOTES):
            what |= DATE
    if _is_amount(codes, end, words) or (digits == 1 and after in _QUOTES):
        what |= AMOUNT
    return what


@compiled
def _is_sign(
    before: np.uint32, second: np.uint32, codes: NDArray[np.uint32], at: int, signs: NDArray[np.bool_]
) -> bool:
    """A sign of money may end here, with a space behind it or without."""
    if before in _LETTER_SIGNS:
        return True
    if before in (_SPACE, _NO_BREAK):
        before, second = second, codes[at - 3] if at > 2 else np.uint32(0)
    if before >= _ASCII:
        return before not in _PUNCTUATION
    return bool(signs[second if second < _ASCII else 0, before])


@compiled
def _is_day(codes: NDArray[np.uint32], end: int, words: NDArray[np.uint64]) -> bool:
    """A month may follow the one or two digits, or another day and then a month."""
    if end + 1 >= len(codes):
        return False
    after = codes[end]
    if after in _DAY_ENDS or after in _DASHES:
        return True
    if after != _SPACE:
        return False
    if codes[end + 1] in _DASHES:
        return True
    stop = letters_end(codes, end + 1)
    if bits_of(codes, end + 1, stop, False, words) & (MONTH | LINKS):
        return True
    # "of" and a capital
    return bool(
        stop - end == 3 and codes[end + 1] == 111 and stop + 1 < len(codes) and 65 <= codes[stop + 1] <= 90
    )


@compiled
def _is_amount(codes: NDArray[np.uint32], end: int, words: NDArray[np.uint64]) -> bool:
    """What follows the number may be its scale, unit or currency, or the other end of a range."""
    if _is_counted(codes, end, words):
        return True
    size, at = len(codes), end
    if at < size and codes[at] == _SPACE:
        at += 1
    if at < size and codes[at] in _DASHES:
        at += 1
        if at < size and codes[at] == _SPACE:
            at += 1
        if at == size:
            return False
        if is_digit(codes[at]):
            stop = run_end(codes, at)
            return _is_counted(codes, stop, words) or (stop < size and codes[stop] in _QUOTES)
        return not is_letter(codes[at]) and codes[at] > _SPACE
    if at == end or at >= size:
        return False
    stop = letters_end(codes, at)
    return bool(bits_of(codes, at, stop, False, words) & LINKS) and _leads_on(codes, stop)


@compiled
def _leads_on(codes: NDArray[np.uint32], at: int) -> bool:
    """Behind "to" a number or a sign of money may follow."""
    if at + 1 >= len(codes) or codes[at] not in (_SPACE, _HYPHEN):
        return False
    after = codes[at + 1]
    return not (97 <= after <= 122) or after in _NUMBERS_BEGIN


@compiled
def _is_counted(codes: NDArray[np.uint32], end: int, words: NDArray[np.uint64]) -> bool:
    """What follows the number may be its scale, unit or currency."""
    size, at = len(codes), end
    if at >= size:
        return False
    if codes[at] == _SPACE or codes[at] == _NO_BREAK:
        at += 1
        if at < size and codes[at] == _HYPHEN:  # "5 -per cent"
            at += 1
    elif codes[at] == _HYPHEN:
        at += 1
    if at >= size:
        return False
    if not is_letter(codes[at]):
        return codes[at] == _PERCENT or (codes[at] >= _ASCII and codes[at] not in _PUNCTUATION)
    stop = letters_end(codes, at)
    what = bits_of(codes, at, stop, True, words)
    if what & FOLLOWS or (stop < size and codes[stop] >= _ASCII and codes[stop] not in _PUNCTUATION):
        return True
    if what & LINKS:  # "two-and-a-half"
        return codes[at - 1] == _HYPHEN and _leads_on(codes, stop)
    for i in range(at + 1, stop):  # "kWh", "fiveMW"
        if codes[i] < _LOWER_A <= codes[i - 1]:
            return True
    if codes[at] >= _LOWER_A:
        return False
    while stop < size and (is_letter(codes[stop]) or codes[stop] == _DOT):
        stop += 1
    return stop + 1 < size and codes[stop + 1] == _LOWER_C  # cents of any country
