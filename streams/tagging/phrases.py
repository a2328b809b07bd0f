"""What one capitalised phrase names: trimmed, cut at titles, and typed by its words and neighbours."""

from streams.tagging.evidence import Scene
from streams.tagging.lexicon import (
    CALENDAR,
    EVENT_HEADS,
    FUNCTION,
    HONORIFICS,
    NAMELESS_HEADS,
    OF_HEADS,
    ORG_HEADS,
    PLACE_HEADS,
    PLACE_OF_HEADS,
    ROLE_PARTS,
    ROLES,
)
from streams.tagging.spans import Span
from streams.vocabulary import EntityType

LONGEST_PERSON = 5
"""Words of a person's name, initials and particles included."""


def name_phrase(scene: Scene, first: int, end: int) -> list[Span]:
    """The names in tokens [first:end] of one capitalised run, in text order."""
    first, end = _trim(scene, first, end)
    if first >= end:
        return []
    if end - first == 1:
        return _spans(scene, first, end, scene.single(first))
    if scene.known.get(first) == end:
        name = scene.document.slice(first, end)
        if name in scene.gazetteer.organisations:
            return _spans(scene, first, end, EntityType.ORGANISATION)
        if scene.gazetteer.is_place(name) and not (scene.person_like(first, end) and not scene.sure(name)):
            return _spans(scene, first, end, EntityType.PLACE)
        if name in scene.gazetteer.demonyms:
            return []
    if scene.full_name(first, end) and not scene.announces_place(first):
        return _spans(scene, first, end, EntityType.PERSON)
    headed = _headed(scene, first, end)
    if headed is not None:
        return headed
    words = scene.document.words
    office = next(
        (i for i in range(end - 1, first - 1, -1) if words[i] in ROLES or words[i] in HONORIFICS), None
    )
    if office is not None:
        return _around_office(scene, first, office, end)
    if words[first] in scene.gazetteer.demonyms:
        return name_phrase(scene, scene.known.get(first, first + 1), end)
    return _parts(scene, first, end)


def _trim(scene: Scene, first: int, end: int) -> tuple[int, int]:
    """Without sentence openers, articles, days of the calendar, and a last demonym: "Kentucky Republican"."""
    words = scene.document.words
    while first < end and scene.known.get(first, first + 1) == first + 1 and _opener(scene, first, end):
        first += 1
    while first < end and scene.known.get(first) != end:
        last = words[end - 1]
        if not (
            _ordinary(last) or last in CALENDAR or (last in scene.gazetteer.demonyms and end - first > 1)
        ):
            break
        if last in ("May", "Will") and end - first > 1 and words[end - 2] in scene.gazetteer.first_names:
            break
        end -= 1
    return first, end


def _opener(scene: Scene, first: int, end: int) -> bool:
    """The first word is capitalised for its place or as a word of the calendar, not as part of a name."""
    word = scene.document.words[first]
    if _ordinary(word) or word in CALENDAR:
        return True
    if word in HONORIFICS or word in ROLES or not scene.document.opens[first] or end - first == 1:
        return False
    return scene.is_common(word) and scene.document.words[first + 1] not in ORG_HEADS


def _ordinary(word: str) -> bool:
    return word.lower() in FUNCTION and (len(word) == 1 or not word.isupper())


def _headed(scene: Scene, first: int, end: int) -> list[Span] | None:
    """Typed by the head of the phrase: "... Ministry", "Bank of ...", "... River"; None without one."""
    words = scene.document.words
    link = next((i for i in range(first + 1, end - 1) if words[i] in ("of", "for")), None)
    if link is not None and words[link - 1] in OF_HEADS:
        kind = EntityType.PLACE if words[link - 1] in PLACE_OF_HEADS else EntityType.ORGANISATION
        return _spans(scene, _proper_start(scene, first, link), end, kind)
    head = words[end - 1]
    if head in ORG_HEADS:
        if scene.is_description(first, end):
            return []
        return _spans(scene, _proper_start(scene, first, end), end, EntityType.ORGANISATION)
    if head in PLACE_HEADS:
        return [] if scene.is_description(first, end) else _spans(scene, first, end, EntityType.PLACE)
    if head in EVENT_HEADS:
        return _spans(scene, first, end, EntityType.EVENT)
    if head in NAMELESS_HEADS:
        return []
    return None


def _proper_start(scene: Scene, first: int, end: int) -> int:
    """After the demonym and titles that stand before an organisation's name: "Russian Wagner Group".

    They stay where nothing but ordinary words would be left, "Russian Foreign Ministry", "British Airways",
    and where the acronym behind the name counts them: "Nordic Grid Authority (NGA)".
    """
    words, start = scene.document.words, first
    if _spelt_out(scene, first, end):
        return first
    while start < end - 1 and (words[start] in scene.gazetteer.demonyms or words[start] in HONORIFICS):
        start += 1
    return start if start > first and any(scene.is_proper(i) for i in range(start, end - 1)) else first


def _spelt_out(scene: Scene, first: int, end: int) -> bool:
    """Whether the words' capitals are the acronym in the brackets behind them."""
    document = scene.document
    capitals = "".join(word[0] for word in document.words[first:end] if word[:1].isupper())
    return end - first > 1 and document.text.startswith(f" ({capitals})", document.ends[end - 1])


def _around_office(scene: Scene, first: int, office: int, end: int) -> list[Span]:
    """ "US Defence Secretary Lloyd Austin": what stands before the office, and the person after it."""
    words = scene.document.words
    before = office
    while before > first and (
        words[before - 1] in ROLE_PARTS or words[before - 1] in ROLES or words[before - 1] in HONORIFICS
    ):
        before -= 1
    found = name_phrase(scene, first, before) if before > first else []
    start = office + 1 + (office + 1 < end and words[office + 1] == ".")
    if start >= end:
        return found
    name = scene.document.slice(start, end)
    other = name in scene.gazetteer.organisations or (words[office] in ROLES and scene.sure(name))
    if other or end - start > LONGEST_PERSON or name in scene.gazetteer.demonyms:
        return found + name_phrase(scene, start, end)
    return found + _spans(scene, start, end, EntityType.PERSON)


def _parts(scene: Scene, first: int, end: int) -> list[Span]:
    """A phrase without head or title: a person, a place, or a known name with another behind it."""
    if scene.compound_place(first, end):
        return _spans(scene, first, end, EntityType.PLACE)
    prefix = scene.known.get(first, first)
    if prefix <= first + 1 and end - first <= LONGEST_PERSON and scene.person_like(first, end):
        return _spans(scene, first, end, EntityType.PERSON)
    if first < prefix < end:
        name = scene.document.slice(first, prefix)
        if name in scene.gazetteer.organisations:
            return _spans(scene, first, prefix, EntityType.ORGANISATION) + name_phrase(scene, prefix, end)
        if scene.sure(name):
            if end - prefix > 1 and scene.person_like(prefix, end):
                return _spans(scene, first, prefix, EntityType.PLACE) + name_phrase(scene, prefix, end)
            if scene.document.lower.isdisjoint(w.lower() for w in scene.document.words[prefix:end]):
                return _spans(scene, first, end, EntityType.ORGANISATION, guess=True)
            return _spans(scene, first, prefix, EntityType.PLACE)
    if scene.unknown_person(first, end):
        return _spans(scene, first, end, EntityType.PERSON, guess=True)
    return []


def _spans(scene: Scene, first: int, end: int, kind: EntityType | None, guess: bool = False) -> list[Span]:
    if kind is None:
        return []
    document = scene.document
    titled = kind is EntityType.PERSON and scene.is_titled(first)
    return [Span(document.starts[first], document.ends[end - 1], kind, titled, guess)]
