"""Where names may stand again in a document, in one pass over its tokens."""

from array import array
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from streams.code_points import codes_of
from streams.compiled import compiled, inlined, uncounted
from streams.tagging.cut import CAPITAL, OPENS, Tokens, token_end
from streams.tagging.keys import NO_KEY, word_key
from streams.tagging.letters import SPACE, UPPER, Letters, kind_of, letters
from streams.tagging.shouting import SHOUTED, shouts
from streams.tagging.spans import Table
from streams.tagging.tokens import Document, apart

MOST_WORDS = 63
"""Of a name that is looked for; LONGEST_NAME keeps names far below it."""
NO_SURFACES = np.empty((4, 0), np.int32)
_NO_ENDS = np.empty(0, np.int64)
_SMALL, _CAPITALS = 1, 2
_NEWLINE = 10
_ONE = np.uint64(1)


def occurrences(
    document: Document, spans: Table, surfaces: NDArray[np.int32], more: list[str]
) -> tuple[list[list[int]], bool, bool]:
    """Where else names may stand, in text order: outside the spans, as `_occurrences` says; whether the text
    shouts; and whether then an ASCII name has capitals only, or may be among these in capitals.

    The names: what stands in the document at `surfaces`, shape (4, names): starts, ends and what else;
    and `more`.
    """
    found = _occurrences(
        document.codes,
        document.tokens,
        spans,
        surfaces,
        codes_of("".join(more)),
        np.frombuffer(array("q", accumulate(map(len, more))), np.int64) if more else _NO_ENDS,
        letters(),
        apart(),
    )
    (shouts, heard, _), *rows = found.tolist()
    return rows, bool(shouts), bool(heard)


@compiled
def _occurrences(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    spans: Table,
    surfaces: NDArray[np.int32],
    more: NDArray[np.uint32],
    ends: NDArray[np.int64],
    letters: Letters,
    apart: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """First and end token of what may be one of the names, of those that begin together the longer first; and
    of names of one word that open a sentence, whether that word occurs in lower case.

    In the first row: whether the text shouts, and whether then an ASCII name has capitals only, or may be
    found in capitals. `spans`: what is taken. `more`: one name behind the other, name i up to ends[i].
    Whoever must be certain compares the text. Linear in the tokens, and in the names.
    """
    codes, tokens, spans, surfaces = (
        uncounted(codes),
        uncounted(tokens),
        uncounted(spans),
        uncounted(surfaces),
    )
    more, ends, letters, apart = uncounted(more), uncounted(ends), uncounted(letters), uncounted(apart)
    shouting, heard = shouts(codes), False
    told = surfaces.shape[1]
    count = told + len(ends)
    mask = 15
    while mask < (8 if shouting else 4) * count:
        mask = 2 * mask + 1
    beginnings, lengths = np.zeros(mask + 1, np.uint64), np.zeros(mask + 1, np.uint64)
    wholes, loud = np.zeros(mask + 1, np.uint64), np.zeros(mask + 1, np.bool_)
    capitals = np.empty(max(len(codes), len(more)) if shouting else 0, np.uint32)  # a name is a part of one
    begin, small = 0, False  # some begin in lower case: "al-Shabaab"
    for i in range(count):
        if i < told:
            name = codes[surfaces[0, i] : surfaces[1, i]]
        else:
            name = more[begin : ends[i - told]]
            begin = ends[i - told]
        first, words = _words(name, letters, apart)
        if not 0 < words <= MOST_WORDS:
            continue
        small |= not kind_of(name[0], letters) & UPPER
        slot = _slot(beginnings, first)
        beginnings[slot] = first
        lengths[slot] |= _ONE << np.uint64(words)
        whole = word_key(name, 0, len(name))
        slot = _slot(wholes, whole)
        wholes[slot] = whole
        loud[slot] = False
        if not shouting or len(name) < SHOUTED:
            continue
        kinds = _in_capitals(name, capitals)
        if kinds == _CAPITALS:
            heard = True
        elif kinds & _SMALL:
            name = capitals[: len(name)]
            first, words = _words(name, letters, apart)
            slot = _slot(beginnings, first)
            beginnings[slot] = first
            lengths[slot] |= _ONE << np.uint64(words)
            whole = word_key(name, 0, len(name))
            slot = _slot(wholes, whole)
            loud[slot] |= wholes[slot] == NO_KEY
            wholes[slot] = whole
    size = len(tokens.keys)
    taken = _taken(tokens, spans)
    found = np.empty((64, 3), np.int64)
    count, asked = 1, 0
    for here in range(size):
        if not small and not tokens.marks[here] & CAPITAL:
            continue
        slot = _slot(beginnings, tokens.keys[here])
        if beginnings[slot] == NO_KEY or taken[here]:
            continue
        for words in range(min(MOST_WORDS, size - here), 0, -1):
            if not lengths[slot] >> np.uint64(words) & _ONE or taken[here + words - 1]:
                continue
            whole = word_key(codes, tokens.starts[here], tokens.ends[here + words - 1])
            known = _slot(wholes, whole)
            if wholes[known] == NO_KEY:
                continue
            heard |= loud[known]
            if count == len(found):
                found = np.concatenate((found, np.empty_like(found)))
            found[count, 0], found[count, 1] = here, here + words
            found[count, 2] = words == 1 and tokens.marks[here] & OPENS > 0
            asked += found[count, 2]
            count += 1
    found = found[:count]
    found[0, 0], found[0, 1], found[0, 2] = shouting, heard, 0
    if asked:
        _answer(tokens, found, asked)
    return found


@inlined
def _words(name: NDArray[np.uint32], letters: Letters, apart: NDArray[np.uint64]) -> tuple[np.uint64, int]:
    """The key of a name's first token, and how many it has."""
    first, count, at = NO_KEY, 0, 0
    while at < len(name):
        kind = kind_of(name[at], letters)
        if kind & SPACE and name[at] != _NEWLINE:
            at += 1
            continue
        end = token_end(name, at, kind, letters, apart)
        if count == 0:
            first = word_key(name, at, end)
        count += 1
        at = end
    return first, count


@inlined
def _in_capitals(name: NDArray[np.uint32], capitals: NDArray[np.uint32]) -> int:
    """Puts an ASCII name in capitals; which letters it has, neither where it is not ASCII."""
    kinds = 0
    for i in range(len(name)):
        code = name[i]
        if code > 127:
            return 0
        if 97 <= code <= 122:
            kinds |= _SMALL
            code -= np.uint32(32)
        elif 65 <= code <= 90:
            kinds |= _CAPITALS
        capitals[i] = code
    return kinds


@inlined
def _taken(tokens: Tokens, spans: Table) -> NDArray[np.bool_]:
    """Whether each token begins inside a span."""
    taken = np.zeros(len(tokens.keys), np.bool_)
    token, before = 0, np.int32(0)
    for i in range(spans.shape[1]):
        start = spans[0, i]
        token = token if start >= before else 0
        before = start
        while token < len(taken) and tokens.starts[token] < start:
            token += 1
        while token < len(taken) and tokens.starts[token] < spans[1, i]:
            taken[token] = True
            token += 1
    return taken


@compiled
def _answer(tokens: Tokens, found: NDArray[np.int64], asked: int) -> None:
    """Puts in the third column, where it is set, whether the token occurs in lower case."""
    mask = 15
    while mask < 2 * asked:
        mask = 2 * mask + 1
    lowers, seen = np.zeros(mask + 1, np.uint64), np.zeros(mask + 1, np.bool_)
    for i in range(len(found)):
        if found[i, 2]:
            lower = tokens.lowers[found[i, 0]]
            lowers[_slot(lowers, lower)] = lower
    for key in tokens.keys:
        slot = _slot(lowers, key)
        seen[slot] |= lowers[slot] == key
    for i in range(len(found)):
        if found[i, 2]:
            found[i, 2] = seen[_slot(lowers, tokens.lowers[found[i, 0]])]


@inlined
def _slot(table: NDArray[np.uint64], key: np.uint64) -> int:
    """Where a key stands or would stand. The table, of a power of two, is at most half full."""
    mask = len(table) - 1
    slot = np.int64(key >> np.uint64(32)) & mask
    while table[slot] != NO_KEY and table[slot] != key:
        slot = (slot + 1) & mask
    return slot  # type: ignore[return-value]
