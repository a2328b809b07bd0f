"""Trains a linear-chain CRF by AdaGrad on single sentences, against gold labels or a teacher's probabilities.

Lafferty, McCallum and Pereira 2001; Duchi, Hazan and Singer 2011. Features are row numbers of a weight table.
"""

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from streams.tagging.weights import LABELS

EPOCHS = 8
AVERAGED = 3
"""Of the last epochs, whose weights are averaged."""
RATE = 0.1
PENALTY = 5.0
"""L2, spread over a feature's occurrences: 5 instead of .5 is +.006 F1 on news."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """`features`: rows of the weight table for each token, -1 for none, shape (tokens, most).

    Sentence s is tokens[offsets[s]:offsets[s + 1]], counts `weights[s]` and is held to `labels` or, where
    `soft[s]`, to `targets` (probabilities; rows of other tokens are not read).
    """

    features: NDArray[np.int32]
    labels: NDArray[np.int8]
    targets: NDArray[np.float32]
    offsets: NDArray[np.int64]
    weights: NDArray[np.float32]
    soft: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Model:
    """`table`: shape (features, LABELS); `transitions[a, b]`."""

    table: NDArray[np.float32]
    transitions: NDArray[np.float64]


def train(
    corpus: Corpus, rows: int, *, epochs: int = EPOCHS, penalty: float = PENALTY, seed: int = 0
) -> Model:
    """The averaged weights after some epochs; the same input gives the same model."""
    order = np.random.default_rng(seed)
    counts = np.bincount(corpus.features[corpus.features >= 0].ravel(), minlength=rows)
    shares = (penalty / np.maximum(counts, 1)).astype(np.float32)
    table, moves = np.zeros((rows, LABELS), np.float32), np.zeros((LABELS, LABELS))
    steps, move_steps = np.full_like(table, 1e-2), np.ones_like(moves)
    total, move_total = np.zeros_like(table), np.zeros_like(moves)
    for epoch in range(epochs):
        _epoch(
            corpus.features,
            corpus.labels,
            corpus.targets,
            corpus.soft,
            corpus.offsets,
            order.permutation(len(corpus.offsets) - 1),
            corpus.weights,
            table,
            moves,
            steps,
            move_steps,
            shares,
        )
        if epoch >= epochs - AVERAGED:
            total += table
            move_total += moves
    return Model(total / np.float32(AVERAGED), move_total / AVERAGED)


@njit(fastmath=True, cache=True)
def _epoch(
    features: NDArray[np.int32],
    labels: NDArray[np.int8],
    targets: NDArray[np.float32],
    soft: NDArray[np.bool_],
    offsets: NDArray[np.int64],
    order: NDArray[np.int64],
    weights: NDArray[np.float32],
    table: NDArray[np.float32],
    moves: NDArray[np.float64],
    steps: NDArray[np.float32],
    move_steps: NDArray[np.float64],
    shares: NDArray[np.float32],
) -> None:
    """One pass over the sentences in `order`; changes table, moves and the sums of squared gradients."""
    longest = 0
    for s in range(len(offsets) - 1):
        longest = max(longest, offsets[s + 1] - offsets[s])
    local = np.zeros((longest, LABELS))
    ahead, behind, held = np.zeros_like(local), np.zeros_like(local), np.zeros_like(local)
    norm, gradient = np.zeros(longest), np.zeros(LABELS)
    move, move_gradient = np.zeros((LABELS, LABELS)), np.zeros((LABELS, LABELS))
    for s in order:
        first, size, weight = offsets[s], offsets[s + 1] - offsets[s], weights[s]
        if size == 0 or weight == 0:
            continue
        for i in range(size):
            local[i, :] = 0
            for k in range(features.shape[1]):
                row = features[first + i, k]
                if row < 0:
                    break
                for t in range(LABELS):
                    local[i, t] += table[row, t]
            highest = local[i].max()
            for t in range(LABELS):
                local[i, t] = np.exp(local[i, t] - highest)
        for a in range(LABELS):
            for b in range(LABELS):
                move[a, b] = np.exp(moves[a, b])
                move_gradient[a, b] = 0
        for i in range(size):
            norm[i] = 0.0
            for t in range(LABELS):
                value = local[i, t]
                if i > 0:
                    reached = 0.0
                    for a in range(LABELS):
                        reached += ahead[i - 1, a] * move[a, t]
                    value *= reached
                ahead[i, t] = value
                norm[i] += value
            for t in range(LABELS):
                ahead[i, t] /= norm[i]
        behind[size - 1, :] = 1.0
        for i in range(size - 2, -1, -1):
            for a in range(LABELS):
                value = 0.0
                for t in range(LABELS):
                    value += move[a, t] * local[i + 1, t] * behind[i + 1, t]
                behind[i, a] = value / norm[i + 1]
        for i in range(size):
            for t in range(LABELS):
                held[i, t] = targets[first + i, t] if soft[s] else 0.0
            if not soft[s]:
                held[i, labels[first + i]] = 1.0
            if i > 0:
                for a in range(LABELS):
                    for t in range(LABELS):
                        move_gradient[a, t] += (
                            ahead[i - 1, a] * move[a, t] * local[i, t] * behind[i, t] / norm[i]
                            - held[i - 1, a] * held[i, t]
                        )
        for a in range(LABELS):
            for t in range(LABELS):
                step = weight * move_gradient[a, t]
                move_steps[a, t] += step * step
                moves[a, t] -= RATE * step / np.sqrt(move_steps[a, t])
        for i in range(size):
            largest = 0.0
            for t in range(LABELS):
                gradient[t] = weight * (ahead[i, t] * behind[i, t] - held[i, t])
                largest = max(largest, abs(gradient[t]))
            if largest < 1e-4:
                continue
            for k in range(features.shape[1]):
                row = features[first + i, k]
                if row < 0:
                    break
                for t in range(LABELS):
                    step = np.float32(gradient[t]) + shares[row] * table[row, t]
                    steps[row, t] += step * step
                    table[row, t] -= np.float32(RATE) * step / np.sqrt(steps[row, t])
