"""The structured data of a page: its article, as schema.org JSON-LD describes it."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MAX_SCRIPT = 2_000_000  # characters of one JSON-LD script
MAX_OBJECTS = 5_000  # looked at on one page
MAX_DEPTH = 12
MAX_AUTHORS = 20

_ARTICLES_NAMES = (
    "article newsarticle reportagenewsarticle analysisnewsarticle opinionnewsarticle "
    "reviewnewsarticle backgroundnewsarticle askpublicnewsarticle advertisercontentarticle "
    "blogposting liveblogposting socialmediaposting discussionforumposting techarticle "
    "scholarlyarticle report"
)
ARTICLES = frozenset(_ARTICLES_NAMES.split())

# Old pages hide their scripts from XML parsers and from browsers without scripts.
_OPENINGS = ("//", "<![CDATA[", "<!--")
_CLOSINGS = (";", "]]>", "-->", "//")
_ADDRESS = re.compile(r"^(?:https?:|www\.|@|[^\s@]+@[^\s@]+$)")
_SEVERAL = re.compile(r"\s*(?:[,;|/•·]|&|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b)\s+")
_BY = re.compile(r"^(?i:by|von|par|por|di|door)\s+(?=[^\W\d_a-z])")


@dataclass(frozen=True, slots=True)
class Structured:
    """What JSON-LD says; `types` are all types on the page in lower case, whatever they belong to."""

    types: frozenset[str]
    headline: str | None = None
    description: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    publisher: str | None = None
    language: str | None = None
    published: str | None = None
    modified: str | None = None
    free: bool | None = None


def read_jsonld(scripts: list[str]) -> Structured:
    """The fullest article among all scripts; broken ones are passed over."""
    types: set[str] = set()
    articles: list[dict[str, Any]] = []
    budget = MAX_OBJECTS
    for script in scripts:
        for item in _objects(_load(script)):
            budget -= 1
            if budget < 0:
                break
            kinds = _types(item)
            types |= kinds
            if kinds & ARTICLES and (
                item.get("headline") or item.get("datePublished") or item.get("articleBody")
            ):
                articles.append(item)
    if not articles:
        return Structured(frozenset(types))
    best = max(articles, key=lambda item: (bool(item.get("headline")), bool(item.get("author")), len(item)))
    return Structured(
        frozenset(types),
        headline=_text(best.get("headline")),
        description=_text(best.get("description")),
        authors=people(best.get("author")),
        section=_text(best.get("articleSection")),
        publisher=_text(best.get("publisher")),
        language=_text(best.get("inLanguage")),
        published=_text(best.get("datePublished")),
        modified=_text(best.get("dateModified")),
        free=_truth(best.get("isAccessibleForFree")),
    )


def people(value: object) -> tuple[str, ...]:
    """The names in an author field: a string ("By A and B"), an object with a name, or a list of these."""
    names: dict[str, None] = {}
    for item in value if isinstance(value, list) else [value]:
        name = item.get("name") if isinstance(item, dict) else item
        for written in name if isinstance(name, list) else [name]:
            if isinstance(written, str):
                names.update(dict.fromkeys(_split(clean_text(written))))
    return tuple(list(names)[:MAX_AUTHORS])


def clean_text(value: str) -> str:
    """One line without character references (pages escape twice)."""
    return " ".join(html.unescape(html.unescape(value)).split())


def _load(script: str) -> object:
    if len(script) > MAX_SCRIPT:
        return None
    try:
        return json.loads(_unwrapped(script), strict=False)
    except (ValueError, RecursionError):
        return None


def _unwrapped(script: str) -> str:
    text = script.strip()
    for opening in _OPENINGS:
        text = text.removeprefix(opening).lstrip()
    for closing in _CLOSINGS:
        text = text.removesuffix(closing).rstrip()
    return text


def _objects(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > MAX_DEPTH:
        return
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(inner, depth + 1)


def _types(item: dict[str, Any]) -> set[str]:
    kind = item.get("@type")
    return {
        str(name).rpartition("/")[2].lower() for name in (kind if isinstance(kind, list) else [kind]) if name
    }


def _text(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value")
    return clean_text(value) or None if isinstance(value, str) else None


def _truth(value: object) -> bool | None:
    return {"true": True, "false": False}.get(str(value).lower())


def _split(names: str) -> list[str]:
    parts = (_BY.sub("", part).strip(" ,;|") for part in _SEVERAL.split(names))
    return [part for part in parts if part and len(part) < 80 and not _ADDRESS.match(part)]
