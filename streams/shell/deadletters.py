"""Rejected records and dead letters, and how many failures a worker takes before it stops.

It stops rather than draining a topic into the dead letters.
"""

import asyncio
import time
from collections import deque
from typing import Any

from streams.contract import DEADLETTER, REJECTED
from streams.events import Failed, Rejected
from streams.shell import headers
from streams.shell.clients import MAX_REQUEST_BYTES, RECORD_OVERHEAD_BYTES
from streams.shell.deliveries import Message
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings
from streams.shell.topics import topic_name

# Of a record that no topic of ours can carry whole, the dead letter keeps so much.
TRUNCATED_BYTES = 1_000_000
# Failures at the end of a batch wait so long for what comes next: it shows whether they are many in a row.
HOLD_SECONDS = 2.0
HOLD_POLL_SECONDS = 0.05


class FailureLimits:
    """Counts the outcomes of a worker, in order; `accept` failures more than usual are let through.

    `command` is what goes on with `--accept-failures`; `mend` says what else a person can do.
    """

    def __init__(
        self, settings: Settings, command: str, accept: int = 0, mend: str = "Mend the cause"
    ) -> None:
        self._window: deque[bool] = deque(maxlen=settings.failure_window)
        self._most = int(settings.failure_window * settings.failure_ratio)
        self._most_in_a_row = settings.failure_streak
        self._command, self._mend, self._accept = command, mend, accept
        self._in_a_row = self._failed = 0
        self._first = ""

    def count(self, failure: str | None) -> None:
        """Counts one record: None, or where and why it failed.

        Raises Fatal(SETTINGS) with the first failure and the command that goes on.
        """
        failed = failure is not None
        if failure is not None and self._accept > 0:
            self._accept -= 1
            failed = False
        if len(self._window) == self._window.maxlen:
            self._failed -= self._window[0]
        self._window.append(failed)
        self._failed += failed
        if failure is None:
            self._in_a_row = 0
        if not failed or failure is None:
            return
        if not self._first or (self._failed == 1 and self._in_a_row == 0):
            self._first = failure
        self._in_a_row += 1
        if self._failed > self._most or self._in_a_row >= self._most_in_a_row:
            raise Fatal(
                Exit.SETTINGS,
                f"{self._failed} of the last {len(self._window)} records failed ({self._in_a_row} in a row); "
                f"first: {self._first}. Nothing is lost: the records stay in the topic. {self._mend}, or "
                f"go on with `{self._command} --accept-failures {10 * self._most_in_a_row}`",
            )

    async def held(self) -> None:
        """Waits while the last records counted have failed, but not for long.

        The dead letters of a streak that will stop the worker are then not written at all.
        """
        until = time.monotonic() + HOLD_SECONDS
        while self._in_a_row and time.monotonic() < until:
            await asyncio.sleep(HOLD_POLL_SECONDS)


def failure_of(record: Any, outcome: object) -> str | None:
    """Where and why a record failed, for FailureLimits; None of any other outcome."""
    if not isinstance(outcome, Failed):
        return None
    return f"{headers.place_of(record)}: {outcome.reason.value}, {outcome.detail}"


def refusal(settings: Settings, stage: str, record: Any, refused: Rejected | Failed) -> Message:
    """The rejected record or dead letter: original bytes, key and headers, and why."""
    topic = topic_name(settings, REJECTED if isinstance(refused, Rejected) else DEADLETTER)
    listed = headers.refusal_headers(
        record.headers,
        stage,
        refused,
        record.topic,
        record.partition,
        record.offset,
        int(time.time() * 1000),
    )
    # A record with neither key nor value is legal, but aiokafka's send() asserts against it.
    value = b"" if record.key is None and record.value is None else record.value
    message = Message(topic, record.key, value, listed, origin=record)
    if len(record.value or b"") > MAX_REQUEST_BYTES - RECORD_OVERHEAD_BYTES:
        return truncated(message, TRUNCATED_BYTES)
    return message


def truncated(message: Message, size: int) -> Message:
    """The message with the first `size` bytes of its value, and a header that says how long it was."""
    value = message.value or b""
    cut = (headers.TRUNCATED, str(len(value)).encode())
    return Message(message.topic, message.key, value[:size], [*message.headers, cut], origin=message.origin)
