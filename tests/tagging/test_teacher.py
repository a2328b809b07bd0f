"""The teacher tier: labels of tokens from an ONNX model in a folder."""

import json
from pathlib import Path

import numpy as np
import pytest

from streams.tagging.finder import find
from streams.tagging.finders import finder_of
from streams.tagging.spans import spans_in
from streams.tagging.teacher import CARD, LABELS, MODEL, TOKENIZER, Teacher, read_card
from streams.tagging.tiers import Choice, Tier, TierError
from streams.tagging.tokens import tokenize

WORDS = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "ada": 4, "turin": 5, "came": 6, "bank": 7}
LABEL_OF = {"ada": 1, "bank": 3, "turin": 5}
GIVEN = {"version": 1, "labels": LABELS, "window": 16, "marks": ["[CLS]", "[SEP]"], "unknown": "[UNK]"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A teacher that looks each word up: its label gets half of the probability or more."""
    onnx = pytest.importorskip("onnx", reason="onnx, which makes the model, is not installed")
    pytest.importorskip("onnxruntime", reason="the extra `teacher` is not installed")
    tokenizers = pytest.importorskip("tokenizers", reason="the extra `teacher` is not installed")
    path = tmp_path_factory.mktemp("teacher")
    table = np.full((len(WORDS), len(LABELS)), 0.05, np.float32)
    for word, number in WORDS.items():
        table[number, LABEL_OF.get(word, 0)] = 0.7
    helper, kind = onnx.helper, onnx.TensorProto
    inputs = [
        helper.make_tensor_value_info(name, kind.INT64, ["n", "m"]) for name in ("ids", "cases", "mask")
    ]
    output = helper.make_tensor_value_info("probabilities", kind.FLOAT, ["n", "m", len(LABELS)])
    node = helper.make_node("Gather", ["table", "ids"], ["probabilities"])
    graph = helper.make_graph(
        [node], "look-up", inputs, [output], [onnx.numpy_helper.from_array(table, "table")]
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    (path / MODEL).write_bytes(model.SerializeToString())
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordPiece(WORDS, unk_token="[UNK]"))  # noqa: S106
    tokenizer.normalizer = tokenizers.normalizers.Lowercase()
    tokenizer.save(str(path / TOKENIZER))
    (path / CARD).write_text(json.dumps(GIVEN))
    return path


def test_each_token_of_each_document_gets_its_probabilities(folder: Path) -> None:
    texts = ["Ada came to Turin.", "", "\n\nTurin bank\n" * 40]
    documents = [tokenize(text) for text in texts]
    found = Teacher(folder).probabilities(documents)
    for document, rows in zip(documents, found, strict=True):
        assert rows.shape == (len(document.words), len(LABELS))
        assert rows.dtype == np.float32
        np.testing.assert_allclose(rows.sum(1), 1, rtol=1e-5)
        expected = [LABEL_OF.get(word.lower(), 0) for word in document.words]
        assert rows.argmax(1).tolist() == expected


def test_its_name_is_for_the_events(folder: Path) -> None:
    assert Teacher(folder).name == "teacher 1"


def test_a_folder_that_is_no_teacher_is_said_with_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(TierError, match=rf"{MODEL}.*train_teacher\.py"):
        read_card(tmp_path)


@pytest.mark.parametrize("card", ["", "[]", "{}", json.dumps(GIVEN | {"labels": ["O"]})])
def test_a_card_that_does_not_fit_is_refused(tmp_path: Path, card: str) -> None:
    for name in (MODEL, TOKENIZER):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / CARD).write_text(card)
    with pytest.raises(TierError, match=CARD):
        read_card(tmp_path)


def test_a_broken_model_is_one_clear_line(folder: Path, tmp_path: Path) -> None:
    for name in (TOKENIZER, CARD):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / MODEL).write_bytes(b"no model")
    with pytest.raises(TierError, match="build the folder anew"):
        Teacher(tmp_path)


def test_the_tier_weighs_it_beside_our_own_model(folder: Path) -> None:
    """It knows no event, which is found all the same."""
    finder = finder_of(Choice(Tier.TEACHER, str(folder)))
    document = tokenize("They met at the World Cup in Qatar.")
    assert finder.beside == "teacher 1"
    assert spans_in(finder.find(document)) == spans_in(find(document))


def test_long_words_are_not_remembered(folder: Path) -> None:
    """Articles made of them would fill gigabytes."""
    teacher = Teacher(folder)
    teacher.probabilities([tokenize(f"Ada came to {'turin' * 100}")])
    assert set(teacher._remembered) == {"Ada", "came", "to"}
