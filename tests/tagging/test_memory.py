"""What the finder remembers of words never changes the scores it gives."""

import numpy as np
import pytest

from streams.tagging.emissions import emissions
from streams.tagging.memory import Memory, fresh_memory, with_room
from streams.tagging.model import known, model
from streams.tagging.sentences import sentence_starts
from streams.tagging.tokens import tokenize
from streams.tagging.weights import LABELS

TEXTS = [
    f"{name} of {place} met the board of {firm} Inc. on Monday.\nThe {place} plant would open, {name} said."
    for name in ("Anna Keller", "Mr Zedrik", "al-Hamid")
    for place in ("Hamburg", "New York", "Ōsaka")
    for firm in ("Brightwater", "HHB", "U.S. Steel")
]


def _scores(text: str, memory: Memory) -> np.ndarray:
    document, lookups = tokenize(text), model().lookups
    tokens, places = document.tokens, known(lookups.names, document.tokens)
    letters, lexicons, weights = lookups.letters, lookups.lexicons, model().weights
    opens = sentence_starts(tokens)
    return emissions(document.codes, tokens, opens, places, letters, lexicons, weights, memory)[:, :LABELS]


@pytest.mark.parametrize("bits", [5, 6, 7])
def test_a_memory_that_is_emptied_or_too_small_gives_the_same_scores(bits: int) -> None:
    small, large = fresh_memory(bits), fresh_memory(12)
    for text in TEXTS:
        np.testing.assert_array_equal(_scores(text, small), _scores(text, large))


def test_words_met_stay_while_there_is_room_for_the_next_text() -> None:
    memory = fresh_memory(8)
    _scores(TEXTS[0], memory)
    held = int(memory.counts[0])
    assert with_room(memory, 20).counts[0] == held > 0
    assert with_room(memory, 170).counts[0] == 0
