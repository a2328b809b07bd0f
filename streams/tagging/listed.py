"""Names in tables that are mapped, where a set of strings would take 130 bytes a name."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

NO_NAME = 0xFFFFFFFF


class Listed(NamedTuple):
    """The UTF-8 of name n ends before ends[n] in `texts`. `slots`: numbers of names, each at the CRC-32 of
    its UTF-8 or after it; a power of two, three for each name at least: what is no name mostly finds an
    empty one."""

    texts: NDArray[np.uint8]
    ends: NDArray[np.uint32]
    slots: NDArray[np.uint32]


def listed(names: Iterable[str]) -> Listed:
    """The tables of some names, each once, in their order."""
    every = [name.encode() for name in dict.fromkeys(names)]
    texts, ends = b"".join(every), np.cumsum([len(name) for name in every], dtype=np.uint32)
    return Listed(np.frombuffer(texts, np.uint8), ends, slots_of(texts, ends))


def slots_of(texts: bytes, ends: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """`Listed.slots` of the other two."""
    size = 1 << (3 * len(ends)).bit_length()
    slots = [NO_NAME] * size
    for number, (start, end) in enumerate(pairwise([0, *ends.tolist()])):
        at = crc32(texts[start:end]) % size
        while slots[at] != NO_NAME:
            at = (at + 1) % size
        slots[at] = number
    return np.array(slots, np.uint32)


class NameList:
    """Look-ups by exact, case-sensitive name, and by number. Immutable."""

    def __init__(self, tables: Listed) -> None:
        self._texts, self._ends, self._slots = view(tables.texts), view(tables.ends), view(tables.slots)
        self._last = len(tables.slots) - 1

    def __len__(self) -> int:
        return len(self._ends)

    def __contains__(self, name: str) -> bool:
        return self.number(name) is not None

    def __iter__(self) -> Iterator[str]:
        """In the order of their numbers."""
        return map(self.name, range(len(self)))

    def number(self, name: str) -> int | None:
        text = name.encode("utf-8", "surrogatepass")
        slots, at = self._slots, crc32(text) & self._last
        while (number := slots[at]) != NO_NAME:
            if self._texts[self._ends[number - 1] if number else 0 : self._ends[number]] == text:
                return int(number)
            at = at + 1 & self._last
        return None

    def name(self, number: int) -> str:
        start = self._ends[number - 1] if number else 0
        return str(self._texts[start : self._ends[number]], "utf-8")


def view(column: NDArray[Any]) -> Any:
    """What gives one number of a column sooner than the array does."""
    return memoryview(np.ascontiguousarray(column))  # type: ignore[arg-type]
