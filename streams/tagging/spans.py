"""A stretch of a text that names something: what finders give, and document rules settle."""

from itertools import islice
from operator import itemgetter, le, lt
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
    # Two sorts by a field are quicker than one by a key that Python makes.
    ordered = sorted(sorted(spans, key=itemgetter(1), reverse=True), key=itemgetter(0))
    if not ordered:
        return ordered
    starts, ends, _, _ = zip(*ordered, strict=True)
    if all(map(lt, starts, ends)) and all(map(le, ends, islice(starts, 1, None))):
        return ordered  # nearly always; the loop below takes twice as long
    kept: list[Span] = []
    free = 0
    for span in ordered:
        if free <= span.start < span.end:
            kept.append(span)
            free = span.end
    return kept
