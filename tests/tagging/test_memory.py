"""What the finder remembers of words never changes the scores it gives."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from streams.tagging.emissions import emissions
from streams.tagging.memory import Memory, fresh_memory, seals_of, with_room
from streams.tagging.model import known, model
from streams.tagging.sentences import sentence_starts
from streams.tagging.tokens import Document, tokenize
from streams.tagging.weights import LABELS

TEXTS = [
    f"{name} of {place} met the board of {firm} Inc. on Monday.\nThe {place} plant would open, {name} said."
    for name in ("Anna Keller", "Mr Zedrik", "al-Hamid")
    for place in ("Hamburg", "New York", "Ōsaka")
    for firm in ("Brightwater", "HHB", "U.S. Steel")
]
WORD = "Kessler"
FORGED = "\u0417\u0437\u0405\u02cc\u3fb9\u06cd\u012d\u0868\u04d5\u0f6c\u3e52"
"""A word with the key of the other one, found by lattice reduction (LLL) in a second."""
LONG = 10_000_000
"""Characters of a word, for which malloc asks the system anew: 40 MB."""


def _scores(text: str | Document, memory: Memory) -> np.ndarray:
    document, lookups = tokenize(text) if isinstance(text, str) else text, model().lookups
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
    memory, seals = fresh_memory(8), np.arange(170, dtype=np.uint64)
    _scores(TEXTS[0], memory)
    held = int(memory.counts[0])
    assert with_room(memory, seals[:20]).counts[0] == held > 0
    assert with_room(memory, seals).counts[0] == 0


def test_room_is_for_different_words_and_a_larger_memory_has_the_same_secret() -> None:
    memory, numbers = fresh_memory(8), np.arange(100_000, dtype=np.uint64)
    assert len(with_room(memory, numbers % np.uint64(50)).slots) == 1 << 8
    larger = with_room(memory, numbers)
    assert len(larger.slots) == 1 << 18
    assert larger.secret.tolist() == memory.secret.tolist()


def test_words_met_lie_side_by_side() -> None:
    """So a memory takes the pages of as many words as it holds, not those of all that it has room for."""
    document, memory = tokenize(TEXTS[0]), fresh_memory()
    _scores(document, memory)
    assert memory.words[: int(memory.counts[0]), 0].tolist() == list(
        dict.fromkeys(document.tokens.keys.tolist())
    )


@pytest.mark.parametrize("met", [FORGED, WORD])
def test_a_word_is_not_taken_for_another_one_that_has_its_key(met: str) -> None:
    keys = tokenize(f"{WORD} {FORGED}").tokens.keys
    assert len(keys) == 2
    assert keys[0] == keys[1]
    memory = fresh_memory()
    _scores(f"He met {met} today.", memory)
    for word in (WORD, FORGED):
        text = f"Mr {word} came."
        np.testing.assert_array_equal(_scores(text, memory), _scores(text, fresh_memory()))


def test_words_have_other_places_under_another_secret() -> None:
    """Nobody can make many words that crowd into one place."""
    document = tokenize(TEXTS[0])
    one, other = (seals_of(document.codes, document.tokens, fresh_memory()) for _ in range(2))
    assert not np.isin(one, other).any()


def test_a_long_word_takes_no_more_memory_than_others() -> None:
    document, memory = tokenize(f"Mr Smith of A{'b' * LONG} met London."), fresh_memory()
    _scores("He met London.", memory)
    with _little_room():
        scores = _scores(document, memory)
    np.testing.assert_array_equal(scores, _scores(document, fresh_memory()))


@contextmanager
def _little_room() -> Iterator[None]:
    """8 MB of memory more than there is now."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (now,) = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData")]
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, ((now << 10) + (8 << 20), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
