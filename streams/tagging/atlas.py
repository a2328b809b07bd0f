"""Places of the world as columns of numbers, read at once; a row becomes a Place when somebody asks for it.

Built by training/build_gazetteer.py into data/atlas.npz (the README there names sources and licences).
155,000 places are 11 MB, mapped: no Python object is made for a row that no article names.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.kept import kept
from streams.tagging.listed import Listed, NameList, slots_of, view

ATLAS = Path(__file__).parent / "data" / "atlas.npz"
KINDS = ("country", "division", "county", "region", "city")
"""Of places. A division is of the first level (state, province); a county of the second (of the US and UK);
a region is what has no government: continents, seas, mountains, "Middle East"."""
COUNTRY, DIVISION, COUNTY, REGION, CITY = range(len(KINDS))
NO_ROW = 0xFFFFFFFF
NO_PARENT = 0xFFFF
"""In the columns of parents, which are narrower: countries and divisions come first."""


class Whereabouts(NamedTuple):
    """The kind of a place and the rows of the country and division that it is of, NO_PARENT where none."""

    kind: int
    country: int
    division: int


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One row of the atlas, by whose number it is compared: ten fields would take long.

    `country` is ISO 3166-1 alpha-2 and `division` GeoNames' code of the first level ("US.TX"), "" where there
    is none. `population` is 0 where unknown; of a division and a county it is that of its cities. lat and lon
    in degrees: the middle of a country's largest land, of a division's inhabitants.
    """

    row: int
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

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Place) and self.row == other.row

    def __hash__(self) -> int:
        return self.row


class _Columns(NamedTuple):
    """The atlas's columns by place, then its names, `texts`, `ends` and `slots` as `Listed` has them: the
    places of name n are before row_ends[n] in `rows`."""

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
    return _Columns(**columns, slots=slots_of(columns["texts"].tobytes(), columns["ends"]))


class Atlas:
    """Look-ups by exact, case-sensitive name. Immutable after loading."""

    def __init__(self) -> None:
        self._columns = columns = _columns()
        # One number at a time comes quicker from a view than from an array.
        self.geonames, self._wikidata = view(columns.geonames), view(columns.wikidata)
        self.kind = view(columns.kind)
        self._country, self._division = view(columns.country), view(columns.division)
        self.population, self._middle = view(columns.population), view(columns.middle.ravel())
        self.capital, self._shown = view(columns.capital), view(columns.shown)
        self._codes = [code.decode() for code in columns.codes.tolist()]
        self._areas = {code: row for row, code in enumerate(self._codes)}
        self._names = NameList(Listed(columns.texts, columns.ends, columns.slots))
        self.number = self._names.number
        """The number of a name, by which `rows` finds its places; None where no place bears it."""
        self.parents = columns.country[: len(self._codes)]
        """By the row of a country or division that of its country, for kernels."""
        self._rows, self._row_ends = view(columns.rows), view(columns.row_ends)

    def __len__(self) -> int:
        return len(self.kind)

    def names(self) -> Iterator[str]:
        """Every name, in the order of their numbers."""
        return iter(self._names)

    def named(self, kinds: Collection[str], *, least: int = 0, shown: bool | None = None) -> list[str]:
        """Names of the places of some kinds that have `least` inhabitants; `shown`: only names that the atlas
        itself shows for the place, or only its other names."""
        columns, rows = self._columns, self._columns.rows
        numbers = np.repeat(np.arange(len(columns.ends)), np.diff(columns.row_ends, prepend=np.uint32(0)))
        wanted = np.isin(columns.kind[rows], [KINDS.index(kind) for kind in kinds])
        wanted &= columns.population[rows] >= least
        if shown is not None:
            wanted &= (columns.shown[rows] == numbers) == shown
        return [self._names.name(number) for number in np.unique(numbers[wanted]).tolist()]

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
        return dict(zip(map(self._names.name, numbers.tolist()), map(self._names.name, shown), strict=True))

    def area(self, code: str) -> int | None:
        """The row of a country by ISO 3166-1 alpha-2, or of a division by GeoNames' code: "US", "US.TX"."""
        return self._areas.get(code)

    def whereabouts(self, row: int) -> Whereabouts:
        return Whereabouts(self.kind[row], self._country[row], self._division[row])

    def country_code(self, row: int) -> str:
        """ISO 3166-1 alpha-2; "" where there is none."""
        return self._code(self._country[row])

    def point(self, row: int) -> tuple[float, float]:
        """lat and lon in degrees; not numbers where there are no coordinates."""
        return round(self._middle[2 * row], 4), round(self._middle[2 * row + 1], 4)

    def places(self, rows: Sequence[int]) -> tuple[Place, ...]:
        """The places of these rows, in their order."""
        return tuple([self.place(row) for row in rows])

    def place(self, row: int) -> Place:
        """Two of three names have one place: by columns of fields it would take twice as long."""
        lat, lon = self.point(row)
        here = lat == lat
        return Place(
            row=row,
            geonames=str(number) if (number := self.geonames[row]) else "",
            wikidata=f"Q{number}" if (number := self._wikidata[row]) else "",
            kind=KINDS[self.kind[row]],
            country=self._code(self._country[row]),
            division=self._code(self._division[row]),
            population=self.population[row],
            lat=lat if here else None,
            lon=lon if here else None,
            name=self._names.name(self._shown[row]),
            capital=self.capital[row],
        )

    def _code(self, parent: int) -> str:
        return "" if parent == NO_PARENT else self._codes[parent]
