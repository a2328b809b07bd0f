"""A diff for a person, examples side by side, and for a script."""

from collections.abc import Iterator
from typing import Any

import orjson

from streams.shell.replay.diff import Diff
from streams.shell.replay.verdicts import CLASSES
from streams.shell.terminal import printable

WIDTH = 100  # characters of a value that are shown of each side, around where they part
BEFORE = 30  # of them in front of that


def told(found: Diff) -> Iterator[str]:
    """Counts, fields, then the examples that were read."""
    counts = found.counts
    yield f"run {found.plan.run}: {counts.total():,} articles"
    for kind, about in CLASSES.items():
        if counts[kind] or kind == "same":
            yield f"  {counts[kind]:>9,}  {kind:<11} {about}"
    if found.fields:
        yield "changed fields:"
    for name, count in found.field_counts.most_common():
        yield f"  {count:>9,}  {name}"
    for kind in CLASSES:
        ids = [identity for identity in found.ids(kind) if identity in found.values]
        for identity in ids:
            yield from _example(found, kind, identity)
        if ids and counts[kind] > len(ids):
            yield f"... and {counts[kind] - len(ids):,} more {kind}: --limit shows more"


def as_json(found: Diff) -> bytes:
    """One object: counts, fields and the examples with both values of each field that changed."""
    return orjson.dumps(
        {
            "run": found.plan.run,
            "articles": found.counts.total(),
            "counts": {kind: found.counts[kind] for kind in CLASSES},
            "fields": dict(found.field_counts.most_common()),
            "examples": [
                {
                    "id": identity,
                    "class": found.classes[identity],
                    "url": _url(found, identity),
                    "fields": {name: _pair(found, identity, name) for name in _shown(found, identity)},
                }
                for identity in sorted(found.values)
            ],
        }
    )


def _example(found: Diff, kind: str, identity: str) -> Iterator[str]:
    yield ""
    yield f"{kind}  {identity}  {printable(_url(found, identity) or '-')}"
    for name in _shown(found, identity):
        pair = _pair(found, identity, name)
        old, new = (_text(pair[side]) for side in ("production", "run"))
        start = max(0, _parting(old, new) - BEFORE)
        yield f"  {name}"
        for side, text in (("production", old), ("run", new)):
            cut = text[start : start + WIDTH]
            dots = ("..." if start else "") + printable(cut) + ("..." if start + WIDTH < len(text) else "")
            yield f"    {side:<11} {dots}"


def _shown(found: Diff, identity: str) -> list[str]:
    return found.fields.get(identity, [])


def _pair(found: Diff, identity: str, name: str) -> dict[str, Any]:
    sides = [_event(record) for record in found.values.get(identity, (None, None))]
    return {"production": sides[0].get(name), "run": sides[1].get(name)}


def _url(found: Diff, identity: str) -> str | None:
    for record in found.values.get(identity, ()):
        if url := _event(record).get("url"):
            return str(url)
    return None


def _event(record: Any) -> dict[str, Any]:
    if record is None or record.value is None:
        return {}
    event: dict[str, Any] = orjson.loads(record.value)
    return event


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def _parting(one: str, other: str) -> int:
    """Where two texts begin to differ."""
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
