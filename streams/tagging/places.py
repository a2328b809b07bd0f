"""Where places are: which of their name is meant in an article, and what is known of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from streams.events import Geo, Ids, Link
from streams.tagging.atlas import Atlas
from streams.tagging.candidates import CANDIDATE, candidates_of, holding, meant_by, qualified
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import words_of
from streams.tagging.ranking import SURE_MARGIN, ranked
from streams.tagging.remembered import REMEMBERED
from streams.vocabulary import LinkStatus

_OTHER_DOMAINS = {"uk": "GB", "eu": ""}
_WORLDWIDE_DOMAINS = words_of(
    "ac ag ai am as cc cd co dj eu fm gg gl im io la li ly me mn ms mu nu pw re sh st sx to tv vc vg ws"
)
"""Country domains registered from everywhere: they say nothing of a publisher's country."""


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


def identities(
    asked: Collection[str],
    names: Iterable[str],
    demonyms: Iterable[str],
    qualifiers: Mapping[str, str],
    gazetteer: Gazetteer,
    domain: str | None = None,
) -> dict[str, Identity]:
    """Ids, country code and coordinates of the names that are `asked` for, or `ambiguous` with the likeliest;
    of those that are not in it nothing is known.

    A link's confidence is the chance that it is right, as the margin over the next candidate says.
    """
    found = likeliest(asked, names, demonyms, qualifiers, gazetteer, domain)
    return {name: _identity(row, margin, gazetteer.atlas) for name, (row, margin) in found.items()}


def likeliest(
    asked: Collection[str],
    names: Iterable[str],
    demonyms: Iterable[str],
    qualifiers: Mapping[str, str],
    gazetteer: Gazetteer,
    domain: str | None = None,
) -> dict[str, tuple[float, float]]:
    """Row of the likeliest place of each name that is asked for and known, and its margin over the next.

    `names`, `demonyms`, `qualifiers` and the publisher's `domain` say where the article plays; their order
    does not matter. `qualifiers`: a place's name to the words that say where it is
    (streams.tagging.qualifiers).
    """
    speaking = dict.fromkeys(names)
    everyone = speaking | dict.fromkeys(asked)  # who speaks comes first
    known = {name: found for name in everyone if (found := candidates_of(name, gazetteer))}
    if not known:
        return {}
    for name in known.keys() & qualifiers.keys():
        known[name] = qualified(name, qualifiers[name], gazetteer)
    for name in known.keys() & set(qualifiers.values()):
        held = [other for other, words in qualifiers.items() if words == name]
        known[name] = holding(known[name], held, gazetteer)
    said, meant, words_in_all = _said(known, demonyms, qualifiers, gazetteer)
    margins, rows = ranked(
        np.frombuffer(b"".join([*known.values(), *meant]), CANDIDATE),
        np.array(said, np.int32),
        gazetteer.atlas.parents,
        home_country(domain, gazetteer),
        len(speaking.keys() & known.keys()),
        len(known),
        words_in_all,
    ).tolist()
    ranks = dict(zip(known, zip(rows, margins, strict=True), strict=True))
    return {name: ranks[name] for name in asked if name in ranks}


def _said(
    names: Iterable[str], demonyms: Iterable[str], qualifiers: Mapping[str, str], gazetteer: Gazetteer
) -> tuple[list[int], list[bytes], int]:
    """What demonyms and qualifiers say by themselves, as `ranked` has it; the places that qualifiers mean;
    how many words there are."""
    numbers = {name: number for number, name in enumerate(names)}
    before = len(numbers)
    said: list[int] = []
    meant: list[bytes] = []
    for word in demonyms:
        country = gazetteer.atlas.area(gazetteer.demonyms[word])
        if country is not None:
            said += numbers.setdefault(word, len(numbers)), -1 - country
    for words in dict.fromkeys(qualifiers.values()):
        places, records = meant_by(words, gazetteer)
        if len(places) == 1:
            said += numbers.setdefault(words, len(numbers)), before + len(meant)
            meant.append(records)
    return said, meant, len(numbers)


def home_country(domain: str | None, gazetteer: Gazetteer) -> int:
    """Row of the country of a publisher's domain ("bbc.co.uk": GB), -1 where the domain tells none."""
    last = (domain or "").rpartition(".")[2].lower()
    if len(last) != 2 or last in _WORLDWIDE_DOMAINS:
        return -1
    row = gazetteer.atlas.area(_OTHER_DOMAINS.get(last, last.upper()))
    return -1 if row is None else row


@lru_cache(REMEMBERED)
def _identity(row: float, margin: float, atlas: Atlas) -> Identity:
    """What is known of a place that is meant with this margin."""
    place = atlas.place(int(row))
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
