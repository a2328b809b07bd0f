"""The headline of a flattened page and its standfirst: known to the producer, told by URL or place."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from streams.cleaning.flat.lexicon import fold
from streams.cleaning.flat.lines import Line
from streams.cleaning.times import date_in
from streams.cleaning.url import path_words

HEADLINE_WORDS = range(4, 31)
SLUGGED_WORDS = range(2, 31)  # of one that the URL repeats
MAX_ENDED = 15  # words of a headline that ends as sentences do; longer ones are sentences
STANDFIRST_WORDS = range(8, 61)
APART = 4  # lines at most between headline and standfirst, and between these and the names around
SHARED_WORDS = 3  # that a headline has in common with its URL: "/wagner-north-korea" ...
LIKE_URL = 0.8  # ... or two, where they are most of both
INTO_BODY = 4  # lines of the body among which a headline may stand that the line model took for body
_CREDITED = re.compile(r"(?:[^\W\d_]+ ){0,2}by\b", re.IGNORECASE)
_TRAIL = frozenset("»›>/")  # "Home » News » A headline": where it stands, not what it is


@dataclass(frozen=True, slots=True)
class Known:
    """What the producer says already: it finds its lines, and stands where a place on the page is a guess."""

    headline: str | None = None
    publisher: str | None = None
    section: str | None = None
    authors: tuple[str, ...] = ()
    slug: frozenset[str] = frozenset()


def title_line(lines: Sequence[Line], known: Known, end: int | None = None) -> int:
    """The line before `end` that is the producer's headline, else the one most like the URL; -1: none."""
    wanted = fold(known.headline) if known.headline else None
    numbers = [word for word in known.slug if word.isdecimal()]
    words = [word for word in known.slug if not word.isdecimal()]
    best, place = 0.0, -1
    for i, line in enumerate(lines[:end]):
        if line.words not in SLUGGED_WORDS:
            continue
        if wanted is not None and line.folded == wanted:
            return i
        if line.sentence and line.words > MAX_ENDED:
            continue
        # Most lines have none of the words. Folding leaves letters in lower case, and takes figures away.
        shared = sum(map(line.folded.__contains__, words)) + sum(map(line.text.__contains__, numbers))
        if (shared >= 2 or "%" in line.text) and (likeness := _like_url(line, known.slug)) > best:
            best, place = likeness, i
    return place


def titles(
    lines: Sequence[Line], free: Sequence[int], start: int, known: Known, title: int
) -> tuple[int | None, int | None]:
    """The lines of headline and standfirst. `free` are those above the body (which begins at `start`) that
    are nothing else so far; `title` is the title_line of all.
    """
    candidates = [i for i in free if _may_be_title(lines[i])]
    named = title if title < start + INTO_BODY else title_line(lines, known, start + INTO_BODY)
    if named >= 0:
        below = [i for i in candidates if named < i <= named + APART and lines[i].words in STANDFIRST_WORDS]
        told = below and lines[below[-1]].folded != lines[named].folded
        return named, below[-1] if told else None
    candidates = [i for i in candidates if _TRAIL.isdisjoint(lines[i].text.split())]
    if not candidates:
        return None, None
    last = candidates[-1]
    before = candidates[-2] if len(candidates) > 1 else None
    if (
        before is not None
        and last - before <= APART
        and lines[last].words in STANDFIRST_WORDS
        and lines[before].words in HEADLINE_WORDS
        and not lines[before].text.endswith((".", "。", "।", ","))
        and lines[before].folded != lines[last].folded
    ):
        return before, last
    return (last if lines[last].words in HEADLINE_WORDS else None), None


def _may_be_title(line: Line) -> bool:
    """Long enough, and neither a byline nor a dateline."""
    return (
        line.words >= HEADLINE_WORDS.start and date_in(line.text) is None and not _CREDITED.match(line.text)
    )


def _like_url(line: Line, slug: frozenset[str]) -> float:
    """How much a line says what the URL's last segment says, 0 to 1; 0 if it only shares words by chance."""
    own = path_words(line.text)
    shared = len(slug & own)
    likeness = 2 * shared / (len(slug) + len(own)) if shared else 0.0
    return likeness if shared >= SHARED_WORDS or (shared > 1 and likeness >= LIKE_URL) else 0.0
