"""Progress of long work on standard error: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Any, Self

LINE_SECONDS = 10.0


def time_left(seconds: float) -> str:
    """ "40 s", "12 min", "3.5 h": as exact as an estimate is."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 100 * 60 else f"{seconds / 3600:.1f} h"


class Progress:
    """`with Progress("cleaning", total) as progress: progress.advance(done, articles)`.

    `total` and `done` are bytes of the input; None where the total is not known. `of`: what is counted.
    """

    def __init__(self, what: str, total: int | None, of: str = "articles") -> None:
        self._what, self._total, self._of = what, total, of
        self._began = self._line = time.monotonic()
        self._bar: Any = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn(f"{{task.fields[articles]:,}} {self._of}, {{task.fields[rate]:,.0f}}/s"),
                TimeElapsedColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task(self._what, total=self._total, articles=0, rate=0.0)
        return self

    def advance(self, done: int, articles: int) -> None:
        """So many bytes of the input are done, and so many articles."""
        now = time.monotonic()
        rate = articles / max(now - self._began, 1e-6)
        if self._bar is not None:
            self._bar.update(self._task, completed=done, articles=articles, rate=rate)
        elif now - self._line >= LINE_SECONDS:
            self._line = now
            share = f" ({done / self._total:.0%})" if self._total else ""
            left = (
                f", {time_left((self._total - done) * (now - self._began) / done)} left"
                if self._total and done
                else ""
            )
            print(f"{self._what}: {articles:,} {self._of}{share}, {rate:,.0f}/s{left}", file=sys.stderr)

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
