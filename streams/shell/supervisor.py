"""`copydesk worker`: the three stages as processes of their own, started again when they end.

For one machine. Kubernetes and systemd supervise `copydesk worker clean`, `tag` and `dedup` themselves.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from types import FrameType

from streams.shell.exits import Exit
from streams.shell.logs import log
from streams.shell.settings import Settings

STAGES = ("clean", "tag", "dedup")
# A stage that ended is started again after so long, doubled each time it did not last.
RESTART_SECONDS = 1.0
RESTART_MOST_SECONDS = 30.0
LASTED_SECONDS = 60.0
POLL_SECONDS = 0.1
_PR_SET_PDEATHSIG = 1
# A restart would end the same way: a person has to do something first.
FINAL = (Exit.USAGE, Exit.NO_RIGHT, Exit.SETTINGS)


@dataclass(slots=True)
class Child:
    stage: str
    command: list[str]
    process: subprocess.Popen[bytes]
    began: float
    pause: float = RESTART_SECONDS
    restart_at: float | None = None


def supervise(settings: Settings, arguments: list[str]) -> int:
    """Runs all three stages until SIGTERM or SIGINT; gives the exit code.

    A stage that ends for a reason no restart mends ends the others too, with its code.
    """
    stopping: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopping.append(number)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    children = [_start(stage, arguments) for stage in STAGES]
    code = 0
    while not stopping and not code:
        time.sleep(POLL_SECONDS)
        for child in children:
            code = code or _look_after(child)
    for child in children:
        if child.process.poll() is None:
            child.process.terminate()
    deadline = time.monotonic() + settings.stop_seconds + 2
    for child in children:
        try:
            ended = child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            ended = Exit.RETRY
        # A stage that was between two starts has nothing in hand: its last code is no news.
        code = code or (ended if ended > 0 and child.restart_at is None else 0)
    return code


def _start(stage: str, arguments: list[str]) -> Child:
    command = [sys.executable, "-m", "streams.shell.cli", "worker", stage]
    # What lets failures through counts for the first start, not for each that follows.
    return Child(stage, command, _spawn([*command, *arguments]), time.monotonic())


def _spawn(command: list[str]) -> subprocess.Popen[bytes]:
    # Its own session: a terminal's Ctrl-C reaches us alone, and we stop the stages in order.
    return subprocess.Popen(  # noqa: S603 - our own command
        command, start_new_session=True, env=os.environ, preexec_fn=_end_with_parent
    )


def _end_with_parent() -> None:
    """A stage whose supervisor was killed gets a SIGTERM: it stops in order, and frees its port."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _look_after(child: Child) -> int:
    """Starts an ended stage again when it is time; gives the code that must end everything, else 0."""
    now = time.monotonic()
    if child.restart_at is not None:
        if now >= child.restart_at:
            child.restart_at, child.began, child.process = None, now, _spawn(child.command)
        return 0
    code = child.process.poll()
    if code is None:
        return 0
    if code in FINAL:
        log().error("a stage has stopped for good", stage=child.stage, code=code)
        return code
    if now - child.began > LASTED_SECONDS:
        child.pause = RESTART_SECONDS
    log().warning("a stage has ended; starting it again", stage=child.stage, code=code, seconds=child.pause)
    child.restart_at = now + child.pause
    child.pause = min(2 * child.pause, RESTART_MOST_SECONDS)
    return 0
