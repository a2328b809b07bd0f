"""What speaks for a phrase being a person, a place or an organisation: words, neighbours, the gazetteer."""

from dataclasses import dataclass

from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import (
    ARTICLES,
    DIRECTIONS,
    HONORIFICS,
    LOCATIVES,
    NOT_ORGANISATIONS,
    ORG_HEADS,
    PARTICLES,
    PLACE_FRONTS,
    PLACE_HEADS,
    ROLE_PARTS,
    ROLES,
    SAYING,
    SUBJECTS,
    SUFFIXES,
)
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

LONGEST_ACRONYM = 6
"""Letters. Longer words in capitals are shouting."""
DOTTED_PLACES = frozenset({"U.S.", "U.K.", "U.N.", "E.U.", "D.C."})
"""Capitals with full stops that are no initials."""
DESCRIPTION_REACH = 3
"""Words between an indefinite article and the phrase it describes: "a significant Criminal Organization"."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A document and where the gazetteer hit it: first token to end token."""

    document: Document
    gazetteer: Gazetteer
    known: dict[int, int]

    def single(self, token: int) -> EntityType | None:
        """What one capitalised word names on its own; None when nothing says so."""
        word, gazetteer = self.document.words[token], self.gazetteer
        if word in gazetteer.demonyms or word in ROLES or word in HONORIFICS:
            return None
        is_place = gazetteer.is_place(word)
        if word in gazetteer.organisations:
            in_place = is_place and self.sure(word) and self.announces_place(token)
            return EntityType.PLACE if in_place else EntityType.ORGANISATION
        if is_place and self._is_place_here(token):
            return EntityType.PLACE
        if self.is_titled(token, HONORIFICS):
            return EntityType.PERSON
        if word in NOT_ORGANISATIONS or word in ORG_HEADS or word in ROLE_PARTS or word in PLACE_HEADS:
            return None
        plain = word.replace("&", "").isalpha()
        if plain and word.isupper() and 2 <= len(word) <= LONGEST_ACRONYM and not self._shouted(token):
            return EntityType.ORGANISATION
        if self.is_titled(token) and not word.isupper() and not self.is_common(word):
            return EntityType.PERSON
        return None

    def _is_place_here(self, token: int) -> bool:
        word = self.document.words[token]
        if self.sure(word):
            return not (self.document.opens[token] and word.lower() in self.document.lower)
        if (
            word.lower() in self.document.lower
            or self.is_common(word)
            or word in ORG_HEADS
            or word in SUBJECTS
        ):
            return False
        if self._before_larger_place(token):
            return True
        person = word in self.gazetteer.first_names or word in self.gazetteer.last_names
        return self.announces_place(token) and not (person and self.is_titled(token))

    def _before_larger_place(self, token: int) -> bool:
        """ "Paris, Texas": a comma and a country or division follow."""
        words = self.document.words
        if token + 2 >= len(words) or words[token + 1] != ",":
            return False
        end = self.known.get(token + 2)
        if end is None:
            return False
        return any(p.kind != "city" for p in self.gazetteer.places(self.document.slice(token + 2, end)))

    def sure(self, name: str) -> bool:
        return self.gazetteer.is_sure_place(name)

    def announces_place(self, token: int) -> bool:
        """The word before is a preposition of place."""
        return token > 0 and self.document.words[token - 1].lower() in LOCATIVES

    def is_titled(self, token: int, titles: frozenset[str] = HONORIFICS | ROLES) -> bool:
        """A title stands before the token, on the same line."""
        words, before = self.document.words, token - 1
        if before > 0 and words[before] == ".":
            before -= 1
        return before >= 0 and words[before] in titles and not self._far(before, token)

    def _far(self, before: int, token: int) -> bool:
        return self.document.starts[token] - self.document.ends[before] > 2  # ". " at most

    def is_common(self, word: str) -> bool:
        """An ordinary word: frequent English, or seen in lower case here, and nobody's first name."""
        lower = word.lower()
        if word in self.gazetteer.first_names or word in self.gazetteer.organisations:
            return False
        if len(word) > 1 and word.isupper():
            return False
        return lower in self.gazetteer.common or lower in self.document.lower

    def is_proper(self, token: int) -> bool:
        """The word is no head, subject, office or demonym: it makes a name a name."""
        word = self.document.words[token]
        generic = word in ORG_HEADS or word in SUBJECTS or word in ROLE_PARTS or word in DIRECTIONS
        return not (generic or word in self.gazetteer.demonyms or word.lower() in self.gazetteer.common)

    def is_description(self, first: int, end: int) -> bool:
        """ "a significant Criminal Organization": an indefinite article, and no known name inside."""
        words = self.document.words
        if any(token in self.known for token in range(first, end)):
            return False
        for token in range(first - 1, max(first - 1 - DESCRIPTION_REACH, -1), -1):
            if words[token] in ARTICLES:
                return True
            if not words[token].islower() or not words[token].isalpha():
                return False
        return False

    def _shouted(self, token: int) -> bool:
        """A neighbour on the line is a longer word in capitals: the whole line is."""
        words = self.document.words
        around = words[max(token - 2, 0) : token] + words[token + 1 : token + 3]
        return any(len(word) > LONGEST_ACRONYM - 2 and word.isupper() for word in around)

    def full_name(self, first: int, end: int) -> bool:
        """A first name and a surname, both known, or a first name and an initial: a person whatever else."""
        words = self.document.words
        if end - first == 2:
            known = (
                words[first] in self.gazetteer.first_names and words[first + 1] in self.gazetteer.last_names
            )
            return known and not self.sure(words[first]) and words[first] not in self.gazetteer.demonyms
        return False

    def person_like(self, first: int, end: int) -> bool:
        """Begins with a first name or an initial, or ends with a surname, and has no word of another kind."""
        words, gazetteer = self.document.words, self.gazetteer
        if end - first < 2 or any(words[t] in gazetteer.organisations for t in range(first + 1, end)):
            return False
        head = words[first]
        if any(words[t].isupper() and len(words[t]) > 3 for t in range(first, end)):
            return False
        if head in gazetteer.first_names or (head[0].isupper() and (len(head) == 1 or head[1] == ".")):
            return head not in DOTTED_PLACES
        last = end - 1 - (words[end - 1] in SUFFIXES)
        surname = words[last] in gazetteer.last_names and not self.sure(words[last])
        return (
            surname and not self.sure(head) and not self.is_common(head) and not self.is_common(words[last])
        )

    def compound_place(self, first: int, end: int) -> bool:
        """ "northern" directions and "Mount" before a name, or a known place under a preposition."""
        words = self.document.words
        if words[first] in PLACE_FRONTS:
            return True
        rest = self.known.get(first + 1) == end and self.gazetteer.is_place(
            self.document.slice(first + 1, end)
        )
        return words[first] in DIRECTIONS and rest

    def unknown_person(self, first: int, end: int) -> bool:
        """Two or three words known as nothing else: most often a person."""
        words = self.document.words
        if not 2 <= end - first <= 3:
            return False
        for token in range(first, end):
            word = words[token]
            if word in PARTICLES:
                continue
            if self.is_common(word) or not word[1:].islower() or word in DIRECTIONS or word in SUBJECTS:
                return False
            if word in self.gazetteer.demonyms or word in self.gazetteer.organisations or word in ORG_HEADS:
                return False
        follows = words[end] if end < len(words) else ""
        return follows in SAYING or first == 0 or words[first - 1].lower() not in ("the", "a", "an", "this")
