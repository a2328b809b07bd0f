"""Words beside a place's name that say where it is: "Paris, Texas", "Portland, Ore.", "India's Punjab"."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from streams.code_points import codes_of
from streams.tagging.atlas import Place
from streams.tagging.beside import AFTER, DEMONYM, POSSESSIVE, REACH, TYPE, beside
from streams.tagging.gazetteer import Gazetteer
from streams.tagging.keys import sorted_keys
from streams.tagging.lexicon import words_of
from streams.tagging.spans import Span, bounds_of
from streams.tagging.tokens import Document

_PLACE_WORDS = "city|town|village|port|capital|state|province|region|district|county|suburb|resort|island"
_DIVISION_WORDS = (
    "state",
    "province",
    "region",
    "oblast",
    "county",
    "prefecture",
    "governorate",
    "State",
    "Province",
)
AREAS = ("country", "division", "county")
"""Kinds of places that others lie in."""
_TYPE_AFTER = re.compile(rf" (?:{'|'.join(_DIVISION_WORDS)})\b")
_AFTER = re.compile(
    r"(?:,| \(| in|, in)(?: the)?(?: (?:US|U\.S\.|British|state|province|region)(?: of)?)? ?"
    r"(?P<larger>[^\W\d_][\w.’'-]*(?: (?:(?:and|of|the) )?[A-ZÀ-Þ][\w.’'-]*){0,3})"
)
_POSSESSIVE = re.compile(r"(?P<larger>[A-ZÀ-Þ][\w.-]*(?: [A-ZÀ-Þ][\w.-]*){0,2})['’]s?(?: [a-z]+){0,2} \Z")
_DEMONYM = re.compile(
    rf"(?P<larger>[A-ZÀ-Þ][\w-]++(?: [A-ZÀ-Þ][\w-]++)?)(?: [a-z-]++)?(?: (?:{_PLACE_WORDS}))?(?: of)? \Z"
)
_DEMONYM_WORDS = 5
"""The most that it matches."""
ABBREVIATED = dict(
    pair.split("=")
    for pair in words_of(
        "Ala.=US.AL Ariz.=US.AZ Ark.=US.AR Calif.=US.CA Colo.=US.CO Conn.=US.CT Del.=US.DE "
        "Fla.=US.FL Ga.=US.GA Ill.=US.IL Ind.=US.IN Kan.=US.KS Ky.=US.KY La.=US.LA Md.=US.MD "
        "Mass.=US.MA Mich.=US.MI Minn.=US.MN Miss.=US.MS Mo.=US.MO Mont.=US.MT Neb.=US.NE "
        "Nev.=US.NV N.H.=US.NH N.J.=US.NJ N.M.=US.NM N.Y.=US.NY N.C.=US.NC N.D.=US.ND Okla.=US.OK "
        "Ore.=US.OR Pa.=US.PA R.I.=US.RI S.C.=US.SC S.D.=US.SD Tenn.=US.TN Tex.=US.TX Vt.=US.VT "
        "Va.=US.VA Wash.=US.WA W.Va.=US.WV Wis.=US.WI Wyo.=US.WY D.C.=US.DC AK=US.AK HI=US.HI "
        "IA=US.IA ID=US.ID ME=US.ME OH=US.OH UT=US.UT AL=US.AL AR=US.AR AZ=US.AZ CA=US.CA CO=US.CO "
        "CT=US.CT DC=US.DC DE=US.DE FL=US.FL GA=US.GA IL=US.IL IN=US.IN KS=US.KS KY=US.KY LA=US.LA "
        "MA=US.MA MD=US.MD MI=US.MI MN=US.MN MO=US.MO MS=US.MS MT=US.MT NC=US.NC ND=US.ND NE=US.NE "
        "NH=US.NH NJ=US.NJ NM=US.NM NV=US.NV NY=US.NY OK=US.OK OR=US.OR PA=US.PA RI=US.RI SC=US.SC "
        "SD=US.SD TN=US.TN TX=US.TX VA=US.VA VT=US.VT WA=US.WA WI=US.WI WV=US.WV WY=US.WY "
        "Ont.=CA.08 Que.=CA.10 B.C.=CA.02 Alta.=CA.01 Man.=CA.03 N.S.=CA.07"
    )
)
"""States as the press abbreviates them after a town (AP style and postal codes), to GeoNames codes."""


def qualifiers(document: Document, spans: list[Span], gazetteer: Gazetteer) -> dict[str, str]:
    """A place's name to the words that say where it is, for the places at these spans of the text.

    Only words that fit: one of the places of the name lies in what they mean. The first that fits counts for
    the whole text.
    """
    found: dict[str, str] = {}
    text = document.text
    for (start, end, _, _), signs in zip(spans, _signs(document, spans), strict=True):
        if not signs or (name := text[start:end]) in found:
            continue
        kind = _TYPE_AFTER.match(text, end) if signs & TYPE else None
        if kind and larger_places(name + kind[0], gazetteer):
            found[name] = name + kind[0]
            continue
        smaller = gazetteer.places(name) if signs != TYPE else ()
        if not smaller or smaller[-1].kind == "country":  # countries come first, and lie in nothing
            continue
        for words in _beside(text, start, end, signs):
            larger = [place for place in larger_places(words, gazetteer) if place.kind in AREAS]
            if larger and any(lies_in(place, other) for other in larger for place in smaller):
                found[name] = words
                break
    return found


def _signs(document: Document, spans: list[Span]) -> list[int]:
    """Of each span what may stand beside it: expressions are tried at a third of the names only."""
    signs: list[int] = beside(document.codes, bounds_of(spans), _type_begins(), _last_words()).tolist()
    return signs


@cache
def _type_begins() -> NDArray[np.uint32]:
    return codes_of("".join(sorted({word[0] for word in _DIVISION_WORDS})))


@cache
def _last_words() -> NDArray[np.uint64]:
    return sorted_keys(("of", *_PLACE_WORDS.split("|")))


def larger_places(words: str, gazetteer: Gazetteer) -> tuple[Place, ...]:
    """What a qualifier may mean: places of the name, a state's abbreviation, the country of a demonym."""
    known = ABBREVIATED.get(words) or gazetteer.demonyms.get(words)
    if known:
        area = gazetteer.atlas.area(known)
        return (area,) if area else ()
    bare, _, kind = words.rpartition(" ")
    if kind in _DIVISION_WORDS:
        return tuple(place for place in gazetteer.places(bare) if place.kind in ("division", "county"))
    # Three of four are no place: asked of the atlas alone, they drive no place out of what is remembered.
    return gazetteer.places(words) if gazetteer.is_place(words) else ()


def lies_in(place: Place, larger: Place) -> bool:
    """Whether the one is part of the other; a county is taken to reach over all its division."""
    kind, over = place.kind, larger.kind
    if over == "country":
        return kind != "country" and place.country == larger.country
    if over == "division":
        return kind in ("city", "county") and place.division == larger.division
    return over == "county" and kind == "city" and place.division == larger.division


def _beside(text: str, start: int, end: int, signs: int) -> Iterable[str]:
    """Words beside the name that may be a larger place, the longest first."""
    matches = []
    if signs & AFTER:
        matches.append(_AFTER.match(text, end, end + REACH))
    before = text[max(start - REACH, 0) : start]
    if signs & POSSESSIVE:
        matches.append(_POSSESSIVE.search(before))
    if signs & DEMONYM:
        words = before.rsplit(" ", _DEMONYM_WORDS + 1)  # capitals before these words need not be tried
        matches.append(_DEMONYM.search(before, len(words[0]) if len(words) > _DEMONYM_WORDS + 1 else 0))
    return chain.from_iterable([_shorter(match["larger"]) for match in matches if match])


def _shorter(words: str) -> Iterable[str]:
    """The words themselves, and what is left when the last ones go; with and without a full stop."""
    parts = words.split(" ")
    for size in range(len(parts), 0, -1):
        name = " ".join(parts[:size])
        yield name
        if name.endswith((".", "'", "’")):
            yield name.rstrip(".'’")
        elif name.endswith(("'s", "’s")):
            yield name[:-2]
    for first in range(1, len(parts)):
        yield " ".join(parts[first:])
