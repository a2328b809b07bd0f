"""The body of a page as paragraphs: by our own blocks, or by trafilatura where those are in doubt."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from lxml import etree, html
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser
from trafilatura import bare_extraction
from trafilatura.utils import HTML_PARSER, line_processing, trim

from streams.cleaning.page.body import KEPT, Judgement, Model, Verdict, judge
from streams.cleaning.page.markup import CELL, GROUP, STRIPPED
from streams.cleaning.page.outline import Outline, outline_of
from streams.cleaning.text import normalise, one_line
from streams.cleaning.verdict import MIN_WORDS

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

# lxml.html asks Python for the class of each element that is looked at, 46,000 times for 16 pages; of its own
# classes trafilatura 2.3.1 needs none but this.
HTML_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=html.HtmlElement))


@dataclass(frozen=True, slots=True)
class Body:
    """Paragraphs, subheads, list items and table rows in the page's order; `standfirst` where the page shows
    one. `confidence`: the F1 to expect; `asked`: whether trafilatura was; `second`: whether it had the last
    word.
    """

    paragraphs: tuple[str, ...]
    standfirst: str | None
    confidence: float
    outline: Outline
    judgement: Judgement
    asked: bool = False
    second: bool = False


def extract_body(
    tree: LexborHTMLParser,
    *,
    title: str | None,
    description: str | None,
    may_fall_back: bool,
    using: Model | None = None,
) -> Body:
    """The body of a page that passed the guard, by whoever has the last word. Arguments as of `own_body`."""
    body = own_body(tree, title=title, description=description, using=using)
    return second_opinion(tree, body) if may_fall_back else body


def own_body(
    tree: LexborHTMLParser,
    *,
    title: str | None,
    description: str | None,
    using: Model | None = None,
    met: Sequence[str] = STRIPPED,
) -> Body:
    """The body by our own judgement; no paragraphs when there is none.

    Takes scripts and the like out of the tree. `title` and `description` are what the page's metadata say;
    `met`: as of `outline_of`.
    """
    outline = outline_of(tree, met)
    judgement = judge(outline, title, using)
    marked = _marked_standfirst(outline, judgement)
    if marked is not None:
        judgement.verdict[marked] = Verdict.STANDFIRST
    standfirst = outline.block(marked) if marked is not None else _standfirst(outline, judgement, description)
    standfirst = one_line(standfirst) if standfirst else None
    paragraphs = _paragraphs(outline, judgement)
    return Body(paragraphs, standfirst, round(judgement.confidence, 3), outline, judgement)


def second_opinion(tree: LexborHTMLParser, body: Body) -> Body:
    """The body with trafilatura's paragraphs where ours are in doubt and these can be right. `tree`: as
    `own_body` left it.
    """
    judgement = body.judgement
    words = float((judgement.words * judgement.probability).sum())
    # What would be too short with all that may count is not asked for: 31 of 131 doubtful bodies.
    if judgement.confidence >= DOUBTFUL or MOST * words < MIN_WORDS:
        return body
    others = _trafilatura(tree)
    if not others or sum(len(line.split()) for line in others) > MOST * words:
        return replace(body, asked=True)
    return replace(body, paragraphs=others, asked=True, second=True)


def _paragraphs(outline: Outline, judgement: Judgement) -> tuple[str, ...]:
    """The text of the kept blocks; cells of one row make one paragraph."""
    kept = np.flatnonzero(judgement.verdict == KEPT)
    blocks = outline.blocks
    parts: list[str] = []
    for start, end, joined in zip(
        blocks.start[kept].tolist(), blocks.end[kept].tolist(), _in_row(outline, kept).tolist(), strict=True
    ):
        text = outline.text[start:end]
        if joined:
            parts[-1] += " | " + text
        else:
            parts.append(text)
    lines = normalise("\n\n".join(parts)).split("\n\n")
    return tuple(text for line in lines if (text := _without_gaps(line)))


def _without_gaps(line: str) -> str:
    """With one space where there are several: blocks have no others but where `normalise` took out what stood
    between two. To look costs a tenth of what it takes to split all.
    """
    gaps = "  " in line or "\n" in line or line != line.strip()
    return " ".join(line.split()) if gaps else line


def _in_row(outline: Outline, kept: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of these blocks are cells of the same row as the one before, and not the same cell."""
    outer = outline.blocks.outer[kept]
    cell = outline.elements.kind[outer] == CELL
    out = np.zeros(len(kept), np.bool_)
    if cell.any():  # in few bodies
        row = outline.elements.parent[outer]
        out[1:] = cell[1:] & cell[:-1] & (outer[1:] != outer[:-1]) & (row[1:] == row[:-1])
    return out


def _standfirst(outline: Outline, judgement: Judgement, description: str | None) -> str | None:
    """A block above the body that is the page's description, or is marked as a standfirst."""
    first = int(np.argmax(judgement.verdict == KEPT)) if len(judgement.verdict) else 0
    wanted = _key(description or "")
    blocks, elements = outline.blocks, outline.elements
    begin = max(0, first - ABOVE)
    sizes = (blocks.end[begin:first] - blocks.start[begin:first]).tolist()
    for i, size, linked in zip(range(begin, first), sizes, blocks.linked[begin:first].tolist(), strict=True):
        if size <= MIN_STANDFIRST or linked * 2 >= size:
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
    try:
        found = bare_extraction(
            page, fast=True, include_comments=False, deduplicate=False, with_metadata=False
        )
    finally:  # they keep 1,024 texts each, however long, and the next page has others
        line_processing.cache_clear()
        trim.cache_clear()
    text = normalise(getattr(found, "text", None) or "")
    lines = (" ".join(_BULLET.sub("", line).split()) for line in text.split("\n"))
    return tuple(line for line in lines if line)
