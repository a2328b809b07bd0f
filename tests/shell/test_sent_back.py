"""What a raw record must be to count as received when another was; the reading is in tests/system."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.shell.sent_back import claims_first, first_place, place_of, repeats
from streams.shell.settings import Settings

SETTINGS = Settings(topic_prefix="here.")
RAW = "here.articles.raw"


def record(at: int, value: bytes | None = b"{}", key: bytes | None = b"k") -> Any:
    return SimpleNamespace(timestamp=at, value=value, key=key, headers=())


def test_only_an_earlier_record_of_the_same_key_and_value_is_repeated() -> None:
    assert repeats(record(5), record(4))
    assert not repeats(record(5), record(6)), "a later one"
    assert not repeats(record(5), record(4, b"{ }")), "another value"
    assert not repeats(record(5), record(4, key=b"other"))
    assert not repeats(record(5), None), "it is gone, or never was"
    assert repeats(record(5, b"", None), record(4, None, None)), "of nothing at all an empty value comes back"


@pytest.mark.parametrize(
    "named",
    [
        "",
        "here.articles.raw",
        f"{RAW}/1",
        f"{RAW}/1/-2",
        f"{RAW}/1/2/3",
        f"{RAW}/\u00b9/2",
        f"{RAW}/1/{'9' * 19}",
        "there.articles.raw/1/2",
        "here.articles.cleaned/1/2",
    ],
)
def test_what_is_no_place_of_the_raw_articles_names_none(named: str) -> None:
    assert place_of(named, RAW) is None


def test_the_last_header_counts_since_a_redrive_puts_its_own_behind_the_producers() -> None:
    listed = [("copydesk-first", b"here.articles.raw/0/7"), ("copydesk-first", b"here.articles.raw/1/2")]
    assert first_place(SETTINGS, listed) == (1, 2)
    assert first_place(SETTINGS, []) is None
    assert claims_first(SimpleNamespace(headers=listed))
    assert not claims_first(record(1))


@given(st.binary(max_size=60))
def test_no_header_is_too_odd(given_: bytes) -> None:
    first_place(SETTINGS, [("copydesk-first", given_)])
