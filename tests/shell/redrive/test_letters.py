"""A dead letter becomes the record that it was, and goes nowhere but to its stage's source."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.events import Failed
from streams.shell import headers
from streams.shell.deadletters import refusal, truncated
from streams.shell.redrive.letters import Letter, Unusable, letter_of
from streams.shell.settings import Settings
from streams.vocabulary import FailureReason

SETTINGS = Settings(topic_prefix="here.", dedup_domains="en=0,*=1")
DEADLETTER = "articles.deadletter"
OURS = {"here.articles.raw", "here.articles.cleaned", "here.articles.tagged"}


def record(topic: str, headers: list[tuple[str, bytes]], value: bytes | None = b"{}") -> Any:
    return SimpleNamespace(
        topic=topic, partition=1, offset=7, key=b"k", value=value, headers=tuple(headers), timestamp=0
    )


def dead(stage: str, original: Any) -> Any:
    """What the stage writes of the record."""
    message = refusal(SETTINGS, stage, original, Failed(FailureReason.SCHEMA, "why"))
    return record(DEADLETTER, [(n, v or b"") for n, v in message.headers], message.value)


def test_bytes_key_and_headers_are_those_of_before_and_the_attempt_is_counted() -> None:
    sent = [("feed", b"wire"), ("stage", b"a producer's own"), ("traceparent", b"00-1")]
    letter = letter_of(SETTINGS, DEADLETTER, dead("clean", record("here.articles.raw", sent)))
    assert isinstance(letter, Letter)
    assert (letter.stage, letter.reason, letter.attempt) == ("clean", "schema", 1)
    message = letter.message
    assert (message.topic, message.key, message.value) == ("here.articles.raw", b"k", b"{}")
    assert message.headers == [*sent, ("copydesk-attempts", b"1")]
    assert message.partition is None


@pytest.mark.parametrize(("given_", "attempt"), [(b"2", 3), (b"-5", 1), (b"many", 1), (b"9" * 5000, 1)])
def test_what_failed_again_counts_on_unless_the_number_is_not_ours(given_: bytes, attempt: int) -> None:
    original = record("here.articles.raw", [("copydesk-attempts", given_)])
    letter = letter_of(SETTINGS, DEADLETTER, dead("clean", original))
    assert isinstance(letter, Letter)
    assert letter.message.headers == [("copydesk-attempts", str(attempt).encode())]


@pytest.mark.parametrize(
    ("language", "partition"), [(b"en", 0), (b"de", 1), (b"", 1)], ids=["en", "de", "a withdrawal"]
)
def test_a_tagged_record_goes_to_the_domain_of_its_language(language: bytes, partition: int) -> None:
    original = record("here.articles.tagged", [(headers.LANGUAGE, language)])
    letter = letter_of(SETTINGS, DEADLETTER, dead("dedup", original))
    assert isinstance(letter, Letter)
    assert letter.message.partition == partition


def test_a_value_that_was_cut_is_not_sent_as_if_it_were_whole() -> None:
    message = truncated(
        refusal(SETTINGS, "clean", record("here.articles.raw", []), Failed(FailureReason.TOO_LARGE, "")), 1
    )
    letter = letter_of(SETTINGS, DEADLETTER, record(DEADLETTER, [(n, v or b"") for n, v in message.headers]))
    assert isinstance(letter, Unusable)
    assert "not whole" in letter.why


@pytest.mark.parametrize(
    "changed",
    [
        {"topic": b"their.articles.raw"},
        {"topic": b"here.articles.enriched"},
        {"topic": b"here.articles.cleaned"},
        {"topic": b"__consumer_offsets"},
        {"stage": b"dedup"},
        {"stage": b"nobody"},
        {"reason": b"because"},
        {"reason": b"too_short"},
    ],
)
def test_a_letter_that_was_tampered_with_goes_nowhere(changed: dict[str, bytes]) -> None:
    letter = dead("clean", record("here.articles.raw", []))
    letter.headers = tuple((name, changed.get(name, value)) for name, value in letter.headers)
    assert isinstance(letter_of(SETTINGS, DEADLETTER, letter), Unusable)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*headers.WHY, "copydesk-topic", headers.TRUNCATED, headers.LANGUAGE, "x"]),
            st.sampled_from([b"clean", b"dedup", b"schema", b"here.articles.raw", b"other", b"\xff", b"12"]),
        ),
        max_size=16,
    )
)
def test_whatever_the_headers_say_only_the_source_topics_are_written_to(
    listed: list[tuple[str, bytes]],
) -> None:
    letters = [letter_of(SETTINGS, DEADLETTER, record(DEADLETTER, listed))]
    original = record("here.articles.raw", listed)
    mine = letter_of(SETTINGS, DEADLETTER, dead("clean", original))
    assert isinstance(mine, Letter), "no header of a producer keeps its letter from being sent back"
    assert mine.message.topic == "here.articles.raw"
    for letter in letters:
        assert isinstance(letter, Unusable) or letter.message.topic in OURS


def test_another_prefix_is_another_desk() -> None:
    letter = dead("clean", record("here.articles.raw", []))
    assert isinstance(letter_of(replace(SETTINGS, topic_prefix=""), DEADLETTER, letter), Unusable)
