"""The labels of a sentence are those that add up to most."""

from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.tagging.crf import best_labels
from streams.tagging.lanes import LANES
from streams.tagging.sentences import sentence_starts
from streams.tagging.tokens import tokenize
from streams.tagging.weights import LABELS


def _added(labels: tuple[int, ...], scores: np.ndarray, transitions: np.ndarray) -> float:
    moves = sum(transitions[a, b] for a, b in pairwise(labels))
    return float(sum(scores[i, label] for i, label in enumerate(labels)) + moves)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_no_other_labels_of_a_sentence_add_up_to_more(seed: int, size: int) -> None:
    draw = np.random.default_rng(seed)
    scores = draw.normal(size=(size, LANES)).astype(np.float32)
    transitions = draw.normal(size=(LABELS, LABELS)).astype(np.float32)
    tokens = tokenize("word " * size).tokens
    found = tuple(best_labels(tokens, sentence_starts(tokens), scores, transitions).tolist())
    most = max(_added(labels, scores, transitions) for labels in product(range(LABELS), repeat=size))
    assert _added(found, scores, transitions) >= most - 1e-4


def test_a_line_break_is_no_name_and_parts_what_is_beside_it() -> None:
    tokens = tokenize("Anna\nKeller").tokens
    scores = np.zeros((3, LANES), np.float32)
    scores[:, 1] = 1
    transitions = np.zeros((LABELS, LABELS), np.float32)
    transitions[1, 2] = 9
    assert best_labels(tokens, sentence_starts(tokens), scores, transitions).tolist() == [1, 0, 1]
