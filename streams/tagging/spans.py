"""A stretch of a text that names something: what finders give, and document rules settle."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.vocabulary import EntityType


class Span(NamedTuple):
    """Code points [start:end] of one text. `titled`: a title ("Mr") stands before it, outside the span."""

    start: int
    end: int
    type: EntityType
    titled: bool = False


TYPES = tuple(EntityType)
"""A type is its number among these in a table of spans."""
Table = NDArray[np.int32]
"""Spans for kernels, shape (4, spans): starts, ends, numbers of types, and whether each is titled."""


def table_of(spans: Sequence[Span]) -> Table:
    """Spans as kernels take them."""
    return table_of_columns(*rows_of(spans))


def rows_of(spans: Sequence[Span]) -> Sequence[Sequence[int]]:
    """Starts, ends, numbers of types, and whether each is titled."""
    if not spans:
        return (), (), (), ()
    starts, ends, types, titled = zip(*spans, strict=True)
    return starts, ends, tuple(map(TYPES.index, types)), titled


def table_of_columns(
    starts: Sequence[int], ends: Iterable[int], types: Iterable[int], titled: Iterable[int]
) -> Table:
    """The same of its rows."""
    if not starts:
        return np.empty((4, 0), np.int32)
    # numpy takes twice as long to read a list.
    return np.frombuffer(array("i", [*starts, *ends, *types, *titled]), np.int32).reshape(4, -1)


def spans_in(table: Table) -> list[Span]:
    """Spans of a table."""
    starts, ends, types, titled = table.tolist()
    return list(map(_made, zip(starts, ends, map(TYPES.__getitem__, types), map(bool, titled), strict=True)))


_made = partial(tuple.__new__, Span)


@dataclass(slots=True)
class Columns:
    """Spans of one text, in text order and without overlaps when they are settled, with the text of each."""

    starts: list[int]
    ends: list[int]
    types: list[EntityType]
    titled: list[int]
    surfaces: list[str]

    def __len__(self) -> int:
        return len(self.starts)

    def __add__(self, more: "Columns") -> "Columns":
        return Columns(
            self.starts + more.starts,
            self.ends + more.ends,
            self.types + more.types,
            self.titled + more.titled,
            self.surfaces + more.surfaces,
        )

    def upto(self, count: int) -> "Columns":
        """The first ones."""
        return Columns(*[getattr(self, name)[:count] for name in Columns.__slots__])

    def put(self, start: int, end: int, kind: EntityType, titled: int, surface: str) -> None:
        """One more, behind the others wherever it stands: `settled` orders them."""
        self.starts.append(start)
        self.ends.append(end)
        self.types.append(kind)
        self.titled.append(titled)
        self.surfaces.append(surface)

    def settled(self) -> "Columns":
        """In text order and without overlaps."""
        kept = _standing(self.starts, self.ends)
        if kept == list(range(len(self))):
            return self
        return Columns(*[[getattr(self, name)[place] for place in kept] for name in Columns.__slots__])


def columns_of(text: str, spans: Sequence[Span]) -> Columns:
    """Columns of spans."""
    starts, ends, types, titled = map(list, zip(*spans, strict=True)) if spans else ([], [], [], [])
    return Columns(starts, ends, types, titled, surfaces_of(text, spans))


def surfaces_of(text: str, spans: Sequence[Span]) -> list[str]:
    """What stands at each span."""
    return [text[start:end] for start, end, _, _ in spans]


def bounds_of(spans: Sequence[Span | tuple[int, int]]) -> NDArray[np.int32]:
    """First characters of all, then their ends, for kernels."""
    if not spans:
        return np.empty(0, np.int32)
    starts, ends, *_ = zip(*spans, strict=True)
    # numpy takes twice as long to read a list, and eight times as long for a pair of each span.
    return np.frombuffer(array("i", [*starts, *ends]), np.int32)


def without_overlaps(spans: list[Span]) -> list[Span]:
    """In text order; of two that overlap the one that begins first, then the longer."""
    kept = _standing([span.start for span in spans], [span.end for span in spans])
    return [spans[place] for place in kept]


def _standing(starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """The numbers of the spans that are left without overlaps, in text order."""
    # A sort by a column is quicker than one by a key that Python makes.
    ordered = sorted(range(len(starts)), key=starts.__getitem__)
    free = 0
    for place in ordered:
        if not free <= starts[place] < ends[place]:
            break
        free = ends[place]
    else:
        return ordered
    ordered.sort(key=lambda place: (starts[place], -ends[place]))
    kept: list[int] = []
    free = 0
    for place in ordered:
        if free <= starts[place] < ends[place]:
            kept.append(place)
            free = ends[place]
    return kept
