"""The kernels that say where rules and expressions are worth trying overlook nothing."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from importlib import import_module

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tagging import qualifiers as expressions
from streams.tagging.beside import AFTER, DEMONYM, POSSESSIVE, TYPE
from streams.tagging.gazetteer import gazetteer
from streams.tagging.located import TITLE
from streams.tagging.spans import Span, spans_in, table_of
from streams.tagging.titles import ANNOUNCING
from streams.tagging.tokens import Document, tokenize
from streams.vocabulary import EntityType

rules = import_module("streams.tagging.proper")  # the package has a function of that name
TEXTS = (
    "Mr Kirby and Mr. Kirby met.",
    "President Kirby met The Hague and The Wagner Group.",
    "It is a Wagner Group.",
    "It is a significant, Criminal Organization, Wagner Group's.",
    "Rugby World Cup $5",
    "Paris French and the Russian",
    "Nordic Grid Authority (NGA) met.",
    "in Paris, Texas and in Paris (Texas) in Texas",
    "India's Punjab, India’s cold north Punjab state",
    "the French port city of Paris, the Texan in Paris\nÎle-de-France",
)
BESIDE = (
    *(
        " Texas",
        "Texas",
        " New York",
        " Tex.",
        " Ont",
        "\U000e0100",
        "s",
        " French",
        "anti-American",
        " USA's",
    ),
    *(
        ", ",
        ",",
        " in ",
        " in",
        " the",
        " (",
        ")",
        " of",
        " and",
        " state",
        " States",
        " mainland China",
        "'s ",
    ),
    *(
        "’s cold",
        " port city of ",
        " which",
        "  ",
        ".",
        "-",
        "_",
        "\n",
        " ",
        "é",
        "É",
        " D.C.",
        " W.Va.",
        "9",
    ),
)


def places(document: Document) -> Iterator[tuple[int, int]]:
    """Every stretch of up to four tokens, with and without its last character."""
    for first, start in enumerate(document.starts):
        for end in document.ends[first : first + 4]:
            yield from ((start, stop) for stop in (end - 1, end) if stop > start)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("kind", EntityType)
def test_rules_change_no_span_that_they_do_not_concern(text: str, kind: EntityType) -> None:
    document, tables = tokenize(text), gazetteer()
    for start, end in places(document):
        found = spans_in(rules.proper(document, table_of([Span(start, end, kind)]), tables))
        first = bisect_right(document.ends, start)
        last = max(first, bisect_left(document.starts, end) - 1)
        everything = np.array([[0, first, last + 1], *announcing(document)])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(rules, "located", lambda *_, concerned=everything: concerned)
            asked = spans_in(rules.proper(document, table_of([Span(start, end, kind)]), tables))
        assert asked == found, text[start:end]


def announcing(document: Document) -> Iterator[list[int]]:
    """Every title and the token behind it or its full stop."""
    words = document.words
    for token, word in enumerate(words[:-1]):
        first = token + 1 + (words[token + 1] == ".")
        if word in ANNOUNCING and first < len(words):
            yield [TITLE, token, first]


def test_spans_beside_one_that_a_rule_changes_stay_as_they_are() -> None:
    text = "Adams left. Then Mr Baker saw Wagner's men, and Clark did not."
    names = ("Adams", "Baker", "Wagner's", "Clark")
    spans = [Span(text.index(name), text.index(name) + len(name), EntityType.PERSON) for name in names]
    found = spans_in(rules.proper(tokenize(text), table_of(spans), gazetteer()))
    assert [(text[start:end], titled) for start, end, _, titled in found] == [
        ("Adams", False),
        ("Baker", True),
        ("Wagner", False),
        ("Clark", False),
    ]


def test_of_spans_some_go_some_stay_and_some_come() -> None:
    """In the order of the spans, and who is announced behind them."""
    text = "US$5 for Nordic Grid Authority (NGA), said Mr Baker of Kyiv."
    kinds = {"US": EntityType.PLACE, "NGA": EntityType.ORGANISATION, "Kyiv": EntityType.PLACE}
    spans = [Span(text.index(name), text.index(name) + len(name), kind) for name, kind in kinds.items()]
    found = spans_in(rules.proper(tokenize(text), table_of(spans), gazetteer()))
    assert [text[start:end] for start, end, _, _ in found] == [
        "NGA",
        "Nordic Grid Authority",
        "Kyiv",
        "Baker",
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_an_expression_finds_areas_only_where_it_is_tried(text: str) -> None:
    document = tokenize(text)
    for start, end in places(document):
        assert_nothing_is_overlooked(document, start, end)


@given(
    st.lists(st.sampled_from(BESIDE) | st.text(max_size=2), max_size=6).map("".join),
    st.lists(st.sampled_from(BESIDE) | st.text(max_size=2), max_size=6).map("".join),
)
def test_no_words_beside_a_name_are_overlooked(before: str, after: str) -> None:
    assert_nothing_is_overlooked(tokenize(f"{before}Paris{after}"), len(before), len(before) + len("Paris"))


def assert_nothing_is_overlooked(document: Document, start: int, end: int) -> None:
    (signs,) = expressions._signs(document, [(start, end)])
    every = expressions._beside(document.text, start, end, AFTER | POSSESSIVE | DEMONYM)
    tried = expressions._beside(document.text, start, end, signs)
    assert list(filter(is_area, tried)) == list(filter(is_area, every))
    assert signs & TYPE or not expressions._TYPE_AFTER.match(document.text, end)


def is_area(words: str) -> bool:
    rows = expressions.larger_places(words, gazetteer())
    return any(gazetteer().atlas.kind[row] in expressions.AREAS for row in rows)
