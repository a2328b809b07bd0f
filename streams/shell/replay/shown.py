"""What a person or a script sees of a run while it works."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from streams.shell import metrics
from streams.shell.progress import Progress
from streams.shell.replay.plan import Plan
from streams.shell.replay.progress_log import Known, State
from streams.shell.replay.throttle import Throttle
from streams.shell.settings import Settings
from streams.shell.topics import topic_name

JSON_SECONDS = 1.0


class Shown:
    """A bar on standard error, or with `line` JSON objects for scripts, one a second and one at the end."""

    def __init__(self, known: Known, throttle: Throttle, line: Callable[[str], None] | None) -> None:
        self._throttle, self._line = throttle, line
        self._run, self._total = known.head.plan.run, known.total
        self._first, self._began = known.done, time.monotonic()
        self._told = -math.inf
        self._bar = Progress(f"replay {self._run}", known.total - known.done, of="records")
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        if self._line is None:
            self._stack.enter_context(self._bar)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def advance(self, known: Known, state: State = "running") -> None:
        """Shows how far the run is."""
        done = known.done - self._first
        elapsed = max(time.monotonic() - self._began, 1e-6)
        left = (self._total - known.done) * elapsed / done if done else None
        metrics.REPLAY_PROGRESS.set(known.done / self._total if self._total else 1.0)
        metrics.REPLAY_LEFT.set(left if left is not None else math.nan)
        if self._line is None:
            self._bar.advance(done, done)
        elif state != "running" or time.monotonic() - self._told >= JSON_SECONDS:
            self._told = time.monotonic()
            limit = self._throttle.rate
            told = {
                "run": self._run,
                "state": state,
                "done": known.done,
                "total": self._total,
                "rate": round(done / elapsed, 1),
                "seconds_left": None if left is None else round(left, 1),
                "limit": None if math.isinf(limit) else round(limit, 1),
                "live_behind": self._throttle.behind,
                "counts": known.counts.as_dict(),
            }
            self._line(orjson.dumps(told).decode())


def told_at_end(known: Known, path: Path, state: State, of_run: Settings) -> Iterator[str]:
    """What came of a run that is done or was stopped, and how to go on. `of_run`: its own settings."""
    counts = ", ".join(f"{n:,} {name}" for name, n in known.counts.as_dict().items() if n)
    plan = known.head.plan
    if state == "done":
        yield f"run {plan.run} is done: {counts or 'nothing to read'}{what_next(plan, path, of_run)}"
    else:
        yield f"stopped at {known.done / max(1, known.total):.0%} ({counts or 'nothing read yet'})"
        yield f"to go on: copydesk replay run {path}"


def what_next(plan: Plan, path: Path, of_run: Settings) -> str:
    own = topic_name(of_run, plan.targets[-1])
    return f"; its events are on {own}. `copydesk replay diff {path}` shows what would change"
