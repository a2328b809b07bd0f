"""What is refused before a parser sees it, and what must not be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.guard import MAX_ATTRIBUTES, MAX_NESTING, refuse_markup, refuse_text
from streams.events import Failed
from streams.vocabulary import FailureReason
from tests.cleaning.samples import PAGE


def reason(result: Failed | None) -> FailureReason | None:
    return result.reason if result else None


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (PAGE, None),
        ("<div>" * MAX_NESTING + "</div>" * MAX_NESTING, None),
        ("<div>" * (MAX_NESTING + 1), FailureReason.NESTING),
        ("<DIV\n class='a>b'>" * (MAX_NESTING + 1), FailureReason.NESTING),
        ("<p>text" * 5_000, None),
        ("<ul>" + "<li>item" * 5_000 + "</ul>", None),
        ("<br>" * 300, None),
        ("<br>" * 500_000, FailureReason.TOO_LARGE),
        ("<i></i>" * 100_000, FailureReason.TOO_LARGE),
        ("<p " + "a=1 " * (MAX_ATTRIBUTES + 1) + ">", FailureReason.TOO_LARGE),
        ("<p " + "a/" * 100_000 + ">", FailureReason.TOO_LARGE),
        # one attribute of 300 kB of JSON, as news sites have them
        ("<div data-videos='" + '{"id": 1, "title": "a b"} ' * 12_000 + "'>", None),
        ("".join(f"<b id={n}>" for n in range(400)) + "<p>x" * 5_000, FailureReason.NESTING),
        ("<script>" + "document.write('<div><br>');" * 600 + "</script>", None),
        ("<!--" + "<div>" * 600 + "-->", None),
        ("<!-->" + "<div>" * 600 + "-->", FailureReason.NESTING),
    ],
)
def test_markup_is_refused_by_what_it_would_cost(page: str, expected: FailureReason | None) -> None:
    assert reason(refuse_markup(page)) is expected


@pytest.mark.parametrize("unit", ["<", "<a ", "<!--", "<a b='", '="', "<script>", "</", "<a b=\"c' "])
def test_the_guard_is_linear_in_hostile_repeats(unit: str) -> None:
    """A quadratic pass over 4 MB would run into the time limit of the test."""
    refuse_markup(unit * (4_000_000 // len(unit)))


def test_bytes_count_not_characters() -> None:
    assert refuse_text("é" * 2_000_000) is None
    assert reason(refuse_text("é" * 2_000_001)) is FailureReason.TOO_LARGE


def test_a_lone_surrogate_anywhere_is_an_encoding_failure() -> None:
    assert reason(refuse_text("https://a.example/\udc80", None)) is FailureReason.ENCODING


@given(st.text(alphabet="<>/!-abp ='\"\n"))
def test_the_guard_never_raises(page: str) -> None:
    refuse_markup(page)
