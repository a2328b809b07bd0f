"""Which of the places of a name is meant: by population, and by the countries and states named beside it.

The most populous, with bonuses for co-mention: the baseline of toponym resolution (design/tagging.md).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from streams.events import Geo, Ids, Link
from streams.tagging.gazetteer import Gazetteer, Place
from streams.vocabulary import LinkStatus

COUNTRY_PRIOR = 12.0
"""log10 of inhabitants at which a country of the name would be ranked: above any city."""
DIVISION_PRIOR = 7.5
"""The same for states, provinces and regions: between a capital and a megacity."""
COUNTRY_BONUS = 1.0
"""log10: a city is preferred to one ten times as large in a country the article does not speak of."""
STATE_BONUS = 2.0
QUALIFIED_BONUS = 6.0
""" "Paris, Texas" settles it."""
SURE_MARGIN = 1.0
"""log10 between the best and the second: ten times the inhabitants, or a co-mention. Below it: ambiguous."""
LONE_MARGIN = 2.0
"""The margin of the only place of its name: a hundred to one, since the tables are not complete."""
HOMONYM_BONUS = 4.0
"""A state that shares a country's name ("Georgia"), in an article that speaks of the state's country."""
PREFERRED = {"Washington": "4140963", "New York": "5128581"}
"""Bare, the city is meant and not the state of the same name."""
PREFERRED_BONUS = 3.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Countries (ISO codes) and US states (postal codes), each with the words that speak of it;
    and what follows a name's comma."""

    countries: dict[str, set[str]] = field(default_factory=dict)
    states: dict[str, set[str]] = field(default_factory=dict)
    qualifiers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    ids: Ids
    link: Link
    geo: Geo | None
    name: str | None


UNKNOWN = Identity(Ids(), Link(status=LinkStatus.NONE, confidence=0.0), None, None)


def country_name(surface: str, gazetteer: Gazetteer) -> str | None:
    """The display name of the country this surface means: "US" is the United States."""
    return next((place.name for place in gazetteer.places(surface) if place.kind == "country"), None)


def surroundings(
    names: Iterable[str], demonyms: Iterable[str], qualifiers: dict[str, str], gazetteer: Gazetteer
) -> Surroundings:
    """What the article's places and demonyms say. `qualifiers`: a place's name to what follows its comma."""
    around = Surroundings(qualifiers=qualifiers)
    for word in demonyms:
        around.countries.setdefault(gazetteer.demonyms[word], set()).add(word)
    for name in names:
        for place in gazetteer.places(name):
            if place.kind != "city":
                around.countries.setdefault(place.country, set()).add(name)
            if place.kind == "division" and place.state:
                around.states.setdefault(place.state, set()).add(name)
    return around


def identify(name: str, around: Surroundings, gazetteer: Gazetteer) -> Identity:
    """GeoNames id, country code and coordinates of a place's name, or `ambiguous` with the likeliest."""
    candidates = gazetteer.places(name)
    if not candidates:
        return UNKNOWN
    scores = [_score(place, name, around, gazetteer) for place in candidates]
    best = max(scores)
    place = candidates[scores.index(best)]
    margin = best - sorted(scores)[-2] if len(scores) > 1 else LONE_MARGIN
    if not place.geonames:
        return Identity(Ids(), Link(status=LinkStatus.NONE, confidence=0.0), None, place.name)
    sure = margin >= SURE_MARGIN
    confidence = round(1 / (1 + 10**-margin), 3)
    geo = None
    if place.lat is not None and place.lon is not None:
        geo = Geo(lat=place.lat, lon=place.lon, country=place.country or None)
    return Identity(
        ids=Ids(geonames=place.geonames, iso3166=place.country if place.kind == "country" else None),
        link=Link(status=LinkStatus.LINKED if sure else LinkStatus.AMBIGUOUS, confidence=confidence),
        geo=geo,
        name=place.name if place.kind != "city" else None,
    )


def _score(place: Place, name: str, around: Surroundings, gazetteer: Gazetteer) -> float:
    """log10 of inhabitants, or the prior of its kind, with the bonuses the article gives."""
    country_named = bool(around.countries.get(place.country, set()) - {name})
    if place.kind == "country":
        return COUNTRY_PRIOR
    if place.kind == "city":
        score = math.log10(place.population + 1)
        score += STATE_BONUS * bool(around.states.get(place.state, set()) - {name})
    else:
        homonym = country_named and any(other.kind == "country" for other in gazetteer.places(name))
        score = DIVISION_PRIOR + HOMONYM_BONUS * homonym
    score += COUNTRY_BONUS * country_named
    score += PREFERRED_BONUS * (PREFERRED.get(name) == place.geonames)
    larger = gazetteer.places(around.qualifiers.get(name, ""))
    return score + QUALIFIED_BONUS * any(_lies_in(place, other) for other in larger)


def _lies_in(place: Place, larger: Place) -> bool:
    if larger.kind == "country":
        return place.country == larger.country
    same_state = not larger.state or place.state == larger.state
    return (
        larger.kind == "division" and place.kind == "city" and place.country == larger.country and same_state
    )
