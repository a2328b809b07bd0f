"""The places that a name may mean, each with its prior: how likely it is before the article is read."""

from collections.abc import Iterable, Mapping, Sequence
from math import log10
from types import MappingProxyType

import numpy as np

from streams.tagging.atlas import CITY, COUNTRY, COUNTY, DIVISION, NO_PARENT, REGION, Atlas, Whereabouts
from streams.tagging.gazetteer import FAMILIAR, Gazetteer
from streams.tagging.qualifiers import larger_places, lies_in, whereabouts
from streams.tagging.remembered import remembered
from streams.tagging.surroundings import distance

COUNTRY_PRIOR = 9.0
"""log10 of inhabitants at which a country of the name is ranked: above any city."""
DIVISION_PRIOR = 7.5
"""At most, for states and provinces: between a capital and a megacity; less where few live."""
DIVISION_BONUS = 0.7
FAMILIAR_BONUS = 1.2
"""The same for states whose names English news uses alone: Wyoming is not the town of that name."""
REGION_PRIOR = 7.5
COUNTY_PRIOR = 6.2
"""Over towns of the name up to 150,000 inhabitants: Kent, Norfolk."""
PREFERRED_BONUS = 3.0
PREFERRED = {"Washington": 4140963}
"""Bare, the city is meant and not the state of the same name; by GeoNames' number."""
EPONYM = 5
"""A city with a fifth of its state's inhabitants stands for the name: New York, but not Quebec ..."""
EPONYM_ABROAD = 50
"""... and with a fiftieth where English news has no use for the division alone: Lagos, Porto, Kherson."""
EPONYM_REACH = 50.0
"""Kilometres: some cities were made a division of their own, beside that of their name."""
SMALL = 15_000
"""Inhabitants, below which an article gives a reason to know a town."""

CANDIDATE = np.dtype(
    [
        ("prior", np.float64),
        ("lat", np.float64),
        ("lon", np.float64),
        ("row", np.uint32),
        ("country", np.uint16),
        ("division", np.uint16),
        ("kind", np.uint8),
        ("signs", np.uint8),
    ],
    align=True,
)
"""A place that a name may mean: its prior, what the atlas says of its row, and signs."""
FIRST, CAPITAL, TOWN, NAMESAKE, QUALIFIED, WEIGHED, INSIDE, HOLDS = (1 << bit for bit in range(8))
"""FIRST of its name; a country's CAPITAL; a small TOWN; NAMESAKE: a city in a division of its name. The rest
comes of words beside names ("Paris, Texas"): the name is QUALIFIED; they are of weight for it, for all its
candidates; this one lies INSIDE what they mean; or HOLDS what it says the whereabouts of."""

_SIGNS = CANDIDATE.fields["signs"][1]  # type: ignore[index]


@remembered
def candidates_of(name: str, gazetteer: Gazetteer) -> bytes:
    """The places of a name, without those for which another one stands, as rows of CANDIDATE; none where
    there are none."""
    atlas, rows = gazetteer.atlas, gazetteer.rows(name)
    if not rows:
        return b""
    where = {row: atlas.whereabouts(row) for row in rows}
    own = {place.country for place in where.values() if place.kind == COUNTRY}
    meant = [row for row, place in where.items() if place.kind != CITY or place.country not in own]
    cities = [row for row in meant if where[row].kind == CITY]
    meant = [row for row in meant if not any(_stands_for(city, row, atlas) for city in cities)]
    preferred = PREFERRED.get(name)
    bonus = {row: PREFERRED_BONUS for row in meant if atlas.geonames[row] == preferred}
    return records_of(meant, atlas, bonus, rows)


def records_of(
    meant: Iterable[int],
    atlas: Atlas,
    bonus: Mapping[int, float] = MappingProxyType({}),
    named: Sequence[int] = (),
) -> bytes:
    """Some rows of the atlas as rows of CANDIDATE. `bonus`: on the prior of some. `named`: all places of the
    name that is ranked."""
    where = [atlas.whereabouts(row) for row in named]
    divisions = {place.division for place in where if place.kind == DIVISION} - {NO_PARENT}
    made: list[tuple[float | int, ...]] = []
    for row in meant:
        kind, country, division = atlas.whereabouts(row)
        signs = CAPITAL * atlas.capital[row] | FIRST * (not made)
        if kind == CITY:
            signs |= TOWN * (atlas.population[row] < SMALL) | NAMESAKE * (division in divisions)
        prior = prior_of(row, atlas) + bonus.get(row, 0.0)
        made.append((prior, *atlas.point(row), row, country, division, kind, signs))
    return np.array(made, CANDIDATE).tobytes()


@remembered
def meant_by(words: str, gazetteer: Gazetteer) -> tuple[tuple[Whereabouts, ...], bytes]:
    """Where the places are that a qualifier may mean; and the same as rows of CANDIDATE."""
    rows = larger_places(words, gazetteer)
    return tuple(map(gazetteer.atlas.whereabouts, rows)), records_of(rows, gazetteer.atlas)


@remembered
def qualified(name: str, words: str, gazetteer: Gazetteer) -> bytes:
    """A name's candidates, signed by the words that say where it is."""
    found = candidates_of(name, gazetteer)
    larger, records = meant_by(words, gazetteer)
    typed = set(_rows_of(records)).intersection(named := gazetteer.rows(name))
    if typed:
        found = records_of([row for row in named if row in typed], gazetteer.atlas, named=named)
    signs = QUALIFIED | (WEIGHED if larger else 0)
    where = {row: gazetteer.atlas.whereabouts(row) for row in _rows_of(found)}
    inside = {row for row, place in where.items() if any(lies_in(place, other) for other in larger)}
    return _signed(found, signs, inside, INSIDE)


def holding(found: bytes, names: Iterable[str], gazetteer: Gazetteer) -> bytes:
    """Candidates of a name that says where others are, signed by these names."""
    smaller = {place for name in names for place in whereabouts(name, gazetteer)}
    where = {row: gazetteer.atlas.whereabouts(row) for row in _rows_of(found)}
    holds = {row for row, place in where.items() if any(lies_in(other, place) for other in smaller)}
    return _signed(found, WEIGHED if smaller else 0, holds, HOLDS)


def _signed(records: bytes, signs: int, rows: set[int], sign: int) -> bytes:
    """All candidates with these signs, and those of some rows with one more."""
    made = bytearray(records)
    for number, row in enumerate(_rows_of(records)):
        made[number * CANDIDATE.itemsize + _SIGNS] |= signs | (sign if row in rows else 0)
    return bytes(made)


def _rows_of(records: bytes) -> list[int]:
    """Of the atlas."""
    rows: list[int] = np.frombuffer(records, CANDIDATE)["row"].tolist()
    return rows


def prior_of(row: int, atlas: Atlas) -> float:
    """log10 of inhabitants, or what stands for it; of divisions that of their cities with a bonus."""
    kind = atlas.kind[row]
    inhabitants = log10(atlas.population[row] + 1)
    if kind == DIVISION:
        bonus = FAMILIAR_BONUS if _is_familiar(row, atlas) else DIVISION_BONUS
        return min(inhabitants + bonus, DIVISION_PRIOR)
    return _PRIORS.get(kind, inhabitants)


_PRIORS = {COUNTRY: COUNTRY_PRIOR, REGION: REGION_PRIOR, COUNTY: COUNTY_PRIOR}


def _is_familiar(row: int, atlas: Atlas) -> bool:
    return atlas.country_code(row) in FAMILIAR


def _stands_for(city: int, row: int, atlas: Atlas) -> bool:
    """Whether a city is meant by a name rather than its division or county."""
    one, other = atlas.whereabouts(city), atlas.whereabouts(row)
    if other.kind not in (DIVISION, COUNTY) or one.country != other.country:
        return False
    share = EPONYM if _is_familiar(row, atlas) else EPONYM_ABROAD
    if one.division != other.division and not distance(*atlas.point(city), *atlas.point(row)) <= EPONYM_REACH:
        return False
    return bool(atlas.population[city] * share >= atlas.population[row])
