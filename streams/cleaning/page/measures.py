"""What is measured of every block once, and the sums over blocks that further columns are made of."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled


class Measures(NamedTuple):
    """One entry for each block. length: code points, more for scripts that write words in fewer; words;
    linked: share in links; good: how much of a paragraph it is, 0 for what is none; kind: of its element.
    """

    length: NDArray[np.float64]
    words: NDArray[np.float64]
    linked: NDArray[np.float64]
    good: NDArray[np.float64]
    kind: NDArray[np.int32]


class Sums(NamedTuple):
    """Running sums over the blocks of a page: length, length in links, good."""

    length: NDArray[np.float64]
    linked: NDArray[np.float64]
    good: NDArray[np.float64]


@compiled
def sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Running sums: out[b] - out[a] is the sum of values[a:b]."""
    out = np.zeros(len(values) + 1)
    for i in range(len(values)):
        out[i + 1] = out[i] + values[i]
    return out


@compiled
def numbered(keys: NDArray[np.uint64]) -> NDArray[np.int64]:
    """A number from 0 on for each distinct key."""
    order = np.argsort(keys, kind="mergesort")
    out = np.empty(len(keys), np.int64)
    number = 0
    for k in range(len(order)):
        if k and keys[order[k]] != keys[order[k - 1]]:
            number += 1
        out[order[k]] = number
    return out
