"""Names that were found against gold: a name is right when its span and its type are (strict F1).

Where a name's outermost signs belong is a matter of taste, and no two gold files agree: on both sides a
leading article, quotes and brackets, and a trailing possessive, quotes and punctuation are left out.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

LABELS = ("PER", "ORG", "LOC")

Span = tuple[int, int, str]
"""Code points [start:end] and the type: one of LABELS, where spans are compared."""

_HEAD = re.compile(r"""(?:[\s"'“”‘’(\[.,;:\-–—]|the\s)+""", re.IGNORECASE)
_TAIL = re.compile(r"""(?:['’]s|[\s"'“”‘’)\],;:\-–—])+\Z""", re.IGNORECASE)


def trimmed(text: str, spans: Iterable[Span]) -> set[Span]:
    """The spans as they are compared; what would be empty stays as it is."""
    return {(*_trim(text, start, end), label) for start, end, label in spans}


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    head = _HEAD.match(text, start, end)
    if head and head.end() < end:
        start = head.end()
    tail = _TAIL.search(text[start:end])
    if tail and tail.start():
        end = start + tail.start()
    return start, end


@dataclass(slots=True)
class Scores:
    """Counts over texts. `confused[gold, found]`: the same span with another type."""

    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, found: set[Span], gold: set[Span]) -> None:
        """One text's spans, trimmed."""
        self.right.update(label for *_, label in found & gold)
        self.found.update(label for *_, label in found)
        self.gold.update(label for *_, label in gold)
        meant = {(start, end): label for start, end, label in gold}
        for start, end, label in found:
            other = meant.get((start, end), label)
            if other != label:
                self.confused[other, label] += 1

    def precision(self, *labels: str) -> float:
        return _ratio(_sum(self.right, labels), _sum(self.found, labels))

    def recall(self, *labels: str) -> float:
        return _ratio(_sum(self.right, labels), _sum(self.gold, labels))

    def f1(self, *labels: str) -> float:
        """Of these labels together; of all without any."""
        return _ratio(2 * _sum(self.right, labels), _sum(self.found, labels) + _sum(self.gold, labels))


def _sum(counts: Counter[str], labels: tuple[str, ...]) -> int:
    return sum(counts[label] for label in labels or LABELS)


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
