# ruff: noqa: E501 -- sample texts and tables read best whole
"""The language of a text."""

from inspect import unwrap

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from streams.cleaning.language import _SAME, MEMORY, STATES, _model, _tables, classify, language_of
from streams.cleaning.sparse import add_rows, move, weights_of
from streams.vocabulary import LANGUAGES
from tests.cleaning.samples import PARAGRAPHS

GERMAN = (
    "Die Fähre hat am Freitag zum ersten Mal seit elf Jahren wieder Fahrgäste über den Fluss gebracht, wie das"
    " Hafenamt am Abend mitteilte."
)


@pytest.mark.parametrize(("text", "code"), [(PARAGRAPHS[0], "en"), (GERMAN, "de")])
def test_a_text_of_some_length_speaks_for_itself(text: str, code: str) -> None:
    found = language_of(text, "fr")
    assert found is not None
    assert found.code == code
    assert found.confidence > 0.6


@pytest.mark.parametrize("hint", ["de", "de-AT", "DE_de"])
def test_a_hint_decides_a_short_text(hint: str) -> None:
    found = language_of("Sport in Zürich", hint)
    assert found is not None
    assert found.code == "de"


@pytest.mark.parametrize("hint", ["english", "x", "", "??"])
def test_a_hint_that_is_no_code_is_ignored(hint: str) -> None:
    assert language_of(GERMAN, hint) == language_of(GERMAN)


def test_another_instance_of_the_library_does_not_change_the_result() -> None:
    import py3langid

    py3langid.set_languages(["fr", "it"])
    try:
        found = language_of(GERMAN)
    finally:
        py3langid.set_languages(None)
    assert found is not None
    assert found.code == "de"


@pytest.fixture(scope="module")
def library() -> LanguageIdentifier:
    """The library itself, with the same choice of languages."""
    from streams.cleaning.language import _model

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(_model().codes))
    return identifier


@given(
    st.text(max_size=300)
    | st.sampled_from([GERMAN, GERMAN.upper(), *PARAGRAPHS, "", "日本語です。", "1 2 3"])
)
def test_our_reading_of_the_model_is_the_librarys(library: LanguageIdentifier, text: str) -> None:
    code, confidence = library.classify(text)
    ours = classify(text)
    assert ours[1] == pytest.approx(confidence, abs=1e-4)
    assert ours[0] == code or ours[1] == pytest.approx(library.rank(text)[1][1], abs=1e-4)  # a tie


def test_the_automaton_forgets_what_is_further_back_than_its_memory() -> None:
    """So parts of a text can be read side by side, each from so many letters before its beginning."""
    moves = _tables()[0]
    text = np.frombuffer((GERMAN + PARAGRAPHS[0] + "日本語です。Ελλάδα").encode(), np.uint8)
    for start in range(0, len(text) - MEMORY, 7):
        reached = set()
        for first in range(0, len(moves.rows), 997):
            row = np.uint64(first)
            for letter in text[start : start + MEMORY]:
                state = moves.states[move(moves.rows, row, np.uint64(letter))]
                row = np.uint64(int(state) // STATES)
            reached.add(int(state))
        assert len(reached) == 1


def test_an_automaton_that_remembers_more_or_less_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another py3langid's, by whose parts we would read other languages."""
    monkeypatch.setattr("streams.cleaning.language.MEMORY", MEMORY - 1)
    with pytest.raises(ValueError, match=f"looks {MEMORY} letters back"):
        unwrap(_model)()


def test_the_listed_languages_are_those_that_a_text_may_be_found_to_be_in() -> None:
    """Metrics have a series for each; a code beside them is one that somebody declared."""
    codes = {_SAME.get(code, code) for code in _model().codes}
    assert sorted(code for code in codes if len(code) == 2) == list(LANGUAGES)


@given(st.integers(1, 112), st.integers(0, 2**32 - 1), st.sampled_from([0, 4, 8]))
def test_sparse_weights_are_the_whole_tables(columns: int, seed: int, whole: int) -> None:
    """However far apart the columns stand that differ from the usual, and however many rows are kept whole."""
    random = np.random.default_rng(seed)
    table = np.where(random.random((8, columns)) < random.random(), 1.5, random.integers(-9, 9, (8, columns)))
    weights = weights_of(table.astype(np.float16), whole)
    found = np.zeros(columns)
    add_rows(weights, np.array([3, 5]), np.array([2.0, 1.0]), found)
    assert (found + 3 * weights.usual).tolist() == pytest.approx((2 * table[3] + table[5]).tolist())
