"""What an article says of where it plays: the countries, divisions and points that its words speak for."""

from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt

from streams.tagging.atlas import Place
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import words_of

EARTH_RADIUS = 6371.0
"""Kilometres."""
KILOMETRES_A_DEGREE = 111.0
"""Of latitude."""
_OTHER_DOMAINS = {"uk": "GB", "eu": ""}
_WORLDWIDE_DOMAINS = words_of(
    "ac ag ai am as cc cd co dj eu fm gg gl im io la li ly me mn ms mu nu pw re sh st sx to tv vc vg ws"
)
"""Country domains registered from everywhere: they say nothing of a publisher's country."""


@dataclass(slots=True)
class Surroundings:
    """Countries (ISO) and divisions (GeoNames codes), each with the names and demonyms that speak for it.

    `named` divisions are called by name, those of `inside` by a city in them; `points` are the places that
    are sure, `cities` those of them that are cities with coordinates. `qualifiers`: a place's name to the
    words that say where it is. `home`: the publisher's country. `ranked`: margin and place of the names that
    these points have decided already.
    """

    countries: dict[str, set[str]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=dict)
    points: dict[str, Place] = field(default_factory=dict)
    cities: dict[str, Place] = field(default_factory=dict)
    qualifiers: dict[str, str] = field(default_factory=dict)
    home: str = ""
    ranked: dict[str, tuple[float, Place]] = field(default_factory=dict)

    def add(self, name: str, place: Place) -> None:
        """Takes the name for this place, and what follows from it."""
        self.points[name] = place
        if place.kind == "city" and place.lat is not None:
            self.cities[name] = place
        else:
            self.cities.pop(name, None)
        if place.country:
            self.countries.setdefault(place.country, set()).add(name)
        if place.division:
            found = self.named if place.kind in ("division", "county") else self.inside
            found.setdefault(place.division, set()).add(name)

    def others(self, table: dict[str, set[str]], code: str, name: str) -> int:
        """How many names other than this one speak for the code."""
        names = table.get(code)
        return len(names) - (name in names) if names and code else 0

    def siblings(self, place: Place, name: str) -> bool:
        """Whether another division of its country is called by name."""
        start = f"{place.country}."
        return any(
            code.startswith(start) and code != place.division and self.others(self.named, code, name)
            for code in self.named
        )

    def near(self, place: Place, name: str, reach: float) -> bool:
        """Whether a city that is sure lies within `reach` kilometres."""
        lat = place.lat
        if lat is None:
            return False
        degrees = reach / KILOMETRES_A_DEGREE
        for other, city in self.cities.items():  # a generator for any() would take as long as all of this
            if (
                abs(city.lat - lat) <= degrees  # type: ignore[operator]
                and other != name
                and distance(place, city) <= reach
            ):
                return True
        return False


def distance(one: Place, other: Place) -> float:
    """Kilometres along the surface (haversine); infinite where coordinates are missing."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return float("inf")
    lat, lon = radians(one.lat - other.lat) / 2, radians(one.lon - other.lon) / 2
    chord = sin(lat) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * sin(lon) ** 2
    return 2 * EARTH_RADIUS * asin(min(sqrt(chord), 1.0))


def home_country(domain: str | None, gazetteer: Gazetteer) -> str:
    """The country of a publisher's domain ("bbc.co.uk": GB), "" where the domain tells none."""
    last = (domain or "").rpartition(".")[2].lower()
    if len(last) != 2 or last in _WORLDWIDE_DOMAINS:
        return ""
    code = _OTHER_DOMAINS.get(last, last.upper())
    return code if gazetteer.atlas.area(code) else ""
