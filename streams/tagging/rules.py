"""What the whole document says about a span: the rules that follow any finder.

Money is no name; a name before (ABC) defines the acronym; a person's surname types its bare mentions,
"X Group" types a bare X; a surface has one type in an article (the majority's); what the finder missed is
found again. Measured on spans of a learned finder: +.02 to +.07 F1 (design/tagging.md).
"""

import re

from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import FUNCTION, ORG_HEADS, PARTICLES, SUFFIXES
from streams.tagging.names import Names
from streams.tagging.occurrences import NO_SURFACES, occurrences
from streams.tagging.proper import proper
from streams.tagging.recall import SHORTEST_AGAIN, take_again
from streams.tagging.remembered import remembered
from streams.tagging.shouting import shouts
from streams.tagging.spans import TYPES, Columns, Table
from streams.tagging.surfaces import distinct
from streams.tagging.titles import TITLED
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE
ACRONYM_REACH = 12
"""Characters. Longer brackets hold a remark, not an acronym."""
LONGEST_STEM = 4
"""Words of an organisation whose bare stem may stand for it."""
SHORT_TEXT = 300
"""Characters of a text, most often a headline, in which each name is looked for first: of 60 the kernel then
hears of one or none."""
_ORGANISATION = TYPES.index(ORGANISATION)
DEFINITION = re.compile(r"[A-Za-z][A-Za-z.&-]{1,9}")


def settle(document: Document, spans: Table, gazetteer: Gazetteer) -> tuple[Columns, Names]:
    """The body's final spans, and the names to look for in the headline."""
    text = document.text
    spans = proper(document, spans, gazetteer)
    numbers, firsts = distinct(document.codes, spans)
    begins, stops, voted, defining = firsts.tolist()
    surfaces = [text[start:end] for start, end in zip(begins, stops, strict=True)]
    names = _names(dict(zip(surfaces, map(TYPES.__getitem__, voted), strict=True)), gazetteer)
    starts, ends, kinds, titled = spans.tolist()
    places = numbers.tolist()
    every = list(map(surfaces.__getitem__, places))
    if 1 in defining:
        _define_acronyms(text, starts, ends, kinds, every, names)
    meant = list(map(names.types.__getitem__, surfaces))
    columns = Columns(starts, ends, list(map(meant.__getitem__, places)), titled, every)
    _retype(columns, spans, kinds, names.types, gazetteer)
    more = list(names.types)[len(surfaces) :]
    if not (text.isascii() or "".join(surfaces).isascii()) and shouts(document.codes):
        names.hear()
        more += names.loud
    rows, names.shouted, heard = occurrences(document, spans, firsts, more)
    if heard:
        names.hear()
    take_again(document, columns, rows, names.types | names.loud, gazetteer)
    return columns.settled(), names


def recall(
    document: Document, spans: Table, names: Names, gazetteer: Gazetteer, title_case: bool = False
) -> Columns:
    """Spans typed as the article types them, and every other occurrence of its names.

    In a title-case headline capitals beside a name do not speak against it.
    """
    text = document.text
    starts, ends, kinds, titled = spans.tolist()
    surfaces = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    meant = list(map(names.types.get, surfaces, map(TYPES.__getitem__, kinds)))
    columns = Columns(starts, ends, meant, titled, surfaces)
    _retype(columns, spans, kinds, names.types, gazetteer)
    wanted = names.types
    if shouts(document.codes):
        names.hear()
        wanted = wanted | names.loud
    sought = [surface for surface in wanted if surface in text] if len(text) <= SHORT_TEXT else list(wanted)
    if sought:
        rows, _, _ = occurrences(document, spans, NO_SURFACES, sought)
        take_again(document, columns, rows, wanted, gazetteer, title_case)
    if names.shouted and not names.loud and any(map(str.isupper, columns.surfaces)):
        names.hear()
    return columns.settled()


def _names(types: dict[str, EntityType], gazetteer: Gazetteer) -> Names:
    names = Names(types)
    surnames = _surnames(names, gazetteer)
    stems = _stems(names, surnames, gazetteer)
    types.update(dict.fromkeys(sorted(surnames), PERSON))
    types.update(dict.fromkeys(stems, ORGANISATION))
    names.full.update(stems)
    return names


def _define_acronyms(
    text: str, starts: list[int], ends: list[int], kinds: list[int], surfaces: list[str], names: Names
) -> None:
    """Adds what stands in brackets behind a name that it is short for."""
    for start, end, kind, surface in zip(starts, ends, kinds, surfaces, strict=True):
        if text.startswith(" (", end) and TYPES[kind] is not PERSON:
            acronym = _defined_acronym(text, start, end)
            if acronym:
                names.types[acronym] = names.types[surface]
                names.full[acronym] = surface


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


def _defined_acronym(text: str, start: int, end: int) -> str | None:
    """ABC of "Agency for Better Code (ABC)"; an opening bracket stands behind the span."""
    close = text.find(")", end, end + ACRONYM_REACH)
    acronym = text[end + 2 : close] if close > 0 else ""
    if not DEFINITION.fullmatch(acronym) or sum(map(str.isupper, acronym)) < 2:
        return None
    return acronym if acronym[0].lower() == text[start].lower() else None


def _retype(
    columns: Columns, spans: Table, kinds: list[int], types: dict[str, EntityType], gazetteer: Gazetteer
) -> None:
    """No title without a person; "Russian Wagner Group" is the Wagner Group, if it is called so."""
    if 1 in columns.titled:
        columns.titled = [
            said and kind is PERSON for said, kind in zip(columns.titled, columns.types, strict=True)
        ]
    surfaces = columns.surfaces
    for number, kind in enumerate(kinds):
        if kind == _ORGANISATION and " " in surfaces[number]:
            rest = _without_demonym(surfaces[number], types, gazetteer)
            if rest is not None:
                spans[0, number] = columns.starts[number] = columns.ends[number] - len(rest)
                columns.types[number], columns.titled[number] = ORGANISATION, 0
                surfaces[number] = rest


def _without_demonym(surface: str, types: dict[str, EntityType], gazetteer: Gazetteer) -> str | None:
    """What follows a demonym in an organisation's name, where the article calls an organisation so."""
    word, space, rest = surface.partition(" ")
    return rest if space and types.get(rest) is ORGANISATION and word in gazetteer.demonyms else None
