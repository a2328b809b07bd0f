"""Which of the places of a name is meant: by population, and by what the article says of where it plays.

Scores are powers of ten: a prior (streams/tagging/candidates.py) with bonuses for co-mention, nearness
and qualifiers: toponym resolution by population with spatial and hierarchical context (Leidner 2007). The
bonuses were set by hand and read against tests/tagging/gold/places.txt (`python bench/places.py`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from streams.events import Geo, Ids, Link
from streams.tagging.atlas import Place
from streams.tagging.candidates import (
    CAPITAL_BONUS,
    CERTAIN_MARGIN,
    NEAR_BONUS,
    candidates,
    candidates_of,
    prior_of,
)
from streams.tagging.gazetteer import REMEMBERED, Gazetteer
from streams.tagging.qualifiers import larger_places, lies_in
from streams.tagging.surroundings import Surroundings, distance, home_country
from streams.vocabulary import LinkStatus

__all__ = ["UNKNOWN", "Identity", "Surroundings", "country_name", "identify", "surroundings"]

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
SURE_MARGIN = 0.6
"""Between the best and the next: four to one. Below it: ambiguous."""
LONE_MARGIN = 2.0
"""The margin of the only place of its name: a hundred to one, since the tables are not complete ..."""
SMALL_MARGIN = 1.0
"""... or of a town that the article gives no reason to know."""
SMALL = 15_000
"""Inhabitants."""
ROUNDS = 2
"""Of ranking all names before the last: what is sure alone, then what is sure beside that."""
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
    known = sorted({name for name in names if gazetteer.places(name)})
    spoken = [(gazetteer.demonyms[word], word) for word in demonyms]
    home = home_country(domain, gazetteer)
    around = _spoken(spoken, qualifiers, home, gazetteer)
    for _ in range(ROUNDS):
        ranked = [(name, *_ranked(name, around, gazetteer)) for name in known]
        before, around = around, _spoken(spoken, qualifiers, home, gazetteer)
        for name, margin, place in ranked:
            if margin >= SURE_MARGIN:
                around.add(name, place)
                if place.kind == "city" and _names_division(name, place, gazetteer):
                    around.named.setdefault(place.division, set()).add(name)
        if around.points == before.points:
            around.ranked.update({name: (margin, place) for name, margin, place in ranked})
    return around


def _spoken(
    spoken: list[tuple[str, str]], qualifiers: dict[str, str], home: str, gazetteer: Gazetteer
) -> Surroundings:
    """What demonyms and qualifiers say by themselves."""
    around = Surroundings(qualifiers=qualifiers, home=home)
    for country, word in spoken:
        if country:
            around.countries.setdefault(country, set()).add(word)
    for words in qualifiers.values():
        meant = larger_places(words, gazetteer)
        if len(meant) == 1:
            around.add(words, meant[0])
    return around


def _names_division(name: str, city: Place, gazetteer: Gazetteer) -> bool:
    """Whether the city's name is its division's as well: New York speaks for the state too."""
    return any(
        place.kind == "division" and place.division == city.division for place in gazetteer.places(name)
    )


def identify(name: str, around: Surroundings, gazetteer: Gazetteer) -> Identity:
    """Ids, country code and coordinates of a place's name, or `ambiguous` with the likeliest.

    The link's confidence is the chance that it is right, as the margin over the next candidate says.
    """
    if not gazetteer.places(name):
        return UNKNOWN
    margin, place = around.ranked.get(name) or _ranked(name, around, gazetteer)
    return _identity(place, margin)


@lru_cache(REMEMBERED)
def _identity(place: Place, margin: float) -> Identity:
    """What is known of a place that is meant with this margin."""
    geo = None
    if place.lat is not None and place.lon is not None:
        geo = Geo(lat=place.lat, lon=place.lon, country=place.country or None)
    shown = place.name if place.kind != "city" else None
    if not place.geonames and not place.wikidata:
        return Identity(Ids(), UNKNOWN.link, geo, shown)
    ids = Ids(
        geonames=place.geonames or None,
        wikidata=place.wikidata or None,
        iso3166=place.country if place.kind == "country" else None,
    )
    status = LinkStatus.LINKED if margin >= SURE_MARGIN else LinkStatus.AMBIGUOUS
    return Identity(ids, Link(status=status, confidence=round(1 / (1 + 10**-margin), 3)), geo, shown)


def _ranked(name: str, around: Surroundings, gazetteer: Gazetteer) -> tuple[float, Place]:
    """Margin over the next other place, and the likeliest."""
    larger: tuple[Place, ...] = ()
    smaller: list[Place] = []
    known = candidates_of(name, gazetteer)
    if around.qualifiers:
        if name in around.qualifiers:
            larger = larger_places(around.qualifiers[name], gazetteer)
            typed = [place for place in gazetteer.places(name) if place in larger]
            known = candidates((place, prior_of(place)) for place in typed) if typed else known
        qualified = [other for other, words in around.qualifiers.items() if words == name]
        smaller = [place for other in qualified for place in gazetteer.places(other)]
    if len(known.priors) == 1:
        place = known.priors[0][0]
        small = place.kind == "city" and place.population < SMALL
        vouched = around.others(around.countries, place.country, name) or name in around.qualifiers
        return (SMALL_MARGIN if small and not vouched else LONE_MARGIN), place
    hopeful = known.hopeful
    if larger or smaller:
        hopeful = known.priors
    elif not known.countries.isdisjoint(around.countries) or around.home in known.countries:
        hopeful = tuple(
            (place, prior)
            for place, prior in known.priors
            if prior >= known.hopeless or around.speaks_of(place.country)
        )
    if len(hopeful) == 1:
        return CERTAIN_MARGIN, hopeful[0][0]
    scored = [(prior + _bonus(place, name, around, larger, smaller), place) for place, prior in hopeful]
    best = max(score for score, _ in scored)
    scored = [
        (score + NEAR_BONUS * (place.kind in ("city", "county") and around.near(place, name, NEAR)), place)
        for score, place in scored
        if score >= best - CERTAIN_MARGIN - NEAR_BONUS
    ]
    scored.sort(key=lambda pair: -pair[0])
    best, place = scored[0]
    for score, other in scored[1:]:
        if best - score >= CERTAIN_MARGIN:
            break
        if not _same(place, other):
            return best - score, place
    return CERTAIN_MARGIN, place


def _same(one: Place, other: Place) -> bool:
    """Whether it hardly matters which is meant: one is part of the other, or both are at one spot."""
    return lies_in(one, other) or lies_in(other, one) or distance(one, other) <= SAME_PLACE


def _bonus(
    place: Place, name: str, around: Surroundings, larger: tuple[Place, ...], smaller: list[Place]
) -> float:
    """What the article adds to a place's prior, as a power of ten."""
    bonus = 0.0
    named = around.others(around.countries, place.country, name)
    if named:
        bonus += COUNTRY_BONUS + COUNTRY_STEP * min(named - 1, 3)
        if place.kind == "city":
            bonus += DIVISION_NAMED_BONUS * bool(around.others(around.named, place.division, name))
            bonus += INSIDE_BONUS * bool(around.others(around.inside, place.division, name))
        elif place.kind == "division":
            bonus += HOLDS_BONUS * bool(around.others(around.inside, place.division, name))
            bonus += SIBLING_BONUS * around.siblings(place, name)
    if place.capital:
        bonus += CAPITAL_NAMED_BONUS if named else CAPITAL_BONUS
    bonus += HOME_BONUS * (place.country == around.home != "")
    if larger:
        bonus += QUALIFIED_BONUS * any(lies_in(place, other) for other in larger)
    if smaller:
        bonus += QUALIFIES_BONUS * any(lies_in(other, place) for other in smaller)
    return bonus
