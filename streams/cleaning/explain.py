"""What cleaning did to an article, line by line, for a person to judge it: `copydesk clean` prints it.

One clean, with what it read on the way kept; the places of the lines are found afterwards, so that the stream
pays nothing for it.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from streams.cleaning import PARAGRAPH, Outcome, cleaning
from streams.cleaning.credits import credit_in
from streams.cleaning.flat import Flattened
from streams.cleaning.flat.wrapping import unwrap
from streams.cleaning.furniture import NO_FURNITURE, Furniture
from streams.cleaning.guard import may_fall_back, measure_markup
from streams.cleaning.page.body import Verdict
from streams.cleaning.page.extract import DOUBTFUL, Body
from streams.cleaning.text import normalise, one_line
from streams.events import CleanedArticle, RawArticle
from streams.parts import finished
from streams.vocabulary import Flag, RemovedReason

SURE_LETTERS = 20  # from which a block's text inside a paragraph is no chance
AHEAD, AHEAD_SHORT = 12, 3  # paragraphs in which a block is looked for, and one with fewer letters
CELLS = "|"  # between the cells of a row


class Late(StrEnum):
    """Why a line is not in the event though our own judgement kept it."""

    TRAFILATURA = "trafilatura"  # it had the last word and left the line out
    TRUNCATED = "truncated"  # the text was full


class Asked(StrEnum):
    """What became of the second opinion on a page."""

    NOT = "not asked"
    TOO_COSTLY = "not asked: the page might cost it minutes"
    NOT_TAKEN = "asked, its answer not taken"
    TAKEN = "asked, its answer taken"


Reason = Verdict | RemovedReason | Late


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or block; `reason`: why it was cut. None: it is in the event, or, of a rejected article, it
    was read as body. `probability` of being body: of a page's blocks only.
    """

    text: str
    reason: Reason | None = None
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """`lines`: kept and cut, in the order of the page; none where the content was refused unread. `asked`: of
    pages only.
    """

    outcome: Outcome
    lines: tuple[Line, ...] = ()
    asked: Asked | None = None


def explain(article: RawArticle, furniture: Furniture = NO_FURNITURE) -> Explanation:
    """What `clean` gives for the article, and what it kept and cut. Never raises what `clean` does not."""
    outcome, reading = finished(cleaning(article, furniture))
    content = article.content or ""
    if isinstance(reading, Body):
        paragraphs = _paragraphs(reading.paragraphs, outcome, article.headline)
        return Explanation(outcome, tuple(_page_lines(reading, paragraphs)), _asked(reading, content))
    if isinstance(reading, Flattened):
        paragraphs = _paragraphs(reading.paragraphs, outcome, None)
        return Explanation(outcome, tuple(_text_lines(reading, paragraphs, content)))
    return Explanation(outcome)


def _asked(body: Body, page: str) -> Asked:
    if body.asked:
        return Asked.TAKEN if body.second else Asked.NOT_TAKEN
    costly = body.judgement.confidence < DOUBTFUL and not may_fall_back(measure_markup(page))
    return Asked.TOO_COSTLY if costly else Asked.NOT


def _paragraphs(read: Sequence[str], outcome: Outcome, hint: str | None) -> list[Line]:
    """The paragraphs as they were read, each with why it is not in the event."""
    cleaned = outcome if isinstance(outcome, CleanedArticle) else None
    headline = (cleaned.headline if cleaned else None) or hint
    text = cleaned.text.split(PARAGRAPH) if cleaned else list(read)
    full = cleaned is not None and Flag.TEXT_TRUNCATED in cleaned.flags
    lines, at = [], 0
    for paragraph in read:
        last = full and at == len(text) - 1
        if at < len(text) and (paragraph == text[at] or (last and paragraph.startswith(text[at]))):
            lines.append(Line(text[at]))
            at += 1
        elif credit_in(paragraph) is not None:
            lines.append(Line(paragraph, RemovedReason.CREDIT))
        elif paragraph == headline:
            lines.append(Line(paragraph, RemovedReason.HEADLINE))
        elif full and at >= len(text):
            lines.append(Line(paragraph, Late.TRUNCATED))
        else:
            lines.append(Line(paragraph, RemovedReason.FURNITURE))
    return lines


def _page_lines(body: Body, paragraphs: Sequence[Line]) -> Iterator[Line]:
    """The paragraphs, and between them the blocks of the page that are in none."""
    judgement = body.judgement
    written = [_letters(line.text) for line in paragraphs]
    told = at = 0  # paragraphs told so far; the one in which the last block was found
    for i, number in enumerate(judgement.verdict.tolist()):
        verdict, probability = Verdict(number), float(judgement.probability[i])
        text = one_line(body.outline.block(i))
        found = None
        if verdict is Verdict.KEPT or body.second:
            found = _found(_letters(text), written, at)
        if found is not None:
            at = found
            yield from paragraphs[told:at]
            if told <= at:
                yield Line(paragraphs[at].text, paragraphs[at].reason, probability)
            told = max(told, at + 1)
        elif verdict is not Verdict.KEPT:
            yield Line(text, verdict, probability)
        elif body.second:
            yield Line(text, Late.TRAFILATURA, probability)
    yield from paragraphs[told:]


def _found(block: str, paragraphs: Sequence[str], start: int) -> int | None:
    """The paragraph that is the block, has it as a cell, or shares a long text with it."""
    long = len(block) >= SURE_LETTERS
    near = range(start, min(start + (AHEAD if long else AHEAD_SHORT), len(paragraphs)))
    for i in near:
        if block == paragraphs[i] or block in paragraphs[i].split(CELLS):
            return i
    for i in near if long else ():
        shorter, longer = sorted((block, paragraphs[i]), key=len)
        if len(shorter) >= SURE_LETTERS and shorter in longer:
            return i
    return None


def _letters(text: str) -> str:
    return "".join(text.split())


def _text_lines(flat: Flattened, paragraphs: Sequence[Line], content: str) -> list[Line]:
    """The paragraphs and the removed lines, each list in its order, merged by where the page has them."""
    places: dict[str, list[int]] = {}
    for number, line in enumerate(unwrap(normalise(content)).split("\n")):
        places.setdefault(_spaced(line), []).append(number)
    removed = [Line(line.text, line.reason) for line in flat.removed]
    read = (_at(flat.paragraphs, places), _at([line.text for line in removed], places))
    placed = [*zip(read[0], paragraphs, strict=True), *zip(read[1], removed, strict=True)]
    return [line for _, line in sorted(placed, key=lambda pair: pair[0])]


def _at(texts: Sequence[str], places: dict[str, list[int]]) -> list[int]:
    """The line of the page of each text, ascending; of one that is not found the line of the one before."""
    found, last = [], -1
    for text in texts:
        numbers = places.get(_spaced(text), ())
        nth = bisect_left(numbers, last + 1)
        last = numbers[nth] if nth < len(numbers) else last
        found.append(last)
    return found


def _spaced(line: str) -> str:
    return " ".join(line.split())
