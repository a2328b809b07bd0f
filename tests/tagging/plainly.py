"""Which place of a name is meant, said plainly: sets of strings and Place objects, for tests only."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from math import inf

from streams.tagging import ranking as bonuses
from streams.tagging.atlas import Place
from streams.tagging.candidates import EPONYM, EPONYM_ABROAD, EPONYM_REACH, PREFERRED, PREFERRED_BONUS, SMALL
from streams.tagging.candidates import prior_of as prior_of_row
from streams.tagging.gazetteer import FAMILIAR, Gazetteer
from streams.tagging.qualifiers import larger_places
from streams.tagging.surroundings import KILOMETRES_A_DEGREE
from streams.tagging.surroundings import distance as kilometres

Known = dict[Place, float]
"""The places of a name, with their priors."""


@dataclass
class Said:
    """Codes of countries, of divisions by name and of divisions that cities are in, each with its words; and
    the places that are sure."""

    countries: dict[str, set[str]] = field(default_factory=dict)
    named: dict[str, set[str]] = field(default_factory=dict)
    inside: dict[str, set[str]] = field(default_factory=dict)
    points: dict[str, Place] = field(default_factory=dict)

    def add(self, word: str, place: Place) -> None:
        self.points[word] = place
        self.countries.setdefault(place.country, set()).add(word)
        table = self.named if place.kind in ("division", "county") else self.inside
        table.setdefault(place.division, set()).add(word)


def likeliest(
    asked: Iterable[str],
    names: Iterable[str],
    demonyms: Iterable[str],
    qualifiers: Mapping[str, str],
    tables: Gazetteer,
    home: str,
) -> dict[str, tuple[int, float]]:
    """As streams.tagging.places.likeliest; `home` is the publisher's country."""
    known = {name: found for name in set(names) if (found := candidates(name, tables))}
    before = Said()
    for word in demonyms:
        before.countries.setdefault(tables.demonyms[word], set()).add(word)
    for words in qualifiers.values():
        rows = larger_places(words, tables)
        if len(rows) == 1:
            before.add(words, tables.atlas.place(rows[0]))
    lone = {name for name, found in known.items() if len(found) == 1 and name not in qualifiers}
    said = before
    for _ in range(bonuses.ROUNDS):
        ranks = {name: ranked(name, known[name], said, qualifiers, tables, home) for name in known}
        said = deepcopy(before)
        for name, (margin, place) in ranks.items():
            if name in lone or margin >= bonuses.SURE_MARGIN:
                said.add(name, place)
                divisions = {other.division for other in tables.places(name) if other.kind == "division"}
                if place.kind == "city" and place.division in divisions:
                    said.named.setdefault(place.division, set()).add(name)
    last = {name: places for name in asked if (places := candidates(name, tables))}
    ranks = {name: ranked(name, places, said, qualifiers, tables, home) for name, places in last.items()}
    return {name: (place.row, margin) for name, (margin, place) in ranks.items()}


def candidates(name: str, tables: Gazetteer) -> Known:
    places = tables.places(name)
    own = {place.country for place in places if place.kind == "country"}
    places = tuple(place for place in places if place.kind != "city" or place.country not in own)
    cities = [place for place in places if place.kind == "city"]
    return {
        place: prior_of(place, tables) + PREFERRED_BONUS * (str(PREFERRED.get(name)) == place.geonames)
        for place in places
        if not any(stands_for(city, place) for city in cities)
    }


def prior_of(place: Place, tables: Gazetteer) -> float:
    return prior_of_row(place.row, tables.atlas)


def stands_for(city: Place, place: Place) -> bool:
    if place.kind not in ("division", "county") or city.country != place.country:
        return False
    share = EPONYM if place.country in FAMILIAR else EPONYM_ABROAD
    within = city.division == place.division or distance(city, place) <= EPONYM_REACH
    return within and city.population * share >= place.population


def ranked(
    name: str, known: Known, said: Said, qualifiers: Mapping[str, str], tables: Gazetteer, home: str
) -> tuple[float, Place]:
    larger = [tables.atlas.place(row) for row in larger_places(qualifiers.get(name, ""), tables)]
    qualified = [other for other, words in qualifiers.items() if words == name]
    smaller = [place for other in qualified for place in tables.places(other)]
    typed = [place for place in tables.places(name) if place in larger]
    known = {place: prior_of(place, tables) for place in typed} or known
    if len(known) == 1:
        (place,) = known
        town = place.kind == "city" and place.population < SMALL and name not in qualifiers
        few = town and not others(said.countries, place.country, name)
        return (bonuses.TOWN_MARGIN if few else bonuses.LONE_MARGIN), place
    hopeless = max(known.values()) - bonuses.CERTAIN_MARGIN - bonuses.UNNAMED_BONUS
    scores = {
        place: prior + bonus(place, name, said, larger, smaller, home)
        for place, prior in known.items()
        if larger or smaller or prior >= hopeless or place.country in {home, *said.countries} - {""}
    }
    least = max(scores.values()) - bonuses.CERTAIN_MARGIN - bonuses.NEAR_BONUS
    scores = {
        place: score + bonuses.NEAR_BONUS * is_near(place, name, said)
        for place, score in scores.items()
        if score >= least
    }
    best = max(scores, key=lambda place: scores[place])
    margins = [scores[best] - score for place, score in scores.items() if not same(best, place)]
    return min([*margins, bonuses.CERTAIN_MARGIN]), best


def bonus(place: Place, name: str, said: Said, larger: list[Place], smaller: list[Place], home: str) -> float:
    found = bonuses.CAPITAL_BONUS if place.capital else 0.0
    if words := others(said.countries, place.country, name):
        found = bonuses.COUNTRY_BONUS + bonuses.COUNTRY_STEP * min(words - 1, 3)
        if place.kind == "city":
            found += bonuses.DIVISION_NAMED_BONUS * bool(others(said.named, place.division, name))
            found += bonuses.INSIDE_BONUS * bool(others(said.inside, place.division, name))
        if place.kind == "division":
            found += bonuses.HOLDS_BONUS * bool(others(said.inside, place.division, name))
            siblings = [code for code in said.named if code.startswith(f"{place.country}.")]
            siblings = [
                code for code in siblings if code != place.division and others(said.named, code, name)
            ]
            found += bonuses.SIBLING_BONUS * bool(siblings)
        found += bonuses.CAPITAL_NAMED_BONUS * place.capital
    found += bonuses.HOME_BONUS * (place.country == home != "")
    found += bonuses.QUALIFIED_BONUS * any(lies_in(place, other) for other in larger)
    return found + bonuses.QUALIFIES_BONUS * any(lies_in(other, place) for other in smaller)


def others(table: dict[str, set[str]], code: str, name: str) -> int:
    return len(table.get(code, set()) - {name}) if code else 0


def is_near(place: Place, name: str, said: Said) -> bool:
    return place.kind in ("city", "county") and any(
        city.kind == "city"
        and other != name
        and distance(place, city) <= bonuses.NEAR
        and abs((city.lat or 0) - (place.lat or 0)) <= bonuses.NEAR / KILOMETRES_A_DEGREE
        for other, city in said.points.items()
    )


def same(one: Place, other: Place) -> bool:
    return (
        one == other
        or lies_in(one, other)
        or lies_in(other, one)
        or distance(one, other) <= bonuses.SAME_PLACE
    )


def lies_in(place: Place, larger: Place) -> bool:
    if larger.kind == "country":
        return place.kind != "country" and place.country == larger.country
    if larger.kind == "division":
        return place.kind in ("city", "county") and place.division == larger.division
    return larger.kind == "county" and place.kind == "city" and place.division == larger.division


def distance(one: Place, other: Place) -> float:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return inf
    return kilometres(one.lat, one.lon, other.lat, other.lon)
