"""Names found again: the other occurrences of what a document calls somebody, in one pass over its tokens."""

from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from streams.code_points import codes_of
from streams.compiled import compiled, inlined, uncounted
from streams.tagging.cut import CAPITAL, OPENS, Tokens, token_end
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.keys import NO_KEY, word_key
from streams.tagging.letters import SPACE, UPPER, Letters, kind_of, letters
from streams.tagging.lexicon import CALENDAR, FUNCTION, HONORIFICS, ROLES
from streams.tagging.spans import Span, bounds_of
from streams.tagging.titles import TITLED
from streams.tagging.tokens import Document, apart
from streams.vocabulary import EntityType

PLAIN_CAPITALS = 5
"""Letters. A word of so many capitals stands for itself, whatever is beside it."""
MOST_WORDS = 63
"""Of a name that is looked for; LONGEST_NAME keeps names far below it."""
_NEWLINE = 10
_ONE = np.uint64(1)


def again(
    document: Document,
    spans: list[Span],
    wanted: dict[str, EntityType],
    gazetteer: Gazetteer,
    title_case: bool = False,
) -> list[Span]:
    """Where else the wanted names stand, in text order: outside the spans, not inside a longer run of
    capitals. In a title-case headline capitals beside a name do not speak against it."""
    if not wanted:
        return []
    found = _occurrences(
        document.codes,
        document.tokens,
        bounds_of(spans),
        codes_of("".join(wanted)),
        np.fromiter(accumulate(map(len, wanted)), np.int64, len(wanted)),
        letters(),
        apart(),
    )
    kept: list[Span] = []
    free = 0
    for first, end, in_lower_case in found.tolist():
        kind = wanted.get(document.slice(first, end)) if first >= free else None
        if kind is None:
            continue
        if title_case or _stands_alone(document, first, end, bool(in_lower_case), gazetteer):
            titled = kind is EntityType.PERSON and first > 0 and document.word(first - 1) in TITLED
            kept.append(Span(document.starts[first], document.ends[end - 1], kind, titled))
            free = end
    return kept


def _stands_alone(
    document: Document, first: int, end: int, in_lower_case: bool, gazetteer: Gazetteer
) -> bool:
    """No other capitalised word touches it, but for titles, demonyms and the openers of sentences."""
    word = document.word(first)
    if len(word) >= PLAIN_CAPITALS and word.isupper():
        return True
    if in_lower_case and end - first == 1 and document.opens(first):
        return False
    if end < len(document):
        after = document.word(end)
        if after == "$" or (after[0].isupper() and document.spaced(end - 1)):
            return False
    if first == 0 or not document.spaced(first - 1):
        return True
    before = document.word(first - 1)
    if not before[0].isupper():
        return True
    allowed = before in HONORIFICS or before in ROLES or before in gazetteer.demonyms
    return allowed or before in CALENDAR or before.lower() in FUNCTION


@compiled
def _occurrences(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    spans: NDArray[np.int32],
    names: NDArray[np.uint32],
    ends: NDArray[np.int64],
    letters: Letters,
    apart: NDArray[np.uint64],
) -> NDArray[np.int64]:
    """First and end token of what may be one of the names, of those that begin together the longer first; and
    of names of one word that open a sentence, whether that word occurs in lower case.

    `spans`: first characters of what is taken, then their ends. `names`: one behind the other, name i up to
    ends[i]. Whoever must be certain compares the text. Linear in the tokens, and in the names.
    """
    codes, tokens, names = uncounted(codes), uncounted(tokens), uncounted(names)
    letters, apart = uncounted(letters), uncounted(apart)
    mask = 15
    while mask < 4 * len(ends):
        mask = 2 * mask + 1
    beginnings, lengths = np.zeros(mask + 1, np.uint64), np.zeros(mask + 1, np.uint64)
    wholes = np.zeros(mask + 1, np.uint64)
    begin, small = 0, False  # some begin in lower case: "al-Shabaab"
    for end in ends:
        name = names[begin:end]
        begin = end
        first, words = _words(name, letters, apart)
        if 0 < words <= MOST_WORDS:
            slot = _slot(beginnings, first)
            beginnings[slot] = first
            small |= not kind_of(name[0], letters) & UPPER
            lengths[slot] |= _ONE << np.uint64(words)
            whole = word_key(name, 0, len(name))
            wholes[_slot(wholes, whole)] = whole
    size = len(tokens.keys)
    taken = _taken(tokens, spans)
    found = np.empty((64, 3), np.int64)
    count, asked = 0, 0
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
            if wholes[_slot(wholes, whole)] == NO_KEY:
                continue
            if count == len(found):
                found = np.concatenate((found, np.empty_like(found)))
            found[count, 0], found[count, 1] = here, here + words
            found[count, 2] = words == 1 and tokens.marks[here] & OPENS > 0
            asked += found[count, 2]
            count += 1
    found = found[:count]
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
def _taken(tokens: Tokens, spans: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether each token begins inside a span."""
    taken = np.zeros(len(tokens.keys), np.bool_)
    size = len(spans) // 2
    for i in range(size):
        token = np.searchsorted(tokens.starts, spans[i])
        while token < len(taken) and tokens.starts[token] < spans[size + i]:
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
