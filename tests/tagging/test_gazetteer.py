"""The tables, and how they are matched."""

from streams.tagging.gazetteer import gazetteer
from streams.tagging.tokens import tokenize


def hits(text: str) -> list[str]:
    return [text[start:end] for start, end in gazetteer().hits(tokenize(text))]


def test_hits_are_case_sensitive_and_bounded_on_both_sides() -> None:
    assert hits("spain, Spain, Spainish, xSpain") == ["Spain"]


def test_the_longest_name_wins() -> None:
    assert hits("the United States of America") == ["United States of America"]


def test_large_cities_are_believed_and_names_of_people_are_not() -> None:
    tables = gazetteer()
    assert tables.is_sure_place("Bakhmut") is False  # below 100,000
    assert tables.is_sure_place("Kharkiv")
    assert not tables.is_sure_place("Jackson")


def test_demonyms_know_their_country() -> None:
    tables = gazetteer()
    assert (tables.demonyms["Russian"], tables.demonyms["Iraqis"], tables.demonyms["African"]) == (
        "RU",
        "IQ",
        "",
    )
