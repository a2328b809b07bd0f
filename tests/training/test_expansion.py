"""The features that training sees are those whose weights the tagger adds up."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.tagging.cut import NEWLINE
from streams.tagging.emissions import emissions
from streams.tagging.keys import NO_KEY
from streams.tagging.lanes import LANES
from streams.tagging.memory import fresh_memory
from streams.tagging.model import known, model
from streams.tagging.sentences import sentence_starts
from streams.tagging.tokens import tokenize
from streams.tagging.weights import row_of
from training.expansion import expand

TEXT = (
    "The mayor of Hamburg, Anna Keller-Voss, told Reuters on Monday that U.S. Steel's 3rd plant in New York "
    "would open.\n\nKELLER: “We shall see,” she said. Hamburg's board (HHB) and the World Cup in Qatar "
    "cost €50m; mayor and board were glad. "
)
WORDS = st.sampled_from([*TEXT.split(), "x", "İ", "\n\n", "--", "Ōsaka", "5-0", "’s"])


def _agree(text: str) -> None:
    document, shipped = tokenize(text), model()
    lookups, weights = shipped.lookups, shipped.weights
    places = known(lookups.names, document.tokens)
    opens = sentence_starts(document.tokens)
    added = emissions(
        document.codes,
        document.tokens,
        opens,
        places,
        lookups.letters,
        lookups.lexicons,
        weights,
        fresh_memory(),
    )
    listed = expand(document.codes, document.tokens, places, lookups.letters, lookups.lexicons)
    expected = np.zeros((len(listed), LANES))
    for token, keys in enumerate(listed):
        for key in keys[keys != NO_KEY]:
            expected[token] += weights.table[row_of(weights, key)]
    words = (document.tokens.marks & NEWLINE) == 0  # a line break is no word and gets no label
    np.testing.assert_allclose(added[words], expected[words], atol=2e-3)


def test_the_tagger_adds_up_the_weights_of_the_features_that_training_lists() -> None:
    _agree(TEXT)


@given(st.lists(WORDS, min_size=1, max_size=40))
def test_so_it_does_for_any_row_of_words(words: list[str]) -> None:
    _agree(" ".join(words))
