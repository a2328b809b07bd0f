"""Hard-wrapped text."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.flat.shapes import measured
from streams.cleaning.flat.wrapping import may_be_wrapped, unwrap
from streams.code_points import codes_of
from tests.cleaning.languages import BODIES
from tests.cleaning.samples import PARAGRAPHS

WIDTHS = (60, 72, 80)


def wrapped(paragraph: str, width: int) -> str:
    return textwrap.fill(paragraph, width, break_on_hyphens=False)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["de", "fr", "ru", "ar", "hi"])
def test_wrapped_paragraphs_become_whole_in_any_language_with_spaces(language: str, width: int) -> None:
    text = "\n\n".join(wrapped(paragraph, width) for paragraph in BODIES[language])
    assert unwrap(text) == "\n\n".join(BODIES[language])


def test_paragraphs_that_only_a_short_last_line_tells_apart_stay_apart() -> None:
    """Mail often has no blank lines."""
    whole = [f"{PARAGRAPHS[1]} {PARAGRAPHS[3]} So it will.", f"{PARAGRAPHS[0]} {PARAGRAPHS[1]} So it was."]
    assert unwrap("\n".join(wrapped(paragraph, 66) for paragraph in whole)) == "\n".join(whole)


def test_a_wrapped_block_within_a_page_is_joined_and_the_menu_is_not() -> None:
    page = f"World\nPolitics\nSport\n\n{wrapped(PARAGRAPHS[1], 66)}\n\n{PARAGRAPHS[3]}"
    assert unwrap(page) == f"World\nPolitics\nSport\n\n{PARAGRAPHS[1]}\n\n{PARAGRAPHS[3]}"


@pytest.mark.parametrize(
    "lines",
    [
        "World\nPolitics\nSport\nBusiness",
        "\n".join(f"The council has decided about the harbour bridge number {n} again." for n in range(4)),
        "\n".join(f"Council Decides About the Harbour Bridge Number {n} Tonight" for n in range(9)),
        "\n".join(PARAGRAPHS),
    ],
)
def test_lists_menus_and_paragraphs_in_one_line_stay_as_they_are(lines: str) -> None:
    assert unwrap(lines) == lines


@given(st.text(alphabet="aB .\n", max_size=400))
def test_no_word_is_lost_or_joined_to_another(text: str) -> None:
    assert unwrap(text).split() == text.split()


@given(st.lists(st.sampled_from(["", " ", "a" * 60, "b " * 31, "Word " * 12, "x" * 101, "end."]), max_size=9))
def test_what_cannot_be_wrapped_is_left_as_it_is(lines: list[str]) -> None:
    text = "\n".join(lines)
    _, longest, parted, adjacent = measured(text, codes_of(text))
    assert may_be_wrapped(longest, parted, adjacent) or unwrap(text) == text
