"""Spans as tables and columns."""

from bisect import bisect_right
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from streams.code_points import codes_of
from streams.tagging.sentences import sentences_at
from streams.tagging.spans import Span, columns_of, spans_in, table_of, without_overlaps
from streams.tagging.surfaces import distinct
from streams.tagging.tokens import tokenize
from streams.vocabulary import EntityType

TEXT = "Ana (Bo) Ana (B) Ana Bo (Ana)"
SPANS = st.lists(
    st.builds(
        lambda start, size, kind, titled: Span(start, min(start + size, len(TEXT)), kind, titled),
        st.integers(0, len(TEXT) - 1),
        st.integers(1, 8),
        st.sampled_from(EntityType),
        st.booleans(),
    )
)


@given(SPANS)
def test_a_table_holds_what_the_spans_do(spans: list[Span]) -> None:
    assert spans_in(table_of(spans)) == spans


@given(SPANS)
def test_columns_settle_as_spans_without_overlaps(spans: list[Span]) -> None:
    settled = columns_of(TEXT, spans).settled()
    kept = without_overlaps(spans)
    assert settled == columns_of(TEXT, kept)


@given(SPANS, st.integers(0, 8))
def test_a_span_is_put_where_it_stands(spans: list[Span], count: int) -> None:
    kept = without_overlaps(spans)
    columns = columns_of(TEXT, kept[:count])
    for start, end, kind, titled in reversed(kept[count:]):
        columns.put(start, end, kind, titled, TEXT[start:end])
    assert columns.settled() == columns_of(TEXT, kept)


@given(SPANS)
def test_each_surface_is_told_once(spans: list[Span]) -> None:
    """With its most frequent type, of equals the first, and whether a bracket follows it."""
    surfaces = [TEXT[start:end] for start, end, _, _ in spans]
    numbers, found = distinct(codes_of(TEXT), table_of(spans))
    starts, ends, types, defining = found.tolist()
    once = list(dict.fromkeys(surfaces))
    assert [TEXT[start:end] for start, end in zip(starts, ends, strict=True)] == once
    assert [once[number] for number in numbers] == surfaces
    for number, surface in enumerate(once):
        votes = Counter(span.type for span, other in zip(spans, surfaces, strict=True) if other == surface)
        assert tuple(EntityType)[types[number]] is votes.most_common(1)[0][0]
        ending = [span.end for span, other in zip(spans, surfaces, strict=True) if other == surface]
        assert defining[number] == any(TEXT.startswith(" (", end) for end in ending)


@given(st.text("A. \n", max_size=30), st.lists(st.integers(0, 30)))
def test_a_place_is_in_the_sentence_of_the_token_before_it(text: str, places: list[int]) -> None:
    tokens = tokenize(text).tokens
    found = sentences_at(tokens.starts, tokens.sentences, np.array(places, np.int32)).tolist()
    befores = [max(bisect_right(tokens.starts.tolist(), place) - 1, 0) for place in places]
    assert found == [tokens.sentences[before] if len(tokens.starts) else 0 for before in befores]
