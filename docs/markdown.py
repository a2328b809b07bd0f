"""Tables of Markdown, and texts that go into them as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def plain(value: object) -> str:
    """A value as an operator writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def cell(*texts: str) -> str:
    """Texts as one line of Markdown in which nothing but code is marked up."""
    line = " ".join(" ".join(texts).split())
    parts = re.split(r"(`[^`]*`)", line)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"([*\[\]])", r"\\\1", parts[i]).replace("<", "&lt;")
    return "".join(parts).replace("|", "\\|")
