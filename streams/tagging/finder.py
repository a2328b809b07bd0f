"""Finds names: a linear-chain CRF over words, their clusters, gazetteers and what the document says.

Another finder may stand in its place: Document in, spans out; the rules that follow stay the same.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.crf import best_labels
from streams.tagging.cut import Tokens
from streams.tagging.emissions import emissions
from streams.tagging.gazetteer import EVENT_NAME
from streams.tagging.memory import Memory, fresh_memory
from streams.tagging.model import Model, known, model
from streams.tagging.sentences import sentence_starts
from streams.tagging.spans import TYPES as ALL_TYPES
from streams.tagging.spans import Table
from streams.tagging.tokens import Document
from streams.tagging.weights import LABELS
from streams.vocabulary import EntityType

TYPES = (EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE, EntityType.EVENT)
"""Of labels 1 and 2, 3 and 4, 5 and 6: a name's first word and its others. Events are known, not learnt."""
_NUMBERS = tuple(map(ALL_TYPES.index, TYPES))
_EVENT = 7
NO_EVIDENCE = np.empty((0, LABELS), np.float32)


def find(document: Document, evidence: NDArray[np.float32] = NO_EVIDENCE) -> Table:
    """Spans of names in text order, without overlaps, none across a sentence's end.

    `evidence`: another model's, shape (tokens, LABELS), added to our own scores of each token's labels. So
    the two are one random field, and our transitions judge the sequences of both.
    """
    return _names(document.codes, document.tokens, model(), _memory(), evidence)


@cache
def _memory() -> Memory:
    """Sums of weights of words met before, for this process; it never changes what is found."""
    return fresh_memory()


@compiled
def _names(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    model: Model,
    memory: Memory,
    evidence: NDArray[np.float32],
) -> Table:
    """The spans of every name."""
    lookups, opens = model.lookups, sentence_starts(tokens)
    places = known(lookups.names, tokens)
    scores = emissions(codes, tokens, opens, places, lookups.letters, lookups.lexicons, model.weights, memory)
    if len(evidence):
        scores[:, :LABELS] += evidence
    labels = best_labels(tokens, opens, scores, model.transitions)
    _put_events(opens, places, labels)
    names = names_of(opens, labels)
    spans = np.empty((4, len(names)), np.int32)
    for i in range(len(names)):
        spans[0, i], spans[1, i] = tokens.starts[names[i, 0]], tokens.ends[names[i, 1] - 1]
        spans[2, i], spans[3, i] = _NUMBERS[names[i, 2]], 0
    return spans


@compiled
def _put_events(opens: NDArray[np.bool_], places: NDArray[np.uint8], labels: NDArray[np.int8]) -> None:
    """Known events are events, and so are the names that hold them: "Rugby World Cup"."""
    size = len(labels)
    for token in range(size):
        if places[token] != 2 * EVENT_NAME - 1:
            continue
        first, end = token, token + 1
        while end < size and places[end] == 2 * EVENT_NAME:
            end += 1
        while first > 0 and _goes_on(opens, labels, first) and 0 < labels[first - 1] < _EVENT:
            first -= 1
        while end < size and _goes_on(opens, labels, end):
            end += 1
        labels[first] = _EVENT
        labels[first + 1 : end] = _EVENT + 1


@compiled
def _goes_on(opens: NDArray[np.bool_], labels: NDArray[np.int8], token: int) -> bool:
    """The token is inside a learnt name that began before it in its sentence."""
    label = labels[token]
    return bool(0 < label < _EVENT and label % 2 == 0 and not opens[token])


@compiled
def names_of(opens: NDArray[np.bool_], labels: NDArray[np.int8]) -> NDArray[np.int64]:
    """First token, end token and type of every name of labelled tokens."""
    found = np.empty((len(labels), 3), np.int64)
    count, last = 0, -1
    for token in range(len(labels)):
        label = labels[token]
        kind = (label - 1) // 2 if label else -1
        if kind >= 0 and (label % 2 or kind != last or opens[token]):
            found[count, 0], found[count, 1], found[count, 2] = token, token + 1, kind
            count += 1
        elif kind >= 0:
            found[count - 1, 1] = token + 1
        last = kind
    return found[:count].copy()
