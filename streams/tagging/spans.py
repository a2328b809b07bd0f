"""A stretch of a text that names something: what finders give, and document rules settle."""

from operator import itemgetter
from typing import NamedTuple

from streams.vocabulary import EntityType


class Span(NamedTuple):
    """Code points [start:end] of one text. `titled`: a title ("Mr") stands before it, outside the span."""

    start: int
    end: int
    type: EntityType
    titled: bool = False


def surfaces_of(text: str, spans: list[Span]) -> list[str]:
    """What stands at each span."""
    return [text[start:end] for start, end, _, _ in spans]


def without_overlaps(spans: list[Span]) -> list[Span]:
    """In text order; of two that overlap the one that begins first, then the longer."""
    # A sort by a field is quicker than one by a key that Python makes.
    ordered = sorted(spans, key=itemgetter(0))
    free = 0
    for start, end, _, _ in ordered:
        if not free <= start < end:
            break
        free = end
    else:
        return ordered
    ordered = sorted(sorted(spans, key=itemgetter(1), reverse=True), key=itemgetter(0))
    kept: list[Span] = []
    free = 0
    for span in ordered:
        if free <= span.start < span.end:
            kept.append(span)
            free = span.end
    return kept
