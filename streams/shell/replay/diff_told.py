"""A diff for a person, examples side by side, and for a script."""

from collections.abc import Iterator
from typing import Any

import orjson

from streams.shell.replay.diff import Diff, Example
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
    if found.field_counts:
        yield "changed fields:"
    for name, count in found.field_counts.most_common():
        yield f"  {count:>9,}  {name}"
    for kind in CLASSES:
        shown = [one for one in found.examples if one.kind == kind]
        for one in shown:
            yield from _example(one)
        if shown and counts[kind] > len(shown):
            yield f"... and {counts[kind] - len(shown):,} more {kind}: --limit shows more"


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
                    "id": one.identity,
                    "class": one.kind,
                    "url": _url(one),
                    "fields": {name: _pair(one, name) for name in one.fields},
                }
                for one in sorted(found.examples, key=lambda one: one.identity)
            ],
        }
    )


def _example(one: Example) -> Iterator[str]:
    yield ""
    yield f"{one.kind}  {one.identity}  {printable(_url(one) or '-')}"
    for name in one.fields:
        pair = _pair(one, name)
        old, new = (_text(pair[side]) for side in ("production", "run"))
        start = max(0, _parting(old, new) - BEFORE)
        yield f"  {name}"
        for side, text in (("production", old), ("run", new)):
            cut = text[start : start + WIDTH]
            dots = ("..." if start else "") + printable(cut) + ("..." if start + WIDTH < len(text) else "")
            yield f"    {side:<11} {dots}"


def _pair(one: Example, name: str) -> dict[str, Any]:
    production, run = (_event(record).get(name) for record in one.records)
    return {"production": production, "run": run}


def _url(one: Example) -> str | None:
    urls = (_event(record).get("url") for record in one.records)
    return next((str(url) for url in urls if url), None)


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
