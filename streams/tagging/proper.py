"""What a finder took for a name and is none, and what belongs to no name: titles, possessives, demonyms,
money, descriptions; and names that a title announces."""

from collections.abc import Sequence

from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import ARTICLES, EVENT_HEADS, FUNCTION, ORG_HEADS, PARTICLES
from streams.tagging.located import DESCRIPTION_REACH, LONGEST_NAME, RULES, TITLE, located, words_of_rules
from streams.tagging.spans import TYPES, Span, Table, rows_of, table_of_columns
from streams.tagging.titles import TITLED, without_title
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE
POSSESSIVES = frozenset(("'s", "’s", "'S", "’S"))
SHORTEST_ACRONYM = 3
JOINING = frozenset(("of", "the", "and", "for", "in", "on", "&"))
"""Words of a name that its acronym does not count."""


def proper(document: Document, spans: Table, gazetteer: Gazetteer) -> Table:
    """The spans cut to names, without those that are none, with those that a title announces.

    The rules read the words of few spans: a kernel has seen of the others that none concerns them.
    """
    concerned = located(document.codes, document.tokens, spans, words_of_rules(gazetteer), RULES)
    return _by_rules(document, spans, concerned.tolist(), gazetteer) if len(concerned) else spans


def _by_rules(document: Document, spans: Table, concerned: list[list[int]], gazetteer: Gazetteer) -> Table:
    """The same where some span or title is concerned: half of the articles. Linear in the spans."""
    rows = starts, ends, types, _ = spans.tolist()
    kept: tuple[list[int], ...] = [], [], [], []
    begun: set[int] = set()
    done = told = 0
    for number, first, end in concerned:
        if number == TITLE:
            continue
        _add(kept, [row[done:number] for row in rows])
        done = number + 1
        span = Span(starts[number], ends[number], TYPES[types[number]])
        made = _ruled(document, span, first, end, gazetteer)
        if len(made) > 1:
            begun.update(kept[0][told:], [made[0].start])
            told = len(kept[0])
            made[1:] = [name for name in made[1:] if name.start not in begun]
        _add(kept, rows_of(made))
    _add(kept, [row[done:] for row in rows])
    titles = [first for number, _, first in concerned if number == TITLE]
    if titles:
        _add(kept, rows_of(_announced(document, kept[0], titles)))
    return table_of_columns(*kept)


def _add(columns: Sequence[list[int]], more: Sequence[Sequence[int]]) -> None:
    """Puts rows behind those that are there."""
    for column, values in zip(columns, more, strict=True):
        column.extend(values)


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


def _announced(document: Document, starts: list[int], titles: list[int]) -> list[Span]:
    """Persons that the finder has missed: capitalised words right behind "Mr", where no span begins.

    `titles`: the tokens behind titles, or behind their full stops.
    """
    found: list[Span] = []
    begun = set(starts)
    for first in titles:
        if document.starts[first] in begun:
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


def _goes_on(document: Document, token: int, first: int) -> bool:
    word = document.word(token)
    if word in PARTICLES:
        return token + 1 < len(document)
    return word[0].isupper() and word.lower() not in FUNCTION and (token == first or word not in TITLED)
