"""One stage process and the two pipes to it: a chunk goes in, what its function makes of it comes out.

The worker's loop reads and writes the pipes itself: the threads of a pool that did (pebble's) took 10 of
100 us a record of 6.8 kB (bench/hop.py), and the interpreter's lock from the loop.
"""

import asyncio
import fcntl
import os
import pickle
import struct
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any

_LENGTH = struct.Struct("<Q")
_COUNT = struct.Struct("i")
# A chunk goes through in one piece (512 kB, or one record of 6 MB in six): each more is a change of process.
PIPE_BYTES = 1 << 20
READY = b"ready"
# What is left of a process that was ended is gone at once; the kernel may be busy.
END_SECONDS = 5.0


class ProcessDiedError(Exception):
    """The process has ended, or was ended; `begun`: after it had read all of its chunk."""

    def __init__(self, why: str, *, begun: bool = False) -> None:
        super().__init__(why)
        self.begun = begun


class StageProcess:
    """A process that calls `function(chunk)` for each chunk, after `begin(*arguments)`.

    It belongs to one caller at a time: `ask` must have returned before it is called again.
    """

    def __init__(
        self,
        context: ForkServerContext,
        begin: Callable[..., None],
        arguments: tuple[Any, ...],
        function: Callable[[Any], Any],
    ) -> None:
        theirs_in, self._out = context.Pipe(duplex=False)
        self._in, theirs_out = context.Pipe(duplex=False)
        self._theirs = theirs_in, theirs_out
        self._buffer = bytearray(PIPE_BYTES)
        self._process = context.Process(
            target=_serve, args=(theirs_in, theirs_out, begin, arguments, function), daemon=True
        )
        self._ending = threading.Lock()
        self._ended = False
        for end in (self._in, self._out):
            os.set_blocking(end.fileno(), False)
            with suppress(OSError):  # who is no root has a limit; a smaller pipe only costs time
                fcntl.fcntl(end.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    async def start(self) -> None:
        """Raises ProcessDiedError where the process cannot begin."""
        try:
            # The server that forks it may have to load the models first.
            await asyncio.to_thread(self._start)
        except (OSError, EOFError) as error:
            raise ProcessDiedError(f"its server did not start it: {type(error).__name__}: {error}") from error
        if await self._read() != READY:
            raise ProcessDiedError("it said something else than that it is ready")

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    async def ask(self, chunk: Any, seconds: float | None) -> Any:
        """What the function made of the chunk, or raises what it raised.

        Raises ProcessDiedError, or TimeoutError after `seconds`; the process is of no use afterwards.
        """
        async with asyncio.timeout(seconds):
            await self._write(pickle.dumps(chunk, pickle.HIGHEST_PROTOCOL))
            answer = await self._read()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def kill(self) -> None:
        """Ends the process, wherever it is; from any thread, and while another one starts it."""
        with self._ending:
            self._ended = True
            if self._process.pid is not None:
                self._process.kill()

    def join(self) -> None:
        """Waits until a killed process is gone."""
        if self._process.pid is not None:
            self._process.join(END_SECONDS)

    def close(self) -> None:
        """`kill`, and gives its pipes back; nobody may be in `ask`."""
        self.kill()
        for end in (self._in, self._out, *self._theirs):
            end.close()

    def _start(self) -> None:
        self._process.start()
        for end in self._theirs:
            end.close()  # else its death would not be seen as the end of the pipe
        with self._ending:
            if self._ended:
                self._process.kill()

    async def _write(self, data: bytes) -> None:
        parts = [memoryview(_LENGTH.pack(len(data))), memoryview(data)]
        while parts:
            try:
                done = os.writev(self._out.fileno(), parts)
            except BlockingIOError:
                loop, end = asyncio.get_running_loop(), self._out.fileno()
                await _called(loop.add_writer, loop.remove_writer, end)
                continue
            except OSError as error:
                raise await self._death(begun=False) from error
            while parts and done >= len(parts[0]):
                done -= len(parts.pop(0))
            if parts:
                parts[0] = parts[0][done:]

    async def _read(self) -> Any:
        """The next message; most come whole, with the length before it, in one read."""
        have, need = 0, _LENGTH.size
        loop, end = asyncio.get_running_loop(), self._in.fileno()
        while have < need:
            if len(self._buffer) < need:
                self._buffer.extend(bytes(need - len(self._buffer)))
            await _called(loop.add_reader, loop.remove_reader, end)
            with memoryview(self._buffer) as view, view[have:] as room:
                try:
                    more = os.readv(end, [room])
                except BlockingIOError:
                    continue
            if not more:
                raise await self._death(begun=not self._unread())
            have += more
            if have >= _LENGTH.size:
                need = _LENGTH.size + _LENGTH.unpack_from(self._buffer)[0]
        with memoryview(self._buffer) as view, view[_LENGTH.size : need] as message:
            answer = pickle.loads(message)  # noqa: S301 - our own process
        if len(self._buffer) > PIPE_BYTES:
            self._buffer = bytearray(PIPE_BYTES)
        return answer

    def _unread(self) -> int:
        """Bytes that lie in the pipe to the process; those that it has left there outlive it."""
        (count,) = _COUNT.unpack(fcntl.ioctl(self._out.fileno(), termios.FIONREAD, bytes(_COUNT.size)))
        return int(count)

    async def _death(self, *, begun: bool) -> ProcessDiedError:
        """Why the pipe broke: the server says how its child ended, a moment later."""
        loop = asyncio.get_running_loop()
        with suppress(TimeoutError):
            async with asyncio.timeout(1):
                await _called(loop.add_reader, loop.remove_reader, self._process.sentinel)
        code = self._process.exitcode
        return ProcessDiedError("its pipe broke" if code is None else f"exit code {code}", begun=begun)


async def _called(add: Callable[..., Any], remove: Callable[[int], Any], end: int) -> None:
    """Waits until the loop says that one can read from this end of a pipe, or write to it."""
    waiting = asyncio.get_running_loop().create_future()
    add(end, _wake, waiting)
    try:
        await waiting
    finally:
        remove(end)


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def _serve(
    given: Connection,
    told: Connection,
    begin: Callable[..., None],
    arguments: tuple[Any, ...],
    function: Callable[[Any], Any],
) -> None:
    """The process: ends with the pipe."""
    begin(*arguments)
    _tell(told.fileno(), pickle.dumps(READY))
    buffer = bytearray(PIPE_BYTES)
    with suppress(EOFError, BrokenPipeError):
        while True:
            chunk = _take(given.fileno(), buffer)
            try:
                answer = pickle.dumps(function(chunk), pickle.HIGHEST_PROTOCOL)
            except Exception as error:
                answer = pickle.dumps(error)
            del chunk
            _tell(told.fileno(), answer)


def _take(end: int, buffer: bytearray) -> Any:
    have, need = 0, _LENGTH.size
    while have < need:
        if len(buffer) < need:
            buffer.extend(bytes(need - len(buffer)))
        with memoryview(buffer) as view, view[have:] as room:
            more = os.readv(end, [room])
        if not more:
            raise EOFError
        have += more
        if have >= _LENGTH.size:
            need = _LENGTH.size + _LENGTH.unpack_from(buffer)[0]
    with memoryview(buffer) as view, view[_LENGTH.size : need] as message:
        return pickle.loads(message)  # noqa: S301 - from our own worker


def _tell(end: int, data: bytes) -> None:
    parts = [memoryview(_LENGTH.pack(len(data))), memoryview(data)]
    while parts:
        done = os.writev(end, parts)
        while parts and done >= len(parts[0]):
            done -= len(parts.pop(0))
        if parts:
            parts[0] = parts[0][done:]
