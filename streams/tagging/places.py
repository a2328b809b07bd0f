"""Where places are: which of their name is meant in an article, and what is known of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from streams.events import Geo, Ids, Link
from streams.tagging.atlas import Place
from streams.tagging.candidates import Candidates, candidates_of
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.qualifiers import larger_places
from streams.tagging.ranking import lone_margin, ranked
from streams.tagging.remembered import REMEMBERED
from streams.tagging.surroundings import Surroundings, home_country
from streams.vocabulary import LinkStatus

__all__ = ["UNKNOWN", "Identity", "Surroundings", "identify", "surroundings"]

SURE_MARGIN = 0.6
"""Between the best and the next: four to one. Below it: ambiguous."""
ROUNDS = 2
"""Of ranking all names before the last: what is sure alone, then what is sure beside that."""


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
    known = {name: found for name in sorted(set(names)) if (found := candidates_of(name, gazetteer))}
    lone = {  # whatever else is said they are meant
        name: found.priors[0][0]
        for name, found in known.items()
        if len(found.priors) == 1 and name not in qualifiers
    }
    doubtful = [name for name in known if name not in lone]
    spoken = [(gazetteer.demonyms[word], word) for word in demonyms]
    home = home_country(domain, gazetteer)
    around = before = _spoken(spoken, qualifiers, home, gazetteer)
    meant: list[tuple[str, float, Place]] = []
    for _ in range(ROUNDS if doubtful else 1):
        meant = [(name, *ranked(name, known[name], around, gazetteer)) for name in doubtful]
        before, around = around, _spoken(spoken, qualifiers, home, gazetteer)
        for name, place in lone.items():
            _believe(name, place, known[name], around)
        for name, margin, place in meant:
            if margin >= SURE_MARGIN:
                _believe(name, place, known[name], around)
    around.ranked.update({name: (lone_margin(name, place, around), place) for name, place in lone.items()})
    if around.points == before.points:
        around.ranked.update({name: (margin, place) for name, margin, place in meant})
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


def _believe(name: str, place: Place, known: Candidates, around: Surroundings) -> None:
    """Takes the name for this place; a city of its division's name, New York, speaks for the state too."""
    around.add(name, place)
    if place.kind == "city" and place.division in known.divisions:
        around.named.setdefault(place.division, set()).add(name)


def identify(name: str, around: Surroundings, gazetteer: Gazetteer) -> Identity:
    """Ids, country code and coordinates of a place's name, or `ambiguous` with the likeliest.

    The link's confidence is the chance that it is right, as the margin over the next candidate says.
    """
    if name in around.ranked:
        margin, place = around.ranked[name]
    elif known := candidates_of(name, gazetteer):
        margin, place = ranked(name, known, around, gazetteer)
    else:
        return UNKNOWN
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
