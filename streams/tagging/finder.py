"""Finds names: a linear-chain CRF over words, their clusters, gazetteers and what the document says.

Another finder may stand in its place: Document in, spans out; the rules that follow stay the same.
"""

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.tagging.crf import best_labels, marginals
from streams.tagging.cut import Tokens, sentence_end
from streams.tagging.emissions import Memory, emissions, fresh_memory
from streams.tagging.features import inside
from streams.tagging.gazetteer import EVENT_NAME
from streams.tagging.model import Model, known, model
from streams.tagging.spans import Span
from streams.tagging.tokens import Document
from streams.vocabulary import EntityType

TYPES = (EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE, EntityType.EVENT)
"""Of labels 1 and 2, 3 and 4, 5 and 6: a name's first word and its others. Events are known, not learnt."""
_EVENT = 7
_memory: Memory | None = None  # sums of weights of words met before; it never changes what is found


def find(document: Document) -> list[Span]:
    """Spans of names in text order, without overlaps, none across a sentence's end."""
    return _spans(document, _names(document.codes, document.tokens, model(), _remembered()))


def find_with(document: Document, evidence: NDArray[np.float32]) -> list[Span]:
    """The same where another model's evidence, shape (tokens, 7), is added to our own scores of each label.

    So the two are one random field: our transitions judge sequences of both models' labels.
    """
    found = _names_with(document.codes, document.tokens, model(), _remembered(), evidence)
    return _spans(document, found)


def probabilities(document: Document) -> NDArray[np.float32]:
    """How probable each label of each token is, shape (tokens, 7): O, then B and I of TYPES."""
    return _marginals(document.codes, document.tokens, model(), _remembered())


def _remembered() -> Memory:
    global _memory
    if _memory is None:
        _memory = fresh_memory()
    return _memory


def _spans(document: Document, found: NDArray[np.int64]) -> list[Span]:
    starts, ends = document.starts, document.ends
    return [Span(starts[first], ends[end - 1], TYPES[kind]) for first, end, kind in found.tolist()]


@compiled
def _names(codes: NDArray[np.uint32], tokens: Tokens, model: Model, memory: Memory) -> NDArray[np.int64]:
    """First token, end token and type of every name, shape (names, 3)."""
    places = known(model.lookups.names, tokens)
    scores = emissions(
        codes, tokens, places, model.lookups.letters, model.lookups.lexicons, model.weights, memory
    )
    return _spelt(tokens, places, scores, model.transitions)


@compiled
def _names_with(
    codes: NDArray[np.uint32],
    tokens: Tokens,
    model: Model,
    memory: Memory,
    evidence: NDArray[np.float32],
) -> NDArray[np.int64]:
    places = known(model.lookups.names, tokens)
    scores = emissions(
        codes, tokens, places, model.lookups.letters, model.lookups.lexicons, model.weights, memory
    )
    return _spelt(tokens, places, scores + evidence, model.transitions)


@compiled
def _spelt(
    tokens: Tokens,
    places: NDArray[np.uint8],
    scores: NDArray[np.float32],
    transitions: NDArray[np.float32],
) -> NDArray[np.int64]:
    labels = best_labels(tokens, scores, transitions)
    _put_events(tokens, places, labels)
    return names_of(tokens, labels)


@compiled
def _put_events(tokens: Tokens, places: NDArray[np.uint8], labels: NDArray[np.int8]) -> None:
    """Known events are events, and so are the names that hold them: "Rugby World Cup"."""
    size = len(labels)
    for token in range(size):
        if places[token] != 2 * EVENT_NAME - 1:
            continue
        first, end = token, token + 1
        while end < size and places[end] == 2 * EVENT_NAME:
            end += 1
        while first > 0 and _goes_on(tokens, labels, first) and 0 < labels[first - 1] < _EVENT:
            first -= 1
        while end < size and _goes_on(tokens, labels, end):
            end += 1
        labels[first] = _EVENT
        labels[first + 1 : end] = _EVENT + 1


@compiled
def _goes_on(tokens: Tokens, labels: NDArray[np.int8], token: int) -> bool:
    """The token is inside a learnt name that began before it in its sentence."""
    label = labels[token]
    return bool(0 < label < _EVENT and label % 2 == 0 and inside(tokens, token, -1))


@compiled
def _marginals(
    codes: NDArray[np.uint32], tokens: Tokens, model: Model, memory: Memory
) -> NDArray[np.float32]:
    places = known(model.lookups.names, tokens)
    scores = emissions(
        codes, tokens, places, model.lookups.letters, model.lookups.lexicons, model.weights, memory
    )
    return marginals(tokens, scores, model.transitions)


@compiled
def names_of(tokens: Tokens, labels: NDArray[np.int8]) -> NDArray[np.int64]:
    """First token, end token and type of every name of labelled tokens."""
    found = np.empty((len(labels), 3), np.int64)
    count, last, end = 0, -1, 0
    for token in range(len(labels)):
        if token >= end:
            end = max(sentence_end(tokens, token), token + 1)
            last = -1
        label = labels[token]
        kind = (label - 1) // 2 if label else -1
        if kind >= 0 and (label % 2 or kind != last):
            found[count, 0], found[count, 1], found[count, 2] = token, token + 1, kind
            count += 1
        elif kind >= 0:
            found[count - 1, 1] = token + 1
        last = kind
    return found[:count].copy()
