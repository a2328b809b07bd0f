"""decide: an arrival and the memory -> what to log and what to emit. Pure: it reads the index and nothing
else.

    effects = decide(index, arrival)
    index.apply(effects.rows)

Invariants (tests/dedup): the memory is the fold of the log; a parent's order key is lower than its child's;
an id's decisions rise; the links in the end depend on the set of articles, not on the order in which they
came.
"""

from collections import deque
from collections.abc import Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.dedup.blocks import sketch_of
from streams.dedup.effects import Arrival, Effects, Row, again, arrived, effects, halves, make_original
from streams.dedup.forced import decide_forced
from streams.dedup.index import DedupIndex
from streams.dedup.kernels import NOWHERE
from streams.dedup.rows import REMOVALS, Fingerprint, FingerprintKind, RelationCode, RowKind
from streams.dedup.search import link_to, search_and_link, search_if_new

Groups = dict[bytes, bytes]  # id -> group, of what this decision changes


def decide(index: DedupIndex, arrival: Arrival) -> Effects:
    """What follows from an arrival: nothing but an `unchanged` row when it brings nothing new."""
    if arrival.force is not None:
        return decide_forced(index, arrival, _decide)
    return _decide(index, arrival)


def _decide(index: DedupIndex, arrival: Arrival) -> Effects:
    fingerprint = arrival.fingerprint
    if fingerprint.kind in REMOVALS:
        at = index.find(*halves(arrival.id))
    else:
        row, values = arrived(RowKind.VERSION, arrival), fingerprint.sketch.values
        at, children = search_if_new(index.state, row, values, index.parent, index.children)
        if at == NOWHERE:
            return _publish(index, arrival, at, row, children)
    known = index.state.articles[at] if at != NOWHERE else None
    if known is not None and not _is_news(known, fingerprint, arrival.repeatable and arrival.force is None):
        return effects([arrived(RowKind.UNCHANGED, arrival, known)])
    if fingerprint.kind in REMOVALS:
        return _remove(index, arrival, at)
    row = arrived(RowKind.VERSION, arrival, known)
    children = search_and_link(index.state, row, values, NOWHERE, index.parent, index.children)
    return _publish(index, arrival, at, row, children)


def _is_news(known: Any, fingerprint: Fingerprint, repeatable: bool) -> bool:
    """Whether an arrival changes what is known of its id.

    What was received before the known state is a repeat or a replay, but an erasure counts whenever it comes.
    A withdrawn or erased article comes back only with another text than the one taken away, received later.
    A producer's batch has one time: of two texts received in the same millisecond, repeated after a kill, the
    first is the one that was replaced, and no third version (three are not told apart). A replay, whose
    articles keep their times, may bring back what an earlier one has replaced.
    """
    removed = known["text"] == NOWHERE
    if fingerprint.kind is FingerprintKind.ERASURE:
        return bool(known["relation"] != RelationCode.ERASED)
    if fingerprint.received_ms < known["received"]:
        return False
    if fingerprint.kind is FingerprintKind.WITHDRAWAL:
        return not removed
    told = [known["hash"].tobytes()]
    if fingerprint.received_ms == known["received"]:
        if removed:
            return False
        if repeatable:
            told.append(known["previous"].tobytes())
    return fingerprint.content_hash not in told


def _publish(index: DedupIndex, arrival: Arrival, at: int, row: Row, count: int) -> Effects:
    """The row is linked to its parent already; the search has found so many children."""
    values = arrival.fingerprint.sketch.values
    if at == NOWHERE and count == 0:
        return effects([row], values)
    articles = index.state.articles
    group = row["group"].tobytes()
    groups = {arrival.id: group}
    again_rows = []
    moved = [at] if at != NOWHERE else []
    line = _line(index, row[0])
    found = {int(link["article"]): nth for nth, link in enumerate(index.children[:count])}
    for child_at in _ascending(index, list(found)):
        if articles[child_at]["id"].tobytes() in line:
            continue  # it had left the memory and came again with a higher order key: it stays what it is
        child = again(articles[child_at])
        link_to(child, index.children[found[child_at] :][:1], row)
        again_rows.append(child)
        moved.append(child_at)
        groups[articles[child_at]["id"].tobytes()] = group
    strays = _strays(index, moved, line)
    return effects([row, *again_rows, *(_regrouped(index, at, groups) for at in strays)], values)


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
    again_rows = []
    # In ascending order: a child's new parent may be a stray, whose group must be known before.
    for other_at in _ascending(index, [*{*moved, *pointing, *_strays(index, moved, frozenset())}]):
        if other_at in moved:
            other = again(articles[other_at])
            make_original(other)
            values = _values(index, articles[other_at])
            search_and_link(index.state, other, values, at, index.parent, index.children)
            if other["relation"] != RelationCode.ORIGINAL:  # the parent may have moved in this very decision
                other["group"] = halves(groups.get(other["parent"].tobytes(), other["group"].tobytes()))
            groups[other["id"].tobytes()] = other["group"].tobytes()
            again_rows.append(other)
        else:
            other = _regrouped(index, other_at, groups)
            if other["group"].tobytes() != articles[other_at]["group"].tobytes():
                again_rows.append(other)
    return effects([row, *again_rows])


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
    return _ascending(index, children), _ascending(index, pointing)


def _strays(index: DedupIndex, moved: list[int], above: Set[bytes]) -> list[int]:
    """The descendants of articles that move below `above` whose pointers lead elsewhere; ascending.

    A pointer leads to an ancestor and to no other article: an ancestor alone takes its descendants along
    wherever it goes. One to an article of the moved branch stays good. So an original that comes late, and
    takes a whole family under it, has only its own children decided again.
    """
    articles = index.state.articles
    strays = []
    for branch in moved:
        inside = {articles[branch]["id"].tobytes()}
        if articles[branch]["group"].tobytes() in inside:
            continue  # it was an original: all pointers of its descendants lead to it or below it
        queue = deque(_children(index, branch))
        while queue:
            at = queue.popleft()
            if at in moved:
                continue
            group = articles[at]["group"].tobytes()
            if group not in inside and group not in above:
                strays.append(at)
            inside.add(articles[at]["id"].tobytes())
            queue.extend(_children(index, at))
    return _ascending(index, strays)


def _regrouped(index: DedupIndex, at: int, groups: Groups) -> Row:
    """A new decision that points to where the parent points by now."""
    article = index.state.articles[at]
    row = again(article)
    group: bytes = article["parent"].tobytes()  # one that has left the memory; its own pointer leads on
    if article["parent_at"] != NOWHERE:
        group = _group(index.state.articles[article["parent_at"]], groups)
    groups[article["id"].tobytes()] = group
    row["group"] = halves(group)
    return row


def _group(article: Any, groups: Groups) -> bytes:
    group: bytes = groups.get(article["id"].tobytes(), article["group"].tobytes())
    return group


def _line(index: DedupIndex, row: Any) -> Set[bytes]:
    """The ids of an article and its ancestors, as far as the memory reaches and their pointers beyond it."""
    line = {row["id"].tobytes()}
    while row["relation"] != RelationCode.ORIGINAL and row["parent"].tobytes() not in line:
        line |= {row["parent"].tobytes(), row["group"].tobytes()}
        at = index.find(*row["parent"])
        if at == NOWHERE:
            break
        row = index.state.articles[at]
    return line


def _children(index: DedupIndex, at: int) -> list[int]:
    """The articles whose parent this is, in ascending order."""
    found = []
    child = index.state.articles[at]["first_child"]
    while child != NOWHERE:
        found.append(int(child))
        child = index.state.articles[child]["next_sibling"]
    return _ascending(index, found)


def _ascending(index: DedupIndex, places: list[int]) -> list[int]:
    return sorted(places, key=lambda at: _order_key(index, at))


def _order_key(index: DedupIndex, at: int) -> tuple[int, bytes]:
    article = index.state.articles[at]
    return int(article["order"]), article["id"].tobytes()


def _values(index: DedupIndex, article: Any) -> NDArray[np.uint32]:
    values = sketch_of(index.state, int(article["text"]))
    values.flags.writeable = False  # as a fingerprint's: one compiled search serves both
    return values
