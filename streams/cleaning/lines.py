"""The lines of a flattened page: how each looks, how much it speaks for the body, or why it is none of it."""

import re
from dataclasses import dataclass

from streams.cleaning.credits import credit_in, trailing_credit
from streams.cleaning.lexicon import fold, furniture
from streams.cleaning.text import ends_sentence, word_count
from streams.cleaning.times import date_in
from streams.vocabulary import RemovedReason as Reason

PROSE_WORDS = 10  # of a line that ends a sentence and speaks for the body by itself
SENTENCE_WORDS = 4  # of one that may be a short quotation
QUOTED_WORDS = 15  # a line as long with a quotation in it is never dropped for its words alone
CAPITALISED = 0.5  # share of capitalised words from which a line reads like a title, not like prose
MAX_CREDITED_CAPTION = 60  # words of a caption that ends in a credit
MAX_DATE_LINE = 70  # characters

# Points a line gives to the window it lies in (found on the flattened development pages, in whole steps).
MAX_PROSE = 60.0
SHORT_SENTENCE = 0.4  # a word
UNENDED = -6.0  # a line that ends no sentence: a link, a heading, a name
UNENDED_LONG = 2.0  # unless it is as long as a paragraph: the writer forgot the stop
LONG_WORDS = 25
DROPPED = -14.0  # furniture by its words
NEUTRAL = -3.0  # credits, captions and dates stand within bodies too

_QUOTE = re.compile(r"[\"“”„«»「」]")
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
_CLOCK_ONLY = re.compile(r"0(?:[:.]0){1,2}(?: ?[ap]\.?m)?(?: ?[a-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class Line:
    """`reason`: why it is no body, from the line alone; `credit`: who is credited by it."""

    text: str
    words: int
    sentence: bool
    title_like: bool
    reason: Reason | None
    credit: str | None = None

    @property
    def prose(self) -> bool:
        """Whether the line reads like a paragraph of an article."""
        return self.reason is None and self.sentence and self.words >= PROSE_WORDS and not self.title_like


def read_lines(text: str) -> list[Line]:
    """The lines of a normalised text that are not blank."""
    return [_read(line) for raw in text.split("\n") if (line := " ".join(raw.split()))]


def score(line: Line) -> float:
    """How much the line speaks for (or against) the window of lines it lies in."""
    if line.reason in (Reason.CREDIT, Reason.CAPTION, Reason.DATE, Reason.NO_TEXT):
        return NEUTRAL
    if line.reason is not None:
        return DROPPED
    if line.prose:
        return min(float(line.words), MAX_PROSE)
    if line.sentence and line.words >= SENTENCE_WORDS:
        return SHORT_SENTENCE * line.words - 2.0
    return UNENDED_LONG if line.words >= LONG_WORDS and not line.title_like else UNENDED


def _read(line: str) -> Line:
    words = word_count(line)
    reason, credit = _reason(line, words)
    return Line(line, words, ends_sentence(line), _title_like(line), reason, credit)


def _reason(line: str, words: int) -> tuple[Reason | None, str | None]:
    credit = credit_in(line)
    if credit is not None:
        return Reason.CREDIT, credit
    if not _WORDS.search(line):
        return Reason.NO_TEXT, None
    folded = fold(line)
    if _is_date(line, folded):
        return Reason.DATE, None
    if words <= MAX_CREDITED_CAPTION and (credit := trailing_credit(line)) is not None:
        return Reason.CAPTION, credit
    if words >= QUOTED_WORDS and _QUOTE.search(line):
        return None, None
    return furniture(folded), None


def _is_date(line: str, folded: str) -> bool:
    """A line of a date or a time of day and next to nothing else."""
    if len(line) > MAX_DATE_LINE:
        return False
    if _AGO.fullmatch(folded) or _READING_TIME.fullmatch(folded) or _CLOCK_ONLY.fullmatch(folded):
        return True
    if date_in(line) is None:
        return False
    # what is left besides the month's name
    return len(_WORDS.findall(_DATE_WORDS.sub("", folded))) <= 2


def _title_like(line: str) -> bool:
    words = _WORDS.findall(line)
    cased = [word for word in words if word[0].isupper() or word[0].islower()]
    return len(cased) >= 4 and sum(word[0].isupper() for word in cased) >= CAPITALISED * len(cased)
