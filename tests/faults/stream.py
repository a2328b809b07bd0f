"""What the topics hold, and how its parts hang together; and the form of what an audit finds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.faults.index_rows import EMITS, Kind, Row
from tests.faults.reading import Seen

RAW, CLEANED, TAGGED, ENRICHED = "articles.raw", "articles.cleaned", "articles.tagged", "articles.enriched"
REJECTED, DEAD, INDEX = "articles.rejected", "articles.deadletter", "dedup.index.e0"
TOPICS = (RAW, CLEANED, TAGGED, ENRICHED, REJECTED, DEAD, INDEX)
SOURCE = "copydesk-source"
LOST, TWICE, WRONG = "lost", "twice", "wrong"


@dataclass(frozen=True, slots=True)
class Violation:
    law: str
    kind: str
    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Moment:
    """What a group had committed in its input, and the ends of all topics read after that."""

    topic: str
    committed: Mapping[int, int]
    ends: Mapping[tuple[str, int], int]
    when: str


@dataclass(slots=True)
class Stream:
    """Everything in the topics, and how its parts hang together."""

    records: Mapping[str, Sequence[Seen]]
    copies: dict[str, dict[str, list[Seen]]] = field(init=False)  # topic -> raw place -> records
    refusals: dict[str, list[Seen]] = field(init=False)  # place of what was refused -> refusals
    rows: dict[str, list[tuple[Row, Seen]]] = field(init=False)  # tagged place -> its own rows

    def __post_init__(self) -> None:
        self.copies = {topic: defaultdict(list) for topic in (CLEANED, TAGGED)}
        for topic, by_source in self.copies.items():
            for one in self.records[topic]:
                by_source[short(one.header(SOURCE))].append(one)
        self.refusals = defaultdict(list)
        for one in (*self.records[REJECTED], *self.records[DEAD]):
            topic, partition, offset = (one.header(name) for name in ("topic", "partition", "offset"))
            self.refusals[short(f"{topic}/{partition}/{offset}")].append(one)
        self.rows = defaultdict(list)
        for record in self.records[INDEX]:
            for row in record.rows:
                if row.kind is not Kind.LINK:
                    self.rows[f"{TAGGED}/{row.partition}/{row.offset}"].append((row, record))

    def applied(self, raw: Seen) -> int:
        """How many copies of a raw record have changed what is known of its id."""
        tagged = self.copies[TAGGED].get(raw.place, ())
        return sum(row.kind in EMITS for one in tagged for row, _ in self.rows.get(one.place, ()))


def short(place: str) -> str:
    """A place without the desk's prefix of topics."""
    at = max(place.find("articles."), 0)
    return place[at:]
