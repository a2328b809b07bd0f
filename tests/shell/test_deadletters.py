"""A bad deployment is stopped before it drains a topic into the dead letters."""

from dataclasses import dataclass

import pytest

from streams.events import Rejected
from streams.shell.deadletters import FailureLimits, refusal
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings
from streams.vocabulary import RejectReason

WHERE = "articles.raw/0/{}: schema, no url"


def limits(accept: int = 0, **given: float) -> FailureLimits:
    return FailureLimits(Settings(**given), "copydesk worker clean", accept)  # type: ignore[arg-type]


def count(limited: FailureLimits, pattern: str) -> int:
    """Counts a record for each letter, F for a failure; gives how many it took before the worker stops."""
    for nth, letter in enumerate(pattern, start=1):
        try:
            limited.count(WHERE.format(nth) if letter == "F" else None)
        except Fatal:
            return nth
    return 0


def test_fifty_failures_in_a_row_stop_the_worker() -> None:
    assert count(limits(), "." * 500 + "F" * 60) == 550


def test_a_success_begins_the_row_anew() -> None:
    assert count(limits(), ("." * 500 + "F" * 49) * 2) == 0


def test_more_than_a_tenth_of_the_last_thousand_stop_the_worker() -> None:
    assert count(limits(), ".F........" * 100) == 0
    assert count(limits(), ".F........" * 100 + "F") == 1001


def test_failures_older_than_the_window_are_forgotten() -> None:
    assert count(limits(), "F........." * 1000) == 0


def test_a_new_worker_has_a_whole_window_to_show_itself() -> None:
    """The first record of a worker may fail without being a hundred percent."""
    assert count(limits(), "F") == 0
    assert count(limits(), ("F" * 20 + ".") * 6) == 106


def test_accepted_failures_are_not_counted() -> None:
    assert count(limits(accept=500), "F" * 600) == 550


def test_a_stopped_worker_says_what_failed_first_and_how_to_go_on() -> None:
    limited = limits()
    for nth in range(49):
        limited.count(WHERE.format(nth))
    with pytest.raises(Fatal) as stopped:
        limited.count(WHERE.format(49))
    message = str(stopped.value)
    assert stopped.value.code is Exit.SETTINGS
    assert "articles.raw/0/0: schema, no url" in message
    assert "copydesk worker clean --accept-failures 500" in message


def test_the_first_failure_named_is_of_this_outbreak() -> None:
    limited = limits(failure_window=10, failure_streak=5, failure_ratio=1)
    count(limited, "F" + "." * 20)
    for nth in range(100, 104):
        limited.count(WHERE.format(nth))
    with pytest.raises(Fatal, match=r"first: articles\.raw/0/100:"):
        limited.count(WHERE.format(104))


def test_the_limits_are_settings() -> None:
    assert count(limits(failure_window=10, failure_ratio=0.5, failure_streak=100), "F" * 10) == 6
    assert count(limits(failure_ratio=0), "....F") == 5


@dataclass(frozen=True, slots=True)
class Read:
    """A record as the consumer gives it."""

    key: bytes | None
    value: bytes | None
    topic: str = "articles.tagged"
    partition: int = 0
    offset: int = 7
    headers: tuple[tuple[str, bytes], ...] = ()


@pytest.mark.parametrize(
    ("key", "value", "written"), [(None, None, b""), (b"id", None, None), (None, b"{}", b"{}")]
)
def test_what_is_refused_keeps_its_value_or_gets_an_empty_one(
    key: bytes | None, value: bytes | None, written: bytes | None
) -> None:
    """A record with neither key nor value is legal, but aiokafka's send() asserts against it."""
    message = refusal(Settings(), "dedup", Read(key, value), Rejected(RejectReason.EMPTY))
    assert (message.key, message.value) == (key, written)
