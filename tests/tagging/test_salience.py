"""Salience rises with mentions and with an early entrance."""

from math import exp, log1p

from hypothesis import example, given
from hypothesis import strategies as st

from streams.tagging.salience import _rounded, saliences
from tests.tagging.articles import tagged


def test_more_mentions_weigh_more() -> None:
    more, fewer, _ = saliences([5, 1, 9], [4, 4, 0])
    assert more > fewer


def test_an_earlier_entrance_weighs_more() -> None:
    earlier, later, _ = saliences([3, 3, 9], [1, 8, 0])
    assert earlier > later


def test_the_headline_weighs_as_the_first_sentence() -> None:
    event = tagged("It rained. France won. So it was.", headline="France won")
    first = tagged("France won. France cheered.")
    assert event.entities[0].salience == first.entities[0].salience == 1.0


def test_the_most_frequent_entity_in_the_lead_is_1() -> None:
    assert saliences([9, 3], [0, 0])[0] == 1.0


@given(st.integers(1, 2_000), st.integers(0, 20_000))
@example(1, 79)
@example(1, 80)
@example(1, 81)
def test_the_opening_s_weight_decays_with_the_sentences(count: int, entrance: int) -> None:
    share = 0.5 * log1p(count) + exp(-entrance / 2) + (entrance == 0)
    assert saliences([2_000, count], [0, entrance])[1] == round(share / (0.5 * log1p(2_000) + 2), 4)


def test_what_the_article_is_about_comes_first() -> None:
    event = tagged("Ukraine signed. Ukraine rejoiced.\n\nLater France and Ukraine spoke of Spain.")
    assert event.entities[0].name == "Ukraine"


@given(st.floats(0, 1))
@example(0.00005)
@example(0.12345)
@example(0.99995)
def test_it_is_rounded_as_python_rounds(share: float) -> None:
    assert _rounded(share) == round(share, 4)
