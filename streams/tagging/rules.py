"""What the whole document says about a span: the rules that follow any finder.

Money is no name; a name before (ABC) defines the acronym; a person's surname types its bare mentions,
"X Group" types a bare X; a surface has one type in an article (the majority's); what the finder missed is
found again. Measured on spans of a learned finder: +.02 to +.07 F1 (design/tagging.md).
"""

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import FUNCTION, ORG_HEADS, PARTICLES, SUFFIXES
from streams.tagging.proper import proper
from streams.tagging.recall import again
from streams.tagging.remembered import remembered
from streams.tagging.spans import Span, surfaces_of, without_overlaps
from streams.tagging.titles import TITLED
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE
ACRONYM_REACH = 12
"""Characters. Longer brackets hold a remark, not an acronym."""
LONGEST_STEM = 4
"""Words of an organisation whose bare stem may stand for it."""
SHORTEST_AGAIN = 3
"""Letters. Shorter names are found again only when they are somebody's surname or in capitals."""
SHOUTED = 5
"""ASCII capitals in a row that make a text one that shouts, and letters of a name that is looked for there in
capitals too."""
SHORT_TEXT = 300
"""Characters of a text, most often a headline, in which each name is looked for first: 3 us for 60 names, of
which the kernel then hears of one or none, at 25 us for all."""
DEFINITION = re.compile(r"[A-Za-z][A-Za-z.&-]{1,9}")


@dataclass(frozen=True, slots=True)
class Names:
    """What an article calls whom: surface to type, acronym or stem to the surface in full."""

    types: dict[str, EntityType] = field(default_factory=dict)
    full: dict[str, str] = field(default_factory=dict)


def settle(document: Document, spans: list[Span], gazetteer: Gazetteer) -> tuple[list[Span], Names]:
    """The body's final spans, and the names to look for in the headline."""
    spans = proper(document, spans, gazetteer)
    surfaces = surfaces_of(document.text, spans)
    names = _names(document.text, spans, surfaces, gazetteer)
    return _recalled(document, spans, surfaces, names, gazetteer, False), names


def recall(
    document: Document, spans: list[Span], names: Names, gazetteer: Gazetteer, title_case: bool = False
) -> list[Span]:
    """Spans typed as the article types them, and every other occurrence of its names.

    In a title-case headline capitals beside a name do not speak against it.
    """
    return _recalled(document, spans, surfaces_of(document.text, spans), names, gazetteer, title_case)


def _recalled(
    document: Document,
    spans: list[Span],
    surfaces: list[str],
    names: Names,
    gazetteer: Gazetteer,
    title_case: bool,
) -> list[Span]:
    typed = _retyped(spans, surfaces, names.types, gazetteer)
    wanted = _wanted(document, names)
    return without_overlaps(typed + again(document, typed, wanted, gazetteer, title_case))


def _names(text: str, spans: list[Span], surfaces: list[str], gazetteer: Gazetteer) -> Names:
    names = Names(_majority(spans, surfaces))
    surnames = _surnames(names, gazetteer)
    stems = _stems(names, surnames, gazetteer)
    names.types.update(dict.fromkeys(sorted(surnames), PERSON))
    names.types.update(dict.fromkeys(stems, ORGANISATION))
    names.full.update(stems)
    opened = _brackets(text)
    for span in [span for span in spans if span[1] in opened] if opened else ():
        acronym = _defined_acronym(text, span) if span.type is not PERSON else None
        if acronym:
            surface = text[span.start : span.end]
            names.types[acronym] = names.types[surface]
            names.full[acronym] = surface
    return names


def _majority(spans: list[Span], surfaces: list[str]) -> dict[str, EntityType]:
    """Each surface's type: the most frequent, of equals the first."""
    types: dict[str, EntityType] = {}
    doubtful: dict[str, dict[EntityType, int]] = {}
    for surface, (_, _, kind, _) in zip(surfaces, spans, strict=True):
        if types.setdefault(surface, kind) is not kind:
            doubtful[surface] = {}
    if doubtful:
        for surface, (_, _, kind, _) in zip(surfaces, spans, strict=True):
            if surface in doubtful:
                votes = doubtful[surface]
                votes[kind] = votes.get(kind, 0) + 1
        types |= {surface: max(votes, key=lambda kind: votes[kind]) for surface, votes in doubtful.items()}
    return types


def _brackets(text: str) -> set[int]:
    """Where a space and an opening bracket stand."""
    found, at = set(), text.find("(")  # one character is found four times as fast as two
    while at >= 0:
        if text[at - 1 : at] == " ":
            found.add(at - 1)
        at = text.find("(", at + 1)
    return found


def _surnames(names: Names, gazetteer: Gazetteer) -> set[str]:
    """Last words of persons' names, particles included, and their known first names."""
    return {
        name
        for surface, kind in names.types.items()
        if kind is PERSON and not surface.isalnum()  # one word is bare already
        for name in _bare_names(surface, gazetteer)
        if not (names.types.get(name) is PLACE and gazetteer.is_sure_place(name))
    }


@remembered
def _bare_names(surface: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """What a person named so may be called further on."""
    words = surface.split()
    if len(words) < 2:
        return ()
    last = len(words) - 1 - (words[-1] in SUFFIXES)
    bare = [words[last]]
    if last > 1 and words[last - 1].lower() in PARTICLES:
        bare.append(" ".join(words[last - 1 : last + 1]))
    if len(words[0]) >= SHORTEST_AGAIN and words[0] in gazetteer.first_names:
        bare.append(words[0])
    return tuple([name for name in bare if len(name) > 1 and not _is_other(name, gazetteer)])


def _is_other(name: str, gazetteer: Gazetteer) -> bool:
    """A title, a demonym or a function word, not a name."""
    return name in TITLED or name in gazetteer.demonyms or name.lower() in FUNCTION


def _stems(names: Names, surnames: set[str], gazetteer: Gazetteer) -> dict[str, str]:
    """ "Wagner" of "Wagner Group", unless it is a surname here: stem to the name in full."""
    found: dict[str, str] = {}
    for surface, kind in names.types.items():
        stem = _stem(surface, gazetteer) if kind is ORGANISATION and not surface.isalnum() else None
        if stem and names.types.get(stem) is not PLACE and stem not in surnames:
            found.setdefault(stem, surface)
    return found


@remembered
def _stem(surface: str, gazetteer: Gazetteer) -> str | None:
    """An organisation's name without its last word, where that says what it is and the rest is its own."""
    words = surface.split()
    if not 2 <= len(words) <= LONGEST_STEM or words[-1] not in ORG_HEADS or words[-2] in ORG_HEADS:
        return None
    if len(words[0]) < SHORTEST_AGAIN or words[0].lower() in FUNCTION:
        return None
    stem = " ".join(words[:-1])
    return None if stem in gazetteer.demonyms or gazetteer.is_sure_place(stem) else stem


def _defined_acronym(text: str, span: Span) -> str | None:
    """ABC of "Agency for Better Code (ABC)"; an opening bracket stands behind the span."""
    close = text.find(")", span.end, span.end + ACRONYM_REACH)
    acronym = text[span.end + 2 : close] if close > 0 else ""
    if not DEFINITION.fullmatch(acronym) or sum(map(str.isupper, acronym)) < 2:
        return None
    return acronym if acronym[0].lower() == text[span.start].lower() else None


def _retyped(
    spans: list[Span], surfaces: list[str], types: dict[str, EntityType], gazetteer: Gazetteer
) -> list[Span]:
    """The spans as the article types them; "Russian Wagner Group" is the Wagner Group, if it is called so."""
    typed = spans.copy()
    for number, (surface, (start, end, kind, titled)) in enumerate(zip(surfaces, spans, strict=True)):
        meant = types.get(surface, kind)
        if kind is ORGANISATION and (rest := _without_demonym(surface, types, gazetteer)) is not None:
            typed[number] = Span(end - len(rest), end, ORGANISATION)
        elif meant is not kind:
            typed[number] = Span(start, end, meant, titled and meant is PERSON)
    return typed


def _without_demonym(surface: str, types: dict[str, EntityType], gazetteer: Gazetteer) -> str | None:
    """What follows a demonym in an organisation's name, where the article calls an organisation so."""
    word, space, rest = surface.partition(" ")
    return rest if space and types.get(rest) is ORGANISATION and word in gazetteer.demonyms else None


def _wanted(document: Document, names: Names) -> dict[str, EntityType]:
    """The names to look for; in capitals too, where a text shouts; of a short text those that it holds."""
    wanted, text = names.types, document.text
    if _shouts(document.codes):
        wanted = wanted.copy()
        for surface, kind in names.types.items():
            if len(surface) >= SHOUTED and not surface.isupper():
                loud = surface.upper()
                wanted.setdefault(loud, kind)
                names.full.setdefault(loud, names.full.get(surface, surface))
    if len(text) <= SHORT_TEXT:
        wanted = {surface: kind for surface, kind in wanted.items() if surface in text}
    return {
        surface: kind
        for surface, kind in wanted.items()
        if len(surface) >= SHORTEST_AGAIN or (surface and (kind is PERSON or surface.isupper()))
    }


@compiled
def _shouts(codes: NDArray[np.uint32]) -> bool:
    """Whether SHOUTED capitals stand in a row: one of them stands at every SHOUTED-th place."""
    for place in range(SHOUTED - 1, len(codes), SHOUTED):
        if 65 <= codes[place] <= 90:
            first, end = place, place + 1
            while first > 0 and 65 <= codes[first - 1] <= 90:
                first -= 1
            while end < len(codes) and 65 <= codes[end] <= 90:
                end += 1
            if end - first >= SHOUTED:
                return True
    return False
