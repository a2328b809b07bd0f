"""Learning which lines a publisher repeats: every line of every article is a sighting, a rule judges them.

A line counts by the articles and days it was seen on. An article counts once, however often it comes: its
revisions share the id, its copies and near copies at other addresses the two longest paragraphs.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from math import ceil
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.furniture import (
    MAX_CHARACTERS,
    FurnitureLine,
    Place,
    line_key,
    normal_form,
    places,
)
from streams.cleaning.text import word_count
from streams.events import CleanedArticle
from streams.vocabulary import RemovedReason

# The rule. Fewer articles: a story told twice. Fewer days: one day's news, its background in every article.
MIN_ARTICLES, MIN_DAYS = 5, 3
MIN_ARTICLES_BODY = 10  # away from head and foot
# Of the publisher's articles: a short line between longer ones is furniture when nearly all have it, else a
# rubric's subhead. In articles of 163 publishers: "Visit our homepage" .97; subheads .12 to .81.
LABEL_SHARE = 0.9

# Of an article, not counting the line that is judged: two articles with the same are copies of one another.
# One alone may be an appeal that stands in every article.
COMPANY_LINES = 2

# A line is followed up when its counter has reached MIN_ARTICLES; lines that share one only cost memory. With
# 60 million lines (three days of a million articles) one in 300 does so by accident.
COUNTERS = 2**26
HELD = 100_000  # sightings held before they go to the spool
BLOCK = 1_000_000  # sightings read back at once

# `article` and `company`: the article by its id and by its longest paragraphs; `day`: date.toordinal().
SIGHTING = np.dtype([("key", "<u8"), ("article", "<u8"), ("company", "<u8"), ("day", "<i4"), ("place", "u1")])
PLACES = tuple(Place)
PUBLISHER = ""  # no line: the key of this text stands for the publisher, seen in each of its articles

Rows = NDArray[np.void]


class Sightings:
    """What was seen in a stretch of cleaned articles.

    The order of the articles does not matter, and none counts more for coming twice. Memory: COUNTERS bytes,
    and about 100 bytes for each sighting of a line that was seen MIN_ARTICLES times; all others are only in
    `spool`, a file open for reading and writing (29 bytes each).
    """

    def __init__(self, spool: BinaryIO) -> None:
        self.articles = 0
        self.days: set[int] = set()
        self.domains: set[str] = set()
        self._spool = spool
        self._held: list[tuple[int, int, int, int, int]] = []
        self._counters = bytearray(COUNTERS)
        self._texts: dict[int, tuple[str, str]] = {}

    def add(self, article: CleanedArticle) -> None:
        """Every line of an article. Raises ValueError where its time or id is none.

        Furniture that an earlier snapshot cut counts as well, else each snapshot would forget what the last
        one knew; of the lines that are left only those are at head or foot that surely were before the cut.
        """
        domain = article.publisher.domain
        day = date.fromisoformat((article.published_at or article.received_at)[:10]).toordinal()
        identity = int(article.id[:16], 16)
        self.articles += 1
        if domain is None:
            return
        self.days.add(day)
        self.domains.add(domain)
        paragraphs = article.text.split("\n\n")
        cut = [line.text for line in article.removed if line.reason is RemovedReason.FURNITURE]
        stands = places([word_count(line) for line in paragraphs], missing=len(cut))
        seen = {PUBLISHER: Place.EDGE}
        for line, place in [
            *zip(cut, [Place.EDGE] * len(cut), strict=True),
            *zip(paragraphs, stands, strict=True),
        ]:
            if len(normal := normal_form(line)) <= MAX_CHARACTERS:
                seen[normal] = min(place, seen.get(normal, place), key=PLACES.index)
        longest = _longest(paragraphs)
        for normal, place in seen.items():
            company = [text for text in longest if text != normal][:COMPANY_LINES]
            self._count(
                domain, normal, (identity, line_key(domain, "\n".join(company)), day, PLACES.index(place))
            )

    def furniture(self) -> list[FurnitureLine]:
        """The lines that the rule makes furniture, in no particular order."""
        self._spool_held()
        groups = list(self._groups())
        publishers = {}
        for key, articles in groups:
            domain, normal = self._texts[key]
            if normal == PUBLISHER:
                publishers[domain] = len(articles)
        found = []
        for key, articles in groups:
            domain, normal = self._texts[key]
            # A publisher in the table had MIN_ARTICLES; with fewer none of its lines had either.
            line = _judged(domain, normal, articles, publishers.get(domain, 0)) if normal else None
            if line is not None:
                found.append(line)
        return found

    def _count(self, domain: str, normal: str, sighting: tuple[int, int, int, int]) -> None:
        key = line_key(domain, normal)
        slot = key % COUNTERS
        count = min(self._counters[slot] + 1, 255)
        self._counters[slot] = count
        if count >= MIN_ARTICLES:
            self._texts.setdefault(key, (domain, normal))
        self._held.append((key, *sighting))
        if len(self._held) >= HELD:
            self._spool_held()

    def _spool_held(self) -> None:
        self._spool.seek(0, 2)
        self._spool.write(np.array(self._held, SIGHTING).tobytes())
        self._held.clear()

    def _groups(self) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """Each line seen in MIN_ARTICLES ids, as its key and its articles: (first day, place's rank)."""
        rows = self._followed_up()
        rows = rows[np.lexsort((rows["article"], rows["key"]))]
        new_line = _changes(rows["key"])
        starts = np.flatnonzero(new_line)
        if not len(starts):
            return
        ids = np.add.reduceat((_changes(rows["article"]) | new_line).astype(int), starts)
        for i in np.flatnonzero(ids >= MIN_ARTICLES):
            group = rows[starts[i] : starts[i + 1] if i + 1 < len(starts) else None]
            yield int(group["key"][0]), _articles(group)

    def _followed_up(self) -> Rows:
        """The sightings of every line that was seen MIN_ARTICLES times."""
        counters = np.frombuffer(self._counters, np.uint8)
        blocks = [np.empty(0, SIGHTING)]
        self._spool.seek(0)
        while data := self._spool.read(BLOCK * SIGHTING.itemsize):
            block = np.frombuffer(data, SIGHTING)
            blocks.append(block[counters[block["key"] % COUNTERS] >= MIN_ARTICLES])
        return np.concatenate(blocks)


def _longest(paragraphs: Iterable[str]) -> list[str]:
    """As many of an article's longest paragraphs as tell it from others, whichever of them is judged."""
    ordered = sorted(set(paragraphs), key=lambda text: (-len(text), text))
    return [normal_form(text) for text in ordered[: COMPANY_LINES + 1]]


def _changes(column: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Where a value differs from the one before; the first does."""
    changes = np.ones(len(column), np.bool_)
    changes[1:] = column[1:] != column[:-1]
    return changes


def _articles(group: Rows) -> list[tuple[int, int]]:
    """The articles of a line's sightings: those joined by an id or by their company are one (union-find).

    Each with its first day, and the place nearest to an end that the line had in it.
    """
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    rows = group.tolist()
    for _key, article, company, _day, _place in rows:
        parent[root(("article", article))] = root(("company", company))
    found: dict[tuple[str, int], tuple[int, int]] = {}
    for _key, article, _company, day, place in rows:
        one = root(("article", article))
        first, nearest = found.get(one, (day, place))
        found[one] = min(first, day), min(nearest, place)
    return list(found.values())


def _judged(domain: str, normal: str, articles: list[tuple[int, int]], of: int) -> FurnitureLine | None:
    """The line with the widest place it may be cut from; None where it is no furniture."""
    for rank, place in reversed(list(enumerate(PLACES))):
        days = [day for day, nearest in articles if nearest <= rank]
        least = MIN_ARTICLES if place is Place.EDGE else MIN_ARTICLES_BODY
        if place is Place.LABEL:
            least = max(least, ceil(LABEL_SHARE * of))
        if len(days) >= least and len(set(days)) >= MIN_DAYS:
            return FurnitureLine(
                domain=domain,
                cut=place,
                articles=len(days),
                of=max(of, len(days)),
                days=len(set(days)),
                text=normal,
            )
    return None
