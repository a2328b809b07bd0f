"""Finding in languages whose grammar the rules do not know: only places that cannot well be anything else."""

from streams.tagging.cut import OPENS
from streams.tagging.gazetteer import HUGE_CITY, Gazetteer
from streams.tagging.spans import Span, without_overlaps
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

SURE_POPULATION = 300_000
"""Inhabitants of a city that is believed in any language."""
SHORTEST = 4
"""Letters. Shorter names are words, or acronyms, of some language."""


LOOK_BACK = 40
"""Characters before a hit in which the word before it is looked for."""


def sure_places(document: Document, gazetteer: Gazetteer) -> list[Span]:
    """Countries and large cities, capitalised inside a sentence, not part of a longer run of capitals."""
    text = document.text
    opening = set(document.tokens.starts[(document.tokens.marks & OPENS) > 0].tolist())
    spans = []
    for start, end in gazetteer.hits(document):
        if end - start < SHORTEST or start in opening or not _is_sure(text[start:end], gazetteer):
            continue
        before = text[max(start - LOOK_BACK, 0) : start].split()
        after = text[end : end + 2]
        if before and before[-1][0].isupper() and text[start - 1] == " ":
            continue
        if len(after) == 2 and after[0] in " -'’" and after[1].isupper():
            continue
        spans.append(Span(start, end, EntityType.PLACE))
    return without_overlaps(spans)


def _is_sure(name: str, gazetteer: Gazetteer) -> bool:
    places = gazetteer.places(name)
    if name in gazetteer.first_names or name in gazetteer.last_names or name.lower() in gazetteer.common:
        return any(place.population >= HUGE_CITY and place.name == name for place in places)
    return any(place.kind == "country" or place.population >= SURE_POPULATION for place in places)
