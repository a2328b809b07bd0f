"""The memory of one dedup domain: grows on demand, changes only by rows of the log."""

from dataclasses import dataclass

import numpy as np

from streams.dedup import kernels
from streams.dedup.fold import fold
from streams.dedup.kernels import (
    ARTICLE,
    BLOCK,
    BLOCK_VALUES,
    DUE,
    ENTRY,
    NODE,
    NOWHERE,
    TEXT,
    Records,
    State,
    find_article,
    refill,
)
from streams.dedup.rows import LogRows, forced_by
from streams.dedup.search import LINK, MOST_LINKS
from streams.dedup.sketch import ROUTING_KEYS, SKETCH_WIDTH, stop_keys

_SMALLEST = 1024  # entries of every array at the start
_FULLEST = 0.75  # of a table: a key that is not there is then missed after 8 places, one cache line
_TABLE_STEP = 1.25  # growth of a table, which copies it
_STEP = 1 / 32  # growth of the arrays, which copies nothing; a larger one leaves more of them unused
_BLOCKS = SKETCH_WIDTH // BLOCK_VALUES  # of a whole sketch


@dataclass(frozen=True, slots=True)
class IndexStats:
    articles: int
    texts: int  # distinct
    keys: int  # distinct routing keys
    cap_hits: int  # times a full list left something out
    evicted: int
    superseded_links: int  # links to an article whose text was replaced meanwhile
    bytes: int


class DedupIndex:
    """The articles of the last KEEP_MS: `apply` is the only way to change it, `decide` only reads."""

    __slots__ = ("_room", "children", "forced", "parent", "state")

    def __init__(self) -> None:
        counts = np.zeros(kernels.COUNTS, np.int64)
        counts[[kernels.ARTICLES_FREE, kernels.TEXTS_FREE, kernels.BLOCKS_FREE]] = NOWHERE
        counts[kernels.NEWEST] = -(2**62)
        self.state = State(
            articles=np.zeros(_SMALLEST, ARTICLE),
            texts=np.zeros(_SMALLEST, TEXT),
            blocks=np.zeros(_SMALLEST, BLOCK),
            by_id=np.zeros(_SMALLEST, ENTRY),
            by_hash=np.zeros(_SMALLEST, ENTRY),
            by_key=np.zeros(_SMALLEST, ENTRY),
            nodes=np.zeros(_SMALLEST, NODE),
            due=np.zeros(_SMALLEST, DUE),
            stop=stop_keys(),
            counts=counts,
        )
        # Article and replay, 32 bytes, of each decision that was forced. One an article that was promoted
        # within the retention of the log.
        self.forced: set[bytes] = set()
        self._room = 0  # rows that are sure to fit
        self.parent: Records = np.zeros(1, LINK)  # where a search leaves its finds
        self.children: Records = np.zeros(MOST_LINKS, LINK)

    def __len__(self) -> int:
        return int(self.state.counts[kernels.ARTICLES])

    def apply(self, rows: LogRows) -> None:
        """Folds rows of the log, in order."""
        if len(rows) > self._room:
            self._make_room(max(len(rows), _SMALLEST // 2, int(len(self) * _STEP)))
        self._room -= len(rows)
        fold(self.state, rows.rows, rows.sketches)
        if len(rows) > 1:  # such a row never comes alone
            self.forced.update(forced_by(rows))

    def find(self, first: int, second: int) -> int:
        """The place of an id, given as its two halves; NOWHERE if unknown."""
        return find_article(self.state, np.uint64(first), np.uint64(second))  # type: ignore[arg-type]

    def stats(self) -> IndexStats:
        counts = [int(count) for count in self.state.counts]
        return IndexStats(
            articles=counts[kernels.ARTICLES],
            texts=counts[kernels.TEXTS],
            keys=counts[kernels.KEYS],
            cap_hits=counts[kernels.CAP_HITS],
            evicted=counts[kernels.EVICTED],
            superseded_links=counts[kernels.SUPERSEDED_LINKS],
            bytes=sum(array.nbytes for array in self.state),
        )

    def _make_room(self, rows: int) -> None:
        """Room for so many rows, each with a new article, a new text and keys of its own."""
        state, counts = self.state, self.state.counts
        keys = rows * ROUTING_KEYS
        _lengthen(state.articles, counts[kernels.ARTICLES_END] + rows)
        _lengthen(state.due, counts[kernels.ARTICLES] + rows)
        _lengthen(state.texts, counts[kernels.TEXTS_END] + rows)
        _lengthen(state.blocks, counts[kernels.BLOCKS_END] + rows * _BLOCKS)
        _lengthen(state.nodes, counts[kernels.NODES_END] + keys * 2)  # a key's only text gets one as well
        self.state = state._replace(
            by_id=_enlarged(state.by_id, counts[kernels.ARTICLES] + rows),
            by_hash=_enlarged(state.by_hash, counts[kernels.TEXTS] + rows),
            by_key=_enlarged(state.by_key, counts[kernels.KEYS] + keys),
        )
        self._room = rows


def _lengthen(array: Records, needed: int) -> None:
    """Grows in place: for arrays of this size the allocator moves pages instead of copying."""
    if needed > len(array):
        array.resize(int(needed), refcheck=False)


def _enlarged(table: Records, needed: int) -> Records:
    length = len(table)
    while needed > length * _FULLEST:
        length = int(length * _TABLE_STEP)
    if length == len(table):
        return table
    larger = np.zeros(length, table.dtype)
    refill(table, larger)
    return larger
