"""Lanes: what of a partition is between being read and being committed.

Batches of one partition are worked on side by side and may finish in any order; they are sent in the
order they were read, so that two texts of one article never change places, and committed from the head
only, so that nothing is passed over.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import inf
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

T = TypeVar("T")


class Sized(Protocol):
    """What a batch is to those that wait with it."""

    @property
    def records(self) -> list[Any]: ...
    @property
    def size(self) -> int: ...


W = TypeVar("W", bound=Sized)


@dataclass(slots=True, eq=False)
class Batch:
    """Records of one partition that are next to each other; how many bytes their values have."""

    records: list[Any]
    size: int = field(init=False)
    sent: asyncio.Event = field(default_factory=asyncio.Event)
    finished: bool = False
    next_offset: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = sum(len(record.value or b"") for record in self.records)
        self.next_offset = int(self.records[-1].offset) + 1


class Lane:
    """The batches of one partition in one generation of the group, oldest first."""

    def __init__(self, topic: str, partition: int, generation: int) -> None:
        self.topic, self.partition, self.generation = topic, partition, generation
        self._batches: deque[Batch] = deque()
        self._last: Batch | None = None

    def __len__(self) -> int:
        return len(self._batches)

    def add(self, batch: Batch) -> Batch | None:
        """Appends a batch; gives the one that must be sent before it."""
        before, self._last = self._last, batch
        self._batches.append(batch)
        return before

    def finish(self, batch: Batch) -> int | None:
        """Marks a batch as delivered; gives the offset to commit when the head of the lane is done.

        Behind an unfinished head only the offsets are kept, not the records.
        """
        batch.finished = True
        batch.records.clear()
        offset = None
        while self._batches and self._batches[0].finished:
            offset = self._batches.popleft().next_offset
        return offset


class Taken(NamedTuple):
    """A batch in hand, its lane, and the batch that must be sent before it."""

    lane: Lane
    batch: Batch
    before: Batch | None

    @property
    def records(self) -> list[Any]:
        return self.batch.records

    @property
    def size(self) -> int:
        return self.batch.size


def records_of(taken: Sequence[Taken]) -> list[Any]:
    return [record for one in taken for record in one.batch.records]


def parts_of(taken: Sequence[Taken], of_records: Iterable[T]) -> list[tuple[Taken, list[T]]]:
    """What there is of each record, batch by batch."""
    rest = iter(of_records)
    return [(one, list(islice(rest, len(one.batch.records)))) for one in taken]


def befores(taken: Sequence[Taken]) -> list[Batch]:
    """Other batches that must be sent before these, and are not yet."""
    together = {one.batch for one in taken}
    waited = (one.before for one in taken if one.before is not None and one.before not in together)
    return [before for before in waited if not before.sent.is_set()]


class Waiting(Generic[W]):
    """Batches that nobody works on yet, oldest first."""

    def __init__(self, most_records: int, most_bytes: float = inf) -> None:
        self._most_records, self._most_bytes = most_records, most_bytes
        self._batches: deque[W] = deque()

    def __bool__(self) -> bool:
        return bool(self._batches)

    def add(self, batch: W) -> None:
        self._batches.append(batch)

    def together(self) -> list[W]:
        """Takes out the oldest that make no more than so many records and bytes; one in any case."""
        found: list[W] = []
        records = size = 0
        while self._batches:
            batch = self._batches[0]
            records, size = records + len(batch.records), size + batch.size
            if found and (records > self._most_records or size > self._most_bytes):
                break
            found.append(self._batches.popleft())
        return found


class Budget:
    """Bounds what is in flight: while there is no `room`, nothing more is read.

    Batches that one poll has brought are all taken, so that much more may be in flight.
    """

    def __init__(self, most_records: int, most_bytes: int) -> None:
        self._most_records, self._most_bytes = most_records, most_bytes
        self._taken: dict[Batch, int] = {}
        self._records = self.used = 0
        self.room = asyncio.Event()
        self.room.set()

    def take(self, batch: Batch) -> None:
        self._taken[batch] = len(batch.records)
        self._records, self.used = self._records + len(batch.records), self.used + batch.size
        if self._records >= self._most_records or self.used >= self._most_bytes:
            self.room.clear()

    def give_back(self, batch: Batch) -> None:
        """Also of one that has been given back already: that changes nothing."""
        records = self._taken.pop(batch, None)
        if records is None:
            return
        self._records, self.used = self._records - records, self.used - batch.size
        if self._records < self._most_records and self.used < self._most_bytes:
            self.room.set()
