"""What a finder took for a name and is none, and what belongs to no name: titles, possessives, demonyms,
money, descriptions; and names that a title announces."""

from bisect import bisect_left, bisect_right

from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import ARTICLES, EVENT_HEADS, FUNCTION, HONORIFICS, ORG_HEADS, PARTICLES, ROLES
from streams.tagging.spans import Span
from streams.tagging.titles import without_title
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE
TITLED = HONORIFICS | ROLES
"""A person's mention right behind one of these is `titled`."""
POSSESSIVES = frozenset(("'s", "’s", "'S", "’S"))
DESCRIPTION_REACH = 3
"""Words between an indefinite article and the phrase it describes: "a significant Criminal Organization"."""
LONGEST_NAME = 20
"""Tokens. Longer runs of capitals are lists and shouting; the longest gold name of news has 15."""
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
    """The spans cut to names, without those that are none, with those that a title announces."""
    kept: list[Span] = []
    for span in spans:
        if "$" in document.text[span.start : span.end + 1]:
            continue
        first, end = _tokens(document, span)
        if first == len(document.words) or end - first > LONGEST_NAME:
            continue
        end = _before_possessive(document, first, end, gazetteer)
        if document.words[first] in ("The", "the") and end - first > 1:
            first += not _is_known(document.slice(first, end), gazetteer)
        if span.type is PERSON:
            first = without_title(document, first, document.ends[end - 1])
            kept.append(_span(document, first, end, PERSON))
            continue
        last = document.words[end - 1]
        if last in gazetteer.demonyms and (end - first == 1 or span.type is PLACE):
            end -= 1  # "Kentucky Republican"
            if end == first or not gazetteer.is_place(document.slice(first, end)):
                continue
        if span.type is ORGANISATION and end - first > 1:
            if last in EVENT_HEADS:
                kept.append(_span(document, first, end, EntityType.EVENT))
                continue
            if last in ORG_HEADS and _is_description(document, first, end):
                continue
        kept.append(_span(document, first, end, span.type))
        if span.type is ORGANISATION and end - first == 1:
            begin = _spelled_out(document, first)
            if begin is not None and document.starts[begin] not in {span.start for span in kept}:
                kept.append(_span(document, begin, first - 1, ORGANISATION))
    return kept + _announced(document, kept)


def _span(document: Document, first: int, end: int, kind: EntityType) -> Span:
    titled = kind is PERSON and is_titled(document, first)
    return Span(document.starts[first], document.ends[end - 1], kind, titled)


def is_titled(document: Document, token: int) -> bool:
    """A title stands right before a token, with a full stop at most between them."""
    before = token - 1
    if before > 0 and document.words[before] == ".":
        before -= 1
    if before < 0 or document.words[before] not in TITLED:
        return False
    return document.starts[token] - document.ends[before] <= 2  # ". "


def _tokens(document: Document, span: Span) -> tuple[int, int]:
    """First and end token of what a span lies in: other finders cut words otherwise ("anti-Trump")."""
    first = bisect_right(document.ends, span.start)
    return first, max(bisect_left(document.starts, span.end), first + 1)


def _before_possessive(document: Document, first: int, end: int, gazetteer: Gazetteer) -> int:
    """Where a name ends that is a possessor ("Wagner's", "Wagner's command"); "Sotheby's" and "St Mary's
    Hospital" are names in whole."""
    for token in range(first + 1, end):
        if document.words[token] not in POSSESSIVES:
            continue
        if token + 1 < end and not document.words[token + 1][0].islower():
            continue
        whole = document.slice(first, token + 1).replace("’", "'")
        return token + 1 if whole in gazetteer.organisations else token
    return end


def _is_known(name: str, gazetteer: Gazetteer) -> bool:
    """The article belongs to some names: "The Hague", "The Gambia"."""
    return name in gazetteer.organisations or gazetteer.is_place(name)


def _is_description(document: Document, first: int, end: int) -> bool:
    """ "a significant Criminal Organization." says what something is, and names nothing."""
    words = document.words
    if end < len(words) and words[end][0].isalnum():
        return False
    for token in range(first - 1, max(first - 1 - DESCRIPTION_REACH, -1), -1):
        if words[token] in ARTICLES:
            return True
        if not words[token].islower():
            return False
    return False


def _spelled_out(document: Document, token: int) -> int | None:
    """The first token of the name that an acronym in brackets stands for: "Nordic Grid Authority (NGA)"."""
    words, acronym = document.words, document.words[token]
    if not acronym.isupper() or len(acronym) < SHORTEST_ACRONYM or token < 2 or words[token - 1] != "(":
        return None
    missing = len(acronym)
    for before in range(token - 2, max(token - 2 - 2 * len(acronym), -1), -1):
        word = words[before]
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
    """Persons that the finder has missed: capitalised words right behind "Mr"."""
    words, found = document.words, []
    titles = [token for token in document.capitals if words[token] in ANNOUNCING]
    taken = {span.start for span in spans} if titles else set()
    for token in titles:
        first = token + 1
        if first < len(words) and words[first] == ".":
            first += 1
        end = first
        while (
            end < min(len(words), first + LONGEST_NAME)
            and (end == first or document.spaced(end - 1))
            and _goes_on(words, end, first)
        ):
            end += 1
        while end > first and words[end - 1] in PARTICLES:
            end -= 1
        starts = document.starts[first:end]
        if end > first and is_titled(document, first) and taken.isdisjoint(starts):
            found.append(Span(document.starts[first], document.ends[end - 1], PERSON, titled=True))
    return found


def _goes_on(words: list[str], token: int, first: int) -> bool:
    word = words[token]
    if word in PARTICLES:
        return token + 1 < len(words)
    return word[0].isupper() and word.lower() not in FUNCTION and (token == first or word not in TITLED)
