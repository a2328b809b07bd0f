"""Names found again: the other occurrences of what a document calls somebody."""

from streams.tagging.gazetteer import Gazetteer
from streams.tagging.lexicon import CALENDAR, FUNCTION, HONORIFICS, ROLES
from streams.tagging.spans import Columns
from streams.tagging.titles import TITLED
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

PLAIN_CAPITALS = 5
"""Letters. A word of so many capitals stands for itself, whatever is beside it."""
SHORTEST_AGAIN = 3
"""Letters. Shorter names are found again only when they are somebody's surname or in capitals."""


def take_again(
    document: Document,
    spans: Columns,
    rows: list[list[int]],
    wanted: dict[str, EntityType],
    gazetteer: Gazetteer,
    title_case: bool = False,
) -> None:
    """Puts the wanted names behind the spans, where they do not stand inside a longer run of capitals. In a
    title-case headline capitals beside a name do not speak against it.

    `rows`: where they may stand (occurrences.py).
    """
    free = 0
    for first, end, in_lower_case in rows:
        if first < free:
            continue
        surface = document.slice(first, end)
        kind = wanted.get(surface)
        if kind is None:
            continue
        if len(surface) < SHORTEST_AGAIN and kind is not EntityType.PERSON and not surface.isupper():
            continue
        if title_case or _stands_alone(document, first, end, bool(in_lower_case), gazetteer):
            titled = kind is EntityType.PERSON and first > 0 and document.word(first - 1) in TITLED
            spans.put(document.starts[first], document.ends[end - 1], kind, titled, surface)
            free = end


def _stands_alone(
    document: Document, first: int, end: int, in_lower_case: bool, gazetteer: Gazetteer
) -> bool:
    """No other capitalised word touches it, but for titles, demonyms and the openers of sentences."""
    word = document.word(first)
    if len(word) >= PLAIN_CAPITALS and word.isupper():
        return True
    if in_lower_case and end - first == 1 and document.opens(first):
        return False
    if end < len(document):
        after = document.word(end)
        if after == "$" or (after[0].isupper() and document.spaced(end - 1)):
            return False
    if first == 0 or not document.spaced(first - 1):
        return True
    before = document.word(first - 1)
    if not before[0].isupper():
        return True
    allowed = before in HONORIFICS or before in ROLES or before in gazetteer.demonyms
    return allowed or before in CALENDAR or before.lower() in FUNCTION
