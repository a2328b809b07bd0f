"""Put on PYTHONPATH: deciding the article of this id raises what nobody foresaw."""

import sys
from pathlib import Path
from typing import Any

# Python imports this module before it looks into the folder that the worker was started in.
sys.path.insert(0, str(Path.cwd()))

import streams.dedup

UNDECIDABLE = bytes.fromhex("ee" * 16)

_decide = streams.dedup.decide


def decide(index: Any, arrival: Any) -> Any:
    if arrival.id == UNDECIDABLE:
        raise KeyError("a row that nobody foresaw")
    return _decide(index, arrival)


streams.dedup.decide = decide
