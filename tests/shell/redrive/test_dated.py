"""Which record says when the article of a letter was received; the reading is in tests/system."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams.shell.deliveries import Message
from streams.shell.redrive import dated
from streams.shell.redrive.dated import OLD, first_known, places_of
from streams.shell.redrive.letters import Letter
from streams.shell.sent_back import Found, Place, first_of
from streams.shell.settings import Settings

SETTINGS = Settings(topic_prefix="here.")
RAW = "here.articles.raw"
CLAIMED, OWN = (0, 3), (1, 8)


def record(at: int, value: bytes = b"{}") -> Any:
    return SimpleNamespace(timestamp=at, value=value, key=b"k")


def known(found: Found, claim: str | None = f"{RAW}/0/3") -> Place | None:
    """The place that is believed of a letter whose record lay at OWN and has this header."""
    listed: list[tuple[str, bytes | None]] = [("copydesk-first", claim.encode())] if claim else []
    message = Message(RAW, b"k", b"{}", listed, origin=record(9))
    letter = Letter("clean", "schema", 1, message, f"{RAW}/1/8")
    first = first_known(letter, places_of(SETTINGS, letter), found)
    return first[0] if first else None


def test_what_an_earlier_redrive_named_counts_before_the_copy_that_failed() -> None:
    assert known({CLAIMED: first_of(record(3)), OWN: first_of(record(5))}) == CLAIMED


def test_a_name_that_a_producer_made_up_does_not_hide_the_record_of_the_letter() -> None:
    own = first_of(record(5))
    assert known({CLAIMED: first_of(record(3, b"another")), OWN: own}) == OWN
    assert known({OWN: own}) == OWN, "there was never a record at the place that it names"
    assert known({OWN: own}, "nonsense") == OWN
    assert known({OWN: own}, claim=None) == OWN


def test_where_what_it_names_has_expired_the_time_of_the_copy_is_not_taken() -> None:
    """It may be true: then the copy is of a later day, and what came between would be replaced."""
    assert known({CLAIMED: None, OWN: first_of(record(5))}) is None


def test_where_its_own_record_has_expired_nothing_is_known() -> None:
    assert known({OWN: None}, claim=None) is None
    assert known({CLAIMED: first_of(record(3, b"another")), OWN: None}) is None


def test_letters_are_dated_one_by_one_also_where_two_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Found = {(1, 8): first_of(record(5)), (1, 9): first_of(record(2))}
    asked: list[set[Place]] = []

    async def firsts(_settings: Settings, places: set[Place]) -> Found:
        asked.append(places)
        return found

    monkeypatch.setattr(dated, "firsts", firsts)
    raw = Message(RAW, b"k", b"{}", [], origin=record(9))
    cleaned = Message("here.articles.cleaned", b"k", b"{}", [], origin=record(1))
    letters = [
        Letter("clean", "schema", 1, raw, f"{RAW}/1/8"),
        Letter("tag", "internal", 1, cleaned, "here.articles.cleaned/0/1"),
        Letter("clean", "schema", 1, raw, f"{RAW}/1/8"),
        Letter("clean", "schema", 1, raw, f"{RAW}/1/9"),
    ]
    judged = asyncio.run(dated.dated(SETTINGS, letters, 3))
    assert asked == [{(1, 8), (1, 9)}]
    assert judged[1] is judged[3] is OLD
    listed = [one.message.headers for one in (judged[0], judged[2]) if isinstance(one, Letter)]
    assert listed == [[("copydesk-first", f"{RAW}/1/8".encode())]] * 2
