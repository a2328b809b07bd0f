"""Whether one of some words stands right before a place of the text."""

import re
from collections.abc import Iterable

REACH = 16
"""Characters read before the place: more than any of the words has."""


class Before:
    """Said of a text and a place in it: one of the words ends there, with one of the gaps behind it."""

    def __init__(self, words: Iterable[str], gaps: str = " ") -> None:
        self.words, self.gaps = frozenset(words), frozenset(gaps)
        self.pattern = re.compile(rf"\b(?:{'|'.join(sorted(self.words))})[{gaps}]\Z")

    def __call__(self, text: str, at: int) -> bool:
        """The pattern takes 0.7 to 2 us and is asked only of words with signs: "(since", "mid-May"."""
        if text[at - 1 : at] not in self.gaps:
            return False
        start = max(at - REACH, 0)
        word = text[start : at - 1].rpartition(" ")[2]
        return word in self.words or (not word.isalnum() and self.pattern.search(text, start, at) is not None)


def any_case(words: str) -> list[str]:
    """Words parted by spaces, each as it is and with a capital."""
    return [form for word in words.split() for form in (word, word.capitalize())]
