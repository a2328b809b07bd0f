# ruff: noqa: E501 -- sample texts read best whole
"""The line model: structure decides, words only add."""

import numpy as np
import pytest

from streams.cleaning import flat
from streams.cleaning.flat import Flattened, context, lines, read_flat, surroundings
from streams.cleaning.flat.header import Known
from streams.cleaning.flat.lexicon import furniture
from streams.cleaning.flat.linemodel import MODEL, choose, expected_f1
from streams.cleaning.flat.shapes import shapes
from streams.cleaning.trees import MODELS, load
from streams.vocabulary import RemovedReason as Reason
from tests.cleaning.languages import BODIES, MENUS
from tests.cleaning.samples import PARAGRAPHS

LANGUAGES = sorted(BODIES)


def page(language: str, joint: str = "\n\n") -> Flattened:
    menu = "\n".join(MENUS[language])
    return read_flat(f"{menu}\n\n{joint.join(BODIES[language])}\n\n{menu}", Known())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("joint", ["\n\n", "\n"])
def test_the_body_is_found_between_menus_in_any_language(language: str, joint: str) -> None:
    assert page(language, joint).paragraphs == BODIES[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_lexicon_the_body_is_the_same(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "furniture", lambda *_: None)
    assert page(language).paragraphs == BODIES[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("joint", ["\n\n", "\n", " "])
def test_an_article_alone_loses_nothing(language: str, joint: str) -> None:
    assert " ".join(read_flat(joint.join(BODIES[language]), Known()).paragraphs) == " ".join(BODIES[language])


@pytest.mark.parametrize(
    "line",
    [
        "Post en veerboot kwamen vrijdag weer samen op de kade, met twitter en het hele bestuur erbij.",
        "Links sahen die Leute den Fluss, und more was auch immer folgte, stand in den privacy settings der Stadt.",
    ],
)
def test_words_of_the_lexicon_drop_no_prose_of_another_language(line: str) -> None:
    text = "\n\n".join([*BODIES["de"][:2], line, *BODIES["de"][2:]])
    assert furniture(line.lower()) is not None
    assert line in read_flat(text, Known()).paragraphs


def test_a_list_and_a_transcript_within_an_article_stay() -> None:
    votes = ["Oldhaven: 1,204", "Marsh Point: 865", "Grey Point: 377", "North Quay: 41"]
    talk = ["ida marlow", "Did you sell the boat?", "piet hansen", "We did.", "ida marlow", "When?"]
    text = [*PARAGRAPHS, *votes, PARAGRAPHS[1] + " Again.", *talk, PARAGRAPHS[3] + " Perhaps."]
    assert read_flat("\n\n".join(text), Known()).paragraphs == tuple(text)


def test_what_the_model_alone_drops_is_named_by_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    likely = np.array([0.1, 0.9, 0.2, 0.9, 0.1])
    monkeypatch.setattr(flat, "probabilities", lambda *_: likely)
    text = "\n".join(["Above all", PARAGRAPHS[0], "In between", PARAGRAPHS[1], "Down below"])
    found = read_flat(text, Known())
    assert found.paragraphs == PARAGRAPHS[:2]
    assert [line.reason for line in found.removed] == [
        Reason.ABOVE_BODY,
        Reason.WITHIN_BODY,
        Reason.BELOW_BODY,
    ]


def test_confidence_is_the_f1_to_expect() -> None:
    rows = shapes("\n".join(["one two three four five six seven eight nine ten"] * 4))
    likely = [1.0, 1.0, 0.5, 0.0]
    _, _, kept = choose(np.array(likely), rows)
    assert kept.tolist() == [True, True, True, False]
    words, reason = rows["words"].tolist(), Reason.WITHIN_BODY
    assert expected_f1(likely, words, [None, None, None, reason]) == pytest.approx(2 * 2.5 / (3 + 2.5))
    assert expected_f1(likely, words, [reason] * 4) == 0.0


def test_a_line_of_the_menu_above_does_not_end_the_body() -> None:
    menu = "News Sport Culture"
    rows = shapes("\n".join([menu, PARAGRAPHS[0], PARAGRAPHS[1], "Travel", menu]))
    start, end, kept = choose(np.array([0.1, 0.9, 0.9, 0.3, 0.9]), rows)
    assert (start, end) == (1, 3)
    assert kept.tolist() == [False, True, True, False, False]


def test_the_stored_trees_look_at_the_columns_that_are_made() -> None:
    assert load(MODELS / MODEL, "first").names == surroundings.NAMES
    assert load(MODELS / MODEL, "second").names == (*context.NAMES, *surroundings.NAMES)


def test_a_text_without_lines_has_no_body() -> None:
    assert read_flat("\n \n", Known()).paragraphs == ()
