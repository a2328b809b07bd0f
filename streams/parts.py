"""Work in parts, between which others may do theirs: streams.pipeline.together."""

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
Parts = Generator[None, None, T]


def finished(work: Parts[T]) -> T:
    """What comes of the work, done without a break. Raises what it raises."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result
