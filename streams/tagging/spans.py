"""A stretch of a text that names something: what finders give, and document rules settle."""

from dataclasses import dataclass

from streams.vocabulary import EntityType


@dataclass(frozen=True, slots=True)
class Span:
    """Code points [start:end] of one text. `titled`: a title ("Mr") stands before it, outside the span."""

    start: int
    end: int
    type: EntityType
    titled: bool = False


def without_overlaps(spans: list[Span]) -> list[Span]:
    """In text order; of two that overlap the one that begins first, then the longer."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.start < span.end and (not kept or kept[-1].end <= span.start):
            kept.append(span)
    return kept
