"""Where the sentences of a cut text begin and end."""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
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
