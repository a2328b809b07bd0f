"""Words beside a place's name that say where it is: "Paris, Texas", "Portland, Ore.", "India's Punjab"."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from streams.kept import kept
from streams.tagging.atlas import CITY, COUNTRY, COUNTY, DIVISION, KINDS, Whereabouts
from streams.tagging.beside import (
    AFTER,
    AREA,
    DEMONYM,
    JOINING,
    LAST,
    OF_TYPE,
    POSSESSIVE,
    REACH,
    TYPE,
    beside,
)
from streams.tagging.gazetteer import SOURCES, Gazetteer, gazetteer
from streams.tagging.letters import letters
from streams.tagging.lexicon import words_of
from streams.tagging.located import Words, words_in
from streams.tagging.remembered import remembered
from streams.tagging.spans import bounds_of
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
AREAS = (COUNTRY, DIVISION, COUNTY)
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


def qualifiers(document: Document, bounds: Sequence[tuple[int, int]], gazetteer: Gazetteer) -> dict[str, str]:
    """A place's name to the words that say where it is, for the places between these bounds in the text.

    Only words that fit: one of the places of the name lies in what they mean. The first that fits counts for
    the whole text.
    """
    found: dict[str, str] = {}
    text = document.text
    for (start, end), signs in zip(bounds, _signs(document, bounds), strict=True):
        if not signs or (name := text[start:end]) in found:
            continue
        kind = _TYPE_AFTER.match(text, end) if signs & TYPE else None
        if kind and larger_places(name + kind[0], gazetteer):
            found[name] = name + kind[0]
            continue
        smaller = whereabouts(name, gazetteer) if signs != TYPE else ()
        if not smaller or smaller[-1].kind == COUNTRY:  # countries come first, and lie in nothing
            continue
        for words in _beside(text, start, end, signs):
            if any(lies_in(place, area) for area in areas(words, gazetteer) for place in smaller):
                found[name] = words
                break
    return found


@remembered
def whereabouts(name: str, gazetteer: Gazetteer) -> tuple[Whereabouts, ...]:
    """Where the places of a name are, each once."""
    return tuple(dict.fromkeys(map(gazetteer.atlas.whereabouts, gazetteer.rows(name))))


@remembered
def areas(words: str, gazetteer: Gazetteer) -> tuple[Whereabouts, ...]:
    """Where the areas are that a qualifier may mean."""
    found = map(gazetteer.atlas.whereabouts, larger_places(words, gazetteer))
    return tuple([area for area in found if area.kind in AREAS])


def _signs(document: Document, bounds: Sequence[tuple[int, int]]) -> list[int]:
    """Of each name what may stand beside it: expressions are tried at few of them."""
    signs: list[int] = beside(document.codes, bounds_of(bounds), letters().kinds, _words_beside()).tolist()
    return signs


@kept(Words, *SOURCES)
def _words_beside() -> Words:
    tables = gazetteer()
    kinds = [KINDS[kind] for kind in AREAS]
    return words_in(
        {
            OF_TYPE: _DIVISION_WORDS,
            LAST: ("of", *_PLACE_WORDS.split("|")),
            JOINING: words_of("the of and in state province region"),
            AREA: filter(None, map(_begin, [*tables.atlas.named(kinds), *tables.demonyms, *ABBREVIATED])),
        }
    )


def _begin(name: str) -> str:
    """Of its first word that is not in lower case ("mainland China"), as far as the first sign in it."""
    return re.findall(r"(?:\A| )(?![a-z])(\w*)", name)[0]  # type: ignore[no-any-return]


def larger_places(words: str, gazetteer: Gazetteer) -> list[int]:
    """Rows of what a qualifier may mean: places of the name, a state's abbreviation, a demonym's country."""
    known = ABBREVIATED.get(words) or gazetteer.demonyms.get(words)
    if known:
        area = gazetteer.atlas.area(known)
        return [] if area is None else [area]
    bare, _, kind = words.rpartition(" ")
    if kind in _DIVISION_WORDS:
        return [row for row in gazetteer.rows(bare) if gazetteer.atlas.kind[row] in (DIVISION, COUNTY)]
    return gazetteer.rows(words)


def lies_in(place: Whereabouts, larger: Whereabouts) -> bool:
    """Whether the one is part of the other; a county is taken to reach over all its division."""
    kind, over = place.kind, larger.kind
    if over == COUNTRY:
        return kind != COUNTRY and place.country == larger.country
    if over == DIVISION:
        return kind in (CITY, COUNTY) and place.division == larger.division
    return over == COUNTY and kind == CITY and place.division == larger.division


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
