"""What is found through what: routing key -> texts, text -> articles, each list capped.

On a full list the newcomer takes the place of one too old to be compared with anything that still comes,
else of the one with the highest order key, else it stays out: originals stay found, the list stays short,
the hit is counted.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.dedup.blocks import drop_sketch, keep_sketch, sketch_of
from streams.dedup.compare import EQUAL_ONLY_BELOW
from streams.dedup.kernels import (
    CAP_HITS,
    KEYS,
    NEWEST,
    NODES_END,
    NODES_FREE,
    NOWHERE,
    TEXTS,
    TEXTS_END,
    TEXTS_FREE,
    State,
    comes_before,
    find_key,
    insert,
    remove,
    short,
)
from streams.dedup.search import LIST_LIMIT, PAIR_WINDOW_MS
from streams.dedup.sketch import routing_keys


@compiled
def new_text(state: State, row: Any, sketch: NDArray[np.uint32]) -> int:
    """A place for the row's text, found by its hash; not yet by its keys."""
    counts = state.counts
    at = counts[TEXTS_FREE]
    if at == NOWHERE:
        at = counts[TEXTS_END]
        counts[TEXTS_END] += 1
    else:
        counts[TEXTS_FREE] = state.texts[at].first
    text = state.texts[at]
    text.hash[0], text.hash[1] = row.hash[0], row.hash[1]
    text.shingles = row.shingles
    text.received = row.received
    text.articles = 0
    text.listed = 0
    text.first = NOWHERE
    keep_sketch(state, at, sketch)
    insert(state.by_hash, short(row.hash[0], row.hash[1]), at + 1)
    counts[TEXTS] += 1
    return int(at)


@compiled
def drop_text(state: State, at: int) -> None:
    """Frees a text that no article has any more."""
    for key in _keys(state, at):
        _unpost(state, key, at)
    drop_sketch(state, at)
    text = state.texts[at]
    remove(state.by_hash, short(text.hash[0], text.hash[1]), at + 1)
    state.texts[at].first = state.counts[TEXTS_FREE]
    state.counts[TEXTS_FREE] = at
    state.counts[TEXTS] -= 1


@compiled
def post_text(state: State, at: int) -> None:
    """Makes a text found by its routing keys; its first article must be listed."""
    for key in _keys(state, at):
        _post(state, key, at)


@compiled
def list_article(state: State, at: int) -> None:
    """Makes an article found through its text."""
    article = state.articles[at]
    text = state.texts[article.text]
    text.received = max(text.received, article.received)
    if text.listed >= LIST_LIMIT:
        state.counts[CAP_HITS] += 1
        out = _crowded_out(state, text, at)
        if out == at:
            article.listed = 0
            return
        unlist_article(state, out)
    previous = NOWHERE
    following = text.first
    while following != NOWHERE and _precedes(state, following, at):
        previous = following
        following = state.articles[following].next_in_text
    article.next_in_text = following
    article.listed = 1
    if previous == NOWHERE:
        text.first = at
    else:
        state.articles[previous].next_in_text = at
    text.listed += 1


@compiled
def unlist_article(state: State, at: int) -> None:
    """Takes an article out of its text's list."""
    article = state.articles[at]
    text = state.texts[article.text]
    if text.first == at:
        text.first = article.next_in_text
    else:
        previous = text.first
        while state.articles[previous].next_in_text != at:
            previous = state.articles[previous].next_in_text
        state.articles[previous].next_in_text = article.next_in_text
    article.listed = 0
    text.listed -= 1


@compiled
def _crowded_out(state: State, text: Any, newcomer: int) -> int:
    last = text.first
    following = text.first
    while following != NOWHERE:
        if state.articles[following].received < state.counts[NEWEST] - PAIR_WINDOW_MS:
            return int(following)
        last = following
        following = state.articles[following].next_in_text
    return int(newcomer if _precedes(state, last, newcomer) else last)


@compiled
def _precedes(state: State, left: int, right: int) -> bool:
    one, other = state.articles[left], state.articles[right]
    return comes_before(one.order, one.id, other.order, other.id)


@compiled
def _keys(state: State, at: int) -> NDArray[np.uint32]:
    if state.texts[at].shingles < EQUAL_ONLY_BELOW:
        return np.empty(0, np.uint32)
    return routing_keys(sketch_of(state, at), state.stop)


@compiled
def _post(state: State, key: int, text: int) -> None:
    counts = state.counts
    place = find_key(state, key)
    if place == NOWHERE:
        insert(state.by_key, key, -(text + 1))
        counts[KEYS] += 1
        return
    first = state.by_key[place].value
    if first < 0:
        first = _new_node(state, -first - 1, 0)
        state.by_key[place].value = _new_node(state, text, first)
        return
    length = 0
    node = first
    while node != 0:
        length += 1
        node = state.nodes[node - 1].next
    if length < LIST_LIMIT:
        state.by_key[place].value = _new_node(state, text, first)
        return
    counts[CAP_HITS] += 1
    worst = first
    node = state.nodes[first - 1].next
    while node != 0:
        if _gives_way(state, state.nodes[node - 1].text, state.nodes[worst - 1].text):
            worst = node
        node = state.nodes[node - 1].next
    if _gives_way(state, state.nodes[worst - 1].text, text):
        state.nodes[worst - 1].text = text


@compiled
def _new_node(state: State, text: int, following: int) -> int:
    node = state.counts[NODES_FREE]
    if node == 0:
        state.counts[NODES_END] += 1
        node = state.counts[NODES_END]
    else:
        state.counts[NODES_FREE] = state.nodes[node - 1].next
    state.nodes[node - 1].text = text
    state.nodes[node - 1].next = following
    return int(node)


@compiled
def _gives_way(state: State, left: int, right: int) -> bool:
    """Whether the left text leaves a full list before the right one."""
    one, other = state.texts[left], state.texts[right]
    oldest = state.counts[NEWEST] - PAIR_WINDOW_MS
    stale_one = one.first == NOWHERE or one.received < oldest
    stale_other = other.first == NOWHERE or other.received < oldest
    if stale_one or stale_other:
        return stale_one and not stale_other
    return _precedes(state, other.first, one.first)


@compiled
def _unpost(state: State, key: int, text: int) -> None:
    place = find_key(state, key)
    if place == NOWHERE:
        return
    first = state.by_key[place].value
    if first < 0:
        if first == -(text + 1):  # else a full list had left it out
            remove(state.by_key, key, first)
            state.counts[KEYS] -= 1
        return
    previous = 0
    node = first
    while node != 0 and state.nodes[node - 1].text != text:
        previous = node
        node = state.nodes[node - 1].next
    if node == 0:
        return
    following = state.nodes[node - 1].next
    if previous != 0:
        state.nodes[previous - 1].next = following
    else:
        first = following
    _free_node(state, node)
    if state.nodes[first - 1].next == 0:  # one is left, which needs no list
        state.by_key[place].value = -(state.nodes[first - 1].text + 1)
        _free_node(state, first)
    else:
        state.by_key[place].value = first


@compiled
def _free_node(state: State, node: int) -> None:
    state.nodes[node - 1].next = state.counts[NODES_FREE]
    state.counts[NODES_FREE] = node
