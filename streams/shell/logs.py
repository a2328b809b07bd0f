"""Logs: structured, one line an event; text on a terminal, JSON elsewhere; never a flood."""

import logging
import math
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from types import TracebackType

from streams.absent import absent
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings

with absent("rich"):  # structlog 26 would show tracebacks with it; our lines hold them as text. 5 MB
    import structlog

# aiokafka logs 100 lines a second while a broker is away (measured): a logger's lines of one kind are
# let through this often, and the next that passes says how many were not.
SAME_LINE_SECONDS = 10.0
LINES_A_SECOND = 3
# Lines whose text differs every time must not fill the memory.
KINDS = 1000
# Of one text in a line: a long traceback has 10,000, an article quoted in an error millions.
MOST_CHARACTERS = 20_000

_context: dict[str, str] = {}
"""What is on each line."""
_shown: list[object] = []
"""How lines were asked for last: format, level, where they go, and the handlers that do so."""


def configure_logging(settings: Settings, **context: str) -> None:
    """Sends every logger's lines through structlog to standard error; `context` is on each of them.

    What a stage's supervisor has set up stays as it is: done again, it would write to 1.4 MB that they share.
    """
    _context.clear()
    _context.update(context)
    root = logging.getLogger()
    if _shown == [settings.log_format, settings.log_level, sys.stderr, *root.handlers]:
        return
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    shared: list[structlog.types.Processor] = [
        # structlog keeps its context a context: threads and callbacks of other loggers start without it.
        lambda _logger, _method, event: {**_context, **event},
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), pad_event_to=0)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _one_line,
                *([] if as_json else [_beside_the_event]),
                renderer,
            ],
        )
    )
    handler.addFilter(Calm())
    root.handlers[:] = [handler]
    _shown[:] = [settings.log_format, settings.log_level, sys.stderr, handler]
    root.setLevel(settings.log_level.upper())
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    for noisy in ("faust", "mode", "aiokafka", "asyncio", "streams.shell.transport", "streams.shell.worker"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def configured() -> bool:
    """Whether this process logs: a worker does, a command tells its user."""
    return structlog.is_configured()


def log() -> structlog.stdlib.BoundLogger:
    """The package's logger: log().info("what happened", topic=..., partition=...)."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger("copydesk")
    return logger


class Calm(logging.Filter):
    """Lets a line of other libraries through once in SAME_LINE_SECONDS, and a few of all kinds a second."""

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[tuple[str, str], float] = {}
        self._held: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._second, self._lines = 0.0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == "copydesk":
            return True
        kind, now = (record.name, str(record.msg)[:80]), time.monotonic()
        if len(self._next) + len(self._held) > KINDS:
            self._next.clear()
            self._held.clear()
        if now - self._second >= 1:
            self._second, self._lines = now, 0
        if now < self._next.get(kind, 0) or self._lines >= LINES_A_SECOND:
            self._held[kind] += 1
            return False
        self._next[kind], self._lines = now + SAME_LINE_SECONDS, self._lines + 1
        held = self._held.pop(kind, 0)
        if held:
            record.msg, record.args = f"{record.getMessage()} (and {held} more like it)", ()
        return True


def _one_line(_logger: object, _method: str, event: structlog.types.EventDict) -> structlog.types.EventDict:
    """Text from articles and brokers can neither begin a log line of its own nor command the terminal."""
    return {_escaped(key): _plain(value) for key, value in event.items()}


def _beside_the_event(
    _logger: object, _method: str, event: structlog.types.EventDict
) -> structlog.types.EventDict:
    """structlog's console gives an `exception` a line of its own."""
    if "exception" in event:
        event["traceback"] = event.pop("exception")
    return event


def _plain(value: object) -> object:
    """What JSON has, texts escaped: also those in a list, and what an exception says of itself."""
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, Mapping):
        return {_escaped(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(inner) for inner in value]
    return _escaped(str(value))


def _escaped(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        half = MOST_CHARACTERS // 2  # a traceback's end says what went wrong
        text = f"{text[:half]} ... {len(text) - 2 * half:,} characters ... {text[-half:]}"
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None, where: str = "main"
) -> None:
    """What nobody catches is a line like any other, not a traceback over many."""
    if error is None or issubclass(kind, KeyboardInterrupt):
        return
    log().critical("unexpected", thread=where, exc_info=(kind, error, trace))


def _uncaught_in_thread(what: threading.ExceptHookArgs) -> None:
    name = what.thread.name if what.thread else "?"
    _uncaught(what.exc_type, what.exc_value, what.exc_traceback, name)


def unexpected(error: Exception, **where: object) -> Fatal:
    """What ends the process for an error that nobody foresaw; logs it with its trace (within `except`)."""
    log().exception("unexpected", **where)
    return Fatal(Exit.INTERNAL, f"unexpected {type(error).__name__}: {error}")
