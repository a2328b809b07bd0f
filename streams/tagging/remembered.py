"""A cache for what names mean, bounded in names and in their length."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar, TypeVarTuple, cast

REMEMBERED = 1 << 11
"""Names of which something is remembered, in each of ten caches: together 107,000 objects after 4,300 texts.

The same names come again in a stream, but mostly soon: with 512 to 20,000 tagging took the same time (within
a tenth, 3,500 articles of news), and 20,000 were 28 MB by then and not full.
"""
LONGEST_REMEMBERED = 200
"""Characters. An article may hold names of 100 kB, and caches of them would be gigabytes: with this the
longest that can be, four bytes a character, are 2 MB a cache."""
_R = TypeVar("_R")
_Rest = TypeVarTuple("_Rest")


def remembered(function: Callable[[str, *_Rest], _R]) -> Callable[[str, *_Rest], _R]:
    """What the function says of the last REMEMBERED names, its first argument; of longer ones it is asked
    each time."""
    known: Any = lru_cache(REMEMBERED)(function)

    @wraps(function)
    def asked(*given: Any) -> _R:  # handed on as it came: 50 ns a call, where a name and the rest take 90
        return known(*given) if len(given[0]) <= LONGEST_REMEMBERED else function(*given)

    return cast(Callable[[str, *_Rest], _R], asked)
