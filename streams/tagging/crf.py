"""A linear-chain conditional random field at work (Lafferty, McCallum and Pereira 2001): the best labels."""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.cut import NEWLINE, Tokens
from streams.tagging.lanes import LANES, lanes, larger, plus, put, spread
from streams.tagging.weights import LABELS


@compiled
def best_labels(
    tokens: Tokens,
    opens: NDArray[np.bool_],
    scores: NDArray[np.float32],
    transitions: NDArray[np.float32],
) -> NDArray[np.int8]:
    """The likeliest labels of every sentence (Viterbi), shape (tokens,); line breaks are O.

    `opens`: of `sentence_starts`. `scores`: shape (tokens, LANES), LABELS of them used. `transitions[a, b]`:
    what b right after a adds. On the way back the sums are made again: that is one label's for each token,
    where remembering which was the largest is LABELS'.
    """
    size = len(scores)
    labels = np.zeros(size, np.int8)
    best = np.empty((size, LANES), np.float32)
    moves = np.zeros((LANES, LANES), np.float32)
    moves[:LABELS, :LABELS] = transitions
    for i in range(size):
        if opens[i]:
            put(best, i, lanes(scores, i))
        else:
            # The largest in pairs: one after the other each would wait for the one before.
            outside = plus(spread(best[i - 1, 0]), lanes(moves, 0))
            begun = plus(spread(best[i - 1, 1]), lanes(moves, 1))
            person = larger(begun, plus(spread(best[i - 1, 2]), lanes(moves, 2)))
            begun = plus(spread(best[i - 1, 3]), lanes(moves, 3))
            organisation = larger(begun, plus(spread(best[i - 1, 4]), lanes(moves, 4)))
            begun = plus(spread(best[i - 1, 5]), lanes(moves, 5))
            place = larger(begun, plus(spread(best[i - 1, 6]), lanes(moves, 6)))
            reached = larger(larger(outside, person), larger(organisation, place))
            put(best, i, plus(reached, lanes(scores, i)))
    label = 0
    for i in range(size - 1, -1, -1):
        at_end = opens[i + 1]
        highest = best[i, 0] + (np.float32(0) if at_end else moves[0, label])
        source = 0
        for other in range(1, LABELS):
            value = best[i, other] + (np.float32(0) if at_end else moves[other, label])
            if value > highest:
                highest, source = value, other
        label = 0 if tokens.marks[i] & NEWLINE else source
        labels[i] = label
    return labels
