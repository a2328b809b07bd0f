"""Two large tables of which only what differs from a default is stored: py3langid's automaton takes 4 MB
instead of 39, its weights 7 instead of 22, and both give what the whole tables would."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled

_WORD = 64
"""Columns that a word of bits is for."""


class Moves(NamedTuple):
    """An automaton's next states. Row r is defaults[default[r]] but where `bits` is set: shape (rows, 4), bit
    b of word w for byte 64 * w + b. What the bits of word w stand for begins at own[first[r, w]], in their
    order, so a move is found by counting bits (Jacobson 1989)."""

    defaults: NDArray[np.uint32]
    default: NDArray[np.uint8]
    bits: NDArray[np.uint64]
    first: NDArray[np.uint32]
    own: NDArray[np.uint32]


class Weights(NamedTuple):
    """Row r is `usual` but in columns[first[r] : first[r + 1]], where it is values[own[...]]."""

    usual: NDArray[np.float32]
    values: NDArray[np.float32]
    first: NDArray[np.uint32]
    columns: NDArray[np.uint8]
    own: NDArray[np.uint16]


def moves_of(rows: NDArray[np.uint32], defaults: NDArray[np.uint32]) -> Moves:
    """The moves of these rows; each takes the default (there are 256 at most) from which it differs least."""
    least = np.full(len(rows), rows.shape[1] + 1)
    default = np.zeros(len(rows), np.uint8)
    for nth, one in enumerate(defaults):
        differing = (rows != one).sum(1)
        default[differing < least] = nth
        least = np.minimum(least, differing)
    differs = rows != defaults[default]
    bits = np.packbits(differs, axis=1, bitorder="little").view("<u8").astype(np.uint64)
    counts = differs.reshape(-1, _WORD).sum(1)
    first = (np.cumsum(counts) - counts).astype(np.uint32).reshape(bits.shape)
    return Moves(defaults, default, bits, first, rows[differs])


def weights_of(rows: NDArray[np.float16]) -> Weights:
    """The weights of these rows, of 256 columns at most; a column's default is what it holds most often."""
    values, places = np.unique(rows, return_inverse=True)
    places = places.reshape(rows.shape)
    usual = np.array([np.bincount(column).argmax() for column in places.T])
    differs = places != usual
    first = np.append(0, np.cumsum(differs.sum(1))).astype(np.uint32)
    columns = np.nonzero(differs)[1].astype(np.uint8)
    exact = values.astype(np.float32)
    return Weights(exact[usual], exact, first, columns, places[differs].astype(np.uint16))


@compiled
def move(moves: Moves, row: np.uint64, byte: np.uint64) -> np.uint32:
    """The next state. Places are unsigned: numba asks of each other one whether it counts from the end."""
    word, bit = byte >> np.uint64(6), byte & np.uint64(63)
    marks = moves.bits[row, word]
    if not (marks >> bit) & np.uint64(1):
        return moves.defaults[np.uint64(moves.default[row]), byte]  # type: ignore[no-any-return]
    before = _ones(marks & ((np.uint64(1) << bit) - np.uint64(1)))
    return moves.own[np.uint64(moves.first[row, word]) + before]  # type: ignore[no-any-return]


@compiled
def whole_rows(weights: Weights, rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """Rows of the whole table, shape (len(rows), columns)."""
    found = np.empty((len(rows), len(weights.usual)), np.float32)
    for i in range(len(rows)):
        found[i] = weights.usual
        for place in range(weights.first[rows[i]], weights.first[rows[i] + 1]):
            found[i, weights.columns[place]] = weights.values[weights.own[place]]
    return found


@compiled
def _ones(word: np.uint64) -> np.uint64:
    """How many bits are set (Warren, Hacker's Delight)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)
