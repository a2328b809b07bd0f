"""A list of names that is only asked whether it has one: tables that are mapped, where a set of strings would
take 130 bytes a name."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.tagging.atlas import name_key, view


class Listed(NamedTuple):
    """`keys` ascending; the UTF-8 of name n, which has the key n, ends before ends[n] in `texts`."""

    keys: NDArray[np.uint64]
    texts: NDArray[np.uint8]
    ends: NDArray[np.uint32]


def listed(names: Iterable[str]) -> Listed:
    """The tables of some names. Raises ValueError where two of them have one key, of 64 bits."""
    rows = sorted((name_key(name), name.encode()) for name in set(names))
    keys, texts = [key for key, _ in rows], [text for _, text in rows]
    if len(set(keys)) < len(keys):
        raise ValueError("two names share a key")
    ends = np.cumsum([len(text) for text in texts], dtype=np.uint32)
    return Listed(np.array(keys, np.uint64), np.frombuffer(b"".join(texts), np.uint8), ends)


class NameList:
    """Look-ups by exact, case-sensitive name. Immutable."""

    def __init__(self, tables: Listed) -> None:
        self._keys, self._texts, self._ends = view(tables.keys), view(tables.texts), view(tables.ends)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, name: str) -> bool:
        key = name_key(name)
        at = bisect_left(self._keys, key)
        return at < len(self._keys) and self._keys[at] == key and self._name(at) == name

    def __iter__(self) -> Iterator[str]:
        return map(self._name, range(len(self)))

    def _name(self, number: int) -> str:
        start = self._ends[number - 1] if number else 0
        return str(self._texts[start : self._ends[number]], "utf-8")
