"""The distinct surfaces of an article's spans: what follows asks of each once, not at every span."""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined, uncounted
from streams.tagging.keys import word_key
from streams.tagging.spans import TYPES, Table

_SPACE, _OPENING = 32, 40


@compiled
def distinct(codes: NDArray[np.uint32], spans: Table) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The number of each span's surface, in the order of their first spans; and of each surface the start and
    end of its first span, the most frequent type, of equals the first, and whether a space and an opening
    bracket follow it somewhere; shape (4, surfaces)."""
    codes, spans = uncounted(codes), uncounted(spans)
    size = spans.shape[1]
    mask = 15
    while mask < 2 * size:
        mask = 2 * mask + 1
    slots = np.full(mask + 1, -1, np.int32)
    numbers, found = np.empty(size, np.int32), np.empty((4, size), np.int32)
    votes = np.zeros((size, len(TYPES)), np.int32)
    count, doubtful = 0, False
    for i in range(size):
        start, end, kind = spans[0, i], spans[1, i], spans[2, i]
        slot = np.int64(word_key(codes, start, end) >> np.uint64(32)) & mask
        while slots[slot] >= 0 and not _same(codes, start, end, found[0, slots[slot]], found[1, slots[slot]]):
            slot = (slot + 1) & mask
        number = slots[slot]
        if number < 0:
            number = slots[slot] = count
            found[0, count], found[1, count], found[2, count], found[3, count] = start, end, kind, 0
            count += 1
        numbers[i] = number
        votes[number, kind] += 1
        doubtful |= kind != found[2, number]
        if end + 1 < len(codes) and codes[end] == _SPACE and codes[end + 1] == _OPENING:
            found[3, number] = 1
    for i in range(size if doubtful else 0):  # a type that comes first keeps its place against an equal one
        number, kind = numbers[i], spans[2, i]
        most, chosen = votes[number].max(), found[2, number]
        if votes[number, chosen] < most and votes[number, kind] == most:
            found[2, number] = kind
    return numbers, found[:, :count].copy()


@inlined
def _same(codes: NDArray[np.uint32], start: int, end: int, other: int, other_end: int) -> bool:
    if end - start != other_end - other:
        return False
    for i in range(end - start):  # noqa: SIM110  # numba knows no generators
        if codes[start + i] != codes[other + i]:
            return False
    return True
