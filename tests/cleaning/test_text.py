"""The form of text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.text import cut, ends_sentence, normalise, unwrap, word_count

WRAPPED = """The ferry between Oldhaven and Marsh Point carried its first
passengers in eleven years on Friday, the harbour office said
in a statement that it published in the evening of the same
day."""


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


@given(st.text())
def test_normalising_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_hard_wrapped_paragraphs_are_joined() -> None:
    assert unwrap(f"{WRAPPED}\n\nNext.") == WRAPPED.replace("\n", " ") + "\n\nNext."


def test_short_lines_and_lists_of_sentences_stay_apart() -> None:
    menu = "World\nPolitics\nSport\nBusiness"
    teasers = "\n".join(
        f"The council has decided about the harbour bridge number {n} again." for n in range(4)
    )
    assert unwrap(menu) == menu
    assert unwrap(teasers) == teasers


@pytest.mark.parametrize(
    ("text", "words"), [("four words are here", 4), ("", 0), ("渡轮恢复运营", 3), ("Das Café öffnet", 3)]
)
def test_words_are_counted_in_any_script(text: str, words: int) -> None:
    assert word_count(text) == words


@pytest.mark.parametrize(
    "line", ["Yes.", "“Yes,” he said.”", "恢复运营。", "शुरू हो गई।", "هل عاد؟", "(It did.)"]
)
def test_sentences_end_in_any_script(line: str) -> None:
    assert ends_sentence(line)
    assert not ends_sentence("Related stories")


@given(st.text(), st.integers(0, 50))
def test_a_cut_text_is_a_beginning_within_the_size(text: str, size: int) -> None:
    part = cut(text, size)
    assert text.startswith(part)
    assert len(part.encode()) <= size
