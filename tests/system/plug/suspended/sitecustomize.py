"""Put on PYTHONPATH: the first records that a worker fetches meet a suspended flow, and are dropped.

So it is when partitions are handed out while a fetch waits: it gives the first records of the new assignment
into the flow of the old one. It comes about when a worker wakes up after its session; here always.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

# Python imports this module before it looks into the folder that the worker was started in.
sys.path.insert(0, str(Path.cwd()))

from streams.shell.transport import BatchConsumer

SUSPENDED_SECONDS = 1.0

_wait_next_records = BatchConsumer._wait_next_records
_dropped = False


async def wait_next_records(self: Any, timeout: float) -> Any:
    global _dropped
    records, active = await _wait_next_records(self, timeout)
    if records and not _dropped:
        _dropped = True
        self.stop_flow()
        asyncio.get_running_loop().call_later(SUSPENDED_SECONDS, self.resume_flow)
    return records, active


BatchConsumer._wait_next_records = wait_next_records  # type: ignore[method-assign]
