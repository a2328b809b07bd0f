"""What lines look like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.flat.shapes import COLON, LOWER, RUN_ON, STOP, UPPER, shapes
from streams.cleaning.text import normalise, word_count
from tests.cleaning.languages import BODIES


@given(st.text(max_size=300).map(normalise))
def test_every_line_that_is_not_blank_has_a_shape_with_its_bounds(text: str) -> None:
    bounds = [text[row["start"] : row["end"]] for row in shapes(text)]
    assert bounds == [line.strip() for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("language", sorted(BODIES))
def test_words_are_those_of_the_text_module(language: str) -> None:
    for line, row in zip(BODIES[language], shapes("\n".join(BODIES[language])), strict=True):
        assert abs(row["words"] - word_count(line)) <= 1  # marks between ideographs are no words there


@pytest.mark.parametrize(
    ("line", "last"),
    [
        ("“Yes,” he said.”", STOP),
        ("恢复运营。", STOP),
        ("शुरू हो गई।", STOP),
        ("هل عاد؟", STOP),
        ("(It did.)", STOP),
        ("He said:", COLON),
        ("Related stories", LOWER),
    ],
)
def test_sentences_end_in_any_script(line: str, last: int) -> None:
    assert shapes(line)["last"].tolist() == [last]


def test_blank_lines_and_indents_are_counted() -> None:
    rows = shapes("First\n\n\n  second\nthird")
    assert rows["blank"].tolist() == [3, 2, 0]
    assert rows["indent"].tolist() == [0, 2, 0]


def test_capitals_count_where_a_script_has_them() -> None:
    latin, ideographs = shapes("The Harbour Bridge opens\n港口大桥开放。")
    assert (latin["cased"], latin["capitalised"], latin["first"]) == (4, 3, UPPER)
    assert (ideographs["cased"], ideographs["first"]) == (0, RUN_ON)


def test_lines_that_differ_in_their_numbers_only_hash_alike() -> None:
    rows = shapes("12 comments\n7 comments\n34 comments\n12 replies")
    first, second, third, other = rows["hash"].tolist()
    assert first == third
    assert len({first, second, other}) == 3


def test_a_closing_quotation_mark_is_looked_through() -> None:
    assert shapes("“It did.”")["last"].tolist() == [STOP]
    assert shapes("It did (again).")["stops"].tolist() == [0]
    assert shapes("It did. It did! It did.")["stops"].tolist() == [2]


def test_a_line_is_counted_whole_however_long_it_is() -> None:
    """Counts are gathered span by span."""
    row = shapes(("Ab, 1. " * 500).strip())[0]
    counted = ("letters", "uppers", "digits", "commas", "cased", "capitalised", "words", "stops")
    assert [int(row[name]) for name in counted] == [1000, 500, 500, 500, 500, 500, 1000, 499]


def test_spaces_behind_a_space_are_counted() -> None:
    assert shapes("  one two\none  two   three")["doubled"].tolist() == [0, 3]
