"""The body of a page as paragraphs: by our own blocks, or by trafilatura where those are in doubt."""

import logging
import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from selectolax.lexbor import LexborHTMLParser
from trafilatura import bare_extraction

from streams.cleaning.page.body import KEPT, Judgement, Model, Verdict, judge
from streams.cleaning.page.markup import CELL, GROUP
from streams.cleaning.page.outline import Outline, outline_of
from streams.cleaning.text import normalise, one_line

DOUBTFUL = 0.85  # expected F1 below which trafilatura is asked: about 5% of the pages
MOST = 1.3  # its answer counts up to so many times the words we expect: on doubtful pages it may take all
ABOVE = 12  # blocks above the body in which its standfirst may stand
MIN_STANDFIRST = 40  # characters
FEW = 2  # kept blocks, of which none is given away as a standfirst
_SAME = 50  # letters by which a block is the page's description
_READ = 4 * _SAME  # code points that are read for them
_BULLET = re.compile(r"^- ")
_NOT_KEY = re.compile(r"[\W_]+")

# These report every odd page to the root logger; what happened to a record is in its event.
for _name in ("trafilatura", "htmldate", "courlan", "justext", "readability"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Body:
    """Paragraphs, subheads, list items and table rows in the page's order; `standfirst` where the page shows
    one. `confidence`: the F1 to expect; `second`: whether trafilatura had the last word.
    """

    paragraphs: tuple[str, ...]
    standfirst: str | None
    confidence: float
    outline: Outline
    judgement: Judgement
    second: bool = False


def extract_body(
    tree: LexborHTMLParser,
    *,
    title: str | None,
    description: str | None,
    may_fall_back: bool,
    using: Model | None = None,
) -> Body:
    """The body of a page that passed the guard; no paragraphs when there is none.

    Takes scripts and the like out of the tree. `title` and `description` are what the page's metadata say.
    """
    outline = outline_of(tree)
    judgement = judge(outline, title, using)
    marked = _marked_standfirst(outline, judgement)
    if marked is not None:
        judgement.verdict[marked] = Verdict.STANDFIRST
    paragraphs = _paragraphs(outline, judgement)
    second = False
    if judgement.confidence < DOUBTFUL and may_fall_back:
        words = float((judgement.words * judgement.probability).sum())
        others = _trafilatura(tree)
        if others and sum(len(line.split()) for line in others) <= MOST * words:
            paragraphs, second = others, True
    standfirst = outline.block(marked) if marked is not None else _standfirst(outline, judgement, description)
    standfirst = one_line(standfirst) if standfirst else None
    return Body(paragraphs, standfirst, round(judgement.confidence, 3), outline, judgement, second)


def _paragraphs(outline: Outline, judgement: Judgement) -> tuple[str, ...]:
    """The text of the kept blocks; cells of one row make one paragraph."""
    kept = np.flatnonzero(judgement.verdict == KEPT).tolist()
    parts: list[str] = []
    for before, i in pairwise([-1, *kept]):
        text = outline.block(i)
        if before >= 0 and _same_row(outline, before, i):
            parts[-1] += " | " + text
        else:
            parts.append(text)
    lines = normalise("\n\n".join(parts)).split("\n\n")
    return tuple(text for line in lines if (text := " ".join(line.split())))


def _same_row(outline: Outline, before: int, after: int) -> bool:
    elements = outline.elements
    a, b = outline.blocks.outer[before], outline.blocks.outer[after]
    return bool(
        elements.kind[a] == elements.kind[b] == CELL and a != b and elements.parent[a] == elements.parent[b]
    )


def _standfirst(outline: Outline, judgement: Judgement, description: str | None) -> str | None:
    """A block above the body that is the page's description, or is marked as a standfirst."""
    first = int(np.argmax(judgement.verdict == KEPT)) if len(judgement.verdict) else 0
    wanted = _key(description or "")
    blocks, elements = outline.blocks, outline.elements
    for i in range(max(0, first - ABOVE), first):
        size = blocks.end[i] - blocks.start[i]
        if size <= MIN_STANDFIRST or blocks.linked[i] * 2 >= size:
            continue
        text = outline.block(i)
        if (wanted and _key(text) == wanted) or elements.words[blocks.outer[i]] & GROUP["standfirst"]:
            return text
    return None


def _marked_standfirst(outline: Outline, judgement: Judgement) -> int | None:
    """One of the first two kept blocks that is marked as the standfirst by a word that means nothing else."""
    kept = np.flatnonzero(judgement.verdict == KEPT)
    blocks, words = outline.blocks, outline.elements.words
    for i in kept[:2] if len(kept) > FEW else ():
        if words[blocks.outer[i]] & GROUP["deck"] and blocks.end[i] - blocks.start[i] > MIN_STANDFIRST:
            return int(i)
    return None


def _key(text: str) -> str:
    return _NOT_KEY.sub("", text[:_READ].lower())[:_SAME]


def _trafilatura(tree: LexborHTMLParser) -> tuple[str, ...]:
    """What trafilatura takes of the page as Lexbor writes it out: libxml2 nests unclosed tags that HTML does
    not, and loses what it thinks too deep. Without scripts F1 is a little better too (news .944, not .936).

    Never `deduplicate=True`: its cache makes the result depend on the pages before. No metadata: that asks
    the clock.
    """
    page = tree.html or ""
    found = bare_extraction(page, fast=True, include_comments=False, deduplicate=False, with_metadata=False)
    text = normalise(getattr(found, "text", None) or "")
    lines = (" ".join(_BULLET.sub("", line).split()) for line in text.split("\n"))
    return tuple(line for line in lines if line)
