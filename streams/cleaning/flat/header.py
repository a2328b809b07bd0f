"""What stands above the body of a flattened page: publisher, section, byline, date, headline, standfirst."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.cleaning.flat.lexicon import fold
from streams.cleaning.flat.lines import Line
from streams.cleaning.flat.titles import APART, Known, title_line, titles
from streams.cleaning.metadata.authors import people
from streams.cleaning.metadata.bylines import byline_in
from streams.cleaning.names import is_name
from streams.cleaning.times import Time, date_in
from streams.vocabulary import RemovedReason as Reason

__all__ = ["HEADER_LINES", "Header", "Known", "read_header", "title_line"]

HEADER_LINES = 25  # above the body are looked through; further up are menus
BELOW_START = 4  # lines of the body among which datelines stand
BYLINE_WORDS = 20  # of a line that names authors and perhaps a date
NAME_WORDS = range(2, 6)
LABEL_WORDS = 5  # of a publisher's or section's name
BESIDE = 2  # lines between a name and the date, section or publisher that shows it for an author's

_SECTIONS_NAMES = (
    "world|uk|us|usa|u.s.|news|politics|business|sport|sports|football|opinion|comment|culture|"
    "lifestyle|life|entertainment|technology|tech|science|health|environment|climate|travel|money|"
    "finance|markets|economy|education|crime|london|national|international|europe|asia|africa|"
    "americas|australia|middle east|arts|books|film|music|tv|tv & radio|food|style|fashion|media|law|"
    "property|royals|celebrity|showbiz|weather|investigations|analysis|editorial|features|explainer|"
    "nation|region|local|cricket|rugby|tennis|golf|motorsport|boxing|us news|uk news|world news|"
    "us politics|uk politics|real estate|science & tech|arts & culture|home news|politik|wirtschaft|"
    "panorama|kultur|wissen|gesellschaft|monde|politique|économie|société|internacional|política|"
    "economía|sociedad|cultura|deportes|esteri|cronaca|politica|economia|mundo|esporte|buitenland|"
    "binnenland"
)
SECTIONS = frozenset(_SECTIONS_NAMES.split("|"))


# Where one thing ends and the next begins in a line of names and dates: a bullet, a dash, "on" before a date,
# "by" behind one.
_PARTS = re.compile(
    r"\s*[•·|]\s*|\s+[–—-]\s+|(?<=\d)\s+(?=[Bb]y\s)"
    r"|,?\s+(?:on|am|le|el|il|em|op)\s+(?=\S{0,9}\d|[^\W\d_]{3,9}\.? \d)"
)
_UPDATED = re.compile(
    r"updat|modif|aktualis|geändert|mis à jour|actualiz|aggiorna|atualiz|bijgewerkt|oppdatert|uppdaterad",
    re.IGNORECASE,
)
_OWNED = re.compile(r"©|\(c\)|copyright", re.IGNORECASE)


@dataclass(slots=True)
class Header:
    """What was read, and for each line that said it the reason for which it is not body (index -> reason)."""

    publisher: str | None = None
    section: str | None = None
    authors: tuple[str, ...] = ()
    published: Time | None = None
    headline: str | None = None
    standfirst: str | None = None
    reasons: dict[int, Reason] = field(default_factory=dict)


def read_header(lines: Sequence[Line], start: int, known: Known, title: int) -> Header:
    """Read the lines before `start`, the body's first; nothing above is looked at twice, so it is linear.
    `title`: the lines' title_line.
    """
    header = Header()
    first = max(0, start - HEADER_LINES)
    free = [i for i in range(first, start) if lines[i].reason is None]
    if free:
        _known_lines(header, lines, free, known)
        _bylines(header, lines, free)
    headline, standfirst = titles(lines, [i for i in free if i not in header.reasons], start, known, title)
    if headline is not None:
        _take(header, lines, headline, Reason.HEADLINE)
    if standfirst is not None:
        _take(header, lines, standfirst, Reason.STANDFIRST)
    _dates(
        header,
        lines,
        range(first, min(len(lines), start + BELOW_START)),
        start if headline is None else headline,
    )
    _labels(header, lines, free, headline)
    return header


def _known_lines(header: Header, lines: Sequence[Line], free: list[int], known: Known) -> None:
    names = {
        fold(text): reason
        for text, reason in (
            *((author, Reason.BYLINE) for author in known.authors),
            (known.section, Reason.SECTION),
            (known.publisher, Reason.PUBLISHER),
            (known.headline, Reason.HEADLINE),
        )
        if text
    }
    for i in free:
        reason = names.get(lines[i].folded)
        if reason is not None:
            _take(header, lines, i, reason)


def _bylines(header: Header, lines: Sequence[Line], free: list[int]) -> None:
    """Lines that say who wrote, the last above the body first: further up they are teasers'."""
    for i in reversed(free):
        if i in header.reasons or lines[i].words > BYLINE_WORDS:
            continue
        if names := names_in(lines[i].text):
            header.authors = header.authors or names
            header.reasons[i] = Reason.BYLINE


def names_in(text: str) -> tuple[str, ...]:
    """The names in "By Ann Example and Bo Sample", "20 May 2021 by Ann Example", "Ann Example • 20 May 2021";
    none if that is not what a line is.
    """
    parts = [part for part in _PARTS.split(text) if part]
    for part in parts:
        if names := byline_in([part]):
            return names
    if len(parts) > 1 and is_name(parts[0], explicit=False) and any(map(date_in, parts[1:])):
        return people(parts[0])
    return ()


def _dates(header: Header, lines: Sequence[Line], around: range, headline: int) -> None:
    """The date nearest to the headline: of a line that is nothing else, else of a short one; an update's only
    where there is no other.
    """
    nearest = sorted(around, key=lambda i: (abs(i - headline), i))
    alone = [i for i in nearest if lines[i].reason is Reason.DATE]
    short = [
        i
        for i in nearest
        if lines[i].reason is None
        and lines[i].words <= BYLINE_WORDS
        and not lines[i].sentence
        and header.reasons.get(i) in (None, Reason.BYLINE)
        and not _OWNED.search(lines[i].text)
    ]
    dated = [
        (time, bool(_UPDATED.search(lines[i].text)))
        for i in (*alone, *short)
        if (time := date_in(lines[i].text))
    ]
    header.published = next((time for time, updated in dated if not updated), dated[0][0] if dated else None)


def _labels(header: Header, lines: Sequence[Line], free: list[int], headline: int | None) -> None:
    """Publisher, section and an unmarked byline stand together next to the headline."""
    if headline is None:
        return
    near = [
        i
        for i in free
        if i not in header.reasons and abs(i - headline) <= 2 * APART and lines[i].words <= LABEL_WORDS
    ]
    seen: dict[str, int] = {}
    for i in near:
        folded = lines[i].folded
        if folded in SECTIONS:
            _take(header, lines, i, Reason.SECTION)
        elif folded in seen and not lines[i].sentence:
            # logo and name of the same publisher
            _take(header, lines, seen[folded], Reason.PUBLISHER)
            _take(header, lines, i, Reason.PUBLISHER)
        seen.setdefault(folded, i)
    for i in reversed(near):
        if header.authors:
            break
        if i not in header.reasons and _is_signed(header, lines, i):
            _take(header, lines, i, Reason.BYLINE)


def _is_signed(header: Header, lines: Sequence[Line], i: int) -> bool:
    """Whether a line is a name that stands beside a date, a section or a publisher, as authors' names do."""
    if lines[i].words not in NAME_WORDS or lines[i].sentence or not is_name(lines[i].text, explicit=False):
        return False
    beside = range(max(0, i - BESIDE), min(len(lines), i + BESIDE + 1))
    labels = (Reason.SECTION, Reason.PUBLISHER)
    return any(lines[j].reason is Reason.DATE or header.reasons.get(j) in labels for j in beside)


def _take(header: Header, lines: Sequence[Line], i: int, reason: Reason) -> None:
    header.reasons[i] = reason
    text = lines[i].text
    if reason is Reason.BYLINE:
        header.authors = header.authors or people(text)
    elif reason is Reason.HEADLINE:
        header.headline = header.headline or text
    elif reason is Reason.STANDFIRST:
        header.standfirst = header.standfirst or text
    elif reason is Reason.SECTION:
        header.section = header.section or text
    elif reason is Reason.PUBLISHER:
        header.publisher = header.publisher or text
