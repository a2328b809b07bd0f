"""Salience rises with mentions and with an early entrance."""

from hypothesis import example, given
from hypothesis import strategies as st

from streams.tagging.salience import _rounded, salience
from tests.tagging.articles import tagged


def test_more_mentions_weigh_more() -> None:
    assert salience(5, 9, 4, False) > salience(1, 9, 4, False)


def test_an_earlier_entrance_weighs_more() -> None:
    assert salience(3, 9, 1, False) > salience(3, 9, 8, False)


def test_the_headline_weighs_as_the_first_sentence() -> None:
    assert salience(3, 9, 8, True) == salience(3, 9, 0, False)


def test_the_most_frequent_entity_in_the_lead_is_1() -> None:
    assert salience(9, 9, 0, False) == 1.0


def test_what_the_article_is_about_comes_first() -> None:
    event = tagged("Ukraine signed. Ukraine rejoiced.\n\nLater France and Ukraine spoke of Spain.")
    assert event.entities[0].name == "Ukraine"


@given(st.floats(0, 1))
@example(0.00005)
@example(0.12345)
@example(0.99995)
def test_it_is_rounded_as_python_rounds(share: float) -> None:
    assert _rounded(share) == round(share, 4)
