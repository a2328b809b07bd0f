"""What an article says of where it plays: the countries, divisions and points that its words speak for."""

from math import asin, cos, radians, sin, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import inlined
from streams.tagging.atlas import CITY, COUNTY, DIVISION, NO_PARENT

EARTH_RADIUS = 6371.0
"""Kilometres."""
KILOMETRES_A_DEGREE = 111.0
"""Of latitude."""
MOST_SPOKEN = 8
"""Areas that one word speaks for: two of its place, one of its name, two of what it says of another name's
place, one as a demonym."""
NO_POINT = -1
TABLES = 3
_COUNTRIES, _NAMED, _INSIDE = range(TABLES)


class Surroundings(NamedTuple):
    """Words, by their numbers, and the areas that they speak for.

    An area is a country, a division that is called by name, or one in which a city is: `speaking` has three
    tables, and in each by the area's row in the atlas how many words speak for it. `spoken` and `counts`: by
    word which areas, as places in all of `speaking`, and how many. `points`: by word the candidate that it is
    sure to mean.
    """

    speaking: NDArray[np.int32]
    spoken: NDArray[np.int32]
    counts: NDArray[np.int32]
    points: NDArray[np.int32]


@inlined
def silence(around: Surroundings) -> None:
    """Takes back all that was said."""
    around.speaking[:] = 0
    around.counts[:] = 0
    around.points[:] = NO_POINT


@inlined
def add(around: Surroundings, word: int, candidates: NDArray[Any], point: int) -> None:
    """Takes the word for this candidate, and what follows from it."""
    place = candidates[point]
    around.points[word] = point
    add_country(around, word, place.country)
    if place.kind in (DIVISION, COUNTY):
        add_named(around, word, place.division)
    else:
        _add(around, word, _INSIDE, place.division)


@inlined
def add_country(around: Surroundings, word: int, country: int) -> None:
    _add(around, word, _COUNTRIES, country)


@inlined
def add_named(around: Surroundings, word: int, division: int) -> None:
    """Takes the word for the division's name."""
    _add(around, word, _NAMED, division)


@inlined
def _add(around: Surroundings, word: int, table: int, row: int) -> None:
    if row == NO_PARENT:
        return
    area, count = table * around.speaking.shape[1] + row, around.counts[word]
    for at in range(count):
        if around.spoken[word, at] == area:
            return
    around.spoken[word, count] = area
    around.counts[word] = count + 1
    around.speaking[table, row] += 1


@inlined
def speaks(around: Surroundings, country: int) -> bool:
    """Whether any word speaks for the country."""
    return country != NO_PARENT and around.speaking[_COUNTRIES, country] > 0


@inlined
def others_of_country(around: Surroundings, country: int, word: int) -> int:
    """How many words other than this one speak for the country."""
    return _others(around, _COUNTRIES, country, word)


@inlined
def is_named(around: Surroundings, division: int, word: int) -> bool:
    """Whether another word is the division's name."""
    return _others(around, _NAMED, division, word) > 0


@inlined
def is_entered(around: Surroundings, division: int, word: int) -> bool:
    """Whether another word is the name of a city in the division."""
    return _others(around, _INSIDE, division, word) > 0


@inlined
def _others(around: Surroundings, table: int, row: int, word: int) -> int:
    if row == NO_PARENT:
        return 0
    area, speaking = table * around.speaking.shape[1] + row, around.speaking[table, row]
    if speaking:
        for at in range(around.counts[word]):
            if around.spoken[word, at] == area:
                return speaking - 1  # type: ignore[no-any-return]
    return speaking  # type: ignore[no-any-return]


@inlined
def siblings(
    around: Surroundings, parents: NDArray[np.uint16], country: int, division: int, word: int
) -> bool:
    """Whether another division of its country is called by name."""
    size = around.speaking.shape[1]
    for other in range(len(around.counts)):
        if other != word:
            for at in range(around.counts[other]):
                named = around.spoken[other, at] - _NAMED * size
                if 0 <= named < size and named != division and parents[named] == country:
                    return True
    return False


@inlined
def near(around: Surroundings, candidates: NDArray[Any], point: int, word: int, reach: float) -> bool:
    """Whether a city that is sure, by another word, lies within `reach` kilometres."""
    place = candidates[point]
    degrees = reach / KILOMETRES_A_DEGREE
    for other in range(len(around.points)):
        sure = around.points[other]
        if other != word and sure != NO_POINT:
            city = candidates[sure]
            if (
                city.kind == CITY
                and abs(city.lat - place.lat) <= degrees
                and distance_in_kernels(place.lat, place.lon, city.lat, city.lon) <= reach
            ):
                return True
    return False


def distance(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Kilometres along the surface between points in degrees (haversine); not a number where one is none."""
    half_lat, half_lon = radians(lat - other_lat) / 2, radians(lon - other_lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat)) * cos(radians(other_lat)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS * asin(min(sqrt(chord), 1.0))


distance_in_kernels = inlined(distance)
"""Other in the last bits, which decides nothing: of all pairs of towns and counties that are about NEAR from
each other the closest to it is half a millimetre off, and of places of one name 18 m off SAME_PLACE."""
