"""The body of an article page, by trafilatura."""

import logging
import re
from dataclasses import dataclass

from trafilatura import bare_extraction

from streams.cleaning.text import ends_sentence, normalise, word_count

# An article whose body is beyond doubt: the confidence grows up to here.
FULL_WORDS = 200
# Weights of the confidence: sentences, length, the page's own word. An estimate, not fitted to measured F1.
SENTENCES, LENGTH, DECLARED = 0.5, 0.3, 0.2

_BULLET = re.compile(r"^- ")

# These report every odd page to the root logger; what happened to a record is in its event.
for _name in ("trafilatura", "htmldate", "courlan", "justext", "readability"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Body:
    """Paragraphs, subheads and list items in the page's order."""

    paragraphs: tuple[str, ...]
    confidence: float


def extract_body(page: str, *, declares_article: bool | None) -> Body:
    """The body of a page that passed the guard; no paragraphs when there is none.

    Never `deduplicate=True`: its cache makes the result depend on the pages before. No metadata: that asks
    the clock.
    """
    found = bare_extraction(page, fast=True, include_comments=False, deduplicate=False, with_metadata=False)
    text = normalise(getattr(found, "text", None) or "")
    lines = (" ".join(_BULLET.sub("", line).split()) for line in text.split("\n"))
    paragraphs = tuple(line for line in lines if line)
    return Body(paragraphs, _confidence(paragraphs, declares_article))


def _confidence(paragraphs: tuple[str, ...], declares_article: bool | None) -> float:
    characters = sum(map(len, paragraphs))
    if not characters:
        return 0.0
    sentences = sum(len(line) for line in paragraphs if ends_sentence(line)) / characters
    length = min(1.0, sum(map(word_count, paragraphs)) / FULL_WORDS)
    declared = {True: 1.0, None: 0.5, False: 0.0}[declares_article]
    return round(SENTENCES * sentences + LENGTH * length + DECLARED * declared, 3)
