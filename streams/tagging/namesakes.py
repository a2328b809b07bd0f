"""Under what key the names of one thing are gathered: whom a bare name means, whose an acronym is."""

from collections.abc import Iterable

from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import ORG_HEADS, PARTICLES, SUFFIXES
from streams.tagging.names import Names

LONGEST_ACRONYM = 6
"""Letters of a mention that is called an acronym."""
_NONE: tuple[tuple[str, ...], str] = ((), "")


class People:
    """Full names by surname and first name; a bare name belongs to who was named in full last, else first."""

    def __init__(self, surfaces: Iterable[str], names: Names) -> None:
        self._full = {surface: names.full[surface] for surface in surfaces if surface in names.full}
        self._owners: dict[str, str] = {}
        self._first_owner: dict[str, str] = {}
        self._shared: set[str] = set()  # by several, so whom it means changes on the way
        self._forms = {surface: _forms(surface) for surface in surfaces}
        for parts, full in self._forms.values():
            for part in parts:
                if self._first_owner.setdefault(part, full) != full:
                    self._shared.add(part)
        for surface in self._full.values():
            parts, full = self._forms[surface] = _forms(surface)
            self._shared.update(part for part in parts if self._first_owner.get(part) != full)

    def key(self, surface: str) -> str:
        """The full name's key; keeps in mind who was last named in full."""
        surface = self._full.get(surface, surface)
        parts, full = self._forms[surface]
        if not parts:
            name = tidy(surface)
            return self._owners.get(name) or self._first_owner.get(name) or name
        if self._shared:
            self._owners.update(dict.fromkeys(parts, full))
        return full

    def is_settled(self, surface: str) -> bool:
        """Whether the surface means the same person everywhere, and no bare name something else after it."""
        if not self._shared:
            return True
        surface = self._full.get(surface, surface)
        parts, _ = self._forms[surface]
        return self._shared.isdisjoint(parts or (tidy(surface),))


def _forms(surface: str) -> tuple[tuple[str, ...], str]:
    """Under what a person named in full may be named later, nothing for a bare name; and the name's first and
    last word: middle names and initials come and go."""
    if surface.isalnum():  # one word: half of them
        return _NONE
    words = surface.split()
    last = len(words) - 1 - (len(words) > 1 and words[-1] in SUFFIXES)
    first = 1 if words[0].lower() in PARTICLES else 0
    if last <= first:
        return _NONE
    surname = _capitalised(words[last])
    parts = words[last], surname, words[0], " ".join(words[last - 1 : last + 1])
    if SUFFIXES.isdisjoint(words):
        return parts, f"{_capitalised(words[0])} {surname}"
    words = [word for word in words if word not in SUFFIXES] or [surface]
    return parts, f"{_capitalised(words[0])} {_capitalised(words[-1])}"


class Organisations:
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
        surface = surface if surface in self._names.types else tidy(surface)
        full = self._names.full.get(surface) or self._tails.get(surface) or surface
        known = self._gazetteer.organisations.get(full)
        if known:
            self.shown.add(known)
            return known
        return full


def tidy(name: str) -> str:
    """One space between words."""
    return " ".join(name.split())


def _capitalised(word: str) -> str:
    return word.capitalize() if word.isupper() and len(word) > LONGEST_ACRONYM - 2 else word
