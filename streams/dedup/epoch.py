"""What a log was written under. Rows made by other code or for another domain table give a memory that
decides otherwise, so every record of a log says what it depends on, and a worker compares.
"""

from dataclasses import dataclass
from enum import IntEnum

import xxhash

from streams.dedup.compare import RULE_VERSION
from streams.dedup.sketch import SKETCH_VERSION

# Raise it with any change to the layout of the rows, the width of a sketch included.
LOG_FORMAT = 2
NO_TABLE = bytes(8)


class Phase(IntEnum):
    """Where in the life of its log a record stands."""

    LIVE = 0  # written by a worker, or by a rebuild once all of it is there
    BUILDING = 1  # part of a snapshot; behind the last of them a LIVE record says that it is whole
    CLOSED = 2  # the log ends: the epoch that this record names has taken over


@dataclass(frozen=True, slots=True)
class Epoch:
    """The number of an epoch and what its log depends on; `domains` is digest_of its domain table."""

    number: int = 0
    domains: bytes = NO_TABLE
    log_format: int = LOG_FORMAT
    sketch: int = SKETCH_VERSION
    rule: int = RULE_VERSION

    def difference(self, ours: "Epoch") -> str | None:
        """What of this log is not as ours, or None: "log says rule version 1, this worker has 2"."""
        for name, theirs, own in zip(_NAMES, self._shown(), ours._shown(), strict=True):
            if theirs != own:
                return f"log says {name} {theirs}, this worker has {own}"
        return None

    def _shown(self) -> tuple[str, ...]:
        numbers = self.log_format, self.sketch, self.rule, self.number
        return *map(str, numbers), self.domains.hex()


def digest_of(table: dict[str, int]) -> bytes:
    """8 bytes that two domain tables share when they send every language to the same partition."""
    rest = table["*"]
    lines = [f"{language}={number}" for language, number in sorted(table.items()) if number != rest]
    return xxhash.xxh3_64_digest(",".join([*lines, f"*={rest}"]).encode())


_NAMES = ("log format", "sketch version", "rule version", "epoch", "domain table")
