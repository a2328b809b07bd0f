"""What is raced over: raw events of one kind, each with a URL of its own."""

import gzip
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import orjson

SAMPLES = Path(__file__).resolve().parents[2] / "streams" / "samples" / "articles.jsonl"
KINDS = {"text": "text/plain", "html": "text/html"}

Raw = dict[str, Any]


def read_articles(path: Path | None, kind: str) -> list[Raw]:
    """The events of this kind that have a content."""
    packed = (path or SAMPLES).read_bytes()
    lines = (gzip.decompress(packed) if packed[:2] == b"\x1f\x8b" else packed).splitlines()
    events = [orjson.loads(line) for line in lines]
    return [e for e in events if e.get("content_type", "text/plain") == KINDS[kind] and e.get("content")]


def made_unique(articles: list[Raw], count: int) -> list[Raw]:
    """So many of them, again from the start when they are too few, under URLs that say which they are."""
    return [
        {**article, "url": f"https://versus.invalid/{nth}"}
        for nth, article in enumerate(islice(cycle(articles), count))
    ]
