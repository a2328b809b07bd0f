"""Put on PYTHONPATH: no commit of one process returns: of the first to take away the file in PLUG_TOKEN."""

import asyncio
import os
from pathlib import Path
from typing import Any

import aiokafka

_commit = aiokafka.AIOKafkaConsumer.commit
_token = Path(os.environ["PLUG_TOKEN"])
_hangs = False


async def commit(self: Any, *arguments: Any) -> None:
    global _hangs
    if not _hangs and _token.exists():
        _token.unlink()
        _hangs = True
    if _hangs:
        await asyncio.Event().wait()
    await _commit(self, *arguments)


aiokafka.AIOKafkaConsumer.commit = commit
