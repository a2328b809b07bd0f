"""The kernels that say where rules and expressions are worth trying overlook nothing."""

from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tagging import qualifiers as expressions
from streams.tagging.beside import AFTER, DEMONYM, POSSESSIVE, TYPE
from streams.tagging.gazetteer import gazetteer
from streams.tagging.located import ANY, OTHER
from streams.tagging.spans import Span
from streams.tagging.tokens import tokenize
from streams.vocabulary import EntityType

rules = import_module("streams.tagging.proper")  # the package has a function of that name
PIECES = (
    "Mr|.|President|Prime|The|the|a|Wagner|Group|'s|’s|$|(|)|Cup|Russian|French|of|city|state|in|,|and|met|"
    "Kirby|Bank|NGA|Nordic|Grid|Authority|Paris|Texas|India|Île-de-France|\n"
)
WORDS = st.sampled_from(PIECES.split("|"))
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "", "  "])), max_size=14).map(
    lambda words: "".join(word + space for word, space in words)
)
KINDS = st.sampled_from([EntityType.PERSON, EntityType.ORGANISATION, EntityType.PLACE, EntityType.EVENT])


@given(TEXTS, st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), KINDS), max_size=4))
def test_rules_change_no_span_that_they_do_not_concern(
    text: str, drawn: list[tuple[int, int, EntityType]]
) -> None:
    document = tokenize(text)
    spans = [
        Span(start, min(start + length, len(text)), kind)
        for start, length, kind in drawn
        if start < len(text)
    ]
    with pytest.MonkeyPatch.context() as patch:
        found = rules.proper(document, spans, gazetteer())
        located = rules._located(document, spans, gazetteer())
        everything = [[first, end, ANY | OTHER] for first, end, _ in located]
        patch.setattr(rules, "_located", lambda *_: everything)
        assert rules.proper(document, spans, gazetteer()) == found


@given(TEXTS, st.integers(0, 60), st.integers(1, 20))
def test_an_expression_matches_only_where_it_is_tried(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    (signs,) = expressions._signs(tokenize(text), [(start, end)])
    tried = list(expressions._beside(text, start, end, signs))
    every = AFTER | POSSESSIVE | DEMONYM
    assert list(expressions._beside(text, start, end, every)) == tried
    assert signs & TYPE or not expressions._TYPE_AFTER.match(text, end)
