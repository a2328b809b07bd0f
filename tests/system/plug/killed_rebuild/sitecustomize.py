"""Put on PYTHONPATH: a rebuild of small transactions, killed when it has written a few of them."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

# Python imports this module before it looks into the folder that the worker was started in.
sys.path.insert(0, str(Path.cwd()))

from streams.shell import rebuild_target

rebuild_target.CHUNK_ROWS = 20
WRITTEN = 4

_transaction = rebuild_target.NewEpoch._transaction
_left = [WRITTEN]


async def transaction(self: Any, *arguments: Any) -> None:
    if not _left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
    _left[0] -= 1
    await _transaction(self, *arguments)


rebuild_target.NewEpoch._transaction = transaction  # type: ignore[method-assign,assignment]
