"""Processes whose clock is what a file says, by libfaketime: `+3600` is an hour ahead."""

from __future__ import annotations

import importlib.util
from pathlib import Path

CACHE_SECONDS = 1  # until a process sees that its clock was set


def no_faketime() -> str | None:
    """Why no clock can be set here; None where it can."""
    return None if _library() else "libfaketime is missing; `pip install libfaketime` brings it"


def faked(clock: Path) -> dict[str, str]:
    """The environment of a process with the clock in this file."""
    return {
        "LD_PRELOAD": _library(),
        "FAKETIME_TIMESTAMP_FILE": str(clock),
        "FAKETIME_CACHE_DURATION": str(CACHE_SECONDS),
        "DONT_FAKE_MONOTONIC": "1",  # as with a real clock
        "NO_FAKE_STAT": "1",  # numba looks at the times of its files
    }


def _library() -> str:
    """Its path; empty where it is not installed."""
    found = importlib.util.find_spec("libfaketime")
    places = found.submodule_search_locations if found else None
    return next((str(file) for place in places or () for file in Path(place).rglob("libfaketime.so.1")), "")
