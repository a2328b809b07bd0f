"""`--where`: which records of a topic, in a small closed grammar.

    where = term { " " term }         every term must hold
    term  = path ( "=" | "!=" | "~" ) value
    path  = name { "." name }         into the event, and into each item of its lists: entities.name
          | "key" | "header." name    of the record
          | "entity" | "relation"     short for SHORT
    value = characters without space or quote | '"' any '"' | "'" any "'"     a backslash keeps a quote

`=`: one of the values there is this text; `!=`: none is, or there is no such field; `~`: one contains it,
whatever the case. Numbers and booleans are compared as JSON writes them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from streams import contract
from streams.shell.exits import Exit, Fatal

SHORT = {
    "entity": (
        "entities.id",
        "entities.name",
        "entities.ids.wikidata",
        "entities.ids.geonames",
        "entities.ids.iso3166",
    ),
    "relation": ("duplicate.relation",),
}
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_OPERATOR = re.compile(r"!=|=|~")
_BARE = re.compile(r"[^\s\"']+(?=\s|$)")
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.)*)\"(?=\s|$)|'((?:[^'\\]|\\.)*)'(?=\s|$)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SPACE = re.compile(r"\s*")


@dataclass(frozen=True, slots=True)
class Term:
    """One condition; `paths` are alternatives."""

    paths: tuple[str, ...]
    operator: str
    value: str

    def holds(self, record: Any, event: Any) -> bool:
        found = (text for path in self.paths for text in _texts(record, event, path))
        if self.operator == "~":
            wanted = self.value.casefold()
            return any(wanted in text.casefold() for text in found)
        return (self.value in found) == (self.operator == "=")


@dataclass(frozen=True, slots=True)
class Where:
    """Terms that must all hold; without any, every record is meant."""

    terms: tuple[Term, ...] = ()

    def holds(self, record: Any) -> bool:
        if not self.terms:
            return True
        try:
            event = orjson.loads(record.value or b"null")
        except orjson.JSONDecodeError:
            event = None
        return all(term.holds(record, event) for term in self.terms)


EVERYTHING = Where()


def where_of(text: str, topic: str) -> Where:
    """Reads an expression; `topic` is one of ours, whose fields are known, or any other.

    Raises Fatal(USAGE) that says at which character it is wrong, and why.
    """
    terms, at = [], _skipped(text, 0)
    while at < len(text):
        term, at = _term(text, at, topic)
        terms.append(term)
        at = _skipped(text, at)
    return Where(tuple(terms))


def _term(text: str, at: int, topic: str) -> tuple[Term, int]:
    path = _PATH.match(text, at)
    if path is None:
        raise _wrong(text, at, "a field is expected, as in publisher.domain=gazette.example")
    paths = SHORT.get(path[0], (path[0],))
    for one in paths:
        if not _known(topic, one):
            raise _wrong(text, at, f"{topic} has no field {path[0]}")
    operator = _OPERATOR.match(text, path.end())
    if operator is None:
        raise _wrong(text, path.end(), f"=, != or ~ is expected after {path[0]}")
    start = operator.end()
    if bare := _BARE.match(text, start):
        return Term(paths, operator[0], bare[0]), bare.end()
    if quoted := _QUOTED.match(text, start):
        inner = quoted[1] if quoted[1] is not None else quoted[2]
        return Term(paths, operator[0], _ESCAPED.sub(r"\1", inner)), quoted.end()
    raise _wrong(
        text, start, f"a value is expected after {operator[0]}, in quotes where it has spaces or quotes"
    )


def _skipped(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _wrong(text: str, at: int, why: str) -> Fatal:
    return Fatal(Exit.USAGE, f"--where, character {at + 1}: {why}: {text[at : at + 40] or 'it ends here'}")


def _known(topic: str, path: str) -> bool:
    """Whether a record of this topic can have the field; whatever is asked of a topic without a schema."""
    if topic not in contract.SCHEMAS or path == "key" or path.startswith("header."):
        return True
    document = contract.schema(topic)
    nodes = [document]
    for name in path.split("."):
        nodes = [found for node in nodes for found in _inside(node, name, document)]
    return bool(nodes)


def _inside(node: Any, name: str, document: dict[str, Any]) -> Iterator[Any]:
    """What a schema says of a field: through references, choices and the items of lists."""
    if "$ref" in node:
        yield from _inside(document["$defs"][node["$ref"].removeprefix("#/$defs/")], name, document)
    for choice in node.get("oneOf", ()):
        yield from _inside(choice, name, document)
    if "items" in node:
        yield from _inside(node["items"], name, document)
    if name in node.get("properties", ()):
        yield node["properties"][name]
    elif isinstance(node.get("additionalProperties"), dict):
        yield node["additionalProperties"]


def _texts(record: Any, event: Any, path: str) -> Iterator[str]:
    if path == "key":
        yield (record.key or b"").decode(errors="replace")
    elif path.startswith("header."):
        name = path.removeprefix("header.")
        given = [value for header, value in record.headers if header == name and value is not None]
        yield from (value.decode(errors="replace") for value in given[-1:])  # of two the last is ours
    else:
        yield from _values(event, path.split("."))


def _values(value: Any, names: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item, names)
    elif names:
        if isinstance(value, dict) and names[0] in value:
            yield from _values(value[names[0]], names[1:])
    elif value is not None and not isinstance(value, dict):
        yield value if isinstance(value, str) else orjson.dumps(value).decode()
