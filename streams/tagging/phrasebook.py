"""Names of one or more words, found in a text's word keys: one probe of a table for a word that begins none.

The table holds every name and every beginning of one (its first word, its first two ...) by the keys of
streams.tagging.keys, in plain read-only arrays: it may be saved, or mapped from a file that processes share.
Equal names have equal keys and unequal ones hardly ever (2**-64); whoever must be certain compares the text.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.ahead import fetch
from streams.code_points import codes_of
from streams.compiled import compiled, inlined
from streams.tagging.cut import NEWLINE, Tokens
from streams.tagging.keys import NO_KEY, longer, word_key
from streams.tagging.tokens import Document, tokenize

LONGEST = 12
"""Words (tokens) of a name."""
NOT_FOUND = -1
_ROOM = 1.6
"""Places an entry: a word that begins no name costs 1.8 probes then, within one line of the cache mostly."""
_MORE = np.uint32(1 << 31)  # of a value: longer names begin with this one
_NAME = np.uint32(_MORE - 1)  # the rest: the name's number plus one, 0 for a mere beginning
_BATCH = 1 << 16  # characters cut into words at once


class Phrasebook(NamedTuple):
    """Names are numbered in the order of their keys; rows[offsets[n]:offsets[n + 1]] are what name n means.

    `keys`, `values`: a table by open addressing, a key of NO_KEY marks a free place.
    """

    keys: NDArray[np.uint64]
    values: NDArray[np.uint32]
    offsets: NDArray[np.uint32]
    rows: NDArray[np.uint32]


class Words(NamedTuple):
    """Names as word keys: name i is keys[ends[i - 1]:ends[i]]."""

    keys: NDArray[np.uint64]
    ends: NDArray[np.int64]


def words_of(names: list[str], fold: Callable[[str], str] | None = None) -> Words:
    """Cuts names into words as texts are cut, whatever white space is between them; any Unicode.

    A name of white space alone has no words. `fold` makes equal what is to have equal keys, code point by
    code point.
    """
    keys, ends, done = [np.empty(0, np.uint64)], [np.empty(0, np.int64)], 0
    for batch in _batches([" ".join(name.split()) for name in names]):
        document = tokenize("\n".join(batch) + "\n")
        tokens = document.tokens
        breaks = (tokens.marks & NEWLINE) > 0
        before = np.cumsum(~breaks)
        # Empty names: several line ends are one token.
        ends.append(np.repeat(before[breaks], (tokens.ends - tokens.starts)[breaks]) + done)
        keys.append((word_keys(document, fold) if fold else tokens.keys)[~breaks])
        done += len(keys[-1])
    return Words(np.concatenate(keys), np.concatenate(ends))


def build(words: Words, rows: NDArray[np.uint32]) -> Phrasebook:
    """A table of names, name i meaning rows[i]; a name may come again with another row.

    The same pairs in any order give the same arrays. Raises ValueError for a name without words or with more
    than LONGEST. 150,000 names take 0.1 s.
    """
    lengths = np.diff(words.ends, prepend=0)
    if len(lengths) and (lengths.min() < 1 or lengths.max() > LONGEST):
        wrong = int(np.flatnonzero((lengths < 1) | (lengths > LONGEST))[0])
        raise ValueError(f"name {wrong} has {lengths[wrong]} words; it must have 1 to {LONGEST}")
    beginnings = _beginnings(words.keys, words.ends)
    whole = beginnings[words.ends - 1]
    order = np.lexsort((rows, whole))
    whole, rows = whole[order], rows[order]
    again = np.zeros(len(whole), np.bool_)
    again[1:] = (whole[1:] == whole[:-1]) & (rows[1:] == rows[:-1])
    whole, rows = whole[~again], rows[~again]
    names, firsts = np.unique(whole, return_index=True)
    last = np.zeros(len(beginnings), np.bool_)
    last[words.ends - 1] = True
    longer_ones = np.unique(beginnings[~last])
    entries = np.union1d(names, longer_ones)
    values = np.zeros(len(entries), np.uint32)
    values[np.searchsorted(entries, names)] = np.arange(1, len(names) + 1, dtype=np.uint32)
    values[np.searchsorted(entries, longer_ones)] |= _MORE
    places = int(len(entries) * _ROOM) + 1
    table = _filled(entries, values, places)
    offsets = np.append(firsts, len(rows)).astype(np.uint32)
    return phrasebook(*table, offsets, rows.astype(np.uint32))


def phrasebook(
    keys: NDArray[np.uint64],
    values: NDArray[np.uint32],
    offsets: NDArray[np.uint32],
    rows: NDArray[np.uint32],
) -> Phrasebook:
    """Arrays that were saved, as a table. All are read-only: one kind of array, one compilation."""
    book = Phrasebook(keys.view(), values.view(), offsets.view(), rows.view())
    for array in book:
        array.flags.writeable = False
    return book


@compiled
def match(book: Phrasebook, keys: NDArray[np.uint64], overlapping: bool) -> NDArray[np.int32]:
    """The longest known name at each word: [names found, 3] of first word, end word and the name's number.

    `overlapping`: one name for each word at which any begins, so also those within or across others; else
    leftmost-longest, each search going on behind the last name found. Linear in the words.
    """
    found = np.empty((keys.shape[0], 3), np.int32)
    count, first = 0, 0
    while first < keys.shape[0]:
        end, name = longest(book, keys, first)
        if name == NOT_FOUND:
            first += 1
            continue
        found[count, 0], found[count, 1], found[count, 2] = first, end, name
        count += 1
        first = first + 1 if overlapping else end
    return found[:count]


@inlined
def longest(book: Phrasebook, keys: NDArray[np.uint64], first: int) -> tuple[int, int]:
    """End word and number of the longest name that begins at a word; number NOT_FOUND where none does."""
    end, name, key = first, np.int64(NOT_FOUND), NO_KEY
    for word in range(first, min(first + LONGEST, keys.shape[0])):
        key = longer(key, keys[word])
        place = _place(book.keys, key)
        if place == NOT_FOUND:
            break
        value = book.values[place]
        if value & _NAME:
            end, name = word + 1, np.int64(value & _NAME) - 1
        if not value & _MORE:
            break
    return end, name  # type: ignore[return-value]  # int() would stay unsigned


@inlined
def fetch_names(book: Phrasebook, word: np.uint64) -> None:
    """Asks for what `longest` reads first of names that begin with a word."""
    home = _home(longer(NO_KEY, word), len(book.keys))
    fetch(book.keys, home, 0)
    fetch(book.values, home, 0)


@inlined
def begins(book: Phrasebook, keys: NDArray[np.uint64], first: int) -> bool:
    """Whether names begin with a word; if so it asks for what `longest` reads next."""
    key = longer(NO_KEY, keys[first])
    if _place(book.keys, key) == NOT_FOUND:
        return False
    if first + 1 < len(keys):
        fetch(book.keys, _home(longer(key, keys[first + 1]), len(book.keys)), 0)
    return True


@compiled
def exact(book: Phrasebook, words: Words) -> NDArray[np.int64]:
    """For each of these names its number in the book; NOT_FOUND where it has none."""
    found = np.full(words.ends.shape[0], NOT_FOUND, np.int64)
    at = 0
    for i in range(words.ends.shape[0]):
        key = NO_KEY
        while at < words.ends[i]:
            key = longer(key, words.keys[at])
            at += 1
        place = _place(book.keys, key)
        if key != NO_KEY and place != NOT_FOUND:
            found[i] = np.int64(book.values[place] & _NAME) - 1
    return found


def rows_of(book: Phrasebook, name: int) -> NDArray[np.uint32]:
    """What a name means: its rows, ascending."""
    return book.rows[book.offsets[name] : book.offsets[name + 1]]


def word_keys(document: Document, fold: Callable[[str], str]) -> NDArray[np.uint64]:
    """The keys of a document's tokens, folded."""
    return _word_keys(codes_of(fold(document.text)), document.tokens)


@compiled
def _word_keys(codes: NDArray[np.uint32], tokens: Tokens) -> NDArray[np.uint64]:
    keys = np.empty(len(tokens.starts), np.uint64)
    for i in range(len(keys)):
        keys[i] = word_key(codes, tokens.starts[i], tokens.ends[i])
    return keys


def _batches(names: list[str]) -> list[list[str]]:
    cut: list[list[str]] = []
    size = _BATCH
    for name in names:
        if size >= _BATCH:
            cut.append([])
            size = 0
        cut[-1].append(name)
        size += len(name) + 1
    return cut


@compiled
def _beginnings(keys: NDArray[np.uint64], ends: NDArray[np.int64]) -> NDArray[np.uint64]:
    """For each word the key of its name up to it."""
    out = np.empty(keys.shape[0], np.uint64)
    at = 0
    for end in ends:
        key = NO_KEY
        while at < end:
            key = longer(key, keys[at])
            out[at] = key
            at += 1
    return out


@inlined
def _home(key: np.uint64, places: int) -> int:
    """Where the search for a key begins: the key as a share of its range; ascending keys, ascending homes."""
    return np.int64(((key >> np.uint64(32)) * np.uint64(places)) >> np.uint64(32))  # type: ignore[return-value]


@inlined
def _place(table: NDArray[np.uint64], key: np.uint64) -> int:
    """Where a key stands; NOT_FOUND. Ends on any table, also one without free places."""
    places = table.shape[0]
    place = _home(key, places)
    for _probe in range(places):
        if table[place] == key:
            return place
        if table[place] == NO_KEY:
            return NOT_FOUND
        place += 1
        if place == places:
            place = 0
    return NOT_FOUND


@compiled
def _filled(
    entries: NDArray[np.uint64], values: NDArray[np.uint32], places: int
) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The table of ascending keys: filled from front to back."""
    keys, stored = np.zeros(places, np.uint64), np.zeros(places, np.uint32)
    for i in range(entries.shape[0]):
        place = _home(entries[i], places)
        while keys[place] != NO_KEY:
            place = (place + 1) % places
        keys[place] = entries[i]
        stored[place] = values[i]
    return keys, stored
