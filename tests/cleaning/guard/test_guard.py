# ruff: noqa: E501, RUF005 -- tables read best whole
"""What is refused before a parser sees it, and what must not be."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.guard import LIMITS, may_fall_back, measure_markup, refuse_markup, refuse_text
from streams.cleaning.page.markup import STRIPPED
from streams.events import Failed
from streams.vocabulary import FailureReason
from tests.cleaning.samples import PAGE
from tests.cleaning.soups import NAMES, PLAIN, soup

# Lexbor may build this much deeper than measured: bits of the standard that are not worth their code
SLACK, SHARE = 8, 1.25


def reason(result: Failed | None) -> FailureReason | None:
    return result.reason if result else None


def built(page: str) -> tuple[int, int]:
    """Depth and number of the elements that Lexbor makes of a page."""
    deepest = count = 0
    rest: list[tuple[Any, int]] = [(LexborHTMLParser(page).root, 1)]
    while rest:
        node, depth = rest.pop()
        while node is not None:
            if node.is_element_node:
                count, deepest = count + 1, max(deepest, depth)
                if node.child is not None:
                    rest.append((node.child, depth + 1))
            node = node.next
    return deepest, count


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (PAGE, None),
        ("<div>" * (LIMITS.depth - 2) + "</div>" * LIMITS.depth, None),
        ("<div>" * (LIMITS.depth - 1), FailureReason.NESTING),
        ("<DIV\n class='a>b'>" * LIMITS.depth, FailureReason.NESTING),
        ("</x><div>" * LIMITS.depth, FailureReason.NESTING),
        ("<table><td>" * 200, FailureReason.NESTING),
        ("<svg><style>" + "<g>" * LIMITS.depth, FailureReason.NESTING),
        ("<frameset><script>" + "<frameset>" * LIMITS.depth, FailureReason.NESTING),
        ("<p>text" * 5_000, None),
        ("<ul>" + "<li>item" * 5_000 + "</ul>", None),
        ("<a name=x>" * 5_000, None),
        ("<table>" + "<tr><td><font>cell" * 5_000 + "</table>", None),
        ("<div>" + "<b><p>text</b>" * 5_000 + "</div>", None),
        ("<br>" * 300, None),
        ("<br>" * 500_000, FailureReason.TOO_LARGE),
        ("<i></i>" * 100_000, FailureReason.TOO_LARGE),
        ("<p " + "a=1 " * (LIMITS.attributes + 1) + ">", FailureReason.TOO_LARGE),
        ("<p " + "a/" * 100_000 + ">", FailureReason.TOO_LARGE),
        ("".join(f"<body a{n}=1>" for n in range(LIMITS.attributes + 1)), FailureReason.TOO_LARGE),
        ("<select>" + "<option>x" * (LIMITS.options + 1), FailureReason.TOO_LARGE),
        # one attribute of 300 kB of JSON, as news sites have them
        ("<div data-videos='" + '{"id": 1, "title": "a b"} ' * 12_000 + "'>", None),
        ("<p>" + "".join(f"<b id={n}>" for n in range(400)) + "<p>x" * 5_000, FailureReason.TOO_LARGE),
        ("<script>" + "document.write('<div><br>');" * 600 + "</script>", None),
        ("<script><!-- <script>" + "<div>" * 600 + "</script>" + "<div>" * 600 + "--></script>", None),
        ("<!--" + "<div>" * 600 + "-->", None),
        ("<!-->" + "<div>" * 600 + "-->", FailureReason.NESTING),
    ],
)
def test_markup_is_refused_by_what_it_would_cost(page: str, expected: FailureReason | None) -> None:
    assert reason(refuse_markup(measure_markup(page))) is expected


def test_the_measures_of_a_page() -> None:
    page = "<p class=a id=b>One <b>two</b> <i>three</i><br>four <b>five</b></p><table><tr><td><table></table>"
    measures = measure_markup(page)
    assert measures.size == len(page)
    assert (measures.tags, measures.breaks, measures.attributes) == (9, 1, 2)
    assert (measures.tables, measures.line, measures.text) == (2, 2, 5)
    assert (measures.depth, measures.built) == built(page) == (7, 13)


@pytest.mark.parametrize(
    ("page", "may"),
    [
        (PAGE, True),
        (PAGE.replace("<p>", "<p>" + "<span>word</span> " * 2_100, 1), False),
        (PAGE.replace("<p>", "<p>" + "<span>word</span> <br>" * 2_100, 1), True),
        ("<div>" * 160 + PAGE, False),
        ("<p>word</p>" * 11_000, False),
    ],
)
def test_only_pages_that_trafilatura_reads_soon_may_fall_back(page: str, may: bool) -> None:
    assert may_fall_back(measure_markup(page)) is may


@settings(max_examples=200)
@given(soup(PLAIN))
def test_of_ordinary_elements_the_guard_knows_what_lexbor_builds(page: str) -> None:
    """However they are nested and left open; "ordinary" are those without rules that need more than a name."""
    depth, elements = built(page)
    measures = measure_markup(page)
    assert depth <= measures.depth
    assert elements <= measures.built


@settings(max_examples=400, derandomize=True)  # what the slack holds is measured, not proven
@given(soup())
@example("<select><optgroup><option><ul></option><b>" * 40)
@example("<svg><foreignobject><math><mi><p><svg></p>" * 40)
def test_of_any_soup_lexbor_builds_little_more_than_the_guard_saw(page: str) -> None:
    depth, _ = built(page)
    measures = measure_markup(page)
    assert depth <= SHARE * measures.depth + SLACK or refuse_markup(measures)


@settings(max_examples=400)
@given(soup((*NAMES, *STRIPPED)))
@example("<svg><font x><style></svg><script>not within the style to Lexbor</script>")
@example("<math><annotation-xml><style></math><script>not within the style to Lexbor</script>")
@example("<svg><font x><plaintext></svg><canvas>")
def test_of_any_soup_the_guard_met_all_that_is_to_be_taken_out(page: str) -> None:
    """Else it would stay in the page that is written out."""
    tree = LexborHTMLParser(page)
    found = {node.tag for node in tree.css(", ".join(STRIPPED))}
    assert found <= {*measure_markup(page).met, "head"}


@pytest.mark.parametrize(
    "unit",
    ["<", "<a ", "<!--", "<a b='", '="', "<script>", "</", "<a b=\"c' ", "<svg><![CDATA[", "<frameset>", "<script><!--"]
    + ["<p><b></div>", "<table><td></p>", "<b id=1><p></i>", "<li><span></ul>", "</b></i>", "<select><input>"],
)  # fmt: skip
def test_the_guard_is_linear_in_hostile_repeats(unit: str) -> None:
    """A quadratic pass over 4 MB would run into the time limit of the test."""
    measure_markup(unit * (4_000_000 // len(unit)))


@pytest.mark.parametrize(
    ("before", "unit"),
    [("<frameset>", "a"), ("<frameset>", "<a"), ("<" + "y" * 4_000_000 + ">", "</z>")]
    + [(("<" + "y" * 2_000 + ">") * 500, "</z>"), ("<x>" * 500, "</yy>"), ("<x>" * 1_000, "</y>")]
    + [("<svg>" + "<x>" * 500, "</y>"), ("<svg>" + ("<" + "y" * 2_000 + ">") * 500, "</z>")]
    + [("<x><div>" + "<y>" * 500, "</x>"), ("<x>" * 500, "</h1>"), ("<x>" * 500, "<x></x>")],
)  # fmt: skip
def test_the_guard_is_linear_behind_a_hostile_beginning(before: str, unit: str) -> None:
    """Whatever is open when the repeats begin."""
    measure_markup(before + unit * (4_000_000 // len(unit)))


@pytest.mark.parametrize(
    ("page", "depth"),
    [
        ("<x-y><X-Z></x-Y><i><i><i>", 5),
        ("<x-y></x-z><i><i><i>", 6),
        ("<x-y></x-yy></x-><i><i><i>", 6),
        ("<x><div></x><i><i><i>", 7),
        ("<svg><g><X></x></G></svg><i><i><i>", 5),
        ("<svg><g></x><g></svg><i><i><i>", 5),
    ],
)
def test_an_end_tag_closes_the_open_element_of_its_name(page: str, depth: int) -> None:
    assert measure_markup(page).depth == built(page)[0] == depth


def test_framesets_are_counted_by_their_start_tags() -> None:
    assert measure_markup("<frameset><FRAMESET cols=1></frameset> frameset <framesets>").depth == 4


def test_bytes_count_not_characters() -> None:
    assert refuse_text("é" * 2_000_000) is None
    assert reason(refuse_text("é" * 2_000_001)) is FailureReason.TOO_LARGE


def test_a_lone_surrogate_anywhere_is_an_encoding_failure() -> None:
    assert reason(refuse_text("https://a.example/\udc80", None)) is FailureReason.ENCODING


@given(st.text(alphabet="<>/!-abp[]CDAT ='\"\n"))
def test_the_guard_never_raises(page: str) -> None:
    refuse_markup(measure_markup(page))
