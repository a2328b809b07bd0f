"""Where the sentences of a cut text begin and end."""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, uncounted
from streams.tagging.cut import NEWLINE, Tokens


@compiled
def sentence_starts(tokens: Tokens) -> NDArray[np.bool_]:
    """Whether a sentence begins at each token; a line break is one by itself. Two places follow, both set."""
    size = len(tokens.keys)
    starts = np.ones(size + 2, np.bool_)
    for i in range(1, size):
        apart = tokens.sentences[i] != tokens.sentences[i - 1]
        starts[i] = apart or (tokens.marks[i] | tokens.marks[i - 1]) & NEWLINE
    return starts


@compiled
def sentences_at(
    starts: NDArray[np.int32], sentences: NDArray[np.int32], places: NDArray[np.int32]
) -> NDArray[np.int32]:
    """The sentence of the last token that begins at each of these places or before it, 0 where there are no
    tokens; before the first one, its sentence. `starts` and `sentences`: the tokens'."""
    starts, sentences, places = uncounted(starts), uncounted(sentences), uncounted(places)
    found = np.zeros(len(places), np.int32)
    for i in range(len(places) if len(starts) else 0):
        low, high = 0, len(starts)
        while high - low > 1:
            middle = (low + high) // 2
            if starts[middle] <= places[i]:
                low = middle
            else:
                high = middle
        found[i] = sentences[low]
    return found
