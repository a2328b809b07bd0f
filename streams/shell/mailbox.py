"""Memory that a worker shares with a stage process: messages lie there, a pipe only says that one does.

Through the pipes themselves each message was copied into the kernel and out again: 4 of 100 us a record of
6.8 kB (bench/hop.py).
"""

import mmap
import os
import pickle
import struct
from typing import Any

# Most messages fit (a chunk has 512 kB); for one of 6 MB there is more, until its answer has been read.
ROOM_BYTES = 1 << 20
_POST = struct.Struct("<QQ")


class Mailbox:
    """Room for one message at a time, a pickle. Both sides have one of their own of the same descriptor.

    What is told of a message, a post, is of POST_BYTES and says how large it and the mailbox are. Only after
    it has come may the other side touch the mailbox; a process that dies before leaves nothing that is read.
    """

    POST_BYTES = _POST.size

    def __init__(self, descriptor: int) -> None:
        """Of a descriptor that `room` has made; it is the caller's to close."""
        self._room = mmap.mmap(descriptor, ROOM_BYTES)

    def put(self, message: Any) -> bytes:
        """The post of the message, which lies here now. Raises what pickling raises."""
        self._room.seek(0)
        try:
            pickle.dump(message, self._room, pickle.HIGHEST_PROTOCOL)
        except ValueError:  # no more room
            whole = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
            self._room.resize(max(len(whole), ROOM_BYTES))
            self._room[: len(whole)] = whole
            return _POST.pack(len(whole), len(self._room))
        return _POST.pack(self._room.tell(), len(self._room))

    def take(self, post: bytes) -> Any:
        """The message of a post."""
        size, room = _POST.unpack(post)
        if room != len(self._room):
            self._room.resize(room)
        with memoryview(self._room) as view, view[:size] as message:
            return pickle.loads(message)  # noqa: S301 - between our own processes

    def shrink(self) -> None:
        """Gives back what a large message took; nobody may use it on the other side just now."""
        if len(self._room) > ROOM_BYTES:
            self._room.resize(ROOM_BYTES)

    def close(self) -> None:
        self._room.close()


def room() -> int:
    """A descriptor of new memory, for the mailboxes of both sides; raises OSError."""
    descriptor = os.memfd_create("mailbox")
    os.ftruncate(descriptor, ROOM_BYTES)
    return descriptor
