"""Two large tables of which only what differs from a default is stored: py3langid's automaton takes 4 MB
instead of 39, its weights 6 instead of 22, and both give what the whole tables would."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.ahead import LINE, fetch
from streams.cleaning.lanes import LANES, add_halves
from streams.compiled import compiled, inlined

_WORD = 64
"""Columns that a word of bits is for."""
STEP_BITS = 5
_LONGEST_STEP = (1 << STEP_BITS) - 1
BYTES = 256
_ROW_BYTES = 40  # of Moves.rows
AHEAD = 8  # rows of weights that are asked for before they are added


class Moves(NamedTuple):
    """An automaton's next states, whatever numbers these are: those of some whole rows, the defaults, then
    what other rows have of their own. Row r is its default but where its bits are set: rows[r, w], bit b for
    byte 64 * w + b. What the bits stand for are `states` of its own, in their order, so a move is found by
    counting bits (Jacobson 1989). rows[r, 4] is all else of a row, so that a move reads two or three lines of
    memory: where its own states begin (32 bits), its default (8), and how many bits are set before words 1
    to 3 (8 each)."""

    states: NDArray[np.uint32]
    rows: NDArray[np.uint64]


class Weights(NamedTuple):
    """Row r is `usual` but where own[first[r] : first[r + 1]] says otherwise. Each of these is, in its lower
    STEP_BITS, how many columns further on it stands than the one before (the first: than column 0), above
    them a place in `values`. Steps that are too long are parted by places that say what is usual.

    `whole` holds the first rows as they are, the bits of float16, and zeros up to a multiple of LANES: where
    most columns have their own weight, sixteen at once are read in a tenth of the time."""

    usual: NDArray[np.float32]
    values: NDArray[np.float32]
    first: NDArray[np.uint32]
    own: NDArray[np.uint16]
    whole: NDArray[np.uint16]


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
    counts = differs.reshape(len(rows), -1, _WORD).sum(2).cumsum(1).astype(np.uint64)
    begins = np.append(np.uint64(0), counts[:, -1].cumsum()[:-1]) + np.uint64(defaults.size)
    else_ = begins | default.astype(np.uint64) << np.uint64(32)
    for word in range(1, bits.shape[1]):
        else_ |= counts[:, word - 1] << np.uint64(32 + 8 * word)
    return Moves(np.append(defaults, rows[differs]), np.column_stack([bits, else_]))


def own_weights(rows: NDArray[np.float16]) -> NDArray[np.int64]:
    """How many columns of each row differ from what the column holds most often."""
    _, places, usual = _usual(rows)
    own: NDArray[np.int64] = (places != usual).sum(1)
    return own


def weights_of(rows: NDArray[np.float16], whole: int = 0) -> Weights:
    """The weights of these rows, of which the first `whole` are kept as they are; a column's default is what
    it holds most often. Raises ValueError for more than 2,048 different weights."""
    values, places, usual = _usual(rows)
    if len(values) > 1 << 16 - STEP_BITS:
        raise ValueError(f"{len(values)} different weights, at most {1 << 16 - STEP_BITS}")
    row, column = np.nonzero(places[whole:] != usual)
    row += whole
    begins = np.append(True, row[1:] != row[:-1])
    before = np.where(begins, 0, np.append(0, column[:-1]))
    fillers = np.maximum(column - before - 1, 0) // _LONGEST_STEP
    of = np.repeat(np.arange(len(row)), fillers + 1)  # the entry that each is, or fills up to
    last = np.append(of[1:] != of[:-1], True)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(fillers + 1) - fillers - 1, fillers + 1)
    at = np.where(last, column[of], before[of] + (nth + 1) * _LONGEST_STEP)
    step = np.where(last, column[of] - before[of] - fillers[of] * _LONGEST_STEP, _LONGEST_STEP)
    own = np.where(last, places[row[of], at], usual[at]) << STEP_BITS | step
    first = np.searchsorted(row[of], np.arange(len(rows) + 1)).astype(np.uint32)
    exact = values.astype(np.float32)
    bits = np.zeros((whole, -(-rows.shape[1] // LANES) * LANES), np.float16)
    bits[:, : rows.shape[1]] = rows[:whole]
    return Weights(exact[usual], exact, first, own.astype(np.uint16), bits.view(np.uint16))


def _usual(rows: NDArray[np.float16]) -> tuple[NDArray[np.float16], NDArray[np.int64], NDArray[np.int64]]:
    """The different weights, the place of each row's among them, and the place of each column's default."""
    values, places = np.unique(rows, return_inverse=True)
    places = places.reshape(rows.shape)
    return values, places, np.array([np.bincount(column).argmax() for column in places.T])


@inlined
def move(rows: NDArray[np.uint64], row: np.uint64, byte: np.uint64) -> np.uint64:
    """The place of the next state among those of Moves; `rows` are its rows. Without a branch, whose guess
    would wait for memory. Places are unsigned: numba asks of each other one whether it counts from the end.
    """
    word, bit = byte >> np.uint64(6), byte & np.uint64(63)
    marks, else_ = rows[row, word] >> bit, rows[row, np.uint64(4)]
    before = _ones(rows[row, word] - (marks << bit))
    before += (else_ >> (np.uint64(32) + np.uint64(8) * word)) & np.uint64(255) if word else np.uint64(0)
    own = (else_ & np.uint64(0xFFFFFFFF)) + before
    default = ((else_ >> np.uint64(32)) & np.uint64(255)) * np.uint64(BYTES) + byte
    return own if marks & np.uint64(1) else default  # type: ignore[no-any-return]


@inlined
def fetch_moves(rows: NDArray[np.uint64], row: np.uint64) -> None:
    """Asks for what `move` reads of a row."""
    fetch(rows, row, 0)
    fetch(rows, row, _ROW_BYTES - 1)


@compiled
def add_rows(
    weights: Weights, rows: NDArray[np.int64], times: NDArray[np.float64], to: NDArray[np.float64]
) -> None:
    """Adds so many times what each row has beyond the usual."""
    usual, values, first, own, whole = weights
    width = whole.shape[1]  # a multiple of LANES: the columns, and nothing behind them
    halves = whole.reshape(whole.size)
    sums, less = np.zeros(width), np.zeros(width, np.float32)
    sums[: len(to)], less[: len(to)] = to, usual
    for i in range(len(rows)):
        if i + AHEAD < len(rows) and rows[i + AHEAD] < len(whole):
            for byte in range(0, width * whole.itemsize, LINE):
                fetch(whole, rows[i + AHEAD], byte)
            fetch(whole, rows[i + AHEAD], width * whole.itemsize - 1)
        if rows[i] < len(whole):
            add_halves(sums, times[i], halves, rows[i] * width, less, width)
            continue
        column = np.uint64(0)
        for place in range(first[rows[i]], first[rows[i] + 1]):
            entry = np.uint64(own[place])
            column += entry & np.uint64(_LONGEST_STEP)
            sums[column] += times[i] * (values[entry >> np.uint64(STEP_BITS)] - less[column])
    to[:] = sums[: len(to)]


@inlined
def _ones(word: np.uint64) -> np.uint64:
    """How many bits are set (Warren, Hacker's Delight)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return (word * np.uint64(0x0101010101010101)) >> np.uint64(56)
