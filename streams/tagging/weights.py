"""A model's weights, found by the keys of features.

Most features of a text are not in the model: a bit for each, of keys that are alike in their highest bits,
says so for nine of ten out of 64 kB.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.ahead import fetch
from streams.compiled import compiled, inlined
from streams.tagging.lanes import LANES, lanes, plus, put

LABELS = 7
"""O, then begin and inside of person, organisation and place."""
_FILTER_BITS = 19
"""Eight times the features and more."""
_SHIFT = np.uint32(32 - _FILTER_BITS)
_HALF = np.uint64(32)


class Weights(NamedTuple):
    """`filter`: bit k is set where a feature's key begins with k. `slots`: open addressing over the upper
    halves of feature keys, a power of two long, a row of key (0 where free) and row of `table` each.
    `table`: shape (features + 1, LANES), LABELS of them used; the last row is of features without weights.
    """

    filter: NDArray[np.uint8]
    slots: NDArray[np.uint32]
    table: NDArray[np.float32]


def weights_of(keys: NDArray[np.uint32], table: NDArray[np.float32]) -> Weights:
    """The look-up of a model's feature keys (distinct, not 0); `table`: shape (features, LABELS)."""
    bits = max(int(2 * len(keys)).bit_length(), 4)
    rows = np.zeros((len(keys) + 1, LANES), np.float32)
    rows[:-1, :LABELS] = table
    made = Weights(np.zeros(1 << (_FILTER_BITS - 3), np.uint8), np.zeros((1 << bits, 2), np.uint32), rows)
    _fill(keys, made)
    return made


@compiled
def _fill(keys: NDArray[np.uint32], weights: Weights) -> None:
    mask = np.int64(len(weights.slots) - 1)
    for row in range(len(keys)):
        slot = np.int64(keys[row]) & mask
        while weights.slots[slot, 0]:
            slot = (slot + 1) & mask
        weights.slots[slot, 0], weights.slots[slot, 1] = keys[row], row
        bit = keys[row] >> _SHIFT
        weights.filter[bit >> 3] |= np.uint8(1 << (bit & 7))


@inlined
def nothing(weights: Weights) -> int:
    """The row of a feature without weights."""
    return len(weights.table) - 1


@inlined
def row_of(weights: Weights, key: np.uint64) -> int:
    """The row of a feature's weights."""
    short = np.uint32(key >> _HALF)
    if may_have(weights, key):
        mask = np.int64(len(weights.slots) - 1)
        slot = np.int64(short) & mask
        while weights.slots[slot, 0]:
            if weights.slots[slot, 0] == short:
                return np.int64(weights.slots[slot, 1])  # type: ignore[return-value]
            slot = (slot + 1) & mask
    return nothing(weights)


@inlined
def may_have(weights: Weights, key: np.uint64) -> bool:
    """Whether a feature may have weights."""
    bit = np.uint32(key >> _HALF) >> _SHIFT
    return bool(weights.filter[bit >> np.uint32(3)] >> np.uint8(bit & np.uint32(7)) & np.uint8(1))


@inlined
def fetch_row_of(weights: Weights, key: np.uint64) -> None:
    """Asks for what `row_of` reads."""
    fetch(weights.slots, np.int64(np.uint32(key >> _HALF)) & np.int64(len(weights.slots) - 1), 0)


@inlined
def add(weights: Weights, key: np.uint64, sums: NDArray[np.float32], row: int) -> None:
    """Adds a feature's weights to a row of sums, shape (rows, LANES)."""
    found = row_of(weights, key)
    if found != nothing(weights):
        put(sums, row, plus(lanes(sums, row), lanes(weights.table, found)))
