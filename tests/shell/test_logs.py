"""Logs: one line an event, whatever is in it; and never a flood."""

import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from streams.shell import logs
from streams.shell.logs import LINES_A_SECOND, SAME_LINE_SECONDS, Calm, configure_logging, log
from streams.shell.settings import Settings

NASTY = "first\nsecond\r\x1b[31mred\x9b2J\u2028\x00\ud800 and é"


@pytest.fixture(autouse=True)
def _logging_restored() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook
    yield
    sys.excepthook, threading.excepthook = hooks
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_an_event_is_one_line_of_json_with_its_context(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"), stage="clean")
    log().info("partitions assigned", partitions=3)
    (line,) = lines(capsys)
    assert line["event"] == "partitions assigned"
    assert (line["level"], line["logger"], line["stage"]) == ("info", "copydesk", "clean")
    assert line["partitions"] == 3
    assert line["timestamp"].endswith("Z")


def test_a_stage_logs_through_what_its_supervisor_has_set_up(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    configure_logging(Settings(log_format="json"), stage="none yet", given="by the supervisor")
    [handler] = root.handlers
    configure_logging(Settings(log_format="json"), stage="clean")
    assert root.handlers == [handler]
    log().info("starting")
    logging.getLogger("aiokafka").warning("lost the broker")
    told = lines(capsys)
    assert [line["stage"] for line in told] == ["clean", "clean"]
    assert not any("given" in line for line in told)
    configure_logging(Settings(log_format="json", log_level="warning"), stage="clean")
    assert root.handlers != [handler]
    log().info("nothing")
    assert lines(capsys) == []


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_text_from_outside_can_neither_begin_a_line_nor_command_the_terminal(
    log_format: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(Settings(log_format=log_format))
    log().warning("refused", error=NASTY)
    logging.getLogger("aiokafka").error("broker said %s", NASTY)
    written = capsys.readouterr().err
    assert written.count("\n") == 2
    assert all(c.isprintable() for c in written.replace("\n", ""))
    assert "first\\" in written
    assert "é" in written


def test_a_traceback_is_one_line_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"))
    try:
        raise ValueError(NASTY)
    except ValueError:
        log().exception("unexpected")
        logging.getLogger("faust").exception("unexpected")
    assert ["ValueError" in line["exception"] for line in lines(capsys)] == [True, True]


class Quoting:
    """Says of itself what an article says."""

    def __str__(self) -> str:
        return NASTY

    __repr__ = __str__


def in_a_thread() -> None:
    thread = threading.Thread(target=raises, name="reader")
    thread.start()
    thread.join()


def raises() -> None:
    raise ValueError(NASTY)


def warned() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(NASTY, stacklevel=1)


WAYS: dict[str, Callable[[], object]] = {
    "event": lambda: log().warning(NASTY),
    "value": lambda: log().warning("x", error=NASTY),
    "list": lambda: log().warning("x", seen=[NASTY, {NASTY: (NASTY,)}]),
    "exception": lambda: log().warning("x", error=ValueError(NASTY)),
    "object": lambda: log().warning("x", record=Quoting(), number=float("nan")),
    "markup": lambda: log().warning("[red]x[/]", error="[link=https://evil.example]"),
    "library": lambda: logging.getLogger("aiokafka").error("got %r %s", Quoting(), NASTY),
    "extra": lambda: logging.getLogger("aiokafka").error("got", extra={"text": NASTY}),
    "millions": lambda: log().warning("x", error="\x9b" * 5_000_000),
    "thread": in_a_thread,
    "warning": warned,
}


@pytest.mark.parametrize("log_format", ["json", "text"])
@pytest.mark.parametrize("way", WAYS)
def test_whatever_way_a_text_takes_into_a_log_it_is_one_short_harmless_line(
    way: str, log_format: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logging(Settings(log_format=log_format))
    WAYS[way]()
    written = capsys.readouterr().err
    assert written.count("\n") == 1
    assert written.removesuffix("\n").isprintable()
    assert len(written) < 10 * logs.MOST_CHARACTERS
    if log_format == "json":
        assert json.loads(written)["event"]


def test_what_nobody_catches_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"))
    try:
        raises()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    [line] = lines(capsys)
    assert "ValueError" in line["exception"]


def test_other_libraries_lines_in_other_threads_have_the_context(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json"), stage="tag")
    thread = threading.Thread(target=logging.getLogger("aiokafka").warning, args=("lost the broker",))
    thread.start()
    thread.join()
    (line,) = lines(capsys)
    assert (line["event"], line["stage"]) == ("lost the broker", "tag")


def test_what_is_below_the_level_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(Settings(log_format="json", log_level="warning"))
    log().info("nothing")
    logging.getLogger("aiokafka").info("nothing")
    assert lines(capsys) == []


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(logs, "time", stopped)
    return stopped


def record(message: str, name: str = "aiokafka", *arguments: object) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, __file__, 1, message, arguments, None)


def test_the_same_line_passes_once_and_the_next_says_how_many_did_not(clock: Clock) -> None:
    calm = Calm()
    assert calm.filter(record("no node %s", "aiokafka", 1))
    assert [calm.filter(record("no node %s", "aiokafka", n)) for n in range(100)] == [False] * 100
    clock.now += SAME_LINE_SECONDS
    last = record("no node %s", "aiokafka", 7)
    assert calm.filter(last)
    assert last.getMessage() == "no node 7 (and 100 more like it)"


def test_a_few_lines_of_all_kinds_pass_in_a_second(clock: Clock) -> None:
    calm = Calm()
    assert sum(calm.filter(record(f"kind {n}")) for n in range(100)) == LINES_A_SECOND
    clock.now += 1
    assert sum(calm.filter(record(f"another {n}")) for n in range(100)) == LINES_A_SECOND


@pytest.mark.usefixtures("clock")
def test_our_own_lines_always_pass() -> None:
    calm = Calm()
    assert all(calm.filter(record("sending again", "copydesk")) for _ in range(100))


def test_lines_that_never_repeat_do_not_fill_the_memory(clock: Clock) -> None:
    calm = Calm()
    for n in range(20_000):
        clock.now += 0.01
        calm.filter(record(f"{n} is gone"))
    assert len(calm._next) + len(calm._held) <= 2 * logs.KINDS
