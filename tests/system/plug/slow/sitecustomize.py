"""Put on PYTHONPATH: each record takes a worker some milliseconds more, whatever the machine's speed.

So that a test that disturbs a worker finds it in the middle of its work.
"""

import time
from typing import Any

import orjson

SECONDS = 0.005

_loads = orjson.loads


def loads(value: Any) -> Any:
    time.sleep(SECONDS)
    return _loads(value)


orjson.loads = loads
