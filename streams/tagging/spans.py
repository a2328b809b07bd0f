"""A stretch of a text that names something: what finders give, and document rules settle."""

from operator import attrgetter
from typing import NamedTuple

from streams.vocabulary import EntityType


class Span(NamedTuple):
    """Code points [start:end] of one text. `titled`: a title ("Mr") stands before it, outside the span."""

    start: int
    end: int
    type: EntityType
    titled: bool = False


def without_overlaps(spans: list[Span]) -> list[Span]:
    """In text order; of two that overlap the one that begins first, then the longer."""
    # Two sorts by a field are quicker than one by a key that Python makes.
    ordered = sorted(sorted(spans, key=attrgetter("end"), reverse=True), key=attrgetter("start"))
    kept: list[Span] = []
    free = 0
    for span in ordered:
        if free <= span.start < span.end:
            kept.append(span)
            free = span.end
    return kept
