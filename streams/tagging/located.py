"""Where spans lie among a document's tokens, and which of the rules of proper.py may concern each of them."""

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.cut import Tokens
from streams.tagging.keys import holds, sorted_keys
from streams.tagging.lexicon import ARTICLES, EVENT_HEADS, ORG_HEADS
from streams.tagging.titles import TITLED, TITLES
from streams.vocabulary import EntityType

LONGEST_NAME = 20
"""Tokens. Longer runs of capitals are lists and shouting; the longest gold name of news has 15."""
DESCRIPTION_REACH = 3
"""Words between an indefinite article and the phrase it describes: "a significant Criminal Organization"."""
ANY, OF_PERSONS, OF_ORGANISATIONS, OF_PLACES, OTHER, TITLE_BEFORE = (1 << bit for bit in range(6))
"""What concerns a span: rules for any, for its type or for types without rules of their own; a title."""
RULES = {
    EntityType.PERSON: ANY | OF_PERSONS,
    EntityType.ORGANISATION: ANY | OF_ORGANISATIONS,
    EntityType.PLACE: ANY | OF_PLACES,
}
_NOT_OF_PERSONS = OF_ORGANISATIONS | OF_PLACES | OTHER
_DOLLAR, _APOSTROPHE, _BRACKET, _DOT, _CURLY = 36, 39, 40, 46, 0x2019
_TITLE_REACH = 2
"""Characters between a title and a name: ". "."""


class WordLists(NamedTuple):
    """Sorted keys of the words that rules ask for; titles in lower case."""

    titles: NDArray[np.uint64]
    titled: NDArray[np.uint64]
    articles: NDArray[np.uint64]
    the: NDArray[np.uint64]
    organisations: NDArray[np.uint64]
    events: NDArray[np.uint64]


@cache
def word_lists() -> WordLists:
    """Of the lexicon."""
    lists = (TITLES, TITLED, ARTICLES, ("The", "the"), ORG_HEADS, EVENT_HEADS)
    return WordLists(*map(sorted_keys, lists))


@compiled
def located(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    bounds: NDArray[np.int32],
    demonyms: NDArray[np.uint64],
    words: WordLists,
) -> NDArray[np.int32]:
    """First and end token of what each span lies in, and what concerns it: shape (spans, 3).

    `bounds`: the spans' first and end characters, shape (2, spans). Finders other than ours cut words
    otherwise: a span may begin or end inside a token ("anti-Trump"). `demonyms`: sorted keys.
    """
    size = len(tokens.starts)
    found = np.empty((bounds.shape[1], 3), np.int32)
    first, before = 0, np.int32(0)
    for i in range(bounds.shape[1]):
        start, stop = bounds[0, i], bounds[1, i]
        first = first if start >= before else 0
        before = start
        while first < size and tokens.ends[first] <= start:
            first += 1
        end = first
        while end < size and tokens.starts[end] < stop:
            end += 1
        end = max(end, first + 1)
        found[i, 0], found[i, 1] = first, end
        found[i, 2] = _concerns(codes, tokens, start, stop, first, end, demonyms, words)
    return found


@compiled
def _concerns(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    start: int,
    stop: int,
    first: int,
    end: int,
    demonyms: NDArray[np.uint64],
    words: WordLists,
) -> int:
    if first >= len(tokens.starts) or end - first > LONGEST_NAME:
        return ANY
    if tokens.starts[first] != start or tokens.ends[end - 1] != stop:
        return ANY
    several = end - first > 1
    for at in range(start, min(stop + 1, len(codes))):
        if codes[at] == _DOLLAR or (several and at < stop and codes[at] in (_APOSTROPHE, _CURLY)):
            return ANY
    if several and holds(words.the, tokens.keys[first]):
        return ANY
    concerns = TITLE_BEFORE if _is_titled(codes, tokens, first, words.titled) else 0
    if holds(words.titles, tokens.lowers[first]):
        concerns |= OF_PERSONS
    last = tokens.keys[end - 1]
    if holds(demonyms, last):
        concerns |= OF_PLACES if several else _NOT_OF_PERSONS
    if several:
        described = holds(words.organisations, last) and _follows_article(tokens, first, words.articles)
        if described or holds(words.events, last):
            concerns |= OF_ORGANISATIONS
    elif first > 1 and codes[tokens.starts[first - 1]] == _BRACKET:
        concerns |= OF_ORGANISATIONS
    return concerns


@compiled
def _is_titled(codes: NDArray[np.uint32], tokens: Tokens, first: int, titled: NDArray[np.uint64]) -> bool:
    before = first - 1
    if (
        before > 0
        and codes[tokens.starts[before]] == _DOT
        and tokens.ends[before] - tokens.starts[before] == 1
    ):
        before -= 1
    if before < 0 or tokens.starts[first] - tokens.ends[before] > _TITLE_REACH:
        return False
    return holds(titled, tokens.keys[before])


@compiled
def _follows_article(tokens: Tokens, first: int, articles: NDArray[np.uint64]) -> bool:
    for token in range(max(first - DESCRIPTION_REACH, 0), first):
        if holds(articles, tokens.keys[token]):
            return True
    return False
