"""What stands beside a place's name and says where it is: "Paris, Texas", "Portland, Ore.", "India's Punjab"."""

import re
from collections.abc import Iterable
from itertools import chain

from streams.tagging.atlas import Place
from streams.tagging.gazetteer import Gazetteer

_PLACE_WORDS = "city|town|village|port|capital|state|province|region|district|county|suburb|resort|island"
_AFTER = re.compile(
    r"(?:,| \(| in|, in)(?: the)?(?: (?:US|U\.S\.|British|state|province|region)(?: of)?)? ?"
    r"(?P<larger>[^\W\d_][\w.’'-]*(?: (?:(?:and|of|the) )?[A-ZÀ-Þ][\w.’'-]*){0,3})"
)
_POSSESSIVE = re.compile(r"(?P<larger>[A-ZÀ-Þ][\w.-]*(?: [A-ZÀ-Þ][\w.-]*){0,2})['’]s?(?: [a-z]+){0,2} \Z")
_DEMONYM = re.compile(
    rf"(?P<larger>[A-ZÀ-Þ][\w-]+(?: [A-ZÀ-Þ][\w-]+)?)(?: [a-z-]+)?(?: (?:{_PLACE_WORDS}))?(?: of)? \Z"
)
_REACH = 60
"""Characters looked at on each side of a name."""
ABBREVIATED = {
    **dict(
        zip(
            [
                "Ala.",
                "Ariz.",
                "Ark.",
                "Calif.",
                "Colo.",
                "Conn.",
                "Del.",
                "Fla.",
                "Ga.",
                "Ill.",
                "Ind.",
                "Kan.",
                "Ky.",
                "La.",
                "Md.",
                "Mass.",
                "Mich.",
                "Minn.",
                "Miss.",
                "Mo.",
                "Mont.",
                "Neb.",
                "Nev.",
                "N.H.",
                "N.J.",
                "N.M.",
                "N.Y.",
                "N.C.",
                "N.D.",
                "Okla.",
                "Ore.",
                "Pa.",
                "R.I.",
                "S.C.",
                "S.D.",
                "Tenn.",
                "Tex.",
                "Vt.",
                "Va.",
                "Wash.",
                "W.Va.",
                "Wis.",
                "Wyo.",
                "D.C.",
            ],
            [
                "AL",
                "AZ",
                "AR",
                "CA",
                "CO",
                "CT",
                "DE",
                "FL",
                "GA",
                "IL",
                "IN",
                "KS",
                "KY",
                "LA",
                "MD",
                "MA",
                "MI",
                "MN",
                "MS",
                "MO",
                "MT",
                "NE",
                "NV",
                "NH",
                "NJ",
                "NM",
                "NY",
                "NC",
                "ND",
                "OK",
                "OR",
                "PA",
                "RI",
                "SC",
                "SD",
                "TN",
                "TX",
                "VT",
                "VA",
                "WA",
                "WV",
                "WI",
                "WY",
                "DC",
            ],
            strict=True,
        )
    ),
    **{code: code for code in ["AK", "HI", "IA", "ID", "ME", "OH", "UT"]},
}
"""US states as the press abbreviates them (AP), to postal codes, which are GeoNames' too."""
POSTAL = frozenset(ABBREVIATED.values())
PROVINCES = {
    "Ont.": "CA.08",
    "Que.": "CA.10",
    "B.C.": "CA.02",
    "Alta.": "CA.01",
    "Man.": "CA.03",
    "N.S.": "CA.07",
}


def qualifiers(text: str, spans: Iterable[tuple[int, int]], gazetteer: Gazetteer) -> dict[str, str]:
    """A place's name to the words that say where it is, for the places at these spans of the text.

    Only words that fit: one of the places of the name lies in what they mean. The first that fits counts for
    the whole text.
    """
    found: dict[str, str] = {}
    for start, end in spans:
        name = text[start:end]
        if name in found:
            continue
        smaller = gazetteer.places(name)
        for words in _beside(text, start, end):
            if any(lies_in(place, larger) for larger in larger_places(words, gazetteer) for place in smaller):
                found[name] = words
                break
    return found


def larger_places(words: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """What a qualifier may mean: places of the name, a state's abbreviation, the country of a demonym."""
    code = words if words in POSTAL else ABBREVIATED.get(words)
    known = f"US.{code}" if code else PROVINCES.get(words) or gazetteer.demonyms.get(words)
    if known:
        area = gazetteer.atlas.area(known)
        return (area,) if area else ()
    return gazetteer.places(words)


def lies_in(place: Place, larger: Place) -> bool:
    """Whether the one is part of the other; counties and regions with a country reach over all their division."""
    if place.geonames == larger.geonames and place.kind == larger.kind:
        return False
    if larger.kind == "country":
        return place.kind != "country" and place.country == larger.country
    if larger.kind == "division":
        return place.kind in ("city", "county") and place.division == larger.division
    if larger.kind == "county":
        return place.kind == "city" and place.division == larger.division
    return False


def _beside(text: str, start: int, end: int) -> Iterable[str]:
    """Words beside the name that may be a larger place, the longest first."""
    after = _AFTER.match(text, end, end + _REACH)
    before = text[max(start - _REACH, 0) : start]
    matches = (after, _POSSESSIVE.search(before), _DEMONYM.search(before))
    return chain.from_iterable(_shorter(match["larger"]) for match in matches if match)


def _shorter(words: str) -> Iterable[str]:
    """The words themselves, and what is left when the last ones go; with and without a full stop."""
    parts = words.split(" ")
    for size in range(len(parts), 0, -1):
        name = " ".join(parts[:size])
        yield name
        yield name.rstrip(".'’")
        if name.endswith(("'s", "’s")):
            yield name[:-2]
    for first in range(1, len(parts)):
        yield " ".join(parts[first:])
