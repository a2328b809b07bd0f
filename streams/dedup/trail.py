"""A log folded once more, watching a few articles: their rows, and what each decision could choose from.

Only the watched articles' rows are kept; the memory is that of a worker with the same log.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from streams.dedup.effects import Row, again, halves
from streams.dedup.index import DedupIndex
from streams.dedup.kernels import NOWHERE
from streams.dedup.neighbours import NOBODY, Neighbourhood, neighbours, text_of
from streams.dedup.pair import Text
from streams.dedup.rows import LogRows, RelationCode, RowKind
from streams.dedup.sketch import SKETCH_WIDTH

NO_DECISION = frozenset({RowKind.UNCHANGED, RowKind.REJECTED})
REMOVED = frozenset({RowKind.WITHDRAWN, RowKind.ERASED})


@dataclass(frozen=True, slots=True)
class LogPlace:
    """Where in the log a row stands; in file mode there is no log."""

    partition: int
    offset: int
    at_ms: int  # when Kafka took it


@dataclass(frozen=True, slots=True)
class Cause:
    """The arrival that made an earlier article be decided again."""

    id: bytes
    kind: RowKind
    tagged: int  # where its bytes lie: rows.place_at


@dataclass(frozen=True, slots=True)
class Entry:
    """A row about a watched article; shares in ten-thousandths, times in ms.

    `decision` is 0 where nothing was decided. `around` are the neighbours in the memory of the decision,
    of a withdrawal none; `text` is what was compared.
    """

    place: LogPlace | None
    kind: RowKind
    tagged: int
    version: int
    decision: int
    relation: RelationCode
    parent: bytes | None
    group: bytes
    jaccard: int
    containment: int
    score: int
    order_ms: int
    received_ms: int
    first_received_ms: int
    cause: Cause | None
    text: Text | None
    around: Neighbourhood


def that_counts(entries: Iterable[Entry], decision: int | None = None) -> Entry | None:
    """The entry of a decision, else of the highest; None where there is none.

    A removal comes twice where there are several domains, and in one of them as version 0, decision 1.
    """
    found = [entry for entry in entries if entry.decision and decision in (None, entry.decision)]
    return max(reversed(found), key=lambda entry: (entry.decision, entry.version), default=None)


class Trail:
    """The entries of a few ids, in the order of the log."""

    def __init__(self, ids: Iterable[bytes]) -> None:
        self.index = DedupIndex()
        self.entries: dict[bytes, list[Entry]] = {identity: [] for identity in ids}
        self._cause: Any = None

    def fold(self, rows: LogRows, place: LogPlace | None = None) -> None:
        """Applies the rows of one record of the log, which stands there."""
        if any(np.any(np.all(rows.rows["id"] == halves(watched), axis=1)) for watched in self.entries):
            for arrival, links in _arrivals(rows):
                self._follow(arrival, links, place)
            return
        self.index.apply(rows)
        came = np.flatnonzero(rows.rows["kind"] != RowKind.LINK)
        if len(came):
            self._cause = rows.rows[came[-1]].copy()

    def now(self, identity: bytes) -> Neighbourhood:
        """An article's neighbours in the memory as it is after all that was folded."""
        at = self.index.find(*halves(identity))
        article = self.index.state.articles[at]
        if at == NOWHERE or article["text"] == NOWHERE:
            return NOBODY
        return neighbours(self.index, again(article), text_of(self.index, int(article["text"])))

    def _follow(self, arrival: LogRows, links: LogRows, place: LogPlace | None) -> None:
        """An arrival is decided in the memory before it; the others in that after it."""
        for row in arrival.rows:
            self._cause = row.copy()
            if row["id"].tobytes() in self.entries:
                self._enter(arrival.rows, _given(row, arrival), place)
        self.index.apply(arrival)
        for i, row in enumerate(links.rows):
            if row["id"].tobytes() in self.entries:
                self._enter(links.rows[i : i + 1], self._known(row), place)
        self.index.apply(links)

    def _known(self, row: Any) -> Text | None:
        at = self.index.find(*row["id"].tolist())
        text = int(self.index.state.articles[at]["text"]) if at != NOWHERE else NOWHERE
        return text_of(self.index, text) if text != NOWHERE else None

    def _enter(self, row: Row, text: Text | None, place: LogPlace | None) -> None:
        around = neighbours(self.index, row, text) if text else NOBODY
        cause = _cause(self._cause) if row[0]["kind"] == RowKind.LINK and self._cause is not None else None
        self.entries[row[0]["id"].tobytes()].append(_entry(row[0], place, cause, text, around))


def _arrivals(rows: LogRows) -> Iterator[tuple[LogRows, LogRows]]:
    """Each arrival's own row and its links; no row at first where the record goes on with the one before."""
    own = rows.rows["kind"] != RowKind.LINK
    starts = np.flatnonzero(own).tolist()
    sketched = 0
    for start, stop in zip([0, *starts], [*starts, len(rows)], strict=True):
        if start == stop:
            continue
        links = start + int(own[start])
        sketches = int(rows.rows["kind"][start] == RowKind.VERSION)
        yield (
            LogRows(rows.rows[start:links], rows.sketches[sketched : sketched + sketches]),
            LogRows(rows.rows[links:stop], rows.sketches[:0]),
        )
        sketched += sketches


def _given(row: Any, arrival: LogRows) -> Text | None:
    if row["kind"] != RowKind.VERSION:
        return None
    values = arrival.sketches[0, : min(row["shingles"], SKETCH_WIDTH)].copy()
    values.flags.writeable = False  # as a fingerprint's: one compiled search serves both
    return Text(row["hash"].tobytes(), int(row["shingles"]), values)


def _cause(row: Any) -> Cause:
    return Cause(row["id"].tobytes(), RowKind(int(row["kind"])), int(row["place"]))


def _entry(
    row: Any, place: LogPlace | None, cause: Cause | None, text: Text | None, around: Neighbourhood
) -> Entry:
    kind, relation = RowKind(int(row["kind"])), RelationCode(int(row["relation"]))
    linked = relation in (RelationCode.EXACT, RelationCode.NEAR)
    return Entry(
        place=place,
        kind=kind,
        tagged=int(row["place"]),
        version=int(row["version"]),
        decision=0 if kind in NO_DECISION else int(row["decision"]),
        relation=relation,
        parent=row["parent"].tobytes() if linked else None,
        group=row["group"].tobytes(),
        jaccard=int(row["jaccard"]),
        containment=int(row["containment"]),
        score=int(row["score"]),
        order_ms=int(row["order"]),
        received_ms=int(row["received"]),
        first_received_ms=int(row["first_received"]),
        cause=cause,
        text=text,
        around=around,
    )
