"""What a stage process does between its pipes; the other side is stage_process.py.

A message is its length in 8 bytes, and a pickle. Chunks come in, answers go out, one for one.
"""

import os
import pickle
import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from streams.shell.freed import Freed

LENGTH = struct.Struct("<Q")
# A chunk goes through in one piece (512 kB, or one record of 6 MB in six): each more is a change of process.
PIPE_BYTES = 1 << 20
READY = b"ready"


def serve(begin: Callable[[], None], function: Callable[[Any], Any], given: int, told: int) -> None:
    """The process: `begin()`, then `function(chunk)` for each chunk; ends with the pipe."""
    begin()
    buffer, freed = bytearray(PIPE_BYTES), Freed()
    with suppress(EOFError, BrokenPipeError):
        _tell(told, pickle.dumps(READY))
        while True:
            chunk = _take(given, buffer)
            try:
                answer = pickle.dumps(function(chunk), pickle.HIGHEST_PROTOCOL)
            except Exception as error:
                answer = pickle.dumps(error)
            del chunk
            _tell(told, answer)
            del answer
            if freed.due:
                freed.give_back()


def _take(end: int, buffer: bytearray) -> Any:
    have, need = 0, LENGTH.size
    while have < need:
        if len(buffer) < need:
            buffer.extend(bytes(need - len(buffer)))
        with memoryview(buffer) as view, view[have:] as room:
            more = os.readv(end, [room])
        if not more:
            raise EOFError
        have += more
        if have >= LENGTH.size:
            need = LENGTH.size + LENGTH.unpack_from(buffer)[0]
    with memoryview(buffer) as view, view[LENGTH.size : need] as message:
        return pickle.loads(message)  # noqa: S301 - from our own worker


def _tell(end: int, data: bytes) -> None:
    parts = [memoryview(LENGTH.pack(len(data))), memoryview(data)]
    while parts:
        done = os.writev(end, parts)
        while parts and done >= len(parts[0]):
            done -= len(parts.pop(0))
        if parts:
            parts[0] = parts[0][done:]
