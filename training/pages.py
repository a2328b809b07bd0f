"""The development pages with their gold texts, and folds that keep a site together."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.url import registrable_domain

PARTS = ("dev", "train", "news")  # files of html/: NAME.jsonl.gz and NAME.gold.jsonl.gz
EVALUATION_ONLY = "aeb"  # the source whose figures are compared with published ones: never trained on


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page as fetched. `source` is aeb, wcxb or news; `part` is the file it lies in."""

    url: str
    html: str
    gold: str
    source: str
    part: str

    @property
    def site(self) -> str:
        """The registrable domain, or the host where there is none."""
        return registrable_domain(self.url) or self.url.split("/")[2]


def read_pages(data: Path) -> list[Page]:
    """All pages of `data`/html with their gold texts: dev (aeb, wcxb), train (wcxb), news; in file order."""
    pages = []
    for part in PARTS:
        gold = {row["url"]: row for row in _rows(data / "html" / f"{part}.gold.jsonl.gz")}
        for row in _rows(data / "html" / f"{part}.jsonl.gz"):
            answer = gold[row["url"]]
            source = "news" if part == "news" else answer["source"]
            pages.append(
                Page(url=row["url"], html=row["content"], gold=answer["text"], source=source, part=part)
            )
    return pages


def read_others(data: Path) -> list[Page]:
    """The pages of `data`/html/others.jsonl.gz, which are no articles and have no gold."""
    return [
        Page(url=row["url"], html=row["content"], gold="", source="others", part="others")
        for row in _rows(data / "html" / "others.jsonl.gz")
    ]


def trainable(pages: Sequence[Page]) -> list[Page]:
    """Those that a model may learn from."""
    return [page for page in pages if page.source != EVALUATION_ONLY]


def folds(pages: Sequence[Page], k: int) -> NDArray[np.int64]:
    """The fold (0 to k-1) of each page. All pages of a site share one; the folds are of about equal size."""
    of_site: dict[str, list[int]] = defaultdict(list)
    for i, page in enumerate(pages):
        of_site[page.site].append(i)
    out = np.zeros(len(pages), np.int64)
    sizes = [0] * k
    for _, members in sorted(of_site.items(), key=lambda item: (-len(item[1]), item[0])):
        fold = sizes.index(min(sizes))
        out[members] = fold
        sizes[fold] += len(members)
    return out


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
