"""The lines of a flattened page: their text, their looks, and why one is no body as far as its words say."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.credits import CREDIT_ENDS, MAX_CREDIT, credit_in, trailing_credit
from streams.cleaning.flat import surroundings
from streams.cleaning.flat.lexicon import fold, fold_lines, furniture
from streams.cleaning.flat.prose import PROSE_WORDS
from streams.cleaning.flat.shapes import COLON, STOP, columns
from streams.cleaning.times import date_in
from streams.code_points import codes_of
from streams.records import records
from streams.vocabulary import RemovedReason as Reason

QUOTED_WORDS = 15  # a line as long with a quotation in it is never dropped for its words alone
MAX_CREDITED_CAPTION = 60  # words of a caption that ends in a credit
MAX_DATE_LINE = 70  # characters
MAX_JUDGED = max(MAX_CREDIT, MAX_DATE_LINE)  # characters of a line that is all credit or date
MAX_DATE_WORDS = 2  # of a date's line besides the date
# The lexicon is English: where fewer than one in so many words is of _ENGLISH, it does not speak about prose.
# 4,000 English articles have at least one in 25, 69 news pages in other languages at most one in 54 (with a
# menu in English), 68 of them at most one in 350.
ENGLISH_WORDS = 50

# What a reason is to the line model.
SAID = {
    None: 0,
    Reason.NO_TEXT: surroundings.NO_TEXT,
    Reason.CREDIT: surroundings.CREDIT,
    Reason.CAPTION: surroundings.CAPTION,
    Reason.DATE: surroundings.DATE,
    Reason.PROMO: surroundings.PROMO,
    Reason.SIGN_UP: surroundings.PROMO,
    Reason.RELATED: surroundings.RELATED,
    Reason.NAVIGATION: surroundings.NAVIGATION,
    Reason.SHARE: surroundings.NAVIGATION,
    Reason.LEGAL: surroundings.LEGAL,
    Reason.SCRIPT: surroundings.LEGAL,
    Reason.COMMENTS: surroundings.COMMENTS,
    Reason.BIO: surroundings.BIO,
}

_READ = ("start", "end", "words", "letters", "digits", "quotes", "doubled", "last")
_ENDS = (STOP, COLON)
_ENGLISH = (" the ", " and ", " of ")
_WORDS = re.compile(r"[^\W\d_][\w'’-]*")
_DATE_WORDS = re.compile(
    r"(?:(?:first )?(?:published|posted|updated|last (?:updated|modified)|modified|created|date)"
    r"|on|at|mon|tue|wed|thu|fri|sat|sun"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|am|pm|gmt|utc|bst|e[sd]?t|p[sd]?t|cest?|uhr|of)\b"
)
_AGO = re.compile(
    r"(?:(?:published|posted|updated)\W{0,2})?(?:about |over )?(?:an?|0) "
    r"(?:second|minute|min|hour|hr|day|week|month|year)s? ago"
)
_READING_TIME = re.compile(
    r"0 ?-?(?:min|minute)s?(?: read| to read)?"
    r"|(?:reading time|read time|estimated reading time)\W{0,2}0? ?(?:min|minute)?s?"
)
_YEAR = re.compile(r"\d{4}")  # has every date that date_in reads; far quicker looked for
_CLOCK_ONLY = re.compile(r"0(?:[:.]0){1,2}(?: ?[ap]\.?m)?(?: ?[a-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class Line:
    """`folded`: as the lexicon reads it; `reason`: why it is no body, from its words alone; `credit`: who is
    credited by it.
    """

    text: str
    folded: str
    words: int
    sentence: bool
    reason: Reason | None
    credit: str | None = None


def read_lines(text: str, shapes: NDArray[np.void], codes: NDArray[np.uint32] | None = None) -> list[Line]:
    """The lines of a normalised text, one for each of its `shapes`. `codes`: its code points, if known."""
    folded, clues = fold_lines(text, codes_of(text) if codes is None else codes)
    looks = columns(shapes, _READ).tolist()
    lines = [text[look[0] : look[1]] for look in looks]
    as_one = folded.copy()
    reasons: list[Reason | None] = [None] * len(lines)
    credited: list[str | None] = [None] * len(lines)
    english = None
    for i, (_, _, words, letters, digits, quotes, doubled, last) in enumerate(looks):
        line = lines[i]
        if doubled:
            line = lines[i] = " ".join(line.split())
            as_one[i] = fold(line)
        if not letters:
            reasons[i] = Reason.NO_TEXT
            continue
        if len(line) <= MAX_JUDGED or line.endswith(CREDIT_ENDS):  # most are neither
            reasons[i], credited[i] = _judged(line, folded[i], words, digits > 0)
            if reasons[i] is not None:
                continue
        if quotes and words >= QUOTED_WORDS:
            continue
        reason = furniture(folded[i], clues)
        if reason is not None and words >= PROSE_WORDS and last in _ENDS:
            english = _is_english(text, looks) if english is None else english
            reason = reason if english else None
        reasons[i] = reason
    return records(
        Line,
        len(lines),
        text=lines,
        folded=as_one,
        words=[look[2] for look in looks],
        sentence=[look[-1] in _ENDS for look in looks],
        reason=reasons,
        credit=credited,
    )


def said(lines: Sequence[Line]) -> NDArray[np.int64]:
    """What each line's words say, as the line model's number."""
    return np.array([SAID[line.reason] for line in lines], np.int64)


def _is_english(text: str, looks: Sequence[Sequence[int]]) -> bool:
    words = sum(look[2] for look in looks)
    return any(found * ENGLISH_WORDS >= words for found in accumulate(map(text.count, _ENGLISH)))


def _judged(line: str, folded: str, words: int, numbers: bool) -> tuple[Reason | None, str | None]:
    """Credits, captions and dates: what they are shows in any language that writes names and numbers so."""
    credit = credit_in(line)
    if credit is not None:
        return Reason.CREDIT, credit
    if (numbers or folded.endswith(" ago")) and _is_date(line, folded):
        return Reason.DATE, None
    if words <= MAX_CREDITED_CAPTION and (credit := trailing_credit(line)) is not None:
        return Reason.CAPTION, credit
    return None, None


def _is_date(line: str, folded: str) -> bool:
    """A line of a date or a time of day and next to nothing else."""
    if len(line) > MAX_DATE_LINE:
        return False
    if _AGO.fullmatch(folded) or _READING_TIME.fullmatch(folded) or _CLOCK_ONLY.fullmatch(folded):
        return True
    if not _YEAR.search(line) or date_in(line) is None:
        return False
    # what is left besides the month's name
    return len(_WORDS.findall(_DATE_WORDS.sub("", folded))) <= MAX_DATE_WORDS
