"""Which other occurrences of a name are found, and which are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.tagging.gazetteer import gazetteer
from streams.tagging.names import Names
from streams.tagging.occurrences import NO_SURFACES, occurrences
from streams.tagging.recall import take_again
from streams.tagging.rules import SHORT_TEXT, recall, settle
from streams.tagging.shouting import SHOUTED, shouts
from streams.tagging.spans import Span, columns_of, table_of
from streams.tagging.tokens import Document, tokenize
from streams.vocabulary import EntityType

PERSON, ORGANISATION = EntityType.PERSON, EntityType.ORGANISATION


def found(text: str, wanted: dict[str, EntityType], *taken: tuple[int, int]) -> list[str]:
    spans = [Span(start, end, PERSON) for start, end in taken]
    document, columns = tokenize(text), columns_of(text, [])
    rows, _, _ = occurrences(document, table_of(spans), NO_SURFACES, list(wanted))
    take_again(document, columns, rows, wanted, gazetteer())
    return columns.surfaces


def test_of_two_names_that_begin_together_the_longer_is_found() -> None:
    wanted = {"Orlan": ORGANISATION, "Orlan Steel": ORGANISATION}
    assert found("They left Orlan Steel when Orlan fell.", wanted) == ["Orlan Steel", "Orlan"]


def test_a_name_that_begins_in_lower_case_is_found() -> None:
    assert found("It was al-Harrow who said so.", {"al-Harrow": PERSON}) == ["al-Harrow"]


def test_what_is_taken_is_not_found_again() -> None:
    assert found("Harrow met Harrow.", {"Harrow": PERSON}, (0, 6)) == ["Harrow"]


def test_other_white_space_makes_another_name() -> None:
    assert found("He met John  Harrow and John Harrow.", {"John Harrow": PERSON}) == ["John Harrow"]


def test_an_opening_word_that_the_text_has_in_lower_case_is_no_name() -> None:
    assert found("Will it rain? It will.", {"Will": PERSON}) == []
    assert found("Will came. It rains.", {"Will": PERSON}) == ["Will"]


def test_names_that_shout_alike_are_both_heard() -> None:
    document = tokenize("ORLAN spoke.")
    rows, shouted, heard = occurrences(document, table_of([]), NO_SURFACES, ["Orlan", "OrLan"])
    assert (len(rows), shouted, heard) == (1, True, True)


@pytest.mark.parametrize("size", [100, 199, 200, 1_000])
def test_a_name_of_any_length_is_found_in_capitals(size: int) -> None:
    name = "K" + size * "i"
    text = f"Today {name} said so. The {name.upper()} of it was here, and the {name.upper()} of it."
    spans, _ = settle(tokenize(text), table_of([Span(6, 7 + size, PERSON)]), gazetteer())
    assert spans.surfaces == [name, name.upper(), name.upper()]


def test_a_name_inside_a_longer_run_of_capitals_is_not_found() -> None:
    assert found("He met Peter Harrow Jones.", {"Harrow": PERSON}) == []


def test_many_names_are_found_wherever_they_stand() -> None:
    """More than the first room for what is found."""
    names = [f"Q{number}rlan" for number in range(500)]
    text = " and ".join(names)
    assert found(text, dict.fromkeys(names, PERSON)) == names


@pytest.mark.parametrize("before", ["", "It rained all day. " * SHORT_TEXT], ids=["short", "long"])
def test_names_that_a_text_does_not_hold_change_nothing(before: str) -> None:
    wanted = {"Orlan": ORGANISATION, "Orlan Steel": ORGANISATION, "al-Hamid": PERSON, "Peter": PERSON}
    text = f"{before}They left Orlan when Peters came."
    spans = recall(tokenize(text), table_of([]), Names(wanted), gazetteer())
    assert spans.surfaces == ["Orlan"]


def slow(document: Document, spans: list[Span], names: list[str]) -> set[tuple[int, int]]:
    """First and end token of every occurrence of a name, or of it in capitals where a text shouts."""
    loud = [name.upper() for name in names if len(name) >= SHOUTED and not name.isupper()]
    wanted = {*names, *(loud if shouts(document.codes) and "".join(names).isascii() else ())}
    taken = {t for t, s in enumerate(document.starts) if any(start <= s < end for start, end, _, _ in spans)}
    size = len(document)
    return {
        (first, end)
        for first in range(size)
        for end in range(first + 1, size + 1)
        if document.slice(first, end) in wanted and taken.isdisjoint((first, end - 1))
    }


@given(
    st.lists(st.sampled_from(("Orlan", "ORLAN", "Steel", "STEEL", "al-Harrow", "É", "NATOS", "-", "\n"))),
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 3)), max_size=4),
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 3)), max_size=3),
    st.lists(st.sampled_from(("Orlan", "Orlan Steel", "Steel", "al-Harrow", "É Steel", "NATOS")), max_size=4),
)
def test_names_are_found_wherever_they_stand(
    words: list[str], told: list[tuple[int, int]], taken: list[tuple[int, int]], more: list[str]
) -> None:
    """Names that are told by where they stand, and by their text; the text in capitals is a name's too."""
    document = tokenize(" ".join(words))
    size = len(document)
    stretches = [(first, min(first + count, size)) for first, count in told if first < size]
    spans = [
        Span(document.starts[first], document.ends[min(first + count, size) - 1], PERSON)
        for first, count in taken
        if first < size
    ]
    surfaces = table_of(
        [Span(document.starts[first], document.ends[end - 1], PERSON) for first, end in stretches]
    )
    names = [*(document.slice(first, end) for first, end in stretches), *more]
    rows, shouted, heard = occurrences(document, table_of(spans), surfaces, more)
    wanted = slow(document, spans, names)
    assert shouted == shouts(document.codes)
    assert {(first, end) for first, end, _ in rows} >= wanted
    known = {*names, *(name.upper() for name in names if len(name) >= SHOUTED)}
    assert {document.slice(first, end) for first, end, _ in rows} <= known
    in_capitals = any(len(name) >= SHOUTED and name.isupper() and name.isascii() for name in names)
    if shouted and (in_capitals or any(document.slice(first, end) not in names for first, end in wanted)):
        assert heard
