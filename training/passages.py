"""Cuts long texts into passages of about the length of an article, for a teacher to label."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from streams.tagging.tokens import tokenize

LONGEST = 700
"""Words, between white space. Longer than most articles; a teacher's windows are shorter anyway."""
SHORTEST = 60
"""Words. Shorter ones are ends of a text, or interjections ("I beg to move."), with hardly a name."""


def passages(paragraphs: Iterable[str], longest: int = LONGEST, shortest: int = SHORTEST) -> list[str]:
    """Paragraphs joined by line breaks into texts of `shortest` to `longest` words; leaves out shorter ones.

    A paragraph longer than a passage is cut where a sentence ends. A single sentence longer than that stays
    whole, so that `longest` is the rule and not a promise.
    """
    parts = [part for paragraph in paragraphs for part in joined(sentences(paragraph, longest), " ", longest)]
    return [text for text in joined(parts, "\n", longest) if len(text.split()) >= shortest]


def sentences(paragraph: str, longest: int) -> list[str]:
    """The paragraph, or its sentences if it has more than `longest` words. White space becomes a space."""
    words = paragraph.split()
    text = " ".join(words)
    if len(words) <= longest:
        return [text] if text else []
    document = tokenize(text)
    numbers = document.tokens.sentences
    firsts = [i for i in range(1, len(numbers)) if numbers[i] != numbers[i - 1]]
    # a quotation mark straight behind a full stop would begin a text and not end the one before it
    borders = [document.starts[i] for i in firsts if text[document.starts[i] - 1] == " "]
    return [text[start:end].strip() for start, end in pairwise([0, *borders, len(text)])]


def joined(parts: Iterable[str], separator: str, longest: int) -> Iterator[str]:
    """As many parts after one another as fit into `longest` words, then the next."""
    held: list[str] = []
    count = 0
    for part in parts:
        words = len(part.split())
        if held and count + words > longest:
            yield separator.join(held)
            held, count = [], 0
        held.append(part)
        count += words
    if held:
        yield separator.join(held)
