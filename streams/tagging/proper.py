"""What a finder took for a name and is none, and what belongs to no name: titles, possessives, demonyms,
money, descriptions; and names that a title announces."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from streams.tagging.gazetteer import Gazetteer
from streams.tagging.keys import sorted_keys
from streams.tagging.lexicon import ARTICLES, EVENT_HEADS, FUNCTION, ORG_HEADS, PARTICLES
from streams.tagging.located import (
    ANY,
    DESCRIPTION_REACH,
    LONGEST_NAME,
    OTHER,
    RULES,
    TITLE_BEFORE,
    located,
    words_of_rules,
)
from streams.tagging.spans import Span, bounds_of
from streams.tagging.titles import TITLED, without_title
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE
POSSESSIVES = frozenset(("'s", "’s", "'S", "’S"))
SHORTEST_ACRONYM = 3
JOINING = frozenset(("of", "the", "and", "for", "in", "on", "&"))
"""Words of a name that its acronym does not count."""
ANNOUNCING = frozenset(
    [
        "Mr",
        "Mrs",
        "Ms",
        "Miss",
        "Dr",
        "Prof",
        "Sir",
        "Dame",
        "Judge",
        "Justice",
        "Sgt",
        "Capt",
        "Lt",
        "Col",
        "Gen",
        "Rev",
        "Sen",
        "Rep",
    ]
)
"""Titles that always announce a person."""


def proper(document: Document, spans: list[Span], gazetteer: Gazetteer) -> list[Span]:
    """The spans cut to names, without those that are none, with those that a title announces.

    The rules read the words of few spans: a kernel has seen of the others that none concerns them.
    """
    kept: list[Span] = []
    done = 0
    for number, first, end, concerns in _located(document, spans, gazetteer):  # one in eight
        kept += spans[done:number]
        done = number + 1
        span = spans[number]
        start, stop, kind, _ = span
        if concerns & RULES.get(kind, ANY | OTHER):
            made = _ruled(document, span, first, end, gazetteer)
            kept += made[:1]
            kept += [more for more in made[1:] if all(more.start != begun for begun, _, _, _ in kept)]
        elif concerns & TITLE_BEFORE and kind is PERSON:
            kept.append(Span(start, stop, kind, titled=True))
        else:
            kept.append(span)
    kept += spans[done:]
    return kept + _announced(document, kept)


def _located(document: Document, spans: list[Span], gazetteer: Gazetteer) -> list[list[int]]:
    """The spans that rules concern: number, first and end token of what it lies in, and which rules."""
    rules = words_of_rules(gazetteer)
    return located(document.codes, document.tokens, bounds_of(spans), rules).tolist()  # type: ignore[no-any-return]


def _ruled(document: Document, span: Span, first: int, end: int, gazetteer: Gazetteer) -> list[Span]:
    """What the rules leave of a span between two tokens, if anything; and the name that it is short for."""
    text, starts, ends = document.text, document.starts, document.ends
    if first >= len(starts) or "$" in text[span.start : span.end + 1] or end - first > LONGEST_NAME:
        return []
    if end - first > 1:
        end = _before_possessive(document, first, end, gazetteer)
        if end - first > 1 and document.word(first) in ("The", "the"):
            first += not _is_known(document.slice(first, end), gazetteer)
    kind, titled = span.type, False
    if kind is PERSON:
        first = without_title(document, first, ends[end - 1])
        titled = is_titled(document, first)
    else:
        last = document.word(end - 1)
        if last in gazetteer.demonyms and (end - first == 1 or kind is PLACE):
            end -= 1  # "Kentucky Republican"
            if end == first or not gazetteer.is_place(document.slice(first, end)):
                return []
        if kind is ORGANISATION and end - first > 1:
            if last in EVENT_HEADS:
                kind = EntityType.EVENT
            elif last in ORG_HEADS and _is_description(document, first, end):
                return []
    made = [Span(starts[first], ends[end - 1], kind, titled)]
    if kind is ORGANISATION and end - first == 1:
        begin = _spelled_out(document, first)
        if begin is not None:
            made.append(Span(starts[begin], ends[first - 2], ORGANISATION))
    return made


def is_titled(document: Document, token: int) -> bool:
    """A title stands right before a token, with a full stop at most between them."""
    before = token - 1
    if before < 0:
        return False
    title = document.word(before)
    if title == "." and before > 0:
        before -= 1
        title = document.word(before)
    if title not in TITLED:
        return False
    return document.starts[token] - document.ends[before] <= 2  # ". "


def _before_possessive(document: Document, first: int, end: int, gazetteer: Gazetteer) -> int:
    """Where a name ends that is a possessor ("Wagner's", "Wagner's command"); "Sotheby's" and "St Mary's
    Hospital" are names in whole."""
    name = document.slice(first, end)
    if "'" not in name and "’" not in name:
        return end
    for token in range(first + 1, end):
        if document.word(token) not in POSSESSIVES:
            continue
        if token + 1 < end and not document.word(token + 1)[0].islower():
            continue
        whole = document.slice(first, token + 1).replace("’", "'")
        return token + 1 if whole in gazetteer.organisations else token
    return end


def _is_known(name: str, gazetteer: Gazetteer) -> bool:
    """The article belongs to some names: "The Hague", "The Gambia"."""
    return name in gazetteer.organisations or gazetteer.is_place(name)


def _is_description(document: Document, first: int, end: int) -> bool:
    """ "a significant Criminal Organization." says what something is, and names nothing."""
    if end < len(document) and document.word(end)[0].isalnum():
        return False
    for token in range(first - 1, max(first - 1 - DESCRIPTION_REACH, -1), -1):
        word = document.word(token)
        if word in ARTICLES:
            return True
        if not word.islower():
            return False
    return False


def _spelled_out(document: Document, token: int) -> int | None:
    """The first token of the name that an acronym in brackets stands for: "Nordic Grid Authority (NGA)"."""
    acronym = document.word(token)
    if len(acronym) < SHORTEST_ACRONYM or token < 2 or not acronym.isupper():
        return None
    if document.word(token - 1) != "(":
        return None
    missing = len(acronym)
    for before in range(token - 2, max(token - 2 - 2 * len(acronym), -1), -1):
        word = document.word(before)
        if word[0].isupper():
            missing -= 1
            if word[0] != acronym[missing]:
                return None
            if missing == 0:
                return before
        elif word not in JOINING:
            return None
    return None


def _announced(document: Document, spans: list[Span]) -> list[Span]:
    """Persons that the finder has missed: capitalised words right behind "Mr", where no span begins."""
    found: list[Span] = []
    titles = document.among(_announcing())
    begun = {start for start, _, _, _ in spans} if titles else set()
    for title in titles:
        first = title + 1
        if first < len(document) and document.word(first) == ".":
            first += 1
        if first >= len(document) or document.starts[first] in begun:
            continue
        end = first
        while (
            end < min(len(document), first + LONGEST_NAME)
            and (end == first or document.spaced(end - 1))
            and _goes_on(document, end, first)
        ):
            end += 1
        while end > first and document.word(end - 1) in PARTICLES:
            end -= 1
        if end > first and is_titled(document, first) and begun.isdisjoint(document.starts[first:end]):
            found.append(Span(document.starts[first], document.ends[end - 1], PERSON, titled=True))
    return found


@cache
def _announcing() -> NDArray[np.uint64]:
    return sorted_keys(ANNOUNCING)


def _goes_on(document: Document, token: int, first: int) -> bool:
    word = document.word(token)
    if word in PARTICLES:
        return token + 1 < len(document)
    return word[0].isupper() and word.lower() not in FUNCTION and (token == first or word not in TITLED)
