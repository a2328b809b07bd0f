"""Put on PYTHONPATH: a kernel gives something else than where the log was written, as by another compiler."""

import sys
from pathlib import Path
from typing import Any

# Python imports this module before it looks into the folder that the worker was started in.
sys.path.insert(0, str(Path.cwd()))

import streams.dedup.sketch

_shingle_hashes = streams.dedup.sketch._shingle_hashes


def shingle_hashes(tokens: Any) -> Any:
    return _shingle_hashes(tokens) ^ 1


streams.dedup.sketch._shingle_hashes = shingle_hashes
