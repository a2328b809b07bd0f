"""Text flattened from a whole page: which of its lines are the article.

The body is the window of lines with the greatest total score (Kadane); above it stands the header, below it
and in between what a page puts there. Every line that is not body is given back with a reason.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from streams.cleaning.header import HEADER_LINES, Header, Known, read_header
from streams.cleaning.lexicon import WALL, fold
from streams.cleaning.lines import Line, read_lines, score
from streams.cleaning.text import unwrap
from streams.events import Removed
from streams.vocabulary import Completeness
from streams.vocabulary import RemovedReason as Reason

# Share of lines that end no sentence up to which a text is an article already, with nothing to cut by place.
# 4,000 articles as scrapers deliver them: mostly below; whole pages flattened: menus alone are above.
UNENDED_SHARE = 0.2
REPEATED_WORDS = 6  # shorter lines recur within articles: speakers' names, subheads
WALL_LINES = 3  # below the body, where the wall that cut it stands


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
    """Take a normalised text apart. Linear in its length; the same text always gives the same."""
    lines = read_lines(unwrap(text))
    start, end = _window(lines)
    header = read_header(lines, start, known)
    reasons: list[Reason | None] = [
        header.reasons.get(i) or line.reason or _by_place(i, start, end) for i, line in enumerate(lines)
    ]
    _drop_repeated(lines, reasons)
    body = [line for line, reason in zip(lines, reasons, strict=True) if reason is None]
    return Flattened(
        paragraphs=tuple(line.text for line in body),
        header=header,
        removed=tuple(
            Removed(line.text, reason) for line, reason in zip(lines, reasons, strict=True) if reason
        ),
        credits=tuple(
            dict.fromkeys(line.credit for line in lines[max(0, start - HEADER_LINES) : end] if line.credit)
        ),
        completeness=_completeness(lines, end),
        confidence=_confidence(lines, body),
    )


def _window(lines: Sequence[Line]) -> tuple[int, int]:
    """[start, end) of the greatest total score; all lines of what is an article already or holds no prose."""
    kept = [line for line in lines if line.reason is None]
    unended = sum(not line.sentence for line in kept)
    if unended <= UNENDED_SHARE * len(kept) or not any(line.prose for line in kept):
        return 0, len(lines)
    best = total = 0.0
    start = end = begin = 0
    for i, line in enumerate(lines):
        if total <= 0:
            total, begin = 0.0, i
        total += score(line)
        if total > best:
            best, start, end = total, begin, i + 1
    return start, end


def _by_place(i: int, start: int, end: int) -> Reason | None:
    if i < start:
        return Reason.ABOVE_BODY
    return Reason.BELOW_BODY if i >= end else None


def _drop_repeated(lines: Sequence[Line], reasons: list[Reason | None]) -> None:
    """Pull quotes and teasers repeat the body's sentences: the first stays."""
    seen: set[str] = set()
    for i, line in enumerate(lines):
        if reasons[i] is None:
            if line.text in seen and line.words >= REPEATED_WORDS:
                reasons[i] = Reason.REPEATED
            seen.add(line.text)


def _completeness(lines: Sequence[Line], end: int) -> Completeness:
    walled = any(WALL.fullmatch(fold(line.text)) for line in lines[end : end + WALL_LINES] if line.reason)
    return Completeness.PARTIAL if walled else Completeness.FULL


def _confidence(lines: Sequence[Line], body: Sequence[Line]) -> float:
    """The share of the body's characters in prose, and how far it outweighs the prose that was left out."""
    inside = sum(len(line.text) for line in body)
    if not inside:
        return 0.0
    prose = sum(len(line.text) for line in body if line.prose)
    everywhere = sum(len(line.text) for line in lines if line.prose)
    return round(0.6 * prose / inside + 0.4 * (prose / everywhere if everywhere else 0.0), 3)
