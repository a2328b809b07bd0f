"""neighbours: what a decision had to choose from, in the memory in which it was made.

The choice is that of search(), the kernel that decides; what is told beside it is judged by the same rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from streams.dedup.blocks import sketch_of
from streams.dedup.effects import Row
from streams.dedup.index import DedupIndex
from streams.dedup.kernels import NOWHERE, find_text
from streams.dedup.pair import Pair, Text, compared
from streams.dedup.rows import RelationCode
from streams.dedup.search import PAIR_WINDOW_MS, candidates, former, search


class Standing(StrEnum):
    """What an article is to another that is decided about, the nearest first."""

    CHOSEN = "chosen"  # the parent: the best copy with a lower order key
    OUTDONE = "outdone"  # a parent too, had there been no better one
    CHILD = "child"  # comes later in order, and is a copy of the one decided about
    TAKEN = "taken"  # a copy that comes later in order, and has a better parent
    FORMER = "former"  # from before this id had left the memory, and a copy of it or of its copies: no parent
    APART = "apart"  # received too far apart to be compared
    UNLIKE = "unlike"  # the rule says no


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An article that shared a routing key or the whole text, as the memory knew it then; times in ms."""

    id: bytes
    tagged: int  # where its bytes lie: rows.place_at
    order_ms: int
    received_ms: int
    version: int
    parent: bytes | None
    score: int  # to its own parent
    earlier: bool  # has the lower order key
    apart_ms: int  # between the times both were received
    pair: Pair
    standing: Standing


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`found` are the nearest neighbours, `count` is how many there were; `parent` is what a search chose."""

    parent: bytes | None = None
    count: int = 0
    found: tuple[Neighbour, ...] = ()


NOBODY = Neighbourhood()
MOST_KEPT = 100  # of the up to 32,832 articles that full lists can hold


def neighbours(index: DedupIndex, row: Row, text: Text) -> Neighbourhood:
    """The neighbours of a row's article, whose text this is, nearest first: by standing, then by likeness."""
    state = index.state
    count = search(state, row, text.values, NOWHERE, index.parent, index.children)
    subject = row[0]
    chosen = int(index.parent[0]["article"])
    children = {int(link["article"]) for link in index.children[:count]}
    same = find_text(state, subject["hash"][0], subject["hash"][1])
    found = []
    for at in candidates(state, same, text.values, int(subject["shingles"])):
        pair = compared(text, text_of(index, int(at)))
        for place in _articles(index, int(at)):
            article = state.articles[place]
            if not np.array_equal(article["id"], subject["id"]):
                linked = "chosen" if place == chosen else "child" if place in children else ""
                found.append(_neighbour(article, subject, pair, linked, former(state, place, row)))
    found.sort(key=_nearness)
    parent = state.articles[chosen]["id"].tobytes() if chosen != NOWHERE else None
    return Neighbourhood(parent, len(found), tuple(found[:MOST_KEPT]))


def text_of(index: DedupIndex, at: int) -> Text:
    """A text of the memory."""
    text = index.state.texts[at]
    values = sketch_of(index.state, at)
    values.flags.writeable = False  # as a fingerprint's: one compiled search serves both
    return Text(text["hash"].tobytes(), int(text["shingles"]), values)


def _articles(index: DedupIndex, text: int) -> Iterator[int]:
    at = int(index.state.texts[text]["first"])
    while at != NOWHERE:
        yield at
        at = int(index.state.articles[at]["next_in_text"])


def _neighbour(article: Any, subject: Any, pair: Pair, linked: str, descends: bool) -> Neighbour:
    copies = article["relation"] in (RelationCode.EXACT, RelationCode.NEAR)
    parent = article["parent"].tobytes() if copies else None
    own_id = subject["id"].tobytes()
    earlier = _order_key(article) < _order_key(subject)
    apart_ms = abs(int(article["received"]) - int(subject["received"]))
    if linked:
        standing = Standing(linked)
    elif not pair.copy:
        standing = Standing.UNLIKE
    elif apart_ms > PAIR_WINDOW_MS:
        standing = Standing.APART
    elif earlier:
        standing = Standing.FORMER if descends else Standing.OUTDONE
    else:
        standing = Standing.CHILD if parent == own_id else Standing.TAKEN
    return Neighbour(
        id=article["id"].tobytes(),
        tagged=int(article["place"]),
        order_ms=int(article["order"]),
        received_ms=int(article["received"]),
        version=int(article["version"]),
        parent=parent,
        score=int(article["score"]),
        earlier=earlier,
        apart_ms=apart_ms,
        pair=pair,
        standing=standing,
    )


def _order_key(article: Any) -> tuple[int, bytes]:
    return int(article["order"]), article["id"].tobytes()


_RANKS = {standing: rank for rank, standing in enumerate(Standing)}


def _nearness(neighbour: Neighbour) -> tuple[int, int, int, bytes]:
    pair = neighbour.pair
    likeness = pair.score or max(pair.jaccard, pair.containment)
    return (_RANKS[neighbour.standing], -likeness, neighbour.order_ms, neighbour.id)
