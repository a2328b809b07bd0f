"""The lines that were taken out, as far as an event carries them."""

from streams.events import Removed
from streams.vocabulary import RemovedReason

MAX_REMOVED = 64_000  # bytes of UTF-8 of all removed lines (contract)


def as_many(removed: tuple[Removed, ...]) -> tuple[Removed, ...]:
    """As many removed lines, in their order, as MAX_REMOVED holds: first the furniture, which stands at the
    end and without which the next snapshot would not learn it again, then from the top.
    """
    size = furniture = 0
    while furniture < len(removed) and removed[-1 - furniture].reason is RemovedReason.FURNITURE:
        furniture += 1
    end = len(removed) - furniture
    for n, i in enumerate((*range(end, len(removed)), *range(end))):
        size += len(removed[i].text.encode())
        if size > MAX_REMOVED:
            return (*removed[: max(0, n - furniture)], *removed[end : end + n])
    return removed
