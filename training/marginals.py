"""How probable each label is by the tagger's own model, for `training.label_silver`."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.cut import Tokens
from streams.tagging.emissions import emissions
from streams.tagging.memory import Memory, fresh_memory
from streams.tagging.model import Model, known, model
from streams.tagging.sentences import sentence_starts
from streams.tagging.tokens import Document
from streams.tagging.weights import LABELS
from training.sentences import sentence_end


def probabilities(document: Document) -> NDArray[np.float32]:
    """How probable each label of each token is, shape (tokens, LABELS)."""
    own = model()
    return marginals(document.tokens, scores_of(document, own), own.transitions)


def scores_of(document: Document, own: Model) -> NDArray[np.float32]:
    """What the model holds of each label, shape (tokens, LABELS)."""
    names, letters, lexicons = own.lookups.names, own.lookups.letters, own.lookups.lexicons
    places = known(names, document.tokens)
    opens = sentence_starts(document.tokens)
    tokens, weights = document.tokens, own.weights
    return emissions(document.codes, tokens, opens, places, letters, lexicons, weights, _memory())[:, :LABELS]


@cache
def _memory() -> Memory:
    return fresh_memory()


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
