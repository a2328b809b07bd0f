"""The places that a name may mean, each with its prior: how likely it is before the article is read."""

from collections.abc import Sequence
from math import log10
from typing import NamedTuple

from streams.tagging.atlas import Place
from streams.tagging.gazetteer import FAMILIAR, Gazetteer
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
PREFERRED = {"Washington": "4140963"}
"""Bare, the city is meant and not the state of the same name."""
EPONYM = 5
"""A city with a fifth of its state's inhabitants stands for the name: New York, but not Quebec ..."""
EPONYM_ABROAD = 50
"""... and with a fiftieth where English news has no use for the division alone: Lagos, Porto, Kherson."""
EPONYM_REACH = 50.0
"""Kilometres: some cities were made a division of their own, beside that of their name."""
CAPITAL_BONUS = 0.5
NEAR_BONUS = 1.0
UNNAMED_BONUS = CAPITAL_BONUS + NEAR_BONUS
"""The most that a place of a country gets of which the article does not speak."""
CERTAIN_MARGIN = 2.0
"""Between the best and the next, a hundred to one: more is not said."""


class Candidates(NamedTuple):
    """Places with their priors. `hopeful` are those with a prior of `hopeless` at least, which any text may
    mean; the others, of `countries`, need one that speaks of their country. `everywhere`: the countries of
    all. `alone`: scores of the hopeful in a text that speaks of no country. `divisions`: codes of those that
    bear the name."""

    priors: tuple[tuple[Place, float], ...]
    hopeful: tuple[tuple[Place, float], ...]
    hopeless: float
    countries: frozenset[str]
    everywhere: frozenset[str]
    alone: list[tuple[float, Place]]
    divisions: frozenset[str] = frozenset()


@remembered
def candidates_of(name: str, gazetteer: Gazetteer) -> Candidates | None:
    """The places of a name, without those for which another one stands; None where there are none."""
    places = gazetteer.places(name)
    if not places:
        return None
    own = {place.country for place in places if place.kind == "country"}
    cities = [place for place in places if place.kind == "city" and place.country not in own]
    found = candidates(
        [
            (place, prior_of(place) + PREFERRED_BONUS * (PREFERRED.get(name) == place.geonames))
            for place in places
            if (place.kind != "city" or place.country not in own)
            and not any(_stands_for(city, place) for city in cities)
        ]
    )
    divisions = frozenset(place.division for place in places if place.kind == "division")
    return found._replace(divisions=divisions)


def candidates(priors: Sequence[tuple[Place, float]]) -> Candidates:
    """These places, of which there is one at least."""
    found = tuple(priors)
    hopeless = max(prior for _, prior in found) - CERTAIN_MARGIN - UNNAMED_BONUS
    hopeful = tuple((place, prior) for place, prior in found if prior >= hopeless)
    others = frozenset(place.country for place, prior in found if prior < hopeless)
    everywhere = frozenset(place.country for place, _ in found)
    alone = [(prior + CAPITAL_BONUS * place.capital, place) for place, prior in hopeful]
    return Candidates(found, hopeful, hopeless, others, everywhere, alone)


def prior_of(place: Place) -> float:
    """log10 of inhabitants, or what stands for it; of divisions that of their cities with a bonus."""
    inhabitants = log10(place.population + 1)
    if place.kind == "division":
        bonus = FAMILIAR_BONUS if place.country in FAMILIAR else DIVISION_BONUS
        return min(inhabitants + bonus, DIVISION_PRIOR)
    return {"country": COUNTRY_PRIOR, "region": REGION_PRIOR, "county": COUNTY_PRIOR}.get(
        place.kind, inhabitants
    )


def _stands_for(city: Place, place: Place) -> bool:
    if place.kind not in ("division", "county") or city.country != place.country:
        return False
    share = EPONYM if place.country in FAMILIAR else EPONYM_ABROAD
    within = city.division == place.division or distance(city, place) <= EPONYM_REACH
    return within and city.population * share >= place.population
