"""Which other occurrences of a name are found, and which are not."""

import pytest

from streams.tagging.gazetteer import gazetteer
from streams.tagging.recall import again
from streams.tagging.rules import SHORT_TEXT, Names, recall
from streams.tagging.spans import Span
from streams.tagging.tokens import tokenize
from streams.vocabulary import EntityType

PERSON, ORGANISATION = EntityType.PERSON, EntityType.ORGANISATION


def found(text: str, wanted: dict[str, EntityType], *taken: tuple[int, int]) -> list[str]:
    spans = [Span(start, end, PERSON) for start, end in taken]
    return [text[s.start : s.end] for s in again(tokenize(text), spans, wanted, gazetteer())]


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
    spans = recall(tokenize(text), [], Names(wanted), gazetteer())
    assert [text[start:end] for start, end, _, _ in spans] == ["Orlan"]
