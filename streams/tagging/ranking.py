"""Which of the places of a name is meant: by population, and by what the article says of where it plays.

Scores are powers of ten: a prior (streams/tagging/candidates.py) with bonuses for co-mention, nearness
and qualifiers: toponym resolution by population with spatial and hierarchical context (Leidner 2007). The
bonuses were set by hand and read against tests/tagging/gold/places.txt (`python bench/places.py`).
"""

from operator import itemgetter

from streams.tagging.atlas import Place
from streams.tagging.candidates import (
    CAPITAL_BONUS,
    CERTAIN_MARGIN,
    NEAR_BONUS,
    Candidates,
    candidates,
    prior_of,
)
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.qualifiers import larger_places, lies_in
from streams.tagging.surroundings import Surroundings, distance

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
NEAR = 120.0
"""Kilometres: two hours by road."""
CAPITAL_NAMED_BONUS = 2.5
"""Beside its country: the Victoria of the Seychelles, not Australia's."""
QUALIFIED_BONUS = 6.0
""" "Paris, Texas" settles it."""
QUALIFIES_BONUS = 3.0
"""The Georgia of "Athens, Georgia" is one that has an Athens."""
LONE_MARGIN = 2.0
"""The margin of the only place of its name: a hundred to one, since the tables are not complete ..."""
SMALL_MARGIN = 1.0
"""... or of a town that the article gives no reason to know."""
SMALL = 15_000
"""Inhabitants."""
SAME_PLACE = 30.0
"""Kilometres. Two entries of one name this close are one place: a city and its old town."""
_SMALL = ("city", "county")


def ranked(name: str, known: Candidates, around: Surroundings, gazetteer: Gazetteer) -> tuple[float, Place]:
    """Margin over the next other place, and the likeliest of those that are known by this name."""
    larger: tuple[Place, ...] = ()
    smaller: list[Place] = []
    if name in around.qualifiers:
        larger = larger_places(around.qualifiers[name], gazetteer)
        typed = [place for place in gazetteer.places(name) if place in larger]
        known = candidates([(place, prior_of(place)) for place in typed]) if typed else known
    if name in around.qualifiers.values():
        qualified = [other for other, words in around.qualifiers.items() if words == name]
        smaller = [place for other in qualified for place in gazetteer.places(other)]
    if len(known.priors) == 1:
        place = known.priors[0][0]
        return lone_margin(name, place, around), place
    scored = _scored(name, known, around, larger, smaller)
    worth_a_look = max([score for score, _ in scored]) - CERTAIN_MARGIN - NEAR_BONUS
    near = [(score, place) for score, place in scored if score >= worth_a_look]
    if len(near) == 1:
        return CERTAIN_MARGIN, near[0][1]
    if around.cities:
        near = [
            (score + NEAR_BONUS * (place.kind in _SMALL and around.near(place, name, NEAR)), place)
            for score, place in near
        ]
    near.sort(key=itemgetter(0), reverse=True)
    best, place = near[0]
    for score, other in near[1:]:
        if best - score >= CERTAIN_MARGIN:
            break
        if not _same(place, other):
            return best - score, place
    return CERTAIN_MARGIN, place


def lone_margin(name: str, place: Place, around: Surroundings) -> float:
    """Of the only place of a name."""
    if place.kind != "city" or place.population >= SMALL or name in around.qualifiers:
        return LONE_MARGIN
    return LONE_MARGIN if around.others(around.countries, place.country, name) else SMALL_MARGIN


def _scored(
    name: str, known: Candidates, around: Surroundings, larger: tuple[Place, ...], smaller: list[Place]
) -> list[tuple[float, Place]]:
    """The places that the name may mean in this article; scores are prior and bonus, as powers of ten."""
    countries, home = around.countries, around.home or None
    hopeful = known.hopeful
    silent = home not in known.everywhere and known.everywhere.isdisjoint(countries)
    if silent and not larger and not smaller:
        return known.alone
    if larger or smaller:
        hopeful = known.priors
    elif home in known.countries or not known.countries.isdisjoint(countries):
        hopeful = tuple(
            [
                (place, prior)
                for place, prior in known.priors
                if prior >= known.hopeless or place.country in countries or place.country == home
            ]
        )
    scored = []
    for place, prior in hopeful:
        country = place.country
        bonus = CAPITAL_BONUS if place.capital else 0.0
        if country in countries and (named := around.others(countries, country, name)):
            bonus = _bonus_of_named(place, name, named, around)
        if country == home:
            bonus += HOME_BONUS
        if larger:
            bonus += QUALIFIED_BONUS * any(lies_in(place, other) for other in larger)
        if smaller:
            bonus += QUALIFIES_BONUS * any(lies_in(other, place) for other in smaller)
        scored.append((prior + bonus, place))
    return scored


def _bonus_of_named(place: Place, name: str, named: int, around: Surroundings) -> float:
    """What it adds to a place that so many other names speak for its country."""
    bonus = COUNTRY_BONUS + COUNTRY_STEP * min(named - 1, 3)
    division = place.division
    if place.kind == "city":
        if division in around.named and around.others(around.named, division, name):
            bonus += DIVISION_NAMED_BONUS
        if division in around.inside and around.others(around.inside, division, name):
            bonus += INSIDE_BONUS
    elif place.kind == "division":
        if division in around.inside and around.others(around.inside, division, name):
            bonus += HOLDS_BONUS
        if around.siblings(place, name):
            bonus += SIBLING_BONUS
    return bonus + CAPITAL_NAMED_BONUS if place.capital else bonus


def _same(one: Place, other: Place) -> bool:
    """Whether it hardly matters which is meant: one is part of the other, or both are at one spot."""
    return lies_in(one, other) or lies_in(other, one) or distance(one, other) <= SAME_PLACE
