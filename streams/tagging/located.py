"""Where spans lie among a document's tokens, and which of the rules of proper.py may concern each of them."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined, uncounted
from streams.tagging.cut import CAPITAL, Tokens
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.keys import keys_of_words, place_of
from streams.tagging.lexicon import ARTICLES, EVENT_HEADS, ORG_HEADS
from streams.tagging.spans import TYPES, Table
from streams.tagging.titles import ANNOUNCING, TITLED, TITLES
from streams.vocabulary import EntityType

LONGEST_NAME = 20
"""Tokens. Longer runs of capitals are lists and shouting; the longest gold name of news has 15."""
DESCRIPTION_REACH = 3
"""Words between an indefinite article and the phrase it describes: "a significant Criminal Organization"."""
ANY, OF_PERSONS, OF_ORGANISATIONS, OF_PLACES, OTHER, TITLE_BEFORE = (1 << bit for bit in range(6))
"""What concerns a span: rules for any, for its type or for types without rules of their own; a title."""
_RULES = {
    EntityType.PERSON: ANY | OF_PERSONS,
    EntityType.ORGANISATION: ANY | OF_ORGANISATIONS,
    EntityType.PLACE: ANY | OF_PLACES,
}
RULES = np.array([_RULES.get(kind, ANY | OTHER) for kind in TYPES], np.uint8)
"""What of that concerns spans of each type."""
TITLE = -1
_PERSON = TYPES.index(EntityType.PERSON)
_NOT_OF_PERSONS = OF_ORGANISATIONS | OF_PLACES | OTHER
_DOLLAR, _APOSTROPHE, _BRACKET, _DOT, _CURLY = 36, 39, 40, 46, 0x2019
_TITLE_REACH = 2
"""Characters between a title and a name: ". "."""


class Words(NamedTuple):
    """Words that rules ask for: their keys, sorted, and the lists that each is in, a bit each."""

    keys: NDArray[np.uint64]
    lists: NDArray[np.uint8]


_TITLE, _TITLED, _ARTICLE, _THE, _ORGANISATION, _EVENT, _DEMONYM, _ANNOUNCING = (1 << bit for bit in range(8))


@lru_cache(1)
def words_of_rules(gazetteer: Gazetteer) -> Words:
    """Titles are asked for in lower case."""
    lists = {
        _TITLE: TITLES,
        _TITLED: TITLED,
        _ARTICLE: ARTICLES,
        _THE: ("The", "the"),
        _ORGANISATION: ORG_HEADS,
        _EVENT: EVENT_HEADS,
        _DEMONYM: gazetteer.demonyms,
        _ANNOUNCING: ANNOUNCING,
    }
    return words_in(lists)


def words_in(lists: Mapping[int, Iterable[str]]) -> Words:
    """The words of these lists, by the bit of each list."""
    keys = {bit: keys_of_words(words) for bit, words in lists.items()}
    every = np.unique(np.concatenate(list(keys.values())))
    bits = np.zeros(len(every), np.uint8)
    for bit, found in keys.items():
        bits[np.searchsorted(every, found)] |= np.uint8(bit)
    return Words(every, bits)


@compiled
def located(
    codes: NDArray[np.uint32], tokens: Tokens, spans: Table, words: Words, rules: NDArray[np.uint8]
) -> NDArray[np.int32]:
    """What rules may concern, shape (found, 3): the number of a span, first and end token of what it lies in;
    then for each title that announces a person where no span begins, TITLE, the title and the token behind
    it. Says of persons that no rule concerns whether they are titled.

    Finders other than ours cut words otherwise: a span may begin or end inside a token ("anti-Trump").
    """
    codes, tokens, words, rules = uncounted(codes), uncounted(tokens), uncounted(words), uncounted(rules)
    size, count, first, before = len(tokens.starts), 0, 0, np.int32(0)
    found, begun = np.empty((16, 3), np.int32), np.zeros(size + 1, np.bool_)
    for i in range(spans.shape[1]):
        start, stop, kind = spans[0, i], spans[1, i], spans[2, i]
        first = first if start >= before else 0
        before = start
        while first < size and tokens.ends[first] <= start:
            first += 1
        end = first + 1
        while end < size and tokens.starts[end] < stop:
            end += 1
        concerns = _concerns(codes, tokens, start, stop, first, end, words)
        if concerns & rules[kind]:
            found = _longer(found, count)
            found[count, 0], found[count, 1], found[count, 2] = i, first, end
            count += 1
            continue
        begun[first] |= first < size and tokens.starts[first] == start
        if concerns & TITLE_BEFORE and kind == _PERSON:
            spans[3, i] = 1
    for title in range(size - 1):
        if tokens.marks[title] & CAPITAL and lists_of(words, tokens.keys[title]) & _ANNOUNCING:
            first = title + 1
            begin = tokens.starts[first]
            first += codes[begin] == _DOT and tokens.ends[first] == begin + 1
            if first < size and not begun[first]:
                found = _longer(found, count)
                found[count, 0], found[count, 1], found[count, 2] = TITLE, title, first
                count += 1
    return found[:count]


@inlined
def _longer(rows: NDArray[np.int32], count: int) -> NDArray[np.int32]:
    """Rows with room for one more."""
    return rows if count < len(rows) else np.concatenate((rows, np.empty_like(rows)))


@inlined
def _concerns(
    codes: NDArray[np.uint32], tokens: Tokens, start: int, stop: int, first: int, end: int, words: Words
) -> int:
    if first >= len(tokens.starts) or end - first > LONGEST_NAME:
        return ANY
    if tokens.starts[first] != start or tokens.ends[end - 1] != stop:
        return ANY
    several = end - first > 1
    for at in range(start, min(stop + 1, len(codes))):
        if codes[at] == _DOLLAR or (several and at < stop and codes[at] in (_APOSTROPHE, _CURLY)):
            return ANY
    if several and lists_of(words, tokens.keys[first]) & _THE:
        return ANY
    concerns = TITLE_BEFORE if _is_titled(codes, tokens, first, words) else 0
    if lists_of(words, tokens.lowers[first]) & _TITLE:
        concerns |= OF_PERSONS
    last = lists_of(words, tokens.keys[end - 1])
    if last & _DEMONYM:
        concerns |= OF_PLACES if several else _NOT_OF_PERSONS
    if several:
        if last & _EVENT or (last & _ORGANISATION and _follows_article(tokens, first, words)):
            concerns |= OF_ORGANISATIONS
    elif first > 1 and codes[tokens.starts[first - 1]] == _BRACKET:
        concerns |= OF_ORGANISATIONS
    return concerns


@inlined
def _is_titled(codes: NDArray[np.uint32], tokens: Tokens, first: int, words: Words) -> bool:
    before = first - 1
    if before < 0:
        return False
    begin = tokens.starts[before]
    if before > 0 and codes[begin] == _DOT and tokens.ends[before] == begin + 1:
        before -= 1
    if tokens.starts[first] - tokens.ends[before] > _TITLE_REACH:
        return False
    return lists_of(words, tokens.keys[before]) & _TITLED != 0


@inlined
def _follows_article(tokens: Tokens, first: int, words: Words) -> bool:
    for token in range(max(first - DESCRIPTION_REACH, 0), first):
        if lists_of(words, tokens.keys[token]) & _ARTICLE:
            return True
    return False


@inlined
def lists_of(words: Words, key: np.uint64) -> int:
    """The lists that a word is in."""
    place = place_of(words.keys, key)
    return np.int64(words.lists[place]) if place >= 0 else 0  # type: ignore[return-value]
