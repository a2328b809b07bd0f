"""The form of text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from streams.cleaning.text import LONG, MAX_MARKS, cut, normalise, word_count


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\r\nb\rc\u2028d\u2029e", "a\nb\nc\nd\n\ne"),
        ("so\u00adft zero\u200bwidth \ufeffbom \u202ebidi\u202c", "soft zerowidth bom bidi"),
        ("non\u00a0breaking\u2009thin\tab", "non breaking thin ab"),
        ("cafe\u0301", "café"),
        ("می\u200cخواهم 👩\u200d🚒 “quoted”", "می\u200cخواهم 👩\u200d🚒 “quoted”"),
        ("bell\x07 null\x00", "bell null"),
    ],
)
def test_text_is_normalised(before: str, after: str) -> None:
    assert normalise(before) == after


@pytest.mark.parametrize("before", ["e", "ᄀ", "가", "\u0915", "\u0f71"])
def test_a_long_text_is_normalised_as_a_short_one_is(before: str) -> None:
    """Whatever character of the first plane it has, and behind whatever that joins it."""
    filler = "x" * LONG + " "
    for code in range(0x10001):
        text = f"{before}{chr(code)}y"
        assert normalise(filler + text) == filler + normalise(text), hex(code)


@given(st.text())
def test_normalising_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize(
    ("text", "words"), [("four words are here", 4), ("", 0), ("渡轮恢复运营", 3), ("Das Café öffnet", 3)]
)
def test_words_are_counted_in_any_script(text: str, words: int) -> None:
    assert word_count(text) == words


@given(st.text(), st.integers(0, 50))
def test_a_cut_text_is_a_beginning_within_the_size(text: str, size: int) -> None:
    part = cut(text, size)
    assert text.startswith(part)
    assert len(part.encode()) <= size


marks = st.text("\u0301\u0316\u0344\u0f71\u0f73\u0f81\u064b\u05b0a", max_size=200)


@given(marks)
@example("a" + "\u0f73" * 2 + "\u0316" * 27)  # 29 marks, of which NFC makes 31
def test_a_letter_under_a_flood_of_marks_keeps_some(text: str) -> None:
    """ "Zalgo" text: ordering the marks is quadratic."""
    result = normalise(text)
    assert normalise(result) == result
    runs = "".join("m" if unicodedata.combining(character) else " " for character in result).split()
    assert max(map(len, runs), default=0) <= MAX_MARKS


def test_the_marks_of_real_writing_stay() -> None:
    for text in ("שָׁלוֹם עֲלֵיכֶם", "Việt Nam ǘ", "ที่นี่ ผู้ใหญ่", "क्षेत्रीय", "اَلسَّلَامُ"):
        assert normalise(text) == unicodedata.normalize("NFC", text)
