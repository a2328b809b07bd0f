"""The structured data of a page: its article, as schema.org JSON-LD describes it."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from streams.cleaning.metadata.loose_json import load

MAX_OBJECTS = 5_000  # looked at on one page
MAX_DEPTH = 12
MAX_ITEMS = 20  # of a list of authors
MAX_HOUSES = 5  # organisations whose names are kept; behind the publisher's own stand others
MAX_FIELD = 4_000  # characters of a text field

_ARTICLES_NAMES = (
    "article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle "
    "reviewnewsarticle backgroundnewsarticle askpublicnewsarticle advertisercontentarticle "
    "satiricalarticle blogposting liveblogposting socialmediaposting discussionforumposting techarticle "
    "scholarlyarticle medicalscholarlyarticle report"
)
ARTICLES = frozenset(_ARTICLES_NAMES.split())
# What else may carry the article's date and author: the page itself, where a plugin knows of no article.
_PAGES_NAMES = (
    "webpage itempage aboutpage medicalwebpage creativework review howto recipe videoobject newsmediaobject"
)
PAGES = frozenset(_PAGES_NAMES.split())
_HOUSES_NAMES = "organization newsmediaorganization corporation website brand localbusiness"
HOUSES = frozenset(_HOUSES_NAMES.split())

_NESTED = (dict, list)
_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Structured:
    """What JSON-LD says; `types` are all types on the page in lower case, whatever they belong to.

    `page_published` is the day of the page itself, where a plugin gives that to every page of a site.
    `author` is a name, an object with a name, or a list of these. `section` may be a trail's last but one.
    """

    types: frozenset[str]
    articles: int = 0
    headline: str | None = None
    description: str | None = None
    author: object = None
    section: str | None = None
    publisher: str | None = None
    language: str | None = None
    published: str | None = None
    page_published: str | None = None
    modified: str | None = None
    free: bool | None = None
    houses: tuple[str, ...] = ()


@dataclass(slots=True)
class _Graph:
    types: set[str] = field(default_factory=set)
    articles: list[dict[str, Any]] = field(default_factory=list)
    pages: list[dict[str, Any]] = field(default_factory=list)
    trails: list[dict[str, Any]] = field(default_factory=list)
    houses: list[dict[str, Any]] = field(default_factory=list)
    named: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_jsonld(scripts: Sequence[str], url: str = "", title: str = "") -> Structured:
    """What all scripts together say of the page's article: the one of this URL, else the one whose headline
    repeats the page's title, else the fullest.
    """
    graph = _Graph()
    budget = MAX_OBJECTS
    for script in scripts:
        for item in _objects(load(script)):
            budget -= 1
            if budget < 0:
                break
            _sort(graph, item)
    best = _best(graph.articles, url, title)
    page: dict[str, Any] = next((item for item in graph.pages if item.get("datePublished")), {})
    houses = tuple(islice((name for item in graph.houses if (name := _text(item.get("name")))), MAX_HOUSES))
    return Structured(
        frozenset(graph.types),
        articles=len(graph.articles),
        headline=_text(best.get("headline")) or _text(best.get("name")),
        description=_text(best.get("description")),
        author=_resolved(best.get("author") or best.get("creator") or page.get("author"), graph),
        section=_text(best.get("articleSection")) or _trail(graph.trails),
        publisher=_text(_resolved(best.get("publisher"), graph)),
        language=_text(best.get("inLanguage")),
        published=_text(best.get("datePublished")),
        page_published=_text(page.get("datePublished")),
        modified=_text(best.get("dateModified")) or _text(page.get("dateModified")),
        free=_truth(best.get("isAccessibleForFree")),
        houses=houses,
    )


def clean_text(value: str) -> str:
    """One line without character references (pages escape twice)."""
    if "&" in value:
        value = html.unescape(html.unescape(value))
    if not value.isascii():
        value = _SURROGATE.sub("", value)
    return " ".join(value.split())


def _objects(root: object) -> Iterator[dict[str, Any]]:
    """Every object in a value, outer before inner, in the order of the text."""
    todo = [(root, 0)]
    while todo:
        value, depth = todo.pop()
        if isinstance(value, dict):
            yield value
            inner = [*value.values()]
        else:
            inner = value if isinstance(value, list) else []
        if depth < MAX_DEPTH:
            todo += [(item, depth + 1) for item in reversed(inner) if type(item) in _NESTED]


def _sort(graph: _Graph, item: dict[str, Any]) -> None:
    kinds = _types(item)
    graph.types |= kinds
    if isinstance(key := item.get("@id"), str) and item.get("name"):
        graph.named.setdefault(key, item)
    if kinds & ARTICLES or (not kinds and item.get("headline") and item.get("datePublished")):
        if item.get("headline") or item.get("datePublished") or item.get("articleBody"):
            graph.articles.append(item)
    elif kinds & PAGES:
        graph.pages.append(item)
    elif kinds & HOUSES:
        graph.houses.append(item)
    elif "breadcrumblist" in kinds:
        graph.trails.append(item)


def _best(articles: list[dict[str, Any]], url: str, title: str) -> dict[str, Any]:
    if len(articles) < 2:
        return articles[0] if articles else {}
    words = frozenset(_WORD.findall(title.casefold()))
    return max(articles, key=lambda item: _fit(item, url, words))


def _fit(item: dict[str, Any], url: str, words: frozenset[str]) -> tuple[bool, bool, bool, bool, int]:
    headline = _text(item.get("headline")) or ""
    own = set(_WORD.findall(headline.casefold()))
    return (
        bool(url) and any(_same_page(item.get(key), url) for key in ("url", "@id", "mainEntityOfPage")),
        bool(own and 2 * len(own & words) > len(own)),
        bool(headline),
        bool(item.get("author")),
        len(item),
    )


def _same_page(value: object, url: str) -> bool:
    """Whether two URLs have the same path, whatever their hosts (mobile, AMP) and schemes."""
    if isinstance(value, dict):
        value = value.get("@id") or value.get("url")
    if not isinstance(value, str):
        return False
    path = _path(value)
    return len(path) > 1 and path == _path(url)


def _path(url: str) -> str:
    beginning = url.partition("#")[0].partition("?")[0].partition("://")
    return (beginning[2] or beginning[0]).rstrip("/").partition("/")[2]


def _resolved(value: object, graph: _Graph) -> object:
    """A field with the objects that its {"@id": ...} stand for."""
    if isinstance(value, list):
        return [_named(item, graph) for item in value[:MAX_ITEMS]]
    return _named(value, graph)


def _named(item: object, graph: _Graph) -> object:
    if isinstance(item, dict) and not item.get("name") and isinstance(key := item.get("@id"), str):
        return graph.named.get(key, item)
    return item


def _trail(trails: list[dict[str, Any]]) -> str | None:
    """The last step above the page in a breadcrumb trail of three or more; the first is the home page."""
    for trail in trails:
        steps = trail.get("itemListElement")
        if isinstance(steps, list) and len(steps) > 2 and isinstance(step := steps[-2], dict):
            return _text(step.get("name")) or _text(step.get("item"))
    return None


def _types(item: dict[str, Any]) -> set[str]:
    kind = item.get("@type")
    if isinstance(kind, str):
        return {kind.rpartition("/")[2].lower()} if kind else set()
    return (
        {str(name).rpartition("/")[2].lower() for name in kind if name} if isinstance(kind, list) else set()
    )


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return clean_text(value[:MAX_FIELD]) or None if isinstance(value, str) else None


def _truth(value: object) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())
