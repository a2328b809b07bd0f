"""A cache for what names mean, bounded in names and in their length."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec, TypeVar

REMEMBERED = 1 << 11
"""Names of which something is remembered, in each of a dozen caches: 7 MB for all of them once they are full.

The same names come again in a stream, but mostly soon: with 512 to 20,000 tagging took the same time (within
a tenth, 3,500 articles of news), and 20,000 were 28 MB by then and not full.
"""
LONGEST_REMEMBERED = 200
"""Characters. An article may hold names of 100 kB, and a dozen caches of them would be gigabytes: with this
the longest that can be, four bytes a character, are 2 MB a cache."""
_P = ParamSpec("_P")
_R = TypeVar("_R")


def remembered(function: Callable[Concatenate[str, _P], _R]) -> Callable[Concatenate[str, _P], _R]:
    """What the function says of the last REMEMBERED names; longer ones it is asked for each time."""
    known = lru_cache(REMEMBERED)(function)

    @wraps(function)
    def asked(name: str, /, *others: _P.args, **named: _P.kwargs) -> _R:
        if len(name) > LONGEST_REMEMBERED:
            return function(name, *others, **named)
        return known(name, *others, **named)  # type: ignore[arg-type]  # as hashable as lru_cache wants

    asked.cache_info = known.cache_info  # type: ignore[attr-defined]
    return asked
