"""One stage process and its mailbox: a chunk goes in, what its function makes of it comes out.

Two pipes say that something has come. The worker's loop reads and writes them itself: the threads of a pool
that did (pebble's) took 10 of 100 us a record of 6.8 kB (bench/hop.py), and the interpreter's lock from the
loop.
"""

import asyncio
import fcntl
import os
import struct
import termios
from contextlib import suppress
from typing import Any

from streams.shell.mailbox import Mailbox, room
from streams.shell.stage_server import ForkedProcess, StageServer
from streams.shell.stage_serving import READY
from streams.shell.stage_watch import Watch

_COUNT = struct.Struct("i")
# What is left of a process that was ended is gone at once; the kernel may be busy.
END_SECONDS = 5.0


class ProcessDiedError(Exception):
    """The process has ended, or was ended; `begun`: after it had read all of its chunk."""

    def __init__(self, why: str, *, begun: bool = False) -> None:
        super().__init__(why)
        self.begun = begun


class StageProcess:
    """A process of a server's, which makes an answer of each chunk (`stage_serving.serve`).

    It belongs to one caller at a time: `ask` must have returned before it is called again.
    """

    def __init__(self, server: StageServer) -> None:
        self._server = server
        theirs_in, self._out = os.pipe()
        self._in, theirs_out = os.pipe()
        memory = room()
        self._theirs: tuple[int, ...] = (theirs_in, theirs_out, memory)
        self._mailbox = Mailbox(memory)
        self._process: ForkedProcess | None = None
        self._hearing: asyncio.AbstractEventLoop | None = None
        self._post: asyncio.Future[bytes] | None = None
        self.ended = False
        """Whether the loop has heard that it has ended; `alive` asks the system."""
        os.set_blocking(self._in, False)

    async def start(self) -> None:
        """Raises ProcessDiedError where the process cannot begin."""
        try:
            self._process = self._server.forked(*self._theirs)
        except OSError as error:
            raise ProcessDiedError(f"its server did not start it: {type(error).__name__}: {error}") from error
        finally:
            self._close_theirs()  # else its death would not be seen as the end of the pipe
        if await self._read() != READY:
            raise ProcessDiedError("it said something else than that it is ready")
        while not self.alive:  # the server may say its number later than it says itself that it is ready
            if self._process.gone:
                raise ProcessDiedError("it ended as it began")
            await _readable(self._process.status)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.alive

    async def ask(self, chunk: Any, seconds: float | None) -> Any:
        """What the function made of the chunk, or raises what it raised.

        Raises ProcessDiedError, or TimeoutError when the process had `seconds`; it is of no use afterwards.
        """
        async with asyncio.timeout(None) as limit:
            watch = Watch(seconds, self._process.pid if self._process else None, limit)
            try:
                await self._write(chunk)
                answer = await self._read()
            finally:
                watch.end()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def kill(self) -> None:
        """Ends the process, wherever it is."""
        if self._process is not None:
            self._process.kill()

    def join(self) -> None:
        """Waits until a killed process is gone."""
        if self._process is not None:
            self._process.join(END_SECONDS)

    def close(self) -> None:
        """`kill`, and gives its pipes and its mailbox back; nobody may be in `ask`."""
        self.kill()
        self._hear_no_more()
        os.close(self._in)
        os.close(self._out)
        self._mailbox.close()
        self._close_theirs()
        if self._process is not None:
            self._process.close()

    def _close_theirs(self) -> None:
        for end in self._theirs:
            os.close(end)
        self._theirs = ()

    async def _write(self, message: Any) -> None:
        post = self._mailbox.put(message)
        try:
            os.write(self._out, post)  # the pipe has room: it is empty
        except OSError as error:
            raise await self._death(begun=False) from error

    async def _read(self) -> Any:
        """The next message."""
        loop = asyncio.get_running_loop()
        if self._hearing is not loop:
            self._hear_no_more()
            self._hearing = loop
            loop.add_reader(self._in, self._heard)
        self._post = loop.create_future()
        if self.ended or not (post := await self._post):
            raise await self._death(begun=not self._unread())
        answer = self._mailbox.take(post)
        self._mailbox.shrink()
        return answer

    def _heard(self) -> None:
        """The loop calls it when there is something to read, between two chunks too: to begin listening and
        to end would be two system calls a chunk.
        """
        try:
            post = os.read(self._in, Mailbox.POST_BYTES)  # so little is written, and read, as one
        except BlockingIOError:
            return
        if not post:
            self.ended = True
            self._hear_no_more()  # else the loop would call for ever
        if self._post is not None and not self._post.done():
            self._post.set_result(post)

    def _hear_no_more(self) -> None:
        if self._hearing is not None and not self._hearing.is_closed():
            self._hearing.remove_reader(self._in)
        self._hearing = None

    def _unread(self) -> int:
        """Bytes that lie in the pipe to the process; those that it has left there outlive it."""
        (count,) = _COUNT.unpack(fcntl.ioctl(self._out, termios.FIONREAD, bytes(_COUNT.size)))
        return int(count)

    async def _death(self, *, begun: bool) -> ProcessDiedError:
        """Why the pipe broke: the server says how its child ended, a moment later."""
        if self._process is None:
            return ProcessDiedError("it was never asked for", begun=begun)
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                while self.alive:
                    await _readable(self._process.status)
        code = self._process.exitcode
        return ProcessDiedError("its pipe broke" if code is None else f"exit code {code}", begun=begun)


async def _readable(end: int) -> None:
    """Waits until the loop says that one can read from this end of a pipe."""
    loop = asyncio.get_running_loop()
    waiting = loop.create_future()
    loop.add_reader(end, _wake, waiting)
    try:
        await waiting
    finally:
        loop.remove_reader(end)


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)
