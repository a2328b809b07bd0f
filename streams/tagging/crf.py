"""A linear-chain conditional random field at work (Lafferty, McCallum and Pereira 2001): the best labels."""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.cut import Tokens, sentence_end
from streams.tagging.emissions import LABELS

_NOTHING = np.float32(-1e30)


@compiled
def best_labels(
    tokens: Tokens, scores: NDArray[np.float32], transitions: NDArray[np.float32]
) -> NDArray[np.int8]:
    """The likeliest labels of every sentence (Viterbi), shape (tokens,); line breaks are O.

    `scores`: shape (tokens, LABELS). `transitions[a, b]`: what b right after a adds.
    """
    size = len(scores)
    labels = np.zeros(size, np.int8)
    best = np.empty((size, LABELS), np.float32)
    back = np.zeros((size, LABELS), np.int8)
    first = 0
    while first < size:
        end = sentence_end(tokens, first)
        for label in range(LABELS):
            best[first, label] = scores[first, label]
        for i in range(first + 1, end):
            for label in range(LABELS):
                highest, source = _NOTHING, 0
                for before in range(LABELS):
                    value = best[i - 1, before] + transitions[before, label]
                    if value > highest:
                        highest, source = value, before
                best[i, label] = highest + scores[i, label]
                back[i, label] = source
        if end > first:
            label = 0
            for other in range(1, LABELS):
                if best[end - 1, other] > best[end - 1, label]:
                    label = other
            for i in range(end - 1, first - 1, -1):
                labels[i] = label
                label = np.int64(back[i, label])  # type: ignore[assignment]
        first = max(end, first + 1)
    return labels
