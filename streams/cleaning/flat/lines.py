"""The lines of a flattened page: their text, their looks, and why one is no body as far as its words say."""

import re
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.credits import CREDIT_ENDS, MAX_CREDIT, credit_in, trailing_credit
from streams.cleaning.flat import surroundings
from streams.cleaning.flat.lexicon import STRONG_LINE, fold, fold_lines, furniture
from streams.cleaning.flat.prose import CAPITALISED, PHRASE_WORDS, PROSE_WORDS
from streams.cleaning.flat.shapes import COLON, STOP
from streams.cleaning.times import date_in
from streams.code_points import codes_of
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

_READ = ("start", "end", "words", "letters", "digits", "quotes", "doubled", "cased", "capitalised", "last")
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


class Line(NamedTuple):
    """`folded`: as the lexicon reads it; `reason`: why it is no body, from its words alone; `credit`: who is
    credited by it.
    """

    text: str
    folded: str
    words: int
    sentence: bool
    title_like: bool
    reason: Reason | None
    credit: str | None = None


def read_lines(text: str, shapes: NDArray[np.void], codes: NDArray[np.uint32] | None = None) -> list[Line]:
    """The lines of a normalised text, one for each of its `shapes`. `codes`: its code points, if known."""
    folded_lines, clues = fold_lines(text, codes_of(text) if codes is None else codes)
    columns = [shapes[name].tolist() for name in _READ]
    english = _is_english(text, sum(columns[_READ.index("words")]))
    lines = []
    for start, end, words, letters, digits, quotes, doubled, cased, capitalised, last, folded in zip(
        *columns, folded_lines, strict=True
    ):
        ended = last in (STOP, COLON)
        title_like = cased >= PHRASE_WORDS and capitalised >= CAPITALISED * cased
        line = text[start:end]
        same = folded
        if doubled:
            line = " ".join(line.split())
            same = fold(line)
        reason, credit = None, None
        if not letters:
            reason = Reason.NO_TEXT
        elif len(line) <= MAX_JUDGED or line.endswith(CREDIT_ENDS):  # most are neither
            reason, credit = _judged(line, folded, words, digits > 0)
        if reason is None and len(folded) <= STRONG_LINE:
            prose = ended and words >= PROSE_WORDS
            quoted = quotes and words >= QUOTED_WORDS
            if not quoted and (english or not prose):
                reason = furniture(folded, clues)
        lines.append(Line(line, same, words, ended, title_like, reason, credit))
    return lines


def said(lines: Sequence[Line]) -> NDArray[np.int64]:
    """What each line's words say, as the line model's number."""
    return np.array([SAID[line.reason] if line.reason else 0 for line in lines], np.int64)


def _is_english(text: str, words: int) -> bool:
    if text.count(_ENGLISH[0], 0, len(text) // 2) * ENGLISH_WORDS >= words:  # enough for most texts
        return True
    english = accumulate(map(text.count, _ENGLISH))
    return any(found * ENGLISH_WORDS >= words for found in english)


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
