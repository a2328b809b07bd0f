"""Processes that are forked: they share the memory of their parent, and go with it."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from streams.shell.exits import Exit

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_OURS = (signal.SIGTERM, signal.SIGINT)
# Found once: each look-up makes a class, on pages that every process would have of its own, .15 MB.
_prctl = ctypes.CDLL(None).prctl


def fork(work: Callable[[], int], name: str, at_parents_end: signal.Signals) -> int:
    """Forks a process that does `work` and ends with the code that it gives; gives its number.

    The caller has no thread of its own but the main one (those of native libraries are
    gone in the fork). The process gets the signal when its parent ends, also by
    kill -9. It ignores SIGINT: a terminal's Ctrl-C is for whoever was started there, and that one ends the
    others in order. `name` is what ps -o comm shows, 15 bytes at most.
    """
    parent = os.getpid()
    _flush()
    signal.pthread_sigmask(signal.SIG_BLOCK, _OURS)  # else one meant for the child may run our handler there
    try:
        pid = os.fork()
        if pid == 0:
            _be(work, name, at_parents_end, parent)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
    return pid


def name_process(name: str) -> None:
    _prctl(_PR_SET_NAME, name.encode())


def _be(work: Callable[[], int], name: str, at_parents_end: signal.Signals, parent: int) -> None:
    """The child; never returns to what its parent was doing."""
    code = int(Exit.INTERNAL)
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _OURS)
        _prctl(_PR_SET_PDEATHSIG, at_parents_end)
        name_process(name)
        if os.getppid() == parent:  # else it ended before it could be watched
            code = work()
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        _flush()
        os._exit(code)


def _flush() -> None:
    """Else what is buffered would be written twice. A full disk ends neither process."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
