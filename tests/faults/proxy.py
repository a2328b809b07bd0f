"""A TCP proxy before the broker, for faults of the network: cut, slow, or a hole in which everything stays.

It runs in a thread of its own. Kafka advertises its address to the workers; load and auditor go past it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from enum import StrEnum

CHUNK_BYTES = 65_536


class Mode(StrEnum):
    PASS = "pass"  # noqa: S105 - no password
    SLOW = "slow"  # every chunk waits
    HOLE = "hole"  # connections stay, nothing passes
    CUT = "cut"  # connections end, and new ones at once


class Proxy:
    """Listens on `port` and passes bytes on to `target` of the same host; brokers of a cluster have the same
    ports on hosts of their own (127.0.0.1, 127.0.0.2 ...).
    """

    def __init__(
        self, port: int, target: int, delay: float = 0.2, hosts: Sequence[str] = ("127.0.0.1",)
    ) -> None:
        self._port, self._target, self._delay, self._hosts = port, target, delay, hosts
        self._mode = Mode.PASS
        self._writers: set[asyncio.StreamWriter] = set()
        self._passing = asyncio.Event()
        self._passing.set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    def become(self, mode: Mode) -> None:
        """From now on; a cut ends the connections there are."""
        asyncio.run_coroutine_threadsafe(self._become(mode), self._loop).result(10)

    def close(self) -> None:
        self.become(Mode.CUT)
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, self._hosts, self._port)

    async def _become(self, mode: Mode) -> None:
        self._mode = mode
        if mode is Mode.HOLE:
            self._passing.clear()
        else:
            self._passing.set()
        if mode is Mode.CUT:
            for writer in self._writers:
                writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._mode is Mode.CUT:
                return
            host = writer.get_extra_info("sockname")[0]
            there, back = await asyncio.open_connection(host, self._target)
            self._writers |= {writer, back}
            try:
                await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
            finally:
                self._writers -= {writer, back}
                back.transport.abort()
        except OSError:
            pass  # the broker is gone, or one side has ended: the other one is told by the end below
        finally:
            writer.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            await self._passing.wait()
            if self._mode is Mode.SLOW:
                await asyncio.sleep(self._delay)
            writer.write(chunk)
            await writer.drain()
        raise ConnectionResetError("one side has ended")
