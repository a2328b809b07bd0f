"""What stands above the body of a flattened page: publisher, section, byline, date, headline, standfirst."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.cleaning.jsonld import people
from streams.cleaning.lexicon import fold
from streams.cleaning.lines import Line
from streams.cleaning.text import word_count
from streams.cleaning.times import Time, date_in
from streams.cleaning.url import path_words
from streams.vocabulary import RemovedReason as Reason

HEADER_LINES = 25  # above the body are looked through; further up are menus
HEADLINE_WORDS = range(4, 31)
STANDFIRST_WORDS = range(8, 61)
APART = 4  # lines at most between headline and standfirst, and between these and the names above
SLUG_WORDS = 3  # that a headline shares with its URL: "/wagner-north-korea"
NAME_WORDS = 5
BYLINE_WORDS = 14
LABEL_WORDS = 5  # of a publisher's or section's name

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

_BYLINE = re.compile(
    r"(?:(?:words|written|reporting|story|posted|reported) )?(?:by|von|par|por|di|door)"
    r"[:\s]\s?(?P<who>\S.{1,90})",
    re.IGNORECASE,
)
_AFTER_NAMES = re.compile(
    r"\s*(?:[|•·]|\bon\b|\bin [A-Z]|[-–—]\s|,\s*(?:\w+ )?(?:correspondent|editor|reporter)"
    r"|\bupdated\b|\bpublished\b|\d).*$",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:(?:Dr|Prof|Sir|Lord|Dame|Rev)\.? )?[^\W\d_a-z][\w'’.-]{0,30}"
    r"(?: (?:(?:de|da|di|del|der|den|van|von|bin|al|el|la|le|dos|du|ten|ter) ){0,2}"
    r"[^\W\d_a-z][\w'’.-]{0,30}){1,3}"
    r"(?:(?:,| and| &) [^\W\d_a-z][\w'’.-]{0,30}(?: [^\W\d_][\w'’.-]{0,30}){1,3}){0,4}"
)


_CREDITED = re.compile(r"(?:[^\W\d_]+ ){0,2}by\b", re.IGNORECASE)


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


@dataclass(frozen=True, slots=True)
class Known:
    """What the producer says already: it finds its lines, and stands where a place on the page is a guess."""

    headline: str | None = None
    publisher: str | None = None
    section: str | None = None
    authors: tuple[str, ...] = ()
    slug: frozenset[str] = frozenset()


def byline(text: str) -> tuple[str, ...]:
    """The names in "By Ann Example and Bo Sample, science editor" or "Ann Example"; none if no byline."""
    match = _BYLINE.fullmatch(text)
    who = _AFTER_NAMES.sub("", match["who"] if match else text).strip(" ,")
    return people(who) if _NAME.fullmatch(who) and (match or word_count(who) <= NAME_WORDS) else ()


def read_header(lines: Sequence[Line], start: int, known: Known) -> Header:
    """Read the lines before `start`, the body's first; nothing above is looked at twice, so it is linear."""
    header = Header()
    first = max(0, start - HEADER_LINES)
    free = [i for i in range(first, start) if lines[i].reason is None]
    _known_lines(header, lines, free, known)
    _bylines(header, lines, free)
    _dates(header, lines, range(first, start))
    _titles(header, lines, free, known)
    _labels(header, lines, free)
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
        reason = names.get(fold(lines[i].text))
        if reason is not None:
            _take(header, lines, i, reason)


def _bylines(header: Header, lines: Sequence[Line], free: list[int]) -> None:
    for i in free:
        if i in header.reasons or lines[i].words > BYLINE_WORDS or not _BYLINE.fullmatch(lines[i].text):
            continue
        if names := byline(lines[i].text):
            header.authors = header.authors or names
            header.published = header.published or date_in(lines[i].text)
            header.reasons[i] = Reason.BYLINE


def _dates(header: Header, lines: Sequence[Line], above: range) -> None:
    for i in reversed(above):
        if lines[i].reason is Reason.DATE and header.published is None:
            header.published = date_in(lines[i].text)


def _titles(header: Header, lines: Sequence[Line], free: list[int], known: Known) -> None:
    """The headline is the title that the URL repeats, else the one nearest above the body; a longer line
    between headline and body is the standfirst.
    """
    if header.headline is not None:
        place = next(i for i, reason in header.reasons.items() if reason is Reason.HEADLINE)
        below = [
            i for i in free if i > place and i not in header.reasons and lines[i].words in STANDFIRST_WORDS
        ]
        if below and below[-1] - place <= APART:
            _take(header, lines, below[-1], Reason.STANDFIRST)
        return
    titles = [i for i in free if i not in header.reasons and _may_be_title(lines[i])]
    if not titles:
        return
    named = max(titles, key=lambda i: _in_slug(lines[i], known.slug))
    if _in_slug(lines[named], known.slug) >= SLUG_WORDS:
        _take(header, lines, named, Reason.HEADLINE)
        below = [i for i in titles if named < i <= named + APART and lines[i].words in STANDFIRST_WORDS]
        if below and fold(lines[below[-1]].text) != fold(lines[named].text):
            _take(header, lines, below[-1], Reason.STANDFIRST)
        return
    last = titles[-1]
    before = titles[-2] if len(titles) > 1 else None
    if (
        before is not None
        and last - before <= APART
        and lines[last].words in STANDFIRST_WORDS
        and lines[before].words in HEADLINE_WORDS
        and not lines[before].text.endswith((".", "。", "।", ","))
        and fold(lines[before].text) != fold(lines[last].text)
    ):
        _take(header, lines, before, Reason.HEADLINE)
        _take(header, lines, last, Reason.STANDFIRST)
    elif lines[last].words in HEADLINE_WORDS:
        _take(header, lines, last, Reason.HEADLINE)


def _labels(header: Header, lines: Sequence[Line], free: list[int]) -> None:
    """Publisher, section and an unmarked byline stand together next to the headline."""
    place = next((i for i, reason in header.reasons.items() if reason is Reason.HEADLINE), None)
    if place is None:
        return
    near = [
        i
        for i in free
        if i not in header.reasons and abs(i - place) <= 2 * APART and lines[i].words <= LABEL_WORDS
    ]
    seen: dict[str, int] = {}
    for i in near:
        folded = fold(lines[i].text)
        if folded in SECTIONS:
            _take(header, lines, i, Reason.SECTION)
        elif folded in seen and not lines[i].sentence:
            # logo and name of the same publisher
            _take(header, lines, seen[folded], Reason.PUBLISHER)
            _take(header, lines, i, Reason.PUBLISHER)
        seen.setdefault(folded, i)
    for i in reversed(near):
        if not header.authors and i not in header.reasons and abs(i - place) <= APART and _is_name(lines[i]):
            _take(header, lines, i, Reason.BYLINE)


def _may_be_title(line: Line) -> bool:
    """Long enough, and neither a byline nor a dateline."""
    return (
        line.words >= HEADLINE_WORDS.start and date_in(line.text) is None and not _CREDITED.match(line.text)
    )


def _in_slug(line: Line, slug: frozenset[str]) -> int:
    """How many words of the URL's last segment a line has; a long line has many by chance."""
    return len(slug & path_words(line.text)) if line.words in HEADLINE_WORDS else 0


def _is_name(line: Line) -> bool:
    return 2 <= line.words <= NAME_WORDS and not line.sentence and _NAME.fullmatch(line.text) is not None


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
