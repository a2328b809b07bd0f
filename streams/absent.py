"""Imports without what a library takes only where it happens to be installed, and we have no use for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def absent(module: str) -> Iterator[None]:
    """Within it nobody can import this module, unless it is loaded already."""
    unloaded: Any = None  # what Python says of a module that cannot be imported
    sys.modules.setdefault(module, unloaded)
    try:
        yield
    finally:
        if sys.modules[module] is unloaded:
            del sys.modules[module]
