"""A record of a topic as people and programs read it: some lines, or one JSON object.

Article text is printed without control characters: nothing in it can command the terminal.
"""

import base64
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import orjson

from streams.contract import rfc3339
from streams.shell.headers import ERASED_TYPE, place_of
from streams.shell.terminal import shortened

TEXT_CHARACTERS = 160
NAMES = 8


def as_json(record: Any) -> bytes:
    """A record as one JSON object; a value that is not JSON as text, and what is no text in base64."""
    return orjson.dumps(
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp": rfc3339(record.timestamp),
            "key": _text(record.key),
            "headers": {name: _text(value) for name, value in record.headers},
            "value": _value(record.value),
        }
    )


def as_text(record: Any) -> str:
    """A record in a few lines for a person."""
    place = f"{place_of(record)}  {rfc3339(record.timestamp)}"
    return "\n".join([place, *(f"  {shortened(line)}" for line in _about(record))])


def _about(record: Any) -> Iterator[str]:
    headers = {name: value or b"" for name, value in record.headers}
    if "reason" in headers:
        where = "/".join(headers.get(name, b"?").decode(errors="replace") for name in _PLACE)
        why = [headers.get(name, b"").decode(errors="replace") for name in ("stage", "reason", "error")]
        yield f"{why[0]} refused {where}: {why[1]}{', ' if why[2] else ''}{why[2]}"
    if record.value is None and headers.get("ce_type") == ERASED_TYPE.encode():
        yield f"erased: {_text(record.key)}"
        return
    value = _value(record.value)
    if not isinstance(value, dict):
        yield f"key {_text(record.key)}, {len(record.value or b'')} bytes: {str(value)[:TEXT_CHARACTERS]}"
        return
    yield str(value.get("headline") or value.get("url") or _text(record.key))
    facts = [
        _nested(value, "publisher", "name") or _nested(value, "publisher", "domain"),
        value.get("section"),
        value.get("published_at"),
        _nested(value, "language", "code"),
        value.get("status"),
    ]
    yield " | ".join(str(fact) for fact in facts if fact)
    if "headline" in value and "url" in value:
        yield str(value["url"])
    text = value.get("text") or value.get("content")
    if isinstance(text, str):
        yield f"{len(text):,} characters: {text[:TEXT_CHARACTERS]}..."
    with suppress(KeyError, TypeError, AttributeError):  # a raw event may have any fields of its own
        yield from _made_of(value)


def _made_of(value: dict[str, Any]) -> Iterator[str]:
    """What the stages have added."""
    if value.get("removed"):
        yield f"{len(value['removed'])} lines of furniture removed"
    if value.get("entities"):
        named = [f"{e['name']} ({e['type']}, {len(e['mentions'])})" for e in value["entities"][:NAMES]]
        yield ", ".join(named) + (" ..." if len(value["entities"]) > NAMES else "")
    if "duplicate" in value:
        copy = value["duplicate"]
        of = f" of {copy['of']}" if copy.get("of") else ""
        yield f"{copy['relation']}{of}, version {value['version']['number']}, decision {value['decision']}"


_PLACE = ("topic", "partition", "offset")


def _nested(value: dict[str, Any], outer: str, inner: str) -> Any:
    found = value.get(outer)
    return found.get(inner) if isinstance(found, dict) else found


def _value(value: bytes | None) -> Any:
    if value is None:
        return None
    try:
        return orjson.loads(value)
    except orjson.JSONDecodeError:
        return _text(value)


def _text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return "base64:" + base64.b64encode(value).decode()
