"""Put on PYTHONPATH: parsing a record that carries one of these marks hangs, kills or fills its process.

The product has no hook for it and no page is known that does it for sure on every machine. Python imports
this module by itself; the marks stand in records that only the test of bad input sends.
"""

import os
from typing import Any

import orjson

HANGS = b"this-page-hangs-its-parser"
KILLS = b"this-page-kills-its-process"
EATS = b"this-page-eats-memory"

_loads = orjson.loads


def loads(value: Any) -> Any:
    if isinstance(value, bytes):
        while HANGS in value:
            pass
        if KILLS in value:
            os.abort()
        if EATS in value:
            return [bytearray(64 << 20) for _ in range(16)]
    return _loads(value)


orjson.loads = loads
