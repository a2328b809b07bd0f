"""What the world is known to contain: places, names of people, organisations, demonyms.

Loaded once a process from streams/tagging/data (its README names sources and licences).
"""

import gzip
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from streams.kept import kept
from streams.tagging.atlas import Atlas, Place
from streams.tagging.keys import keys_of_words
from streams.tagging.lexicon import NOT_TOWNS
from streams.tagging.listed import Listed, NameList, listed
from streams.tagging.phrasebook import LONGEST, Phrasebook, Words, build, match, phrasebook, words_of
from streams.tagging.remembered import remembered
from streams.tagging.tokens import Document

DATA = Path(__file__).parent / "data"
FIRST_NAMES, LAST_NAMES = DATA / "first_names.txt.gz", DATA / "last_names.txt.gz"
SOURCES = sorted(file for file in DATA.iterdir() if file.is_file())
PLACE_NAME, ORGANISATION_NAME, EVENT_NAME, LISTED_NAME = 1, 2, 3, 4
"""What a known name is the name of: its row in `Gazetteer.names`. Listed: an organisation of a list that
others made, or a hand-written name that others share; evidence only."""
LARGE_CITY = 100_000
"""Inhabitants. From here up a city's own name is believed without a preposition before it."""
HUGE_CITY = 1_000_000
"""Inhabitants. From here up even when people bear the name too ("Paris", "Sydney")."""
FAMILIAR = frozenset({"US", "GB", "CA", "AU", "IN"})
"""Countries whose states and provinces English news names without saying what they are."""


class Gazetteer:
    """Look-ups by exact, case-sensitive surface. Immutable after loading."""

    def __init__(self) -> None:
        self.first_names = NameList(_first_names())
        self.last_names = NameList(_last_names())
        self.common = frozenset(_lines("common_words.txt.gz"))
        self.organisations = _organisations()
        self.demonyms = _demonyms()
        keys, words = keys_of_words(self.demonyms), list(self.demonyms)
        order = np.argsort(keys)
        self._demonym_keys, self._demonym_words = keys[order], [words[place] for place in order]
        self.atlas = Atlas()
        self.countries = self.atlas.countries()
        self.places = remembered(self._places)
        self.is_sure_place = remembered(self._is_sure_place)
        self.events = _events()
        self.ambiguous = frozenset(_lines("ambiguous_organisations.txt"))
        self.names = phrasebook(*_names())

    def hits(self, document: Document) -> Iterator[tuple[int, int]]:
        """First and end character of known places and organisations, of two that begin together the longer.

        A hyphenated word that is no name may hold names: "Hamburg-Bielefeld".
        """
        found = [
            (document.starts[first], document.ends[end - 1])
            for first, end, name in match(self.names, document.tokens.keys, False).tolist()
            if self.names.rows[self.names.offsets[name]] < EVENT_NAME
        ]
        known = {start for start, _ in found}
        for start, word in zip(document.starts, document.words, strict=True):
            if "-" in word and start not in known:
                for part in word.split("-"):
                    if self.is_place(part):
                        found.append((start, start + len(part)))
                    start += len(part) + 1
        return iter(sorted(found))

    def demonyms_of(self, document: Document) -> set[str]:
        """The demonyms in a document; all of them are capitalised."""
        return {self._demonym_words[place] for place in document.present(self._demonym_keys)}

    def is_place(self, name: str) -> bool:
        return name not in NOT_TOWNS and self.atlas.number(name) is not None

    def rows(self, name: str) -> list[int]:
        """Rows of the atlas of every place of this name: countries, divisions, counties, regions, cities."""
        number = None if name in NOT_TOWNS else self.atlas.number(name)
        return [] if number is None else self.atlas.rows(number)

    def _places(self, name: str) -> tuple[Place, ...]:
        """Every place of this name: countries, divisions, counties, regions, cities."""
        return self.atlas.places(self.rows(name))

    def _is_sure_place(self, name: str) -> bool:
        """A country or region, or a division or city that is large and nobody's name and no common word."""
        if not self.is_place(name):
            return False
        ordinary = name in self.first_names or name in self.last_names or name.lower() in self.common
        return any(_is_sure(place, name, ordinary) for place in self.places(name))


@cache
def gazetteer() -> Gazetteer:
    """The tables, loaded at the first call in a process."""
    return Gazetteer()


def listed_organisations() -> list[str]:
    """Names of organisations from lists that others made: evidence only."""
    return _lines("listed_organisations.txt.gz")


def _is_sure(place: Place, name: str, ordinary: bool) -> bool:
    if place.kind in ("country", "region"):
        return True
    if place.kind == "county":
        return not ordinary
    if place.kind == "division":
        floor = HUGE_CITY if ordinary else LARGE_CITY
        return place.country in FAMILIAR or place.population >= floor
    return place.name == name and place.population >= (HUGE_CITY if ordinary else LARGE_CITY)


@kept(Listed, FIRST_NAMES)
def _first_names() -> Listed:
    return listed(_lines(FIRST_NAMES.name))


@kept(Listed, LAST_NAMES)
def _last_names() -> Listed:
    return listed(_lines(LAST_NAMES.name))


@kept(Phrasebook, *SOURCES)
def _names() -> Phrasebook:
    """Every known name of at most LONGEST words, with its kind; of several, the least number."""
    kinds = dict.fromkeys([*listed_organisations(), *_lines("ambiguous_organisations.txt")], LISTED_NAME)
    kinds.update(dict.fromkeys(_events(), EVENT_NAME))
    kinds.update(dict.fromkeys(_organisations(), ORGANISATION_NAME))
    kinds.update(dict.fromkeys(Atlas().names(), PLACE_NAME))
    for name in NOT_TOWNS & kinds.keys():
        del kinds[name]
    words = words_of(list(kinds))
    lengths = np.diff(words.ends, prepend=0)
    fits = lengths <= LONGEST
    kept_words = Words(words.keys[np.repeat(fits, lengths)], np.cumsum(lengths[fits]))
    return build(kept_words, np.array(list(kinds.values()), np.uint32)[fits])


def _events() -> list[str]:
    return [name for line in _lines("events.txt") for name in line.split("|")]


def _organisations() -> dict[str, str]:
    """Every name of an organisation, and the first of its names."""
    rows = [line.split("|") for line in _lines("organisations.txt")]
    return {name: names[0] for names in rows for name in names}


def _demonyms() -> dict[str, str]:
    """Demonym to country code, "" where it belongs to no one country."""
    found: dict[str, str] = {}
    for line in _lines("demonyms.tsv"):
        code, words = line.split("\t")
        country = "" if code == "-" else code
        for word in words.split("|"):
            found.setdefault(word, country)
            if not word.endswith(("s", "ese", "sh", "men", "ch", "x")):
                found.setdefault(word + "s", country)
    return found


def _lines(name: str) -> list[str]:
    """A table's rows without comments and empty lines."""
    packed = (DATA / name).read_bytes()
    text = (gzip.decompress(packed) if name.endswith(".gz") else packed).decode("utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]
