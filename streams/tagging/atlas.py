"""Places of the world as columns of numbers, read at once; a row becomes a Place when somebody asks for it.

Built by training/build_gazetteer.py into data/atlas.npz (the README there names sources and licences).
155,000 places are 11 MB, mapped: no Python object is made for a row that no article names.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.kept import kept
from streams.records import records

ATLAS = Path(__file__).parent / "data" / "atlas.npz"
KINDS = ("country", "division", "county", "region", "city")
"""Of places. A division is of the first level (state, province); a county of the second (of the US and UK);
a region is what has no government: continents, seas, mountains, "Middle East"."""
NO_ROW = 0xFFFFFFFF
NO_PARENT = 0xFFFF
"""In the columns of parents, which are narrower: countries and divisions come first."""


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
    """The atlas's columns by place, then its names: `keys` ascending, the UTF-8 of name n before ends[n] in
    `texts`, its places before row_ends[n] in `rows`."""

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
    keys: NDArray[np.uint64]
    texts: NDArray[np.uint8]
    ends: NDArray[np.uint32]
    rows: NDArray[np.uint32]
    row_ends: NDArray[np.uint32]


@kept(_Columns, ATLAS)
def _columns() -> _Columns:
    with np.load(ATLAS) as stored:
        return _Columns(*(stored[name] for name in _Columns._fields))


class Atlas:
    """Look-ups by exact, case-sensitive name. Immutable after loading."""

    def __init__(self) -> None:
        self._columns = columns = _columns()
        # One number at a time comes quicker from a view than from an array, by nine columns a place.
        self._geonames, self._wikidata = view(columns.geonames), view(columns.wikidata)
        self._kind = view(columns.kind)
        self._country, self._division = view(columns.country), view(columns.division)
        self._population, self._middle = view(columns.population), view(columns.middle.ravel())
        self._capital, self._shown = view(columns.capital), view(columns.shown)
        self._codes = [code.decode() for code in columns.codes.tolist()]
        self._parents = {code: row for row, code in enumerate(self._codes)}
        self._keys, self._ends, self._texts = view(columns.keys), view(columns.ends), view(columns.texts)
        self._rows, self._row_ends = view(columns.rows), view(columns.row_ends)

    def __len__(self) -> int:
        return len(self._kind)

    def names(self) -> Iterator[str]:
        """Every name, in the order of their numbers."""
        return map(self._name, range(len(self._keys)))

    def named(self, kinds: Collection[str], *, least: int = 0, shown: bool | None = None) -> list[str]:
        """Names of the places of some kinds that have `least` inhabitants; `shown`: only names that the atlas
        itself shows for the place, or only its other names."""
        columns, rows = self._columns, self._columns.rows
        numbers = np.repeat(np.arange(len(columns.keys)), np.diff(columns.row_ends, prepend=np.uint32(0)))
        wanted = np.isin(columns.kind[rows], [KINDS.index(kind) for kind in kinds])
        wanted &= columns.population[rows] >= least
        if shown is not None:
            wanted &= (columns.shown[rows] == numbers) == shown
        return [self._name(number) for number in np.unique(numbers[wanted]).tolist()]

    def number(self, name: str) -> int | None:
        """The number of a name, by which `rows` finds its places; None where no place bears it."""
        key = name_key(name)
        at = bisect_left(self._keys, key)
        if at == len(self._keys) or self._keys[at] != key or self._name(at) != name:
            return None
        return at

    def rows(self, number: int) -> list[int]:
        """Rows of a name: countries, divisions, counties, regions, cities, each by id or code."""
        start = self._row_ends[number - 1] if number else 0
        found: list[int] = self._rows[start : self._row_ends[number]].tolist()
        return found

    def area(self, code: str) -> Place | None:
        """A country by ISO 3166-1 alpha-2, or a division by GeoNames' code: "US", "US.TX"."""
        row = self._parents.get(code)
        return None if row is None else self.places([row])[0]

    def places(self, rows: Sequence[int]) -> tuple[Place, ...]:
        """The places of these rows, in their order."""
        middles = [(self._middle[2 * row], self._middle[2 * row + 1]) for row in rows]
        here = [lat == lat for lat, _ in middles]  # not a number: no coordinates
        made = records(
            Place,
            len(rows),
            geonames=[str(number) if (number := self._geonames[row]) else "" for row in rows],
            wikidata=[f"Q{number}" if (number := self._wikidata[row]) else "" for row in rows],
            kind=[KINDS[self._kind[row]] for row in rows],
            country=[self._code(self._country[row]) for row in rows],
            division=[self._code(self._division[row]) for row in rows],
            population=[self._population[row] for row in rows],
            lat=[round(lat, 4) if known else None for (lat, _), known in zip(middles, here, strict=True)],
            lon=[round(lon, 4) if known else None for (_, lon), known in zip(middles, here, strict=True)],
            name=[self._name(self._shown[row]) for row in rows],
            capital=[self._capital[row] for row in rows],
        )
        return tuple(made)

    def _code(self, parent: int) -> str:
        return "" if parent == NO_PARENT else self._codes[parent]

    def _name(self, number: int) -> str:
        start = self._ends[number - 1] if number else 0
        return str(self._texts[start : self._ends[number]], "utf-8")


def view(column: NDArray[Any]) -> Any:
    """What gives one number of a column sooner than the array does."""
    return memoryview(np.ascontiguousarray(column))  # type: ignore[arg-type]


def name_key(name: str) -> int:
    """64 bits of a name, the same in every process; any Unicode."""
    return int.from_bytes(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
