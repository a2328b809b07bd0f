"""The columns of places, and how a name finds its rows."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from streams.tagging.atlas import Atlas, Place


@cache
def atlas() -> Atlas:
    return Atlas()


def places(name: str) -> list[Place]:
    number = atlas().number(name)
    return [] if number is None else list(atlas().places(atlas().rows(number)))


def test_every_name_finds_itself_and_a_place() -> None:
    for number, name in enumerate(atlas().names()):
        if number % 997 == 0:
            assert atlas().number(name) == number
            assert all(0 <= row < len(atlas()) for row in atlas().rows(number))
            assert len(atlas().rows(number))


@given(st.text())
def test_any_text_may_be_asked_for(name: str) -> None:
    number = atlas().number(name)
    assert number is None or list(atlas().names())[number] == name


def test_a_division_knows_its_country_and_a_city_its_division() -> None:
    (texas,) = [place for place in places("Texas") if place.kind == "division"]
    assert (texas.country, texas.division, texas.wikidata) == ("US", "US.TX", "Q1439")
    assert "US.TX" in {place.division for place in places("Houston") if place.kind == "city"}


def test_divisions_of_all_countries_are_known_with_and_without_their_type() -> None:
    helmand, province = (places(name)[0] for name in ("Helmand", "Helmand Province"))
    assert helmand.geonames == province.geonames == "1140043"
    (oblast,) = places("Donetsk Oblast")
    assert (oblast.kind, oblast.country) == ("division", "UA")


def test_names_are_known_without_their_accents() -> None:
    assert {place.country for place in places("Merida")} >= {"MX", "ES"}


def test_a_place_is_the_same_by_whatever_name_it_is_found() -> None:
    (by_name,) = [place for place in places("Texas") if place.kind == "division"]
    row = atlas().area("US.TX")
    assert row is not None
    by_code = atlas().place(row)
    assert by_name is not by_code
    assert by_name == by_code
    assert len({by_name, by_code, *places("Houston")}) == 1 + len(places("Houston"))
    assert by_name != "US.TX"


def test_capitals_are_marked() -> None:
    assert [place.country for place in places("Amman") if place.capital] == ["JO"]


def test_an_area_is_found_by_its_code() -> None:
    ontario, nowhere = atlas().area("CA.08"), atlas().area("XX")
    assert ontario is not None
    assert atlas().place(ontario).name == "Ontario"
    assert nowhere is None


def test_every_name_of_a_country_knows_the_one_to_show() -> None:
    shown = atlas().countries()
    assert (shown["US"], shown["Britain"], shown.get("Texas")) == ("United States", "United Kingdom", None)
    for name in shown:
        assert places(name)[0].kind == "country"
        assert places(name)[0].name == shown[name]
