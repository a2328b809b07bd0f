"""How far dead letters were sent back: for each stage and reason the offsets that are done. Pure.

By stage and reason, because a person drives some of them first and the others another day; as stretches,
because it may have been those of one hour.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import orjson


@dataclass(slots=True)
class Driven:
    """Of one partition of letters: "stage/reason" -> stretches [start, end) that are done, ascending."""

    stretches: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    def covers(self, kind: str, offset: int) -> bool:
        """Whether a letter of a kind was sent back already."""
        return any(start <= offset < end for start, end in self.stretches.get(kind, ()))

    def add(self, kinds: Iterable[str], start: int, end: int, left: Sequence[int] = ()) -> None:
        """All letters of these kinds in [start, end) are sent back, but for the offsets `left`, ascending."""
        sent = [*zip((start, *(offset + 1 for offset in left)), (*left, end), strict=True)]
        for kind in kinds:
            merged: list[tuple[int, int]] = []
            for first, last in sorted([*self.stretches.get(kind, ()), *sent]):
                if merged and first <= merged[-1][1]:
                    merged[-1] = merged[-1][0], max(last, merged[-1][1])
                elif first < last:
                    merged.append((first, last))
            self.stretches[kind] = merged

    def trim(self, begin: int) -> None:
        """Forgets what lies before the first offset that is still there."""
        for kind, stretches in self.stretches.items():
            self.stretches[kind] = [(max(s, begin), e) for s, e in stretches if e > begin]

    @property
    def end(self) -> int:
        """The end of all stretches: a topic that ends before it was made anew since."""
        return max((end for stretches in self.stretches.values() for _, end in stretches), default=0)

    def pack(self) -> bytes:
        return orjson.dumps({"driven": {kind: s for kind, s in sorted(self.stretches.items()) if s}})


def unpack(packed: bytes) -> Driven:
    """The inverse of Driven.pack. Raises ValueError where it is none."""
    try:
        stretches = orjson.loads(packed)["driven"]
        return Driven({str(k): [(int(s), int(e)) for s, e in pairs] for k, pairs in stretches.items()})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"no record of how far letters were sent back: {error!r}") from None
