"""One row of the log -> the tables: the only way in which the memory changes.

Live and at start-up the same rows pass through here one by one, so the memory is the fold of the log.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.dedup.kernels import (
    ARTICLES,
    ARTICLES_END,
    ARTICLES_FREE,
    EVICTED,
    NEWEST,
    NOWHERE,
    SUPERSEDED_LINKS,
    State,
    find_article,
    find_text,
    insert,
    pop_due,
    push_due,
    remove,
    short,
)
from streams.dedup.postings import drop_text, list_article, new_text, post_text, unlist_article
from streams.dedup.rows import RelationCode, RowKind
from streams.dedup.search import HOUR_MS

KEEP_MS = 96 * HOUR_MS  # rows leave so far behind the newest received: a day more than a pair may be apart

_VERSION, _LINK = int(RowKind.VERSION), int(RowKind.LINK)
_WITHDRAWN, _ERASED = int(RowKind.WITHDRAWN), int(RowKind.ERASED)
_EXACT, _NEAR = int(RelationCode.EXACT), int(RelationCode.NEAR)


@compiled
def fold(state: State, rows: NDArray[Any], sketches: NDArray[np.uint32]) -> None:
    """Applies ROW[n] in order; the state must have room for them. Rows of unknown ids are passed over."""
    sketched = 0
    for i in range(rows.shape[0]):
        row = rows[i]
        removed = row.kind == _WITHDRAWN or row.kind == _ERASED
        if removed or row.kind == _VERSION:
            state.counts[NEWEST] = max(state.counts[NEWEST], row.received)
        if row.kind == _VERSION:
            at = _article_of(state, row)
            _set_text(state, at, row, sketches[sketched])
            _set_decision(state, at, row)
            sketched += 1
        elif removed:
            at = _article_of(state, row)
            _leave_text(state, at)
            _set_decision(state, at, row)
        elif row.kind == _LINK:
            at = find_article(state, row.id[0], row.id[1])
            if at != NOWHERE:
                _set_decision(state, at, row)
        _evict(state)


@compiled
def _article_of(state: State, row: Any) -> int:
    """The place of the row's id, a new one if it is unknown, with all that a new text changes."""
    counts = state.counts
    at = find_article(state, row.id[0], row.id[1])
    if at == NOWHERE:
        at = counts[ARTICLES_FREE]
        if at == NOWHERE:
            at = counts[ARTICLES_END]
            counts[ARTICLES_END] += 1
        else:
            counts[ARTICLES_FREE] = state.articles[at].next_sibling
        article = state.articles[at]
        article.id[0], article.id[1] = row.id[0], row.id[1]
        article.text = NOWHERE
        article.parent_at = NOWHERE
        article.first_child = NOWHERE
        article.listed = 0
        insert(state.by_id, short(row.id[0], row.id[1]), at + 1)
        push_due(state.due, counts[ARTICLES], row.received, at)
        counts[ARTICLES] += 1
    article = state.articles[at]
    article.order = row.order
    article.received = row.received
    article.first_received = row.first_received
    article.hash[0], article.hash[1] = row.hash[0], row.hash[1]
    article.previous[0], article.previous[1] = row.previous[0], row.previous[1]
    article.version = row.version
    article.shingles = row.shingles
    return int(at)


@compiled
def _set_text(state: State, at: int, row: Any, sketch: NDArray[np.uint32]) -> None:
    child = state.articles[at].first_child
    while child != NOWHERE:
        state.counts[SUPERSEDED_LINKS] += 1
        child = state.articles[child].next_sibling
    _leave_text(state, at)
    text = find_text(state, row.hash[0], row.hash[1])
    known = text != NOWHERE
    if not known:
        text = new_text(state, row, sketch)
    state.articles[at].text = text
    state.texts[text].articles += 1
    list_article(state, at)
    if not known:
        post_text(state, text)


@compiled
def _leave_text(state: State, at: int) -> None:
    article = state.articles[at]
    text = article.text
    if text == NOWHERE:
        return
    if article.listed:
        unlist_article(state, at)
    article.text = NOWHERE
    state.texts[text].articles -= 1
    if state.texts[text].articles == 0:
        drop_text(state, text)


@compiled
def _set_decision(state: State, at: int, row: Any) -> None:
    article = state.articles[at]
    article.place = row.place
    article.decision = row.decision
    article.relation = row.relation
    article.score = row.score
    article.jaccard = row.jaccard
    article.containment = row.containment
    article.group[0], article.group[1] = row.group[0], row.group[1]
    article.parent[0], article.parent[1] = row.parent[0], row.parent[1]
    article.parent_order = row.parent_order
    _leave_parent(state, at)
    if row.relation != _EXACT and row.relation != _NEAR:
        return
    parent_at = find_article(state, row.parent[0], row.parent[1])
    if parent_at == NOWHERE:
        return
    parent = state.articles[parent_at]
    article.parent_at = parent_at
    article.previous_sibling = NOWHERE
    article.next_sibling = parent.first_child
    if parent.first_child != NOWHERE:
        state.articles[parent.first_child].previous_sibling = at
    parent.first_child = at


@compiled
def _leave_parent(state: State, at: int) -> None:
    article = state.articles[at]
    if article.parent_at == NOWHERE:
        return
    if article.previous_sibling == NOWHERE:
        state.articles[article.parent_at].first_child = article.next_sibling
    else:
        state.articles[article.previous_sibling].next_sibling = article.next_sibling
    if article.next_sibling != NOWHERE:
        state.articles[article.next_sibling].previous_sibling = article.previous_sibling
    article.parent_at = NOWHERE


@compiled
def _evict(state: State) -> None:
    """Frees every article received more than KEEP_MS before the newest."""
    counts = state.counts
    oldest = counts[NEWEST] - KEEP_MS
    while counts[ARTICLES] > 0 and state.due[0].received < oldest:
        at = state.due[0].article
        article = state.articles[at]
        pop_due(state.due, counts[ARTICLES])
        if article.received >= oldest:  # a later version came since
            push_due(state.due, counts[ARTICLES] - 1, article.received, at)
            continue
        _leave_text(state, at)
        _leave_parent(state, at)
        while article.first_child != NOWHERE:
            _leave_parent(state, article.first_child)
        remove(state.by_id, short(article.id[0], article.id[1]), at + 1)
        article.next_sibling = counts[ARTICLES_FREE]
        counts[ARTICLES_FREE] = at
        counts[ARTICLES] -= 1
        counts[EVICTED] += 1
