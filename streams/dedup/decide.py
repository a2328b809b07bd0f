"""decide: an arrival and the memory -> what to log and what to emit. Pure: it reads the index and nothing
else.

    effects = decide(index, arrival)
    index.apply(effects.rows)

Invariants (tests/dedup): the memory is the fold of the log; a parent's order key is lower than its child's;
an id's decisions rise; the links in the end depend on the set of articles, not on the order in which they
came.
"""

from collections import deque
from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.dedup.blocks import sketch_of
from streams.dedup.effects import (
    Arrival,
    Effects,
    Row,
    again,
    arrived,
    effects,
    halves,
    link_to,
    make_original,
)
from streams.dedup.index import DedupIndex
from streams.dedup.kernels import NOWHERE
from streams.dedup.rows import REMOVALS, Fingerprint, FingerprintKind, RelationCode, RowKind
from streams.dedup.search import search

Groups = dict[bytes, bytes]  # id -> group, of what this decision changes


def decide(index: DedupIndex, arrival: Arrival) -> Effects:
    """What follows from an arrival: nothing but an `unchanged` row when it brings nothing new."""
    at = index.find(*halves(arrival.id))
    known = index.state.articles[at] if at != NOWHERE else None
    fingerprint = arrival.fingerprint
    if known is not None and not _is_news(known, fingerprint):
        return effects([arrived(RowKind.UNCHANGED, arrival, known)])
    if fingerprint.kind in REMOVALS:
        return _remove(index, arrival, at)
    return _publish(index, arrival, at)


def _is_news(known: Any, fingerprint: Fingerprint) -> bool:
    """Whether an arrival changes what is known of its id.

    What was received before the known state is a repeat or a replay, but an erasure counts whenever it comes.
    A withdrawn or erased article comes back only with another text than the one taken away, received later.
    """
    removed = known["text"] == NOWHERE
    if fingerprint.kind is FingerprintKind.ERASURE:
        return bool(known["relation"] != RelationCode.ERASED)
    if fingerprint.received_ms < known["received"]:
        return False
    if fingerprint.kind is FingerprintKind.WITHDRAWAL:
        return not removed
    if removed and fingerprint.received_ms == known["received"]:
        return False
    return bool(fingerprint.content_hash != known["hash"].tobytes())


def _publish(index: DedupIndex, arrival: Arrival, at: int) -> Effects:
    articles = index.state.articles
    row = arrived(RowKind.VERSION, arrival, articles[at] if at != NOWHERE else None)
    values = arrival.fingerprint.sketch.values
    count = search(index.state, row, values, NOWHERE, index.parent, index.children)
    _link_found(index, row, {})
    if at == NOWHERE and count == 0:
        return effects([row], values)
    group = row["group"].tobytes()
    groups = {arrival.id: group}
    children = []
    moved = [at] if at != NOWHERE else []
    for link in sorted(index.children[:count], key=lambda link: _order_key(index, link["article"])):
        child_at = int(link["article"])
        child = again(articles[child_at])
        link_to(child, link, row[0], group)
        children.append(child)
        moved.append(child_at)
        groups[articles[child_at]["id"].tobytes()] = group
    return effects([row, *children, *_regrouped(index, moved, groups, _above(index, row))], values)


def _remove(index: DedupIndex, arrival: Arrival, at: int) -> Effects:
    """The article has no text any more: it is nobody's parent. An erased one is named by nobody at all."""
    articles = index.state.articles
    known = articles[at] if at != NOWHERE else None
    moved = _children(index, at) if known is not None else []
    pointing: list[int] = []
    if arrival.fingerprint.kind is FingerprintKind.ERASURE:
        row = arrived(RowKind.ERASED, arrival, known)
        if known is not None:
            row["received"] = max(arrival.fingerprint.received_ms, known["received"])
        moved, pointing = _naming(index, arrival.id)
    else:
        row = arrived(RowKind.WITHDRAWN, arrival, known)
    groups: Groups = {}
    children = []
    for child_at in moved:
        child = again(articles[child_at])
        make_original(child)
        search(index.state, child, _values(index, articles[child_at]), at, index.parent, index.children)
        _link_found(index, child, groups, arrival.id)
        children.append(child)
        groups[child["id"].tobytes()] = child["group"].tobytes()
    regrouped = [*_regrouped(index, moved, groups, set())]
    return effects([row, *children, *regrouped, *_repointed(index, pointing, arrival.id, groups)])


def _naming(index: DedupIndex, identifier: bytes) -> tuple[list[int], list[int]]:
    """The articles whose parent an id is, and those that only point to it as their group; each in ascending
    order.

    Reads the whole memory, since links go on where no pointer of the tables leads: from copies to a parent
    that has left it, or past an article that has moved.
    """
    articles = index.state.articles
    first = halves(identifier)[0]
    linked = (articles["relation"] == RelationCode.EXACT) | (articles["relation"] == RelationCode.NEAR)
    named = (articles["parent"][:, 0] == first) | (articles["group"][:, 0] == first)
    children, pointing = [], []
    for at in map(int, np.flatnonzero(linked & named)):
        article = articles[at]
        own_id = article["id"].tobytes()
        if own_id == identifier or index.find(*halves(own_id)) != at:
            continue  # the article itself, or a free place
        if article["parent"].tobytes() == identifier:
            children.append(at)
        elif article["group"].tobytes() == identifier:
            pointing.append(at)
    by_order = partial(_order_key, index)
    return sorted(children, key=by_order), sorted(pointing, key=by_order)


def _repointed(index: DedupIndex, pointing: list[int], gone: bytes, groups: Groups) -> Iterable[Row]:
    """New decisions for articles whose pointer would lead to an erased one."""
    for at in pointing:
        own_id = index.state.articles[at]["id"].tobytes()
        if own_id not in groups:
            groups[own_id] = _group_of(index, at, groups, gone)
            row = again(index.state.articles[at])
            row["group"] = halves(groups[own_id])
            yield row


def _group_of(index: DedupIndex, at: int, groups: Groups, gone: bytes | None) -> bytes:
    """An article's group by now: where its pointer leads to the one that is `gone`, its parent's."""
    article = index.state.articles[at]
    while (own_id := article["id"].tobytes()) not in groups and article["group"].tobytes() == gone:
        if article["parent_at"] == NOWHERE:
            parent: bytes = article["parent"].tobytes()
            return parent  # it has left the memory, and its own pointer leads on
        article = index.state.articles[article["parent_at"]]
    group: bytes = article["group"].tobytes()
    return groups.get(own_id, group)


def _link_found(index: DedupIndex, row: Row, groups: Groups, gone: bytes | None = None) -> None:
    """Links a row to the parent that the search has found, if any, and to the group that one has by now."""
    link = index.parent[0]
    if link["article"] != NOWHERE:
        parent = index.state.articles[link["article"]]
        link_to(row, link, parent, _group_of(index, int(link["article"]), groups, gone))


def _regrouped(index: DedupIndex, moved: list[int], groups: Groups, above: set[bytes]) -> Iterable[Row]:
    """New decisions for descendants of articles that moved whose group is no ancestor of theirs any more.

    A group is always an ancestor. Were it only of the same family, it could leave that family later, by a
    new text, and nobody would know who points to it. Pointers inside a moved branch stay good, and those to
    the articles `above` its new place.
    """
    articles = index.state.articles
    for branch in moved:
        good = above | {articles[branch]["id"].tobytes()}
        queue = deque(_children(index, branch))
        while queue:
            at = queue.popleft()
            article = articles[at]
            own_id = article["id"].tobytes()
            if own_id in groups:
                continue
            if article["group"].tobytes() not in good:
                parent = articles[article["parent_at"]]
                groups[own_id] = groups.get(parent["id"].tobytes(), parent["group"].tobytes())
                row = again(article)
                row["group"] = halves(groups[own_id])
                yield row
            good.add(own_id)
            queue.extend(_children(index, at))


def _above(index: DedupIndex, row: Row) -> set[bytes]:
    """An arrival and its ancestors, as far as the memory and the last of its pointers reach."""
    ids = {row["id"].tobytes(), row["group"].tobytes()}
    at = index.find(*row["parent"][0]) if row["relation"][0] != RelationCode.ORIGINAL else NOWHERE
    while at != NOWHERE:
        article = index.state.articles[at]
        ids |= {article["id"].tobytes(), article["group"].tobytes()}
        at = int(article["parent_at"])
    return ids


def _children(index: DedupIndex, at: int) -> list[int]:
    """The articles whose parent this is, in ascending order."""
    found = []
    child = index.state.articles[at]["first_child"]
    while child != NOWHERE:
        found.append(int(child))
        child = index.state.articles[child]["next_sibling"]
    return sorted(found, key=lambda at: _order_key(index, at))


def _order_key(index: DedupIndex, at: int) -> tuple[int, bytes]:
    article = index.state.articles[at]
    return int(article["order"]), article["id"].tobytes()


def _values(index: DedupIndex, article: Any) -> NDArray[np.uint32]:
    values = sketch_of(index.state, int(article["text"]))
    values.flags.writeable = False  # as a fingerprint's: one compiled search serves both
    return values
