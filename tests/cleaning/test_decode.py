"""Bytes of a page file into text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.decode import decode_page, is_markup
from tests.cleaning.samples import AGGREGATED, PAGE

RUSSIAN = "<html><head><meta charset=windows-1251></head><p>Паром снова перевозит пассажиров.</p></html>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_pages_are_decoded_as_they_were_encoded(encoding: str) -> None:
    assert decode_page(RUSSIAN.encode(encoding)) == RUSSIAN


def test_the_declared_charset_decides_where_the_page_says_nothing() -> None:
    assert decode_page("Größe und Maß".encode("cp1252"), "ISO-8859-1") == "Größe und Maß"


def test_curly_quotes_of_windows_pages_survive_a_latin_1_label() -> None:
    page = "<meta charset='iso-8859-1'><p>“Quoted”</p>"
    assert decode_page(page.encode("cp1252")) == page


def test_an_unknown_charset_is_passed_over() -> None:
    assert decode_page("Паром перевозит пассажиров через реку.".encode("cp1251"), "x-unknown") is not None


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_recognised(encoding: str) -> None:
    assert decode_page(RUSSIAN.encode(encoding)) == RUSSIAN


@pytest.mark.parametrize("label", ["utf-16", "unicode_escape", "punycode", "hex", "idna"])
def test_a_charset_that_no_such_page_has_is_not_believed(label: str) -> None:
    """Whoever can read the name in the page's own bytes has not got UTF-16; the others are no charsets."""
    page = f"<meta charset={label}><p>Größe und Maß, sagte die Bürgermeisterin, müssten stimmen.</p>"
    assert decode_page(page.encode("cp1252")) == page


@given(st.binary(max_size=200))
def test_decoding_never_raises(data: bytes) -> None:
    decode_page(data)


@pytest.mark.parametrize(
    ("content", "markup"),
    [
        (PAGE, True),
        ("\ufeff\n <!DOCTYPE html><p>x", True),
        ("<div><p>One.</p><p>Two.</p></div>", True),
        (AGGREGATED, False),
        ("The <b> tag makes text bold, says the manual; a < b holds as well.", False),
        ("", False),
    ],
)
def test_markup_is_told_from_text(content: str, markup: bool) -> None:
    assert is_markup(content) is markup


def test_a_utf_8_page_with_a_bad_byte_keeps_its_text() -> None:
    page = ("<html><body><p>" + "Ören liegt am Meer. " * 100).encode()
    text = decode_page(page[:700] + b"\xff" + page[700:])
    assert text is not None
    assert text.count("\ufffd") == 1
    assert text.count("Ören liegt am Meer.") >= 99


def test_text_with_one_western_letter_is_read_as_western() -> None:
    assert decode_page(("The boat from Øsk came late again. " * 5).encode("cp1252")) == (
        "The boat from Øsk came late again. " * 5
    )


@pytest.mark.parametrize(
    "fragment", ["<p>One paragraph.</p>", "\n<h2 class='x'>Head</h2>Text", "<div>a</div>"]
)
def test_a_fragment_that_begins_with_a_block_is_markup(fragment: str) -> None:
    assert is_markup(fragment)


def test_a_text_that_quotes_a_tag_is_none() -> None:
    assert not is_markup("Write <p> before a paragraph and </p> behind it.")
