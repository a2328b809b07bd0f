"""Probabilities of labels by forward-backward."""

from itertools import product

import numpy as np

from streams.tagging.model import model
from streams.tagging.tokens import tokenize
from streams.tagging.weights import LABELS
from training.marginals import probabilities, scores_of


def test_they_are_those_of_all_sequences_counted_out() -> None:
    document, own = tokenize("Ada met Bo\n"), model()
    scores, moves = scores_of(document, own).astype(float), own.transitions.astype(float)
    counted = np.zeros((3, LABELS))
    for labels in product(range(LABELS), repeat=3):
        at = scores[range(3), labels].sum() + moves[labels[:-1], labels[1:]].sum()
        for token, label in enumerate(labels):
            counted[token, label] += np.exp(at)
    found = probabilities(document)
    np.testing.assert_allclose(found[:3], counted / counted[0].sum(), rtol=1e-3, atol=1e-6)
    assert found[3].tolist() == [1, 0, 0, 0, 0, 0, 0]
