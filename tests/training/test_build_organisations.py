"""The list of organisations: which names are kept, and in which forms."""

from pathlib import Path

import pytest

from training.build_organisations import Known, forms, lines

DATA = Path(__file__).parents[2] / "streams" / "tagging" / "data"


@pytest.fixture(scope="module")
def known() -> Known:
    return Known(DATA, frozenset({"target", "best", "buy"}))


def test_legal_forms_are_stripped_one_after_the_other() -> None:
    assert list(forms("Acme Widget Corp., Inc.")) == [
        "Acme Widget Corp., Inc.",
        "Acme Widget Corp.",
        "Acme Widget",
    ]


def test_a_name_without_legal_form_has_one_form() -> None:
    assert list(forms("Incorporated Society")) == ["Incorporated Society"]


@pytest.mark.parametrize(
    "name", ["Target", "Paris", "The Gambia", "Smith", "Mary", "ab", "aldi", "3M", "Банк"]
)
def test_words_places_people_and_short_names_are_not_listed(known: Known, name: str) -> None:
    assert not known.keeps(name)


@pytest.mark.parametrize("name", ["Bank of England", "Best Buy", "Tesco"])
def test_names_of_organisations_are_listed(known: Known, name: str) -> None:
    assert known.keeps(name)


def test_the_shipped_list_was_built_against_the_shipped_tables(known: Known) -> None:
    assert [name for name in lines(DATA / "listed_organisations.txt.gz") if not known.keeps(name)] == []
