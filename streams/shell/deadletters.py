"""How many failures a worker takes before it stops, rather than draining a topic into the dead letters."""

from collections import deque

from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings


class FailureLimits:
    """Counts the outcomes of a worker, in order; `accept` failures more than usual are let through."""

    def __init__(self, settings: Settings, stage: str, accept: int = 0) -> None:
        self._window: deque[bool] = deque(maxlen=settings.failure_window)
        self._most = int(settings.failure_window * settings.failure_ratio)
        self._most_in_a_row = settings.failure_streak
        self._stage, self._accept = stage, accept
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
                f"first: {self._first}. Nothing is lost: the records stay in the topic. Mend the cause, or "
                f"go on with `copydesk worker {self._stage} --accept-failures {10 * self._most_in_a_row}`",
            )
