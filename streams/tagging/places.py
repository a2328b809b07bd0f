"""Which of the places of a name is meant: by population, and by what the article says of where it plays.

Scores are powers of ten: log10 of inhabitants, or the prior of a kind, with bonuses for co-mention, nearness and
qualifiers: toponym resolution by population with spatial and hierarchical context (Leidner 2007). The bonuses
were set by hand and read against tests/tagging/gold/places.txt (`python bench/places.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import log10

from streams.events import Geo, Ids, Link
from streams.tagging.atlas import Place
from streams.tagging.gazetteer import FAMILIAR, Gazetteer
from streams.tagging.qualifiers import larger_places, lies_in
from streams.tagging.surroundings import Surroundings, distance, home_country
from streams.vocabulary import LinkStatus

COUNTRY_PRIOR = 9.0
"""log10 of inhabitants at which a country of the name is ranked: above any city."""
DIVISION_PRIOR = 7.5
"""At most, for states and provinces: between a capital and a megacity; less for those with few inhabitants."""
DIVISION_BONUS = 0.7
FAMILIAR_BONUS = 1.2
"""The same for states whose names English news uses alone: Wyoming is not the town of that name."""
REGION_PRIOR = 7.5
COUNTY_PRIOR = 6.2
"""Over towns of the name up to 150,000 inhabitants: Kent, Norfolk."""
COUNTRY_BONUS = 1.0
"""A place is preferred to one ten times as large in a country the article does not speak of."""
COUNTRY_STEP = 0.2
"""More for every further name of that country, up to three."""
HOME_BONUS = 0.7
"""Of the publisher's country: weak, since papers write of the whole world."""
DIVISION_NAMED_BONUS = 2.0
INSIDE_BONUS = 0.5
"""A city in whose division another city is named; ten times as much evidence for the division itself:"""
HOLDS_BONUS = 2.0
SIBLING_BONUS = 1.5
"""A state beside another state of its country."""
NEAR_BONUS = 1.0
NEAR = 120.0
"""Kilometres: two hours by road."""
CAPITAL_BONUS = 0.5
QUALIFIED_BONUS = 6.0
""" "Paris, Texas" settles it."""
QUALIFIES_BONUS = 3.0
"""The Georgia of "Athens, Georgia" is one that has an Athens."""
PREFERRED_BONUS = 3.0
PREFERRED = {"Washington": "4140963"}
"""Bare, the city is meant and not the state of the same name."""
EPONYM = 5
"""A city with a fifth of its division's inhabitants stands for it: Lagos, New York, Buenos Aires."""
SURE_MARGIN = 0.5
"""Between the best and the next: three to one. Below it: ambiguous."""
LONE_MARGIN = 2.0
"""The margin of the only place of its name: a hundred to one, since the tables are not complete ..."""
SMALL_MARGIN = 1.0
"""... or of a town that the article gives no reason to know."""
SMALL = 15_000
"""Inhabitants."""
SAME_PLACE = 30.0
"""Kilometres. Two entries of one name this close are one place: a city and its old town."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a place; `name` is the one to show, None where the article's own is as good."""

    ids: Ids
    link: Link
    geo: Geo | None
    name: str | None

    @property
    def id(self) -> str | None:
        """The entity's id: `geonames:...`, else `wikidata:Q...`; None for a place without either."""
        if self.ids.geonames:
            return f"geonames:{self.ids.geonames}"
        return f"wikidata:{self.ids.wikidata}" if self.ids.wikidata else None


UNKNOWN = Identity(Ids(), Link(status=LinkStatus.NONE, confidence=0.0), None, None)


def country_name(surface: str, gazetteer: Gazetteer) -> str | None:
    """The display name of the country this surface means: "US" is the United States."""
    return next((place.name for place in gazetteer.places(surface) if place.kind == "country"), None)


def surroundings(
    names: Iterable[str],
    demonyms: Iterable[str],
    qualifiers: dict[str, str],
    gazetteer: Gazetteer,
    domain: str | None = None,
) -> Surroundings:
    """What the article's places, demonyms and publisher's domain say; the order of `names` does not matter.

    `qualifiers`: a place's name to the words that say where it is (streams.tagging.qualifiers).
    Names that are sure by themselves speak first, then those that are sure beside them.
    """
    known = sorted(name for name in set(names) if gazetteer.places(name))
    around = Surroundings(qualifiers=qualifiers, home=home_country(domain, gazetteer))
    spoken: dict[str, set[str]] = {}
    for word in demonyms:
        spoken.setdefault(gazetteer.demonyms[word], set()).add(word)
    around.countries.update({code: set(words) for code, words in spoken.items() if code})
    for _ in range(2):
        ranked = {name: _ranked(name, around, gazetteer) for name in known}
        around = Surroundings(qualifiers=qualifiers, home=around.home)
        around.countries.update({code: set(words) for code, words in spoken.items() if code})
        for name, (margin, best, _) in ranked.items():
            if margin >= SURE_MARGIN:
                around.add(name, best)
            for place in gazetteer.places(name) if best.kind == "city" and margin >= SURE_MARGIN else ():
                if place.kind == "division" and place.division == best.division:
                    around.named.setdefault(place.division, set()).add(name)
        for words in qualifiers.values():
            for place in larger_places(words, gazetteer):
                if place.country and words not in around.points and len(larger_places(words, gazetteer)) == 1:
                    around.add(words, place)
    return around


def identify(name: str, around: Surroundings, gazetteer: Gazetteer) -> Identity:
    """Ids, country code and coordinates of a place's name, or `ambiguous` with the likeliest.

    The link's confidence is the chance that it is right, as the margin over the next candidate says.
    """
    if not gazetteer.places(name):
        return UNKNOWN
    margin, place, named = _ranked(name, around, gazetteer)
    geo = None
    if place.lat is not None and place.lon is not None:
        geo = Geo(lat=place.lat, lon=place.lon, country=place.country or None)
    ids = Ids(
        geonames=place.geonames or None,
        wikidata=place.wikidata or None,
        iso3166=place.country if place.kind == "country" else None,
    )
    shown = place.name if place.kind != "city" else None
    if not place.geonames and not place.wikidata:
        return Identity(Ids(), Link(status=LinkStatus.NONE, confidence=0.0), geo, shown)
    status = LinkStatus.LINKED if margin >= SURE_MARGIN else LinkStatus.AMBIGUOUS
    return Identity(ids, Link(status=status, confidence=round(1 / (1 + 10**-margin), 3)), geo, shown)


def _ranked(name: str, around: Surroundings, gazetteer: Gazetteer) -> tuple[float, Place, float]:
    """Margin over the next other place, the likeliest, its score."""
    places = _without_eponyms(gazetteer.places(name))
    if len(places) == 1:
        place = places[0]
        small = place.kind == "city" and place.population < SMALL
        vouched = around.others(around.countries, place.country, name) or name in around.qualifiers
        return (SMALL_MARGIN if small and not vouched else LONE_MARGIN), place, 0.0
    scores = [_score(place, name, around, gazetteer) for place in places]
    best = max(scores)
    place = places[scores.index(best)]
    rivals = [
        score
        for score, other in zip(scores, places, strict=True)
        if other is not place and not _same(other, place)
    ]
    return best - max(rivals, default=best - LONE_MARGIN), place, best


def _without_eponyms(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """Without divisions and counties for which the city of their name stands."""
    cities = [place for place in places if place.kind == "city"]
    return tuple(
        place
        for place in places
        if place.kind not in ("division", "county")
        or not any(
            city.division == place.division and city.population * EPONYM >= place.population
            for city in cities
        )
    )


def _same(one: Place, other: Place) -> bool:
    """Whether it hardly matters which is meant: one is part of the other, or both are at one spot."""
    return lies_in(one, other) or lies_in(other, one) or distance(one, other) <= SAME_PLACE


def _score(place: Place, name: str, around: Surroundings, gazetteer: Gazetteer) -> float:
    """log10 of inhabitants, or the prior of its kind, with the bonuses the article gives."""
    named = around.others(around.countries, place.country, name)
    score = _prior(place)
    if named:
        score += COUNTRY_BONUS + COUNTRY_STEP * min(named - 1, 3)
    score += HOME_BONUS * (place.country == around.home != "")
    score += PREFERRED_BONUS * (PREFERRED.get(name) == place.geonames)
    if place.kind == "city":
        score += CAPITAL_BONUS * place.capital
        score += DIVISION_NAMED_BONUS * bool(around.others(around.named, place.division, name))
        score += INSIDE_BONUS * bool(around.others(around.inside, place.division, name))
        score += NEAR_BONUS * around.near(place, name, NEAR)
    elif place.kind == "division":
        score += HOLDS_BONUS * bool(around.others(around.inside, place.division, name))
        score += SIBLING_BONUS * around.siblings(place, name)
    larger = larger_places(around.qualifiers.get(name, ""), gazetteer)
    score += QUALIFIED_BONUS * any(lies_in(place, other) for other in larger)
    smaller = [small for small, words in around.qualifiers.items() if words == name]
    score += QUALIFIES_BONUS * any(
        lies_in(other, place) for small in smaller for other in gazetteer.places(small)
    )
    return score


def _prior(place: Place) -> float:
    inhabitants = log10(place.population + 1)
    if place.kind == "division":
        bonus = FAMILIAR_BONUS if place.country in FAMILIAR else DIVISION_BONUS
        return min(inhabitants + bonus, DIVISION_PRIOR)
    return {"country": COUNTRY_PRIOR, "region": REGION_PRIOR, "county": COUNTY_PRIOR}.get(
        place.kind, inhabitants
    )
