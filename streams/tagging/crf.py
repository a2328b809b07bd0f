"""A linear-chain conditional random field at work (Lafferty, McCallum and Pereira 2001): the best labels, and
how probable each is."""

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


@compiled
def marginals(
    tokens: Tokens, scores: NDArray[np.float32], transitions: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The probability of every label of every token (forward-backward), shape (tokens, LABELS)."""
    size = len(scores)
    found = np.zeros((size, LABELS), np.float32)
    found[:, 0] = 1.0
    move = np.exp(transitions)
    local = np.empty((size, LABELS), np.float32)
    ahead = np.empty((size, LABELS), np.float32)
    norm = np.empty(size, np.float32)
    behind = np.empty(LABELS, np.float32)
    earlier = np.empty(LABELS, np.float32)
    first = 0
    while first < size:
        end = sentence_end(tokens, first)
        for i in range(first, end):
            highest = scores[i, 0]
            for label in range(1, LABELS):
                highest = max(highest, scores[i, label])
            total = np.float32(0.0)
            for label in range(LABELS):
                local[i, label] = np.exp(scores[i, label] - highest)
                value = local[i, label]
                if i > first:
                    reached = np.float32(0.0)
                    for before in range(LABELS):
                        reached += ahead[i - 1, before] * move[before, label]
                    value *= reached
                ahead[i, label] = value
                total += value
            norm[i] = total
            for label in range(LABELS):
                ahead[i, label] /= total
        behind[:] = np.float32(1.0)
        for i in range(end - 1, first - 1, -1):
            for label in range(LABELS):
                found[i, label] = ahead[i, label] * behind[label]
            if i > first:
                for before in range(LABELS):
                    value = np.float32(0.0)
                    for label in range(LABELS):
                        value += move[before, label] * local[i, label] * behind[label]
                    earlier[before] = value / norm[i]
                behind[:] = earlier
        first = max(end, first + 1)
    return found
