"""Mentions of one thing, gathered: "Mr Kirby" is John Kirby, "US" the United States."""

import re
import unicodedata
from array import array
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from streams.events import Mention
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.names import Names
from streams.tagging.namesakes import LONGEST_ACRONYM, Organisations, People, tidy
from streams.tagging.sentences import sentences_at
from streams.tagging.spans import Columns
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType, MentionKind

PERSON, ORGANISATION, PLACE = EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE
FULL, TITLED = MentionKind.FULL, MentionKind.TITLED  # a member takes 70 ns to look up
_LOCAL = {kind: f"local:{kind}:" for kind in EntityType}
_NO_LETTERS = re.compile(r"[\W_]+")
_mention = partial(tuple.__new__, Mention)  # of a row of columns: half the time of Mention._make


@dataclass(slots=True)
class Group:
    """One entity to be: its type, name, and mentions in the order of reading, the headline first.

    `first_sentence` is the body's; it says nothing of what is in the headline.
    """

    type: EntityType
    name: str
    mentions: tuple[Mention, ...]
    first_sentence: int = 0
    in_headline: bool = False

    @property
    def local_id(self) -> str:
        """The type and the name in lower case with hyphens: the same for the same name in any article."""
        name = self.name
        if name.isascii():
            words = name.split()
            plain = "".join(words).isalnum()  # three of four: a fifth of the time
            return _LOCAL[self.type] + ("-".join(words).lower() if plain else _slug(name))
        letters = unicodedata.normalize("NFKD", name)
        return _LOCAL[self.type] + _slug("".join([x for x in letters if not unicodedata.combining(x)]))


def _slug(name: str) -> str:
    return _NO_LETTERS.sub("-", name.lower()).strip("-") or "unnamed"


@dataclass(slots=True)
class Found:
    """Settled spans of the headline or the body."""

    where: Literal["headline", "text"]
    document: Document
    spans: Columns


Called = tuple[EntityType, str]
"""A type and a surface, or the key of what it names."""
Members = tuple[list[int], dict[str, None]]
"""The numbers of the mentions of one thing, and its surfaces, each once, both in the order of reading."""


def group(headline: Found, body: Found, names: Names, gazetteer: Gazetteer) -> list[Group]:
    """Entities in the order of their first mention. Linear in the number of spans."""
    spans = headline.spans + body.spans
    if not spans.starts:
        return []
    surfaces, titled = spans.surfaces, spans.titled
    gathered, organisations = _gathered(list(zip(spans.types, surfaces, strict=True)), names, gazetteer)
    forms = [TITLED if after_title else FULL for after_title in titled]
    called = []
    for (kind, key), (numbers, different) in gathered.items():
        name = key
        if kind is PERSON or (kind is ORGANISATION and key not in organisations.shown):
            # Four of five things have one name in an article.
            name = tidy(max(different, key=_worth) if len(different) > 1 else next(iter(different)))
        called.append(name)
        shortened = {surface: _form(surface, name) for surface in different if surface != name}
        if shortened:
            for number in numbers:
                if not titled[number]:
                    forms[number] = shortened.get(surfaces[number], FULL)
    above = len(headline.spans)
    where = [headline.where] * above + [body.where] * len(body.spans)
    mentions = list(map(_mention, zip(spans.starts, spans.ends, where, surfaces, forms, strict=True)))
    firsts = [numbers[0] for numbers, _ in gathered.values()]
    sentences = _sentences(body.document, [spans.starts[first] if first >= above else 0 for first in firsts])
    return [
        Group(kind, name, tuple(map(mentions.__getitem__, numbers)), sentence, first < above)
        for ((kind, _), (numbers, _)), name, first, sentence in zip(
            gathered.items(), called, firsts, sentences, strict=True
        )
    ]


def _gathered(
    called: list[Called], names: Names, gazetteer: Gazetteer
) -> tuple[dict[Called, Members], Organisations]:
    """What the mentions with these types and surfaces are mentions of, by type and key."""
    distinct = dict.fromkeys(called)
    people = People([surface for kind, surface in distinct if kind is PERSON], names)
    organisations = Organisations(
        [surface for kind, surface in distinct if kind is ORGANISATION], names, gazetteer
    )
    gathered: dict[Called, Members] = {}
    settled: dict[Called, list[int]] = {}
    for number, pair in enumerate(called):
        numbers = settled.get(pair)
        if numbers is None:
            kind, surface = pair
            if kind is PERSON:
                key = people.key(surface)
            else:
                key = _key(kind, surface, names, organisations, gazetteer)
            numbers, surfaces = gathered.setdefault((kind, key), ([], {}))
            surfaces[surface] = None
            if kind is not PERSON or people.is_settled(surface):
                settled[pair] = numbers
        numbers.append(number)
    return gathered, organisations


def _key(
    kind: EntityType, surface: str, names: Names, organisations: Organisations, gazetteer: Gazetteer
) -> str:
    """What is the same for all surfaces of one thing that is no person."""
    if kind is ORGANISATION:
        return organisations.key(surface)
    if kind is PLACE:
        plain = names.full.get(surface, surface)
        return gazetteer.countries.get(plain, plain)  # "US" is the United States
    return surface


def _sentences(body: Document, starts: list[int]) -> list[int]:
    """The number of the sentence in which each of these places of the body is. It may be inside a token:
    "France" in "Île-de-France"; and before the first token, where nobody asks for the sentence."""
    tokens = body.tokens
    found: list[int] = sentences_at(
        tokens.starts, tokens.sentences, np.frombuffer(array("i", starts), np.int32)
    ).tolist()
    return found


def _worth(surface: str) -> tuple[int, bool]:
    """The longest mention names the entity, of equals one that does not shout."""
    return len(surface), not surface.isupper()


def _form(surface: str, name: str) -> MentionKind:
    """What kind of mention a surface is that is not the name itself."""
    letters = surface.replace(".", "")
    if letters.isupper() and len(letters) <= LONGEST_ACRONYM:
        return MentionKind.ACRONYM
    return MentionKind.FULL if surface.count(" ") >= name.count(" ") else MentionKind.SHORT
