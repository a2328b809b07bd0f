"""A memory as rows of a log: what a rebuild writes at the beginning of a new epoch.

One row an article, as it is now, instead of all that led to it. Folding them gives a memory that decides
every later arrival as this one would (tests/dedup/test_snapshot.py), but for full lists: of these the
snapshot keeps the articles with the lowest order keys.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from streams.dedup.blocks import read_sketch
from streams.dedup.index import DedupIndex
from streams.dedup.kernels import NOWHERE
from streams.dedup.rows import ROW, LogRows, RelationCode, RowKind
from streams.dedup.sketch import SKETCH_WIDTH

_COPIED = tuple(name for name in ROW.names or () if name != "kind")
_ID = "S16"  # 16 bytes that numpy can sort
_LINKED = (RelationCode.EXACT, RelationCode.NEAR)
EMITTED = np.dtype(
    [("id", _ID), ("version", "u4"), ("decision", "u4"), ("relation", "u1"), ("parent", "u8", 2)]
)


@dataclass(frozen=True, slots=True)
class Emitted:
    """What was emitted of each id, ascending by id: EMITTED[n] with its highest version and decision and its
    last link; relation NONE where that is not known.
    """

    last: NDArray[Any]

    @classmethod
    def of(cls, parts: Iterable[NDArray[Any]]) -> Self:
        """From EMITTED arrays in the order of the emissions."""
        rows = np.concatenate([np.zeros(0, EMITTED), *parts])
        ids, places = np.unique(rows["id"], return_inverse=True)
        last = np.zeros(len(ids), EMITTED)
        last["id"] = ids
        linked = rows["relation"] != RelationCode.NONE
        for name in ("relation", "parent"):
            last[name][places[linked]] = rows[name][linked]  # of several of an id the last one stays
        for name in ("version", "decision"):
            np.maximum.at(last[name], places, rows[name])
        return cls(last)

    def find(self, rows: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
        """For each of ROW[n] its id's entry of `last`, and whether there is one."""
        ids = _ids(rows)
        if not len(self.last):
            return np.zeros(len(rows), EMITTED), np.zeros(len(rows), np.bool_)
        at = np.minimum(np.searchsorted(self.last["id"], ids), len(self.last) - 1)
        return self.last[at], self.last["id"][at] == ids


def emitted_by(rows: NDArray[Any]) -> NDArray[Any]:
    """EMITTED of the rows of a log. An `unchanged` row tells the decision that stood, plus one."""
    told = rows[rows["kind"] != RowKind.REJECTED]
    emitted = np.zeros(len(told), EMITTED)
    emitted["id"] = _ids(told)
    for name in ("version", "decision", "relation", "parent"):
        emitted[name] = told[name]
    emitted["decision"] -= told["kind"] == RowKind.UNCHANGED
    return emitted


@dataclass(frozen=True, slots=True)
class Changes:
    """How the links of a rebuilt memory differ from those that were emitted."""

    articles: int  # with a text
    links: int
    changed: int  # another parent, a new one, or none any more
    left: int  # whose parent is no longer in memory: originals from now on


class Snapshot:
    """The rows of a memory; ids whose later decisions were emitted go on from these."""

    def __init__(self, index: DedupIndex, emitted: Emitted) -> None:
        self._index = index
        state = index.state
        self._at = state.due["article"][: len(index)]
        self._at = self._at[_parents_first(state.articles[self._at])]
        self.rows = _rows(state.articles[self._at])
        before, known = emitted.find(self.rows)
        for name in ("version", "decision"):
            self.rows[name] = np.maximum(self.rows[name], np.where(known, before[name], 0))
        self.changes = _changes(index, self.rows, before)

    def __len__(self) -> int:
        return len(self.rows)

    def chunks(self, length: int) -> Iterator[LogRows]:
        """The rows in the order in which they are to be folded, with their sketches."""
        for start in range(0, len(self.rows), length):
            texts = self._index.state.articles["text"][self._at[start : start + length]]
            texts = texts[texts != NOWHERE]
            sketches = np.zeros((len(texts), SKETCH_WIDTH), np.uint32)
            for sketch, text in zip(sketches, texts.tolist(), strict=True):
                read_sketch(self._index.state, text, sketch)
            yield LogRows(self.rows[start : start + length], sketches)


def _rows(articles: NDArray[Any]) -> NDArray[Any]:
    rows = np.zeros(len(articles), ROW)
    for name in _COPIED:
        rows[name] = articles[name]
    erased = articles["relation"] == RelationCode.ERASED
    without = np.where(erased, RowKind.ERASED, RowKind.WITHDRAWN)
    rows["kind"] = np.where(articles["text"] == NOWHERE, without, RowKind.VERSION)
    return rows


def _parents_first(articles: NDArray[Any]) -> NDArray[np.intp]:
    """By order key. But a link whose parent had left comes before all: the parent may have come again since,
    and is no parent of the article in this memory.
    """
    linked = np.isin(articles["relation"], _LINKED)
    attached = ~linked | (articles["parent_at"] != NOWHERE)
    first, second = (articles["id"][:, half].byteswap() for half in (0, 1))  # ids compare as their bytes
    return np.lexsort((second, first, articles["order"], attached))


def _changes(index: DedupIndex, rows: NDArray[Any], before: NDArray[Any]) -> Changes:
    texts = rows["kind"] == RowKind.VERSION
    linked = np.isin(rows["relation"], _LINKED)
    was_linked = np.isin(before["relation"], _LINKED)
    same = (linked == was_linked) & (~linked | (rows["parent"] == before["parent"]).all(axis=1))
    differs = texts & (before["relation"] != RelationCode.NONE) & ~same
    gone = [_is_gone(index, parent) for parent in before["parent"][differs & was_linked & ~linked]]
    return Changes(int(texts.sum()), int(linked.sum()), int(differs.sum()) - sum(gone), sum(gone))


def _is_gone(index: DedupIndex, parent: Any) -> bool:
    return index.find(int(parent[0]), int(parent[1])) == NOWHERE


def _ids(rows: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(rows["id"]).view(_ID).reshape(len(rows))
