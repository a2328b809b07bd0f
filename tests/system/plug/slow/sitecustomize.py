"""Put on PYTHONPATH: each record takes a worker some milliseconds more, whatever the machine's speed.

So that a test that disturbs a worker finds it in the middle of its work.
"""

import sys
import time
from pathlib import Path
from typing import Any

# Python imports this module before it looks into the folder that the worker was started in.
sys.path.insert(0, str(Path.cwd()))

import orjson

import streams.dedup

SECONDS = 0.005

_loads = orjson.loads
_decide = streams.dedup.decide


def loads(value: Any) -> Any:
    """What clean and tag do of each record."""
    time.sleep(SECONDS)
    return _loads(value)


def decide(index: Any, arrival: Any) -> Any:
    """What de-duplication does, which parses nothing."""
    time.sleep(SECONDS)
    return _decide(index, arrival)


orjson.loads = loads
streams.dedup.decide = decide
