"""The learned finder's tables: features' weights, word clusters, word lists and known names.

Built by training/train_tagger.py and training/build_clusters.py; models/tagger.md is the card.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, uncounted
from streams.kept import kept
from streams.tagging.cut import CAPITAL, DIGITS, Tokens
from streams.tagging.gazetteer import DATA, LISTED_NAME, PLACE_NAME, SOURCES, gazetteer
from streams.tagging.letters import Letters, letters
from streams.tagging.phrasebook import NOT_FOUND, Phrasebook, begins, fetch_names, longest
from streams.tagging.weights import Weights, weights_of
from streams.tagging.wordforms import Lexicons
from streams.tagging.wordlists import gazetteer_classes

MODEL = Path(__file__).parent / "models" / "tagger.npz"


class Lookups(NamedTuple):
    """What features are made from; the same in training and at work."""

    letters: Letters
    lexicons: Lexicons
    names: Phrasebook


class Model(NamedTuple):
    """`transitions[a, b]`: what label b right after a adds."""

    lookups: Lookups
    weights: Weights
    transitions: NDArray[np.float32]


class _Tables(NamedTuple):
    """The fields of Lexicons and Weights, and the transitions."""

    vector_keys: NDArray[np.uint32]
    vector_rows: NDArray[np.uint16]
    clusters: NDArray[np.uint16]
    class_keys: NDArray[np.uint64]
    class_bits: NDArray[np.uint32]
    filter: NDArray[np.uint8]
    slots: NDArray[np.uint32]
    table: NDArray[np.float32]
    transitions: NDArray[np.float32]


@cache
def model() -> Model:
    """The shipped model, loaded once a process."""
    stored = _tables()
    return Model(lookups(), Weights(stored.filter, stored.slots, stored.table), stored.transitions)


@cache
def lookups() -> Lookups:
    """The clusters, word lists and names that the package holds."""
    stored = _tables()
    return Lookups(letters(), Lexicons(*stored[:5]), gazetteer().names)


@kept(_Tables, MODEL, *SOURCES)
def _tables() -> _Tables:
    with np.load(DATA / "clusters.npz") as stored:
        keys = np.cumsum(stored["steps"].astype(np.uint64)).astype(np.uint32)
        lexicons = Lexicons(keys, stored["rows"], stored["clusters"], *gazetteer_classes(gazetteer()))
    with np.load(MODEL) as stored:
        keys = np.cumsum(stored["steps"].astype(np.uint64)).astype(np.uint32)
        table = np.ascontiguousarray(stored["table"].astype(np.float32))
        transitions = stored["transitions"].astype(np.float32)
    return _Tables(*lexicons, *weights_of(keys, table), transitions)


@compiled
def known(names: Phrasebook, tokens: Tokens) -> NDArray[np.uint8]:
    """Each token's place in a known name: 0 outside, 2 * kind - 1 for the first, 2 * kind for the others.

    Of names that begin together the longest counts, then the search goes on behind it. Places and listed
    organisations of one word are left to wordlists.py; a name begins with a capital or a digit.
    """
    names, tokens = uncounted(names), uncounted(tokens)
    size = len(tokens.keys)
    places = np.zeros(size, np.uint8)
    may_begin, capitals, count, free = np.empty(size, np.int32), 0, 0, 0
    for token in range(size):
        may_begin[capitals] = token
        capitals += tokens.marks[token] & (CAPITAL | DIGITS) != 0
    for i in range(capitals):
        fetch_names(names, tokens.keys[may_begin[i]])
    for i in range(capitals):
        if begins(names, tokens.keys, may_begin[i]):
            may_begin[count] = may_begin[i]
            count += 1
    for i in range(count):
        first = int(may_begin[i])
        if first < free:
            continue
        end, name = longest(names, tokens.keys, first)
        if name == NOT_FOUND:
            continue
        free = end
        kind = names.rows[names.offsets[name]]
        if kind in (PLACE_NAME, LISTED_NAME) and end - first == 1:
            continue  # the word's own classes say it
        places[first] = 2 * kind - 1
        for token in range(first + 1, end):
            places[token] = 2 * kind
    return places
