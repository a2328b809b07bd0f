"""The tables in memory: open addressing, posting lists and the eviction heap, as kernels over plain arrays.

A table is an array of {key, value}; a value of 0 marks a free place, so positions are stored plus one. A
key's home is its Fibonacci hash as a share of the table's length, which may be any: growing a table then
copies it front to back, and need not double it. Ids and content hashes are found by 32 bits made of all of
theirs, which the article or text then confirms: whoever wants a URL with given 32 bits hashes 2**32 of them.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled

Records = NDArray[Any]  # of one of the types below
NOWHERE = -1  # no article, no text

ARTICLE = np.dtype(
    [
        ("id", "u8", 2),
        ("hash", "u8", 2),
        ("previous", "u8", 2),
        ("parent", "u8", 2),
        ("group", "u8", 2),
        ("order", "i8"),
        ("received", "i8"),
        ("first_received", "i8"),
        ("parent_order", "i8"),
        ("place", "i8"),
        ("version", "u4"),
        ("decision", "u4"),
        ("shingles", "u4"),
        ("text", "i4"),  # NOWHERE: withdrawn or erased, as the relation says
        ("next_in_text", "i4"),  # of those with the same text, ascending by order key
        ("parent_at", "i4"),  # NOWHERE: original, or the parent has left
        ("first_child", "i4"),
        ("next_sibling", "i4"),  # next free place, in a free one
        ("previous_sibling", "i4"),
        ("score", "u2"),
        ("jaccard", "u2"),
        ("containment", "u2"),
        ("relation", "u1"),
        ("listed", "u1"),  # found through its text; not so beyond LIST_LIMIT
    ]
)
TEXT = np.dtype(
    [
        ("hash", "u8", 2),
        ("received", "i8"),  # the newest of its articles
        ("high", "u8", 8),  # top bytes of its sketch, as bits: blocks.py
        ("shingles", "u4"),
        ("articles", "u4"),  # that have this text, listed or not
        ("listed", "u4"),
        ("first", "i4"),  # the listed article with the lowest order key; next free place, in a free one
        ("block", "i4"),  # the first of its sketch
    ]
)
BLOCK_VALUES = 32  # of a sketch: their lower three bytes
BLOCK = np.dtype([("low", "u2", BLOCK_VALUES), ("middle", "u1", BLOCK_VALUES), ("next", "i4")])
ENTRY = np.dtype([("key", "u4"), ("value", "i4")])
NODE = np.dtype([("text", "i4"), ("next", "i4")])  # next: node plus one
DUE = np.dtype([("received", "i8"), ("article", "i4")])  # the heap of articles by the time they came

# places of State.counts
(
    ARTICLES_END,  # places ever used; freed ones are chained
    ARTICLES_FREE,
    ARTICLES,
    TEXTS_END,
    TEXTS_FREE,
    TEXTS,
    BLOCKS_END,
    BLOCKS_FREE,
    NODES_END,
    NODES_FREE,
    KEYS,
    NEWEST,  # running maximum of received, ms
    CAP_HITS,
    EVICTED,
    SUPERSEDED_LINKS,
    COUNTS,
) = range(16)


class State(NamedTuple):
    """All that is known of the articles of the last days."""

    articles: Records  # ARTICLE
    texts: Records  # TEXT
    blocks: Records  # BLOCK
    by_id: Records  # ENTRY: short(id) -> article plus one
    by_hash: Records  # ENTRY: short(content hash) -> text plus one
    by_key: Records  # ENTRY: routing key -> its only text plus one, negative; or its first node plus one
    nodes: Records  # NODE
    due: Records  # DUE
    stop: NDArray[np.uint32]
    counts: NDArray[np.int64]


@compiled
def short(first: int, second: int) -> int:
    """The key of an id or content hash, of all its bits: ids that begin or end alike stay apart."""
    both = np.uint64(first) ^ np.uint64(second)
    return np.uint32((both ^ both >> np.uint64(32)) & np.uint64(0xFFFFFFFF))  # type: ignore[return-value]


@compiled
def home(table: Records, key: int) -> int:
    """Where the search for a key begins."""
    spread = (np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(32)
    return np.int64((spread * np.uint64(table.shape[0])) >> np.uint64(32))  # type: ignore[return-value]


@compiled
def after(table: Records, place: int) -> int:
    """Where it goes on."""
    return place + 1 if place + 1 < table.shape[0] else 0


@compiled
def insert(table: Records, key: int, value: int) -> None:
    """Adds an entry; the table must have room."""
    place = home(table, key)
    while table[place].value != 0:
        place = after(table, place)
    table[place].key = key
    table[place].value = value


@compiled
def remove(table: Records, key: int, value: int) -> None:
    """Removes an entry that is there, and moves back what its place had pushed on."""
    hole = home(table, key)
    while table[hole].key != key or table[hole].value != value:
        hole = after(table, hole)
    place = hole
    while True:
        place = after(table, place)
        if table[place].value == 0:
            break
        pushed = place - home(table, table[place].key)
        back = place - hole
        if pushed % table.shape[0] >= back % table.shape[0]:  # as Python's %: never negative
            table[hole].key = table[place].key
            table[hole].value = table[place].value
            hole = place
    table[hole].key = 0
    table[hole].value = 0


@compiled
def refill(old: Records, new: Records) -> None:
    """Copies all entries into a larger, empty table."""
    for place in range(old.shape[0]):
        if old[place].value != 0:
            insert(new, old[place].key, old[place].value)


@compiled
def find_article(state: State, first: int, second: int) -> int:
    """The article with this id, or NOWHERE."""
    key = short(first, second)
    place = home(state.by_id, key)
    while state.by_id[place].value != 0:
        if state.by_id[place].key == key:
            found = state.by_id[place].value - 1
            article = state.articles[found]
            if article.id[0] == first and article.id[1] == second:
                return int(found)
        place = after(state.by_id, place)
    return NOWHERE


@compiled
def find_text(state: State, first: int, second: int) -> int:
    """The text with this content hash, or NOWHERE."""
    key = short(first, second)
    place = home(state.by_hash, key)
    while state.by_hash[place].value != 0:
        if state.by_hash[place].key == key:
            found = state.by_hash[place].value - 1
            text = state.texts[found]
            if text.hash[0] == first and text.hash[1] == second:
                return int(found)
        place = after(state.by_hash, place)
    return NOWHERE


@compiled
def find_key(state: State, key: int) -> int:
    """The place of a routing key in by_key, or NOWHERE."""
    place = home(state.by_key, key)
    while state.by_key[place].value != 0:
        if state.by_key[place].key == key:
            return place
        place = after(state.by_key, place)
    return NOWHERE


@compiled
def comes_before(left_order: int, left_id: Any, right_order: int, right_id: Any) -> bool:
    """Whether an order key (order_ms, id) is lower than another; ids compare as their 16 bytes."""
    if left_order != right_order:
        return left_order < right_order
    if left_id[0] != right_id[0]:
        return _swapped(left_id[0]) < _swapped(right_id[0])
    return _swapped(left_id[1]) < _swapped(right_id[1])


@compiled
def push_due(due: Records, size: int, received: int, article: int) -> None:
    """Adds an article to the heap of `size` entries, earliest received first."""
    place = size
    while place > 0 and due[(place - 1) >> 1].received > received:
        above = (place - 1) >> 1
        due[place].received = due[above].received
        due[place].article = due[above].article
        place = above
    due[place].received = received
    due[place].article = article


@compiled
def pop_due(due: Records, size: int) -> None:
    """Removes the heap's first entry."""
    received, article = due[size - 1].received, due[size - 1].article
    place = 0
    while 2 * place + 1 < size - 1:
        below = 2 * place + 1
        if below + 1 < size - 1 and due[below + 1].received < due[below].received:
            below += 1
        if due[below].received >= received:
            break
        due[place].received = due[below].received
        due[place].article = due[below].article
        place = below
    due[place].received = received
    due[place].article = article


@compiled
def _swapped(number: int) -> int:
    """The number whose order is that of the bytes: ids are read little-endian."""
    value = np.uint64(number)
    swapped = np.uint64(0)
    for _ in range(8):
        swapped = (swapped << np.uint64(8)) | (value & np.uint64(255))
        value >>= np.uint64(8)
    return swapped  # type: ignore[return-value]
