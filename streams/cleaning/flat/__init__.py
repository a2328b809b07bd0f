"""Text flattened from a whole page: which of its lines are the article.

The line model (`linemodel`) says how likely each line is body and in which region the body lies; above it
stands the header, below it and in between what a page puts there. Every line that is not body is given back
with a reason.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat.header import HEADER_LINES, Header, Known, read_header, title_line
from streams.cleaning.flat.lexicon import WALL
from streams.cleaning.flat.linemodel import choose, expected_f1, probabilities
from streams.cleaning.flat.lines import Line, read_lines, said
from streams.cleaning.flat.shapes import measured
from streams.cleaning.flat.shapes import shapes as shapes_of
from streams.cleaning.flat.wrapping import may_be_wrapped, unwrap
from streams.cleaning.text import normalised
from streams.code_points import codes_of
from streams.events import Removed
from streams.parts import Parts, finished
from streams.records import records
from streams.vocabulary import Completeness
from streams.vocabulary import RemovedReason as Reason

# Lines that are judged, from the top: 20,000 of 25 characters fill the text that an event may have; of 552
# flattened pages none has more than 1,409. Each costs 11 us and 1.6 kB, and 4 MB of commas have 2,000,000.
MAX_LINES = 20_000
REPEATED_WORDS = 6  # shorter lines recur within articles: speakers' names, subheads
WALL_LINES = 3  # below the body, where the wall that cut it stands
# Reasons that stand whatever the line model thinks: within a body too these are no text.
CERTAIN = frozenset({Reason.NO_TEXT, Reason.CREDIT, Reason.CAPTION, Reason.DATE})
# Probability above which a line is body though the lexicon knows its words.
SURE = 0.8
_LINE = re.compile(r"[^ \n][^\n]*")


@dataclass(frozen=True, slots=True)
class Flattened:
    """The article in a flattened page. `paragraphs` may be empty."""

    paragraphs: tuple[str, ...]
    header: Header
    removed: tuple[Removed, ...]
    credits: tuple[str, ...]
    completeness: Completeness
    confidence: float


def read_flat(text: str, known: Known) -> Flattened:
    """Take a text apart. Linear in its length; the same text always gives the same. Lines behind the first
    MAX_LINES are below the body.
    """
    return finished(reading_flat(text, known))


def reading_flat(text: str, known: Known) -> Parts[Flattened]:
    """`read_flat` in parts."""
    whole, codes = normalised(text)
    text, rest = _top(whole)
    if text is not whole:
        codes = codes_of(text)
    shapes, longest, parted, adjacent = measured(text, codes)
    if may_be_wrapped(longest, parted, adjacent) and (flowing := unwrap(text)) != text:
        text, codes = flowing, codes_of(flowing)
        shapes = shapes_of(text, codes)
    yield
    lines = read_lines(text, shapes, codes)
    yield
    title, reasons = title_line(lines, known), said(lines)
    yield
    p = probabilities(codes, shapes, reasons, title)
    yield
    found = assemble(lines, shapes, p, known, title)
    if not rest:
        return found
    behind = (Removed(line, Reason.BELOW_BODY) for line in _lines_of(rest))
    return replace(found, removed=(*found.removed, *behind))


def _top(text: str) -> tuple[str, str]:
    """The first MAX_LINES lines that are not blank, and what stands behind them."""
    if len(text) < MAX_LINES or text.count("\n") < MAX_LINES:
        return text, ""
    behind = next(islice(_LINE.finditer(text), MAX_LINES, None), None)
    return (text, "") if behind is None else (text[: behind.start()], text[behind.start() :])


def _lines_of(text: str) -> Iterator[str]:
    return (" ".join(line.split()) for line in text.split("\n") if line and not line.isspace())


def assemble(
    lines: Sequence[Line], shapes: NDArray[np.void], p: NDArray[np.float64], known: Known, title: int
) -> Flattened:
    """The article of the lines that are likely (`p`) body, its header, and why the other lines are none.
    `title`: their title_line.
    """
    start, end, kept = choose(p, shapes)
    likelihoods = p.tolist()
    header = read_header(lines, start, known, title)
    above = header.reasons
    reasons: list[Reason | None] = [
        None
        if inside and line.reason is None and i not in above
        else above.get(i) or _reason(line, i, start, end, likely, inside)
        for i, (line, likely, inside) in enumerate(zip(lines, likelihoods, kept.tolist(), strict=True))
    ]
    _drop_repeated(lines, reasons)
    known_p = [0.0 if reason in CERTAIN else p for p, reason in zip(likelihoods, reasons, strict=True)]
    removed = [line.text for line, reason in zip(lines, reasons, strict=True) if reason]
    why = [reason for reason in reasons if reason]
    credited = [line.credit for line in lines[max(0, start - HEADER_LINES) : end] if line.credit]
    return Flattened(
        paragraphs=tuple([line.text for line, reason in zip(lines, reasons, strict=True) if not reason]),
        header=header,
        removed=tuple(records(Removed, len(removed), text=removed, reason=why)),
        credits=tuple(dict.fromkeys(credited)),
        completeness=_completeness(lines, end),
        confidence=round(expected_f1(known_p, [line.words for line in lines], reasons), 3),
    )


def _reason(line: Line, i: int, start: int, end: int, p: float, kept: bool) -> Reason | None:
    """Why a line is not body, None if it is: the words name the reason, the structure decides."""
    if line.reason in CERTAIN or (line.reason and not (kept and p >= SURE)):
        return line.reason
    if kept:
        return None
    if i < start:
        return Reason.ABOVE_BODY
    return Reason.BELOW_BODY if i >= end else Reason.WITHIN_BODY


def _drop_repeated(lines: Sequence[Line], reasons: list[Reason | None]) -> None:
    """Pull quotes and teasers repeat the body's sentences: the first stays."""
    seen: set[str] = set()
    for i, line in enumerate(lines):
        if reasons[i] is None:
            if line.text in seen and line.words >= REPEATED_WORDS:
                reasons[i] = Reason.REPEATED
            seen.add(line.text)


def _completeness(lines: Sequence[Line], end: int) -> Completeness:
    walled = any(WALL.fullmatch(line.folded) for line in lines[end : end + WALL_LINES] if line.reason)
    return Completeness.PARTIAL if walled else Completeness.FULL
