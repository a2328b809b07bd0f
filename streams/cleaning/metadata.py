"""What a page says about its article besides the body: JSON-LD, OpenGraph, meta, then h1, time, byline."""

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.header import byline
from streams.cleaning.jsonld import ARTICLES, clean_text, people, read_jsonld
from streams.cleaning.times import Time, date_in, date_in_path, parse_time

MAX_ELEMENTS = 10  # datelines or bylines that are looked at; further down they belong to teasers
MAX_DATELINE = 80  # characters
_DATELINE_LOOK = 200
_DATELINES = (
    "time, [class*=date i], [class*=publish i], [class*=posted i], [class*=byline i], [class*=meta i]"
)
_BYLINES = "[rel=author], [itemprop=author], [class*=author i], [class*=byline i]"
SAME_TITLE_WORDS = 3  # that an h1 shares with the title at least: a logo shares the site's name
MIN_HEADLINE = 8  # characters; shorter h1s are logos
_HEADLINES = ("og:title", "twitter:title", "dc.title", "title")
_STANDFIRSTS = ("og:description", "description", "twitter:description")
_AUTHORS = (
    "author",
    "article:author",
    "byl",
    "parsely-author",
    "dc.creator",
    "sailthru.author",
    "cxenseparse:author",
)
__PUBLISHED_NAMES = (
    "article:published_time og:article:published_time datepublished date dc.date.issued dc.date "
    "dcterms.created parsely-pub-date sailthru.date pubdate publishdate publish_date publish-date "
    "article.published date.issued cxenseparse:recs:publishtime"
)
_PUBLISHED = __PUBLISHED_NAMES.split()
_MODIFIED = (
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
)
_SECTIONS = ("article:section", "og:article:section", "section", "parsely-section")
_PUBLISHERS = ("og:site_name", "dc.publisher", "application-name")
_LANGUAGES = ("content-language", "og:locale", "language", "dc.language")
_TITLE_PARTS = re.compile(r"\s+[|–—•·»-]\s+|\s*[|»]\s*")
_WORD = re.compile(r"\w+")
__LISTS_NAMES = "collectionpage itemlist searchresultspage profilepage website webpage"
_LISTS = frozenset(__LISTS_NAMES.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Absent is None or empty. `declares_article` is False where the page calls itself something else."""

    headline: str | None
    standfirst: str | None
    authors: tuple[str, ...]
    section: str | None
    publisher: str | None
    language: str | None
    published: Time | None
    modified: Time | None
    canonical: str | None
    free: bool | None
    declares_article: bool | None


def read_metadata(page: str, url: str) -> Metadata:
    """The metadata of an HTML page; `url` only for the day in its path. 2 ms a page, mostly parsing."""
    tree = LexborHTMLParser(page)
    meta = _meta(tree)
    said = read_jsonld([node.text() for node in tree.css('script[type*="ld+json" i]')])
    publisher = _first(meta, _PUBLISHERS) or said.publisher
    declared = _first_time(said.published, *(meta.get(name) for name in _PUBLISHED))
    declared = declared or _first_time(*_time_elements(tree)) or date_in_path(url)
    root = tree.css_first("html")
    return Metadata(
        headline=_headline(tree, said.headline or _first(meta, _HEADLINES), publisher),
        standfirst=said.description or _first(meta, _STANDFIRSTS),
        authors=said.authors
        or people([meta[name] for name in _AUTHORS if name in meta][:1])
        or _bylines(tree),
        section=said.section or _first(meta, _SECTIONS),
        publisher=publisher,
        language=(root.attributes.get("lang") if root else None) or said.language or _first(meta, _LANGUAGES),
        published=declared or _dateline(tree),
        modified=_first_time(said.modified, *(meta.get(name) for name in _MODIFIED)),
        canonical=_canonical(tree),
        free=said.free,
        declares_article=declared is not None
        or _declares_article(said.types, meta.get("og:type", "").lower(), meta.get("robots", "").lower()),
    )


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        given = node.attributes
        name = (
            given.get("property")
            or given.get("name")
            or given.get("itemprop")
            or given.get("http-equiv")
            or ""
        ).lower()
        text = clean_text(given.get("content") or "")
        if name and text:
            found.setdefault(name, text)
    return found


def _headline(tree: LexborHTMLParser, written: str | None, publisher: str | None) -> str | None:
    """The h1 that says the same as the declared title (which is often written for search engines); else that
    title, without the site's name behind a bar; else the first h1, else <title>.
    """
    headings = [text for node in tree.css("h1") if len(text := clean_text(node.text())) >= MIN_HEADLINE]
    if written is None:
        title = tree.css_first("title")
        written = clean_text(title.text()) or None if title else None
    if written is None:
        return headings[0] if headings else None
    words = _words(written)
    best = max(headings, key=lambda heading: len(_words(heading) & words), default="")
    shared, least = len(_words(best) & words), min(len(_words(best)), len(words))
    if 2 * shared >= least and shared >= min(SAME_TITLE_WORDS, len(words)) > 0:
        return best
    parts = _TITLE_PARTS.split(written)
    if publisher and len(parts) > 1 and parts[-1].casefold() == publisher.casefold():
        return written[: -len(parts[-1])].rstrip(" |–—•·»-") or written
    return written


def _words(title: str) -> set[str]:
    return set(_WORD.findall(title.casefold()))


def _time_elements(tree: LexborHTMLParser) -> list[str | None]:
    return [node.attributes.get("datetime") or node.attributes.get("content") for node in tree.css(
        "time[datetime], [itemprop=datePublished]"
    )[:5]]  # fmt: skip


def _dateline(tree: LexborHTMLParser) -> Time | None:
    """The first date in a short element that calls itself one."""
    texts = (clean_text(node.text())[:_DATELINE_LOOK] for node in tree.css(_DATELINES)[:MAX_ELEMENTS])
    return next((time for text in texts if len(text) <= MAX_DATELINE and (time := date_in(text))), None)


def _bylines(tree: LexborHTMLParser) -> tuple[str, ...]:
    """The names in the first element that calls itself a byline and reads like one."""
    for node in tree.css(_BYLINES)[:MAX_ELEMENTS]:
        if names := byline(clean_text(node.text())[:_DATELINE_LOOK]):
            return names
    return ()


def _canonical(tree: LexborHTMLParser) -> str | None:
    """The head's rel=canonical; a page that names two says nothing."""
    found = {node.attributes.get("href") for node in tree.css('head link[rel~="canonical" i][href]')}
    return found.pop() if len(found) == 1 else None


def _declares_article(types: frozenset[str], og_type: str, robots: str) -> bool | None:
    """Consent and error pages ask not to be indexed; an article that does so says what it is."""
    if types & ARTICLES or "article" in og_type or og_type in ("video", "blog"):
        return True
    return False if types & _LISTS or og_type or "noindex" in robots else None


def _first(meta: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _first_time(*written: str | None) -> Time | None:
    return next((time for value in written if value and (time := parse_time(value))), None)
