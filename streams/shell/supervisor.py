"""`copydesk worker`: the three stages as processes of their own, started again when they end.

For one machine. Kubernetes and systemd supervise `copydesk worker clean`, `tag` and `dedup` themselves.

The supervisor loads what the stages need and forks them, so they share what they would each load: Faust,
aiokafka, numba, kernels and tables. It has no loop, no socket and no thread of its own.
"""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import FrameType

from streams.shell.compiling import cold_start
from streams.shell.exits import Exit, Fatal
from streams.shell.forking import fork
from streams.shell.loading import collect_seldom, keep_what_is_loaded, load
from streams.shell.logs import log
from streams.shell.settings import Settings
from streams.shell.starting import POOLED, run_stage
from streams.shell.unread import give_back_files

STAGES = ("clean", "tag", "dedup")
# A stage that ended is started again after so long, doubled each time it did not last.
RESTART_SECONDS = 1.0
RESTART_MOST_SECONDS = 30.0
LASTED_SECONDS = 60.0
POLL_SECONDS = 0.1
# A restart would end the same way: a person has to do something first.
FINAL = (Exit.USAGE, Exit.NO_RIGHT, Exit.SETTINGS)


@dataclass(slots=True)
class Child:
    stage: str
    pid: int
    began: float
    pause: float = RESTART_SECONDS
    restart_at: float | None = None
    code: int | None = None


def supervise(settings: Settings, accept_failures: int) -> int:
    """Runs all three stages until SIGTERM or SIGINT; gives the exit code.

    A stage that ends for a reason no restart mends ends the others too, with its code. What lets failures
    through counts for the first start, not for each that follows.
    """
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    _load_what_all_share(settings)
    children, code = list[Child](), 0
    if not stopping:
        children = [Child(stage, _start(stage, accept_failures), time.monotonic()) for stage in STAGES]
    while not stopping and not code:
        time.sleep(POLL_SECONDS)
        for child in children:
            code = code or _look_after(child)
    return _end(children, settings.stop_seconds + 2, code)


def _load_what_all_share(settings: Settings) -> None:
    """Imports it, and does once what would import more and fill caches in each stage's process.

    Kernels that are yet to be compiled are left to the stages, which say so.
    """
    collect_seldom()
    if cold_start("cleaning", "tagging", "dedup") is None:
        with suppress(Exception):  # the stages that need them load them again, and say what is wrong
            load(POOLED)
    # Last, so that what loops write to lies less among what they do not: each has 1 MB less of copies.
    from streams.shell.worker import rehearse

    rehearse(settings)
    give_back_files()
    keep_what_is_loaded()


def _start(stage: str, accept_failures: int = 0) -> int:
    # Whose supervisor was killed gets a SIGTERM: it stops in order, and frees its port.
    return fork(partial(_be, stage, accept_failures), f"copydesk {stage}", signal.SIGTERM)


def _be(stage: str, accept_failures: int) -> int:
    os.setsid()
    try:
        return run_stage(stage, accept_failures, len(POOLED))
    except Fatal as fatal:  # a secret's file may have gone since
        log().error("not started", stage=stage, reason=str(fatal), code=int(fatal.code))
        return fatal.code


def _look_after(child: Child) -> int:
    """Starts an ended stage again when it is time; gives the code that must end everything, else 0."""
    now = time.monotonic()
    if child.restart_at is not None:
        if now >= child.restart_at:
            child.restart_at, child.began, child.pid, child.code = None, now, _start(child.stage), None
        return 0
    if not _ended(child):
        return 0
    code = child.code
    if code in FINAL:
        log().error("a stage has stopped for good", stage=child.stage, code=code)
        return code
    if now - child.began > LASTED_SECONDS:
        child.pause = RESTART_SECONDS
    log().warning("a stage has ended; starting it again", stage=child.stage, code=code, seconds=child.pause)
    child.restart_at = now + child.pause
    child.pause = min(2 * child.pause, RESTART_MOST_SECONDS)
    return 0


def _ended(child: Child) -> bool:
    """Whether it has; below zero its code is the number of the signal that ended it."""
    if child.code is None:
        pid, status = os.waitpid(child.pid, os.WNOHANG)
        child.code = os.waitstatus_to_exitcode(status) if pid else None
    return child.code is not None


def _end(children: list[Child], seconds: float, code: int) -> int:
    """Stops the stages in order; gives the exit code of all."""
    for child in children:
        if not _ended(child):
            os.kill(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    for child in children:
        while not _ended(child) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS / 10)
        if not _ended(child):
            os.kill(child.pid, signal.SIGKILL)
            os.waitpid(child.pid, 0)
            child.code = Exit.RETRY
        # A stage that was between two starts has nothing in hand: its last code is no news.
        if child.code and child.code > 0 and child.restart_at is None:
            code = code or child.code
    return code
