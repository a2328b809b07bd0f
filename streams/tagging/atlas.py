"""Places of the world as columns of numbers, read at once; a row becomes a Place when somebody asks for it.

Built by training/build_gazetteer.py into data/atlas.npz (the README there names sources and licences).
155,000 places are 11 MB, mapped: no Python object is made for a row that no article names.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from streams.kept import kept
from streams.tagging.remembered import remembered

ATLAS = Path(__file__).parent / "data" / "atlas.npz"
KINDS = ("country", "division", "county", "region", "city")
"""Of places. A division is of the first level (state, province); a county of the second (of the US and UK);
a region is what has no government: continents, seas, mountains, "Middle East"."""
NO_ROW = 0xFFFFFFFF
NO_PARENT = 0xFFFF
"""In the columns of parents, which are narrower: countries and divisions come first."""
NO_NAME = 0xFFFFFFFF
SLOTS = 1 << 19
"""Of the table in which names are looked up: three for each name, so that a word that is none mostly finds an
empty one."""


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the atlas.

    `country` is ISO 3166-1 alpha-2 and `division` GeoNames' code of the first level ("US.TX"), "" where there
    is none. `population` is 0 where unknown; of a division and a county it is that of its cities. lat and lon
    in degrees: the middle of a country's largest land, of a division's inhabitants.
    """

    geonames: str
    wikidata: str
    kind: str
    country: str
    division: str
    population: int
    lat: float | None
    lon: float | None
    name: str
    capital: bool

    def __hash__(self) -> int:
        """Of the ids alone, which no two places share: all ten fields would take long."""
        return hash((self.geonames, self.wikidata, self.name))


class _Columns(NamedTuple):
    """The atlas's columns by place, then its names: the UTF-8 of name n before ends[n] in `texts`, its places
    before row_ends[n] in `rows`. `slots`: numbers of names, each at the CRC-32 of its UTF-8 or after it."""

    geonames: NDArray[np.uint32]
    wikidata: NDArray[np.uint32]
    kind: NDArray[np.uint8]
    country: NDArray[np.uint16]
    division: NDArray[np.uint16]
    population: NDArray[np.uint32]
    middle: NDArray[np.float32]
    capital: NDArray[np.bool_]
    shown: NDArray[np.uint32]
    codes: NDArray[np.bytes_]
    texts: NDArray[np.uint8]
    ends: NDArray[np.uint32]
    rows: NDArray[np.uint32]
    row_ends: NDArray[np.uint32]
    slots: NDArray[np.uint32]


@kept(_Columns, ATLAS)
def _columns() -> _Columns:
    with np.load(ATLAS) as stored:
        columns = {name: stored[name] for name in _Columns._fields if name != "slots"}
    return _Columns(**columns, slots=_slots(columns["texts"].tobytes(), columns["ends"].tolist()))


def _slots(texts: bytes, ends: list[int]) -> NDArray[np.uint32]:
    slots = [NO_NAME] * SLOTS
    for number, (start, end) in enumerate(pairwise([0, *ends])):
        at = crc32(texts[start:end]) % SLOTS
        while slots[at] != NO_NAME:
            at = (at + 1) % SLOTS
        slots[at] = number
    return np.array(slots, np.uint32)


class Atlas:
    """Look-ups by exact, case-sensitive name. Immutable after loading."""

    def __init__(self) -> None:
        self._columns = columns = _columns()
        # One number at a time comes quicker from a view than from an array, by nine columns a place.
        self._geonames, self._wikidata = _view(columns.geonames), _view(columns.wikidata)
        self._kind = _view(columns.kind)
        self._country, self._division = _view(columns.country), _view(columns.division)
        self._population, self._middle = _view(columns.population), _view(columns.middle.ravel())
        self._capital, self._shown = _view(columns.capital), _view(columns.shown)
        self._codes = [code.decode() for code in columns.codes.tolist()]
        self._parents = {code: row for row, code in enumerate(self._codes)}
        self._ends, self._texts, self._slots = _view(columns.ends), _view(columns.texts), _view(columns.slots)
        self.area = remembered(self._area)
        self._rows, self._row_ends = _view(columns.rows), _view(columns.row_ends)

    def __len__(self) -> int:
        return len(self._kind)

    def names(self) -> Iterator[str]:
        """Every name, in the order of their numbers."""
        return map(self._name, range(len(self._ends)))

    def named(self, kinds: Collection[str], *, least: int = 0, shown: bool | None = None) -> list[str]:
        """Names of the places of some kinds that have `least` inhabitants; `shown`: only names that the atlas
        itself shows for the place, or only its other names."""
        columns, rows = self._columns, self._columns.rows
        numbers = np.repeat(np.arange(len(columns.ends)), np.diff(columns.row_ends, prepend=np.uint32(0)))
        wanted = np.isin(columns.kind[rows], [KINDS.index(kind) for kind in kinds])
        wanted &= columns.population[rows] >= least
        if shown is not None:
            wanted &= (columns.shown[rows] == numbers) == shown
        return [self._name(number) for number in np.unique(numbers[wanted]).tolist()]

    def number(self, name: str) -> int | None:
        """The number of a name, by which `rows` finds its places; None where no place bears it."""
        text = name.encode("utf-8", "surrogatepass")
        at = crc32(text) % SLOTS
        while (number := self._slots[at]) != NO_NAME:
            if self._texts[self._ends[number - 1] if number else 0 : self._ends[number]] == text:
                return int(number)
            at = (at + 1) % SLOTS
        return None

    def rows(self, number: int) -> list[int]:
        """Rows of a name: countries, divisions, counties, regions, cities, each by id or code."""
        start = self._row_ends[number - 1] if number else 0
        found: list[int] = self._rows[start : self._row_ends[number]].tolist()
        return found

    def countries(self) -> dict[str, str]:
        """Every name of a country, and the one that the atlas shows for it."""
        columns = self._columns
        first = columns.rows[np.append(np.uint32(0), columns.row_ends[:-1])]
        numbers = np.flatnonzero(columns.kind[first] == KINDS.index("country"))  # countries come first
        shown = columns.shown[first[numbers]].tolist()
        return dict(zip(map(self._name, numbers.tolist()), map(self._name, shown), strict=True))

    def _area(self, code: str) -> Place | None:
        """A country by ISO 3166-1 alpha-2, or a division by GeoNames' code: "US", "US.TX"."""
        row = self._parents.get(code)
        return None if row is None else self._place(row)

    def places(self, rows: Sequence[int]) -> tuple[Place, ...]:
        """The places of these rows, in their order."""
        return tuple([self._place(row) for row in rows])

    def _place(self, row: int) -> Place:
        """Two of three names have one place: by columns of fields it would take twice as long."""
        lat, lon = self._middle[2 * row], self._middle[2 * row + 1]
        here = lat == lat  # not a number: no coordinates
        return Place(
            geonames=str(number) if (number := self._geonames[row]) else "",
            wikidata=f"Q{number}" if (number := self._wikidata[row]) else "",
            kind=KINDS[self._kind[row]],
            country=self._code(self._country[row]),
            division=self._code(self._division[row]),
            population=self._population[row],
            lat=round(lat, 4) if here else None,
            lon=round(lon, 4) if here else None,
            name=self._name(self._shown[row]),
            capital=self._capital[row],
        )

    def _code(self, parent: int) -> str:
        return "" if parent == NO_PARENT else self._codes[parent]

    def _name(self, number: int) -> str:
        start = self._ends[number - 1] if number else 0
        return str(self._texts[start : self._ends[number]], "utf-8")


def _view(column: NDArray[Any]) -> Any:
    return memoryview(np.ascontiguousarray(column))  # type: ignore[arg-type]
