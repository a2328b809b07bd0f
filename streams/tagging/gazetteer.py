"""What the world is known to contain: places, names of people, organisations, demonyms.

Loaded once a process from streams/tagging/data (its README names sources and licences).
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from streams.tagging.lexicon import NOT_TOWNS

LARGE_CITY = 100_000
"""Inhabitants. From here up a city's own name is believed without a preposition before it."""
HUGE_CITY = 1_000_000
"""Inhabitants. From here up even when people bear the name too ("Paris", "Sydney")."""


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the gazetteer; `country` is ISO 3166-1 alpha-2, `population` 0 where unknown."""

    geonames: str
    kind: str  # country, division, region or city
    country: str
    state: str
    population: int
    lat: float | None
    lon: float | None
    name: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A known name at text[start:end], not inside a longer word."""

    start: int
    end: int
    name: str


class Gazetteer:
    """Look-ups by exact, case-sensitive surface. Immutable after loading."""

    def __init__(self) -> None:
        self.first_names = frozenset(_lines("first_names.txt.gz"))
        self.last_names = frozenset(_lines("last_names.txt.gz"))
        self.common = frozenset(_lines("common_words.txt.gz"))
        self.organisations: dict[str, str] = {}
        for line in _lines("organisations.txt"):
            names = line.split("|")
            self.organisations.update((name, names[0]) for name in names)
        self.demonyms = _demonyms()
        self._rows: list[str] = []
        self._places: dict[str, tuple[int, ...]] = {}
        self._sure: dict[str, bool] = {}  # remembered judgements, at most one for each name of the tables
        self._load_places()
        surfaces = sorted({*self._places, *self.organisations, *self.demonyms})
        self._surfaces = surfaces
        self._automaton = AhoCorasick(
            surfaces,
            matchkind=MatchKind.LeftmostLongest,
            store_patterns=False,
            implementation=Implementation.ContiguousNFA,
        )

    def hits(self, text: str) -> Iterator[Hit]:
        """Known names in text order, the longest of those that begin together; none inside a word."""
        size = len(text)
        for index, start, end in self._automaton.find_matches_as_indexes(text):
            if (start == 0 or not text[start - 1].isalnum()) and (end == size or not text[end].isalnum()):
                yield Hit(start, end, self._surfaces[index])

    def is_place(self, name: str) -> bool:
        return name in self._places

    def places(self, name: str) -> tuple[Place, ...]:
        """Every place of this name, in the order of the tables."""
        return tuple(_place(self._rows[row]) for row in self._places.get(name, ()))

    def is_sure_place(self, name: str) -> bool:
        """A country, division or region, or a large city's own name that is nobody's and no common word."""
        if name not in self._places:
            return False
        sure = self._sure.get(name)
        if sure is None:
            sure = self._sure[name] = self._judge(name)
        return sure

    def _judge(self, name: str) -> bool:
        rows = self.places(name)
        if any(place.kind != "city" for place in rows):
            return True
        largest = max((place.population for place in rows if place.name == name), default=0)
        ordinary = name in self.first_names or name in self.last_names or name.lower() in self.common
        return largest >= (HUGE_CITY if ordinary else LARGE_CITY)

    def _load_places(self) -> None:
        self._rows = [*_lines("places.tsv.gz"), *_regions()]
        found: dict[str, list[int]] = {}
        countries: dict[str, int] = {}
        for index, row in enumerate(self._rows):
            columns = row.split("\t")
            found.setdefault(columns[7], []).append(index)
            if columns[8]:
                for name in columns[8].split("|"):
                    found.setdefault(name, []).append(index)
            if columns[1] == "country":
                countries[columns[2]] = index
        for line in _lines("country_names.tsv"):
            code, names = line.split("\t")
            index = countries[code]
            columns = self._rows[index].split("\t")
            columns[7] = names.split("|")[0]
            self._rows[index] = "\t".join(columns)
            for name in names.split("|"):
                rows = found.setdefault(name, [])
                if index not in rows:
                    rows.append(index)
        for name in NOT_TOWNS & found.keys():
            del found[name]
        self._places = {name: tuple(rows) for name, rows in found.items()}


@cache
def gazetteer() -> Gazetteer:
    """The tables, loaded at the first call in a process (about a second)."""
    return Gazetteer()


def _place(row: str) -> Place:
    columns = row.split("\t")
    return Place(
        geonames=columns[0],
        kind=columns[1],
        country=columns[2],
        state=columns[3],
        population=int(columns[4]),
        lat=float(columns[5]) if columns[5] else None,
        lon=float(columns[6]) if columns[6] else None,
        name=columns[7],
    )


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


def _regions() -> Iterator[str]:
    """The hand-written divisions and regions as rows of the table of places."""
    for line in _lines("regions.tsv"):
        geonames, country, names = line.split("\t")
        first, *others = names.split("|")
        kind = "region" if geonames == "-" or country == "-" else "division"
        yield "\t".join(
            (geonames.strip("-"), kind, country.strip("-"), "", "0", "", "", first, "|".join(others))
        )


def _lines(name: str) -> list[str]:
    """A table's rows without comments and empty lines."""
    packed = (resources.files("streams.tagging") / "data" / name).read_bytes()
    text = (gzip.decompress(packed) if name.endswith(".gz") else packed).decode("utf-8")
    return [line for line in text.split("\n") if line and not line.startswith("#")]
