# ruff: noqa: E501 -- lists of names read best whole
"""When the article was published and changed, out of all that a page says about it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.days import Order
from streams.cleaning.metadata.head import Head
from streams.cleaning.metadata.jsonld import Structured, clean_text
from streams.cleaning.metadata.near_headline import MAX_DATELINE, Dateline, Piece, dateline
from streams.cleaning.times import Time, date_in, date_in_path, offset_in, published_time
from streams.vocabulary import Precision

# Where the day of publication was found: said for machines of the article, or of the page only (as of every
# page of a site); or read where people read it.
Dated = Literal["article", "page", "guessed"]

# Days by which the date beside the headline is before the structured one, from which it is believed: a site
# that moved gives all its articles the day of the move.
MOVED_DAYS = 2
MAX_ELEMENTS = 20  # that call themselves datelines
MAX_TIMES = 5  # <time> elements; further down they belong to teasers
RAW = 600  # characters of one, with white space
MAX_TEXT = 300_000  # characters of the page's text in which a label is looked for

LABELLED = 50  # characters before a year in which "Published" and the day stand
CLOCK = 20  # characters behind it in which the day or the hour may stand
MAX_YEARS = 200  # that are looked at

_CONTAINERS = frozenset({"body", "main", "article", "html"})
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)")
_UPDATED = (
    "updated|last modified|aktualisiert|stand:|mis à jour|actualizado|aggiornato|atualizado|bijgewerkt|uppdaterad|oppdatert"
    "|opdateret|päivitetty|zaktualizowano|güncelleme|обновлено|оновлено"
)
_UPDATED_PARTS = "更新日|更新时间|수정"
_PUBLISHED = (
    "published|posted|veröffentlicht|erstellt|publié|publicado|pubblicato|gepubliceerd|geplaatst|publicerad|publisert"
    "|julkaistu|opublikowano|publikováno|yayınlan|опубликовано|опубліковано|дата публикации"
)
_PUBLISHED_PARTS = "公開日|掲載日|发布时间|發布時間|입력|게시일|تاريخ النشر|نُشر"
_LABEL = re.compile(
    rf"(?P<updated>\b(?:{_UPDATED})\b|{_UPDATED_PARTS})|(?P<published>\b(?:{_PUBLISHED})\b|{_PUBLISHED_PARTS})",
    re.IGNORECASE,
)
# The pattern costs 14 us a line, to look for each of these 2 us; most lines hold none.
_LABELS = "|".join((_UPDATED, _UPDATED_PARTS, _PUBLISHED, _PUBLISHED_PARTS)).split("|")
_DATELINES = "[class*=date i], [class*=publi i], [class*=posted i], [class*=byline i], [class*=meta i]"
_PUBLISHED_NAMES = (
    "articlepublishedtime ogarticlepublishedtime articlepublished datepublished publisheddate published publishedat "
    "publishedtime publishdate publicationdate parselypubdate sailthrudate citationpublicationdate citationonlinedate "
    "citationdate prismpublicationdate dctermsissued dcdateissued dcissued dctermsdate dcdate dctermscreated dcdatecreated "
    "pubdate cxenseparserecspublishtime cxenseparsepublishtime btpubdate vrpublished ogpubdate ogpublishedtime dateissued issued "
    "originalpublicationdate firstpublished displaydate articledate articlecreated datecreated releasedate ogreleasedate "
    "postdate storydate creationdate created date"
)
_RANKS = {name: rank for rank, name in enumerate(_PUBLISHED_NAMES.split())}
_PUBLISHED_LIKE = re.compile(r"publi(?:sh(?:ed)?|cation)?(?:on|at|date|time)|pubdate|datepubl")
_MODIFIED_NAMES = (
    "articlemodifiedtime ogarticlemodifiedtime datemodified ogupdatedtime articlemodified articleupdated modifieddate "
    "modifiedtime updated updatedtime updateddate dctermsmodified dcdatemodified lastmodified lastupdated revised dateupdated"
)
_MODIFIED = tuple(_MODIFIED_NAMES.split())
_NAMES = frozenset((*_RANKS, *_MODIFIED))

_DAY_FIRST_ENGLISH_NAMES = "gb uk ie au nz in za sg my hk pk ng ke gh bd lk jm mt"
_DAY_FIRST_ENGLISH = frozenset(_DAY_FIRST_ENGLISH_NAMES.split())
_HOST_END = re.compile("[:/?#]")
_MONTH_FIRST_REGIONS = frozenset({"us", "ph"})
_MONTH_FIRST_DOMAINS = frozenset({"us", "gov", "edu", "mil", "ph"})


@dataclass(frozen=True, slots=True)
class Dates:
    published: Time | None
    modified: Time | None
    dated: Dated | None


def dates_of(tree: LexborHTMLParser, head: Head, said: Structured, pieces: list[Piece], url: str) -> Dates:
    """Structured dates first; a page without any is read near the headline, in its URL's path, in elements that
    call themselves dates. A page that only names its last change was published by then: that day counts.
    """
    order = order_of(head.language or said.language, url)
    written = [*_written_published(head, said)]
    changes = [*_written_modified(head, said)]
    offset = next((o for value in (*written, *changes) if (o := offset_in(value)) is not None), 0)

    def read(values: list[str]) -> Iterator[Time]:
        return (time for value in values if (time := published_time(value, order=order, offset=offset)))

    structured = _sharpest(read(written))
    dated: Dated = "article" if structured else "page"
    structured = structured or next(read([said.page_published or ""]), None)
    modified = next(read(changes), None)
    in_path = date_in_path(url)
    near = dateline(pieces, order, offset)
    if order is None and near == Dateline():
        order = _order_shown(pieces, [time for time in (structured, modified, in_path) if time])
        near = dateline(pieces, order, offset) if order else near
    if structured is not None:
        published: Time | None = _unmoved(structured, near)
        return Dates(published, _after(modified or near.updated, published), dated)
    published = near.published or in_path or _elsewhere(tree, head, order, offset, deep=modified is None)
    if in_path and near.published and _days_between(in_path, near.published) > 1:
        published = in_path
    modified = modified or near.updated
    return Dates(
        published or modified, _after(modified, published), "guessed" if published or modified else None
    )


def is_date_name(name: str) -> bool:
    """Whether a meta tag of this name (as in `Head.meta`) tells a day of publication or of a change."""
    return name in _NAMES or ("pub" in name and _PUBLISHED_LIKE.search(name) is not None)


def order_of(language: str | None, url: str) -> Order | None:
    """Whether the day comes first in figures, as the page's language and country write it; None where both
    ways are usual.
    """
    code, _, region = (language or "").strip().lower().replace("_", "-").partition("-")
    top = _HOST_END.split(url.partition("://")[2], maxsplit=1)[0].rpartition(".")[2].lower()
    if region in _MONTH_FIRST_REGIONS or top in _MONTH_FIRST_DOMAINS:
        return "mdy"
    if code not in ("", "en", "fil"):
        return "dmy"
    return "dmy" if region in _DAY_FIRST_ENGLISH or top in _DAY_FIRST_ENGLISH else None


def _written_published(head: Head, said: Structured) -> Iterator[str]:
    if said.published:
        yield said.published
    if written := head.items.get("datepublished"):
        yield written
    for name in sorted(head.meta.keys() & _RANKS.keys(), key=_RANKS.__getitem__):
        yield head.meta[name][0]
    for name, values in head.meta.items():
        if "pub" in name and name not in _NAMES and _PUBLISHED_LIKE.search(name):
            yield values[0]
    for node in head.times[:MAX_TIMES]:
        if "pubdate" in node.attributes and (written := node.attributes.get("datetime")):
            yield written


def _written_modified(head: Head, said: Structured) -> Iterator[str]:
    if said.modified:
        yield said.modified
    if written := head.items.get("datemodified"):
        yield written
    for name in _MODIFIED:
        if name in head.meta:
            yield head.meta[name][0]


def _sharpest(times: Iterator[Time]) -> Time | None:
    """The first; or another that tells the time of day where the first knows only the day."""
    first = next(times, None)
    if first is None or first.precision is Precision.SECOND:
        return first
    exact = (time for time in times if time.precision is Precision.SECOND and _days_between(time, first) < 1)
    return next(exact, first)


def _unmoved(structured: Time, near: Dateline) -> Time:
    if near.published and (structured.moment - near.published.moment).days >= MOVED_DAYS:
        return near.published
    return structured


def _order_shown(pieces: list[Piece], known: list[Time]) -> Order | None:
    """The order in which the figures near the headline are a day that the page names elsewhere."""
    orders: tuple[Order, ...] = ("dmy", "mdy")
    for order in orders:
        read = dateline(pieces, order, 0) if known else Dateline()
        near = [time for time in (read.published, read.updated) if time]
        if any(_days_between(a, b) < 1 for a in near for b in known):
            return order
    return None


def _after(modified: Time | None, published: Time | None) -> Time | None:
    """A change before the publication is a mistake of one of the two."""
    if modified and published and (modified.moment - published.moment).days < -1:
        return None
    return modified


def _elsewhere(
    tree: LexborHTMLParser, head: Head, order: Order | None, offset: int, *, deep: bool
) -> Time | None:
    """The first <time>, then the first date in a short element that calls itself one, then in all the text."""
    for node in head.times[:MAX_TIMES]:
        written = node.attributes.get("datetime") or clean_text(node.text()[:RAW])
        if time := published_time(written, order=order, offset=offset):
            return time
    for node in tree.css(_DATELINES)[:MAX_ELEMENTS]:
        text = clean_text(node.text(separator=" ")[:RAW]) if node.tag not in _CONTAINERS else ""
        if 0 < len(text) <= MAX_DATELINE and (time := date_in(text, order=order, offset=offset)):
            return time
    return _labelled(tree, order, offset) if deep else None


def _labelled(tree: LexborHTMLParser, order: Order | None, offset: int) -> Time | None:
    """The first date anywhere in the page's text that is called the day of publication, else the first that
    is called the last change. 1 ms, for the few pages that give no date elsewhere.
    """
    text = tree.body.text(separator=" ")[:MAX_TEXT] if tree.body else ""
    updated = None
    for match in islice(_YEAR.finditer(text), MAX_YEARS):
        line = " ".join(text[max(0, match.start() - LABELLED) : match.end() + CLOCK].split())
        folded = line.lower()
        if not any(label in folded for label in _LABELS):
            continue
        labels = [*_LABEL.finditer(line)]
        time = date_in(line[labels[-1].end() :], order=order, offset=offset) if labels else None
        if time is None:
            continue
        if labels[-1].lastgroup == "published":
            return time
        updated = updated or time
    return updated


def _days_between(a: Time, b: Time) -> float:
    return abs((a.moment - b.moment).total_seconds()) / 86_400
