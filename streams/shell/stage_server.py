"""The server that stage processes are forked from: what it has loaded, they share.

  worker -- keeper -- server -- stage processes

The keeper loads nothing and forks another server where one has died (the kernel short of memory): the
worker itself has threads by then, and such a process must not fork. All of them go with the worker, even
after kill -9. multiprocessing's server would be a new interpreter, which shares nothing with the worker, and
another one that looks after semaphores.
"""

import os
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from streams.shell.exits import Exit
from streams.shell.forking import fork

Serve = Callable[[int, int, int], None]
# What the server says of a process: its number, then how it ended.
_NUMBER = struct.Struct("<q")
_DESCRIPTORS = 4  # handed over with a request: ends of pipes, and memory


class StageServer:
    """Forks the server, and asks it for processes.

    `load()` is called in the server; RuntimeError ends that with a line. `serve(given, told, memory)` is the
    work of a process between the ends of two pipes, with a mailbox in the memory. `stage` names them for ps.
    """

    def __init__(self, stage: str, load: Callable[[], None], serve: Serve) -> None:
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        keep = partial(_keep, self._requests, theirs, stage, load, serve)
        self.pid = fork(keep, f"{stage} keeper", signal.SIGKILL)
        theirs.close()

    def forked(self, given: int, told: int, memory: int) -> "ForkedProcess":
        """Asks for a process that reads `given` and writes to `told`, ends of pipes, and shares `memory`: the
        caller closes all three.

        It is forked when the server has loaded; where it never will be, `told` ends. Raises OSError where
        there is no server any more.
        """
        status, theirs = os.pipe()
        try:
            socket.send_fds(self._requests, [b"\0"], [given, told, memory, theirs])
        except BaseException:
            os.close(status)
            raise
        finally:
            os.close(theirs)
        return ForkedProcess(status)

    def close(self) -> None:
        """Ends the server, and its processes with it."""
        self._requests.close()
        with suppress(ChildProcessError, ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


class ForkedProcess:
    """A process that the server was asked for, as its worker sees it."""

    def __init__(self, status: int) -> None:
        os.set_blocking(status, False)
        self.status = status
        """Can be read when there is news of the process."""
        self.pid: int | None = None
        self.exitcode: int | None = None
        self.gone = False
        self._hearing = threading.Lock()

    @property
    def alive(self) -> bool:
        """Whether it has been forked and not ended yet."""
        self._hear()
        return self.pid is not None and not self.gone

    def kill(self) -> None:
        """Ends it; one that is yet to be forked ends when it finds its pipes closed."""
        if self.alive and self.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def join(self, seconds: float) -> None:
        """Waits until a killed process is gone."""
        while self.alive and _readable(self.status, seconds=seconds):
            pass

    def close(self) -> None:
        self._hear()
        self.gone = True
        os.close(self.status)

    def _hear(self) -> None:
        with self._hearing:
            self._heard()

    def _heard(self) -> None:
        while not self.gone:
            try:
                said = os.read(self.status, _NUMBER.size)
            except BlockingIOError:
                return
            if not said:  # the server has closed it, or is dead: then so is what it forked
                self.gone = True
            elif self.pid is None:
                [self.pid] = _NUMBER.unpack(said)
            else:
                [self.exitcode] = _NUMBER.unpack(said)
                self.gone = True


def _keep(
    workers: socket.socket,
    requests: socket.socket,
    stage: str,
    load: Callable[[], None],
    serve: Serve,
) -> int:
    """The keeper: a server at once, and another one when a process is asked for of one that has died."""
    workers.close()
    work = partial(_serve, requests, stage, load, serve)
    while True:
        server = fork(work, f"{stage} server", signal.SIGKILL)
        os.waitpid(server, 0)
        # Whoever waits for a process asks again: their pipes end here.
        while _readable(requests.fileno(), seconds=0):
            if _request(requests) is None:
                return Exit.OK
        _readable(requests.fileno())


def _readable(*ends: int, seconds: float | None = None) -> set[int]:
    """Those of these descriptors that can be read, or have ended; waits for one."""
    poll = select.poll()  # select.select knows descriptors up to 1,023
    for end in ends:
        poll.register(end, select.POLLIN)
    return {end for end, _event in poll.poll(None if seconds is None else seconds * 1000)}


def _request(requests: socket.socket, *, take: bool = False) -> list[int] | None:
    """A request's descriptors, closed unless they are to be taken; None where the worker has gone."""
    said, descriptors, _flags, _address = socket.recv_fds(requests, 1, _DESCRIPTORS)
    if not said:
        return None
    if not take:
        for one in descriptors:
            os.close(one)
    return descriptors


def _serve(requests: socket.socket, stage: str, load: Callable[[], None], serve: Serve) -> int:
    """The server: forks a process a request, and says how each has ended."""
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    try:
        load()
    except RuntimeError as failed:
        print(f"copydesk: the self-test failed, nothing was read: {failed}", file=sys.stderr)
        return Exit.INTERNAL
    children: dict[int, int] = {}
    while True:
        ready = _readable(requests.fileno(), woken)
        if woken in ready:
            os.read(woken, select.PIPE_BUF)
            _tell_ended(children)
        if requests.fileno() in ready:
            descriptors = _request(requests, take=True)
            if descriptors is None:
                return Exit.OK
            *theirs, status = descriptors
            ours = (requests.fileno(), woken, wake, status, *children.values())
            pid = fork(partial(_be, theirs, ours, serve), f"{stage} stage", signal.SIGKILL)
            for one in theirs:
                os.close(one)
            children[pid] = status
            _say(status, pid)


def _be(theirs: Sequence[int], servers: Sequence[int], serve: Serve) -> int:
    """A stage process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for end in servers:  # else the pipes of one would be held open by another
        os.close(end)
    serve(*theirs)
    return Exit.OK


def _tell_ended(children: dict[int, int]) -> None:
    for pid in tuple(children):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            end = children.pop(pid)
            _say(end, os.waitstatus_to_exitcode(status))
            os.close(end)


def _say(status: int, number: int) -> None:
    with suppress(BrokenPipeError):  # the worker no longer asks
        os.write(status, _NUMBER.pack(number))
