"""Mentions of one thing, gathered: "Mr Kirby" is John Kirby, "US" the United States."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from streams.events import Mention
from streams.tagging.gazetteer import REMEMBERED, Gazetteer
from streams.tagging.lexicon import ORG_HEADS, PARTICLES, SUFFIXES
from streams.tagging.places import country_name
from streams.tagging.rules import Names
from streams.tagging.spans import Span
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType, MentionKind

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE
Field = Literal["headline", "text"]
LONGEST_ACRONYM = 6
"""Letters of a mention that is called an acronym."""


@dataclass(slots=True)
class Group:
    """One entity to be: its type, name, and mentions in the order of reading, the headline first."""

    type: EntityType
    name: str
    mentions: list[Mention]
    first_sentence: int = 0
    in_headline: bool = False

    @property
    def slug(self) -> str:
        """The name in lower case with hyphens: the same for the same name in any article."""
        return _slug(self.name)


@lru_cache(REMEMBERED)
def _slug(name: str) -> str:
    if not name.isascii():
        letters = unicodedata.normalize("NFKD", name)
        name = "".join([mark for mark in letters if not unicodedata.combining(mark)])
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-") or "unnamed"


@dataclass(frozen=True, slots=True)
class Found:
    """Settled spans of the headline or the body."""

    where: Field
    document: Document
    spans: list[Span]


Member = tuple[Found, Span, str]
"""A mention to be, and its surface."""


def group(parts: list[Found], names: Names, gazetteer: Gazetteer) -> list[Group]:
    """Entities in the order of their first mention. Linear in the number of spans."""
    people = _People(_surfaces(parts, PERSON))
    organisations = _Organisations(_surfaces(parts, ORGANISATION), names, gazetteer)
    gathered: dict[tuple[EntityType, str], list[Member]] = {}
    of_surface: dict[tuple[EntityType, str], list[Member]] = {}
    for part in parts:
        text = part.document.text
        for span in part.spans:
            start, end, kind, _ = span
            surface = text[start:end]
            if kind is PERSON:  # whom a bare name means changes on the way
                key = people.key(names.full.get(surface, surface))
                members = gathered.setdefault((kind, key), [])
            elif (kind, surface) in of_surface:
                members = of_surface[kind, surface]
            else:
                key = _key(kind, surface, names, organisations, gazetteer)
                members = of_surface[kind, surface] = gathered.setdefault((kind, key), [])
            members.append((part, span, surface))
    return [_group(kind, key, members, organisations) for (kind, key), members in gathered.items()]


def _group(kind: EntityType, key: str, members: list[Member], organisations: "_Organisations") -> Group:
    name = key
    if kind is PERSON or (kind is ORGANISATION and key not in organisations.shown):
        name = _tidy(max(dict.fromkeys([surface for _, _, surface in members]), key=_worth))
    first = members[0]
    in_headline = first[0].where == "headline"
    if in_headline:
        first = next((member for member in members if member[0].where == "text"), first)
    mentions = [
        Mention(
            start=start,
            end=end,
            where=part.where,
            text=surface,
            kind=MentionKind.TITLED if titled else _kind(surface, name),
        )
        for part, (start, end, _, titled), surface in members
    ]
    return Group(kind, name, mentions, _sentence(*first[:2]), in_headline)


def _surfaces(parts: list[Found], kind: EntityType) -> Iterable[str]:
    """Each once, in the order of reading."""
    return dict.fromkeys(
        [
            part.document.text[start:end]
            for part in parts
            for start, end, found, _ in part.spans
            if found is kind
        ]
    )


def _key(
    kind: EntityType, surface: str, names: Names, organisations: "_Organisations", gazetteer: Gazetteer
) -> str:
    """What is the same for all surfaces of one thing that is no person."""
    if kind is ORGANISATION:
        return organisations.key(surface)
    if kind is PLACE:
        plain = names.full.get(surface, surface)
        return country_name(plain, gazetteer) or plain
    return surface


def _sentence(part: Found, span: Span) -> int:
    """The number of a span's sentence. It may begin inside a token: "France" in "Île-de-France"."""
    token = bisect_right(part.document.starts, span.start) - 1
    return int(part.document.tokens.sentences[token])


class _People:
    """Full names by surname and first name; a bare name belongs to who was named in full last, else first."""

    def __init__(self, surfaces: Iterable[str]) -> None:
        self._owners: dict[str, str] = {}
        self._first_owner: dict[str, str] = {}
        for surface in surfaces:
            parts = _parts(surface)
            full = _full(surface) if parts else ""
            for part in parts:
                self._first_owner.setdefault(part, full)

    def key(self, surface: str) -> str:
        """The full name's key; keeps in mind who was last named in full."""
        parts = _parts(surface)
        if not parts:
            name = _tidy(surface)
            return self._owners.get(name) or self._first_owner.get(name) or name
        full = _full(surface)
        self._owners.update(dict.fromkeys(parts, full))
        return full


@lru_cache(REMEMBERED)
def _parts(surface: str) -> tuple[str, ...]:
    """Under what a person named in full may be named later; nothing for a bare name."""
    words = surface.split()
    last = len(words) - 1 - (len(words) > 1 and words[-1] in SUFFIXES)
    first = 1 if words[0].lower() in PARTICLES else 0
    if last <= first:
        return ()
    return words[last], _capitalised(words[last]), words[0], " ".join(words[last - 1 : last + 1])


@lru_cache(REMEMBERED)
def _full(surface: str) -> str:
    """First and last word: middle names and initials come and go."""
    words = [word for word in surface.split() if word not in SUFFIXES] or [surface]
    return f"{_capitalised(words[0])} {_capitalised(words[-1])}"


class _Organisations:
    """Names the gazetteer knows by several, acronyms and stems the article defines, and bare heads."""

    def __init__(self, surfaces: Iterable[str], names: Names, gazetteer: Gazetteer) -> None:
        self.shown: set[str] = set()
        self._names, self._gazetteer = names, gazetteer
        tails: dict[str, set[str]] = {}
        for surface in surfaces:
            words = surface.split()
            if len(words) > 1 and words[-1] in ORG_HEADS:
                tails.setdefault(words[-1], set()).add(surface)
        self._tails = {tail: owners.pop() for tail, owners in tails.items() if len(owners) == 1}

    def key(self, surface: str) -> str:
        surface = surface if surface in self._names.types else _tidy(surface)
        full = self._names.full.get(surface) or self._tails.get(surface) or surface
        known = self._gazetteer.organisations.get(full)
        if known:
            self.shown.add(known)
            return known
        return full


def _worth(surface: str) -> tuple[int, bool]:
    """The longest mention names the entity, of equals one that does not shout."""
    return len(surface), not surface.isupper()


def _tidy(name: str) -> str:
    """One space between words."""
    return " ".join(name.split())


def _capitalised(word: str) -> str:
    return word.capitalize() if word.isupper() and len(word) > LONGEST_ACRONYM - 2 else word


@lru_cache(REMEMBERED)
def _kind(surface: str, name: str) -> MentionKind:
    if surface == name:
        return MentionKind.FULL
    letters = surface.replace(".", "")
    if letters.isupper() and len(letters) <= LONGEST_ACRONYM:
        return MentionKind.ACRONYM
    return MentionKind.FULL if surface.count(" ") >= name.count(" ") else MentionKind.SHORT
