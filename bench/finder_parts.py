"""How the time of the finder of names, one compiled call, is made up: its parts called one by one.

The parts are as quick alone as in one call but for some 5 us a call, of 200 to 400.
"""

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from streams.tagging import finder
from streams.tagging.crf import best_labels
from streams.tagging.emissions import emissions
from streams.tagging.finder import names_of
from streams.tagging.model import known, model
from streams.tagging.sentences import sentence_starts
from streams.tagging.tokens import tokenize

ROUNDS = 5  # the fastest counts


def finder_parts(texts: Sequence[str]) -> dict[str, float]:
    """The share of each part in finding the names of these texts."""
    documents = [tokenize(text) for text in texts]
    tables, memory = model(), finder._memory()
    lookups = tables.lookups
    opens = [sentence_starts(document.tokens) for document in documents]
    places = [known(lookups.names, document.tokens) for document in documents]

    def scored() -> list[NDArray[np.float32]]:
        return [
            emissions(d.codes, d.tokens, o, at, lookups.letters, lookups.lexicons, tables.weights, memory)
            for d, o, at in zip(documents, opens, places, strict=True)
        ]

    def labelled() -> list[NDArray[np.int8]]:
        return [
            best_labels(d.tokens, o, s, tables.transitions)
            for d, o, s in zip(documents, opens, scores, strict=True)
        ]

    scores = scored()
    labels = labelled()
    whole = fastest(lambda: [finder.find(document) for document in documents])
    parts = {
        "lookup": fastest(lambda: [known(lookups.names, document.tokens) for document in documents]),
        "scores": fastest(scored),
        "Viterbi": fastest(labelled),
        "names": fastest(lambda: [names_of(o, found) for o, found in zip(opens, labels, strict=True)]),
    }
    shares = {name: seconds / whole for name, seconds in parts.items()}
    return {**shares, "spans": max(0.0, 1 - sum(shares.values()))}


def fastest(work: Callable[[], object]) -> float:
    """CPU seconds."""
    took = []
    for _ in range(ROUNDS + 1):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took[1:])
