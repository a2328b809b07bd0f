"""Names out of author fields and bylines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.credits import agency_in
from streams.cleaning.metadata.authors import MAX_AUTHORS, people, signed
from streams.cleaning.metadata.bylines import byline_in, is_lead
from streams.cleaning.names import House, Standing

HOUSE = House.of("The Harbour Post", "harbourpost.example", "harbourpost")

FIELDS = [
    # one string as content systems write it, its names
    ("Ann Example", ["Ann Example"]),
    ("By Ann Example and Bo Sample", ["Ann Example", "Bo Sample"]),
    ("Ann Example, Bo Sample and Cy Model", ["Ann Example", "Bo Sample", "Cy Model"]),
    ("Ann Example/Bo Sample", ["Ann Example", "Bo Sample"]),
    ("Von Ann Beispiel und Bo Muster", ["Ann Beispiel", "Bo Muster"]),
    ("Par Ann Exemple et Bo Modèle", ["Ann Exemple", "Bo Modèle"]),
    ("Por Ana Ejemplo y Bo Modelo", ["Ana Ejemplo", "Bo Modelo"]),
    ("Av Ann Eksempel og Bo Modell", ["Ann Eksempel", "Bo Modell"]),
    ("Jan Novák a Petr Svoboda", ["Jan Novák", "Petr Svoboda"]),
    ("Анна Пример и Боб Образец", ["Анна Пример", "Боб Образец"]),
    ("Yazan: Ali Örnek", ["Ali Örnek"]),
    ("王小明、李大同", ["王小明", "李大同"]),
    ("記者王小明／台北報導", ["王小明"]),
    ("김철수 기자", ["김철수"]),
    ("ANN EXAMPLE", ["ANN EXAMPLE"]),
    ("Example, Ann B.", ["Ann B. Example"]),
    ("Ann Example, MD, RD", ["Ann Example, MD, RD"]),
    ("Ann Example, CFP®", ["Ann Example, CFP®"]),
    ("Ann Example, Senior Reporter", ["Ann Example"]),
    ("Ann Example, home and garden editor", ["Ann Example"]),
    ("Ann Example, science editor and Bo Sample", ["Ann Example", "Bo Sample"]),
    ("Ann Example (ann@a.example)", ["Ann Example"]),
    ("Ann Example https://social.example/@ann", ["Ann Example"]),
    ("Ann Example Dec 17, 2025", ["Ann Example"]),
    ("Ann Example in Berlin", ["Ann Example"]),
    ("Ann Example - Post Editorial Team", ["Ann Example"]),
    ("Centre for Disease Control and Prevention", ["Centre for Disease Control and Prevention"]),
    ("Ann van der Example", ["Ann van der Example"]),
    ("Image: Getty Images", []),
    ("https://social.example/ann", []),
    ("ann@a.example", []),
    ("{{ author }}", []),
    ("admin", []),
    ("null", []),
    ("", []),
]


@pytest.mark.parametrize(("field", "names"), FIELDS, ids=[field for field, _ in FIELDS])
def test_an_author_field_is_taken_apart_into_names(field: str, names: list[str]) -> None:
    assert list(people(field)) == names


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ([{"name": "Ann Example"}, {"name": "Ann Example"}, "https://a.example/ann"], ("Ann Example",)),
        ({"name": ["Ann Example", "Bo Sample"]}, ("Ann Example", "Bo Sample")),
        ([["Ann Example"]], ("Ann Example",)),
        (None, ()),
        (7, ()),
    ],
)
def test_author_fields_have_many_shapes(field: object, names: tuple[str, ...]) -> None:
    assert people(field) == names


def test_no_field_gives_more_than_the_limit_of_authors() -> None:
    assert (
        len(people(", ".join(f"Ann Example{'abcdefghijklmnopqrstuvwxyz'[i]}" for i in range(26))))
        == MAX_AUTHORS
    )


@pytest.mark.parametrize(
    ("names", "authors", "credited"),
    [
        (["Ann Example", "Reuters"], ("Ann Example",), ("Reuters",)),
        (["Ann Example", "The Harbour Post"], ("Ann Example",), ()),
        (["The Harbour Post", "AFP"], ("The Harbour Post",), ("AFP",)),
        (["The Associated Press"], ("The Associated Press",), ("The Associated Press",)),
        (["The Harbour Post"], ("The Harbour Post",), ()),
        ([], (), ()),
    ],
)
def test_agencies_are_credits_and_authors_only_where_nobody_else_signed(
    names: list[str], authors: tuple[str, ...], credited: tuple[str, ...]
) -> None:
    assert signed(names, HOUSE) == (authors, credited)


@pytest.mark.parametrize(
    "name",
    [
        "AFP",
        "dpa",
        "DPA",
        "The Associated Press",
        "Agence France-Presse",
        "dpa/lno",
        "AFP, MANILA",
        "Reuters Staff",
        "Anadolu Ajansı",
        "新华社",
        "연합뉴스",
    ],
)
def test_agencies_are_known_in_the_forms_that_bylines_write(name: str) -> None:
    assert agency_in(name)


@pytest.mark.parametrize(
    "name", ["Ann Example", "AA Milne", "Pa Sample", "Tass Example", "Press Example", ""]
)
def test_a_person_is_no_agency(name: str) -> None:
    assert agency_in(name) is None


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("Ann Example", Standing.PERSON),
        ("王小明", Standing.PERSON),
        ("Ann", Standing.NAME),
        ("annexample7", Standing.ACCOUNT),
        ("AnnE", Standing.ACCOUNT),
        ("News Team", Standing.ACCOUNT),
        ("Harbour Post", Standing.PUBLISHER),
        ("Harbourpost.example", Standing.PUBLISHER),
        ("Redaktion Harbour Post", Standing.PUBLISHER),
    ],
)
def test_a_name_tells_whether_it_is_a_person_an_account_or_the_publisher(
    name: str, standing: Standing
) -> None:
    assert House.of("Harbour Post", "harbourpost.example").standing(name) is standing


BYLINES = [
    # pieces of text around a headline, the names they sign with
    (
        ["By", "Ann Example", ",", "Bo Sample", "and", "Cy Model", "12 May 2024"],
        ["Ann Example", "Bo Sample", "Cy Model"],
    ),
    (["Politics", "By Ann Example", "Senior Reporter", "London"], ["Ann Example"]),
    (["By Ann Example,", "Bo Sample", "5 min read"], ["Ann Example", "Bo Sample"]),
    (["Written by", "Ann Example", "Published May 3, 2024"], ["Ann Example"]),
    (["by: ", "Ann Example", "Dec 17, 2025"], ["Ann Example"]),
    (["Von", "Ann Beispiel", "•", "Berlin"], ["Ann Beispiel"]),
    (["Autor:", "Ana Ejemplo"], ["Ana Ejemplo"]),
    (["作者：王小明"], ["王小明"]),
    (["by ibby"], ["ibby"]),
    (["By clicking here you agree to the terms"], []),
    (["By subscribing, you agree"], []),
    (["by the way"], []),
    (["Ann Example", "told the Post"], []),
]


@pytest.mark.parametrize(("pieces", "names"), BYLINES, ids=[" ".join(row[0]) for row in BYLINES])
def test_a_byline_is_read_across_the_pieces_it_is_printed_in(pieces: list[str], names: list[str]) -> None:
    assert list(byline_in(pieces)) == names


@pytest.mark.parametrize(
    ("pieces", "names"),
    [
        (["Ann Example", "Contributing Writer"], ["Ann Example"]),
        (["Ann Example", "Bo Sample", "Cy Model"], ["Ann Example", "Bo Sample", "Cy Model"]),
        (["Follow Ann"], []),
        (["Skip to Content"], []),
        (["What's New"], []),
    ],
)
def test_an_element_that_calls_itself_a_byline_needs_no_by(pieces: list[str], names: list[str]) -> None:
    assert list(byline_in(pieces, named=True)) == names


def test_what_leads_a_byline_is_known_alone() -> None:
    assert is_lead("Written by")
    assert is_lead("Escrito por")
    assert not is_lead("Reading time")


@given(st.lists(st.text(max_size=40), max_size=8))
def test_reading_names_never_raises(pieces: list[str]) -> None:
    people(pieces)
    byline_in(pieces)
    byline_in(pieces, named=True)
    signed(pieces, HOUSE)
