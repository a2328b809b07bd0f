"""Furniture a publisher repeats: lines that only the publisher's other articles show to be furniture.

A snapshot lists them by publisher; `streams.cleaning.sightings` learns it from cleaned articles. Cleaning
reads it and never counts: an article comes out the same in the stream, in a replay and alone.

The snapshot is JSON Lines, for people to read, compare and correct in an editor: a line taken out or added by
hand counts. First {"format": "copydesk-furniture/1"}, then one object for each line, sorted by publisher and
text, last {"end": true}, so that a file cut short is known. It holds the line in its normal form and no hash:
what cannot disagree need not be checked, and hashes may change without a new format.
"""

import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from streams.cleaning.text import word_count

FORMAT = "copydesk-furniture/1"
MAX_CHARACTERS = 300  # of a line of furniture; longer texts that recur are quoted, not printed below
HEAD_LINES, FOOT_LINES = 3, 5  # of the body; an article's own first and last words come before and after
# Between longer lines a line of so many words is as likely a subhead ("What happens next") as furniture:
# without this, 7 of 61 lines learnt from 163 publishers were an article's own; with it none of 44.
LABEL_WORDS = 8
MAX_SHARE = 0.30  # of an article's words; whoever loses more has other news, not more furniture
MAX_ROUNDS = (
    20  # of cutting at head and foot; a body with more furniture than that is none, and time is linear
)
VERSION_DIGITS = 16  # of the snapshot's blake2b-512, as `b2sum` prints it

Keys = NDArray[np.uint64]


class Place(StrEnum):
    """Where a line stands in a body, and where a line of furniture is cut: there and in the places before."""

    EDGE = "edge"  # head or foot
    BODY = "body"
    LABEL = "label"  # short and between longer lines, as subheads are


_RANK: dict[str, int] = {place: rank for rank, place in enumerate(Place)}


@dataclass(frozen=True, slots=True, kw_only=True)
class FurnitureLine:
    """A line of a snapshot: seen in `articles` of the publisher's `of`, on `days` days (0: added by hand)."""

    domain: str
    cut: Place
    articles: int = 0
    of: int = 0
    days: int = 0
    text: str


class SnapshotError(ValueError):
    """A snapshot that cannot be used: which line, and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Furniture:
    """A snapshot as cleaning uses it: 9 bytes a line. `version` goes into the provenance of every article."""

    version: str = ""
    domains: frozenset[str] = frozenset()
    keys: Keys = field(default_factory=lambda: np.empty(0, np.uint64))  # ascending
    cuts: NDArray[np.uint8] = field(default_factory=lambda: np.empty(0, np.uint8))  # rank of the Place

    @property
    def provenance(self) -> dict[str, str]:
        return {"furniture": self.version} if self.version else {}

    def strip(
        self, domain: str | None, paragraphs: tuple[str, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The paragraphs without the publisher's furniture, and the furniture, both in their order.

        Nothing is cut where that would be more than MAX_SHARE of the words. Cutting again cuts no more.
        """
        if domain is None or domain not in self.domains:
            return paragraphs, ()
        cuts = self._cuts(domain, paragraphs)
        if max(cuts, default=-1) < 0:
            return paragraphs, ()
        words = [word_count(line) for line in paragraphs]
        left = list(range(len(paragraphs)))
        for _round in range(MAX_ROUNDS):  # a cut brings the next line to the head or foot
            stands = places([words[i] for i in left])
            kept = [i for i, at in zip(left, stands, strict=True) if _RANK[at] > cuts[i]]
            if len(kept) == len(left):
                break
            left = kept
        else:
            return paragraphs, ()
        if sum(words) - sum(words[i] for i in left) > MAX_SHARE * sum(words):
            return paragraphs, ()
        cut = sorted(set(range(len(paragraphs))).difference(left))
        return tuple(paragraphs[i] for i in left), tuple(paragraphs[i] for i in cut)

    def _cuts(self, domain: str, paragraphs: Sequence[str]) -> list[int]:
        """For each paragraph up to which place it is cut; -1 for what is no furniture."""
        wanted = np.array([line_key(domain, normal_form(line)) for line in paragraphs], np.uint64)
        found = np.searchsorted(self.keys, wanted).clip(max=len(self.keys) - 1)
        cuts: list[int] = np.where(self.keys[found] == wanted, self.cuts[found].astype(int), -1).tolist()
        return cuts


NO_FURNITURE = Furniture()


def places(words: Sequence[int], missing: int = 0) -> list[Place]:
    """Where each paragraph of so many words stands.

    Where `missing` others, long or short, may have stood at either end: the last place it can have had.
    """
    count = len(words)
    longer = [i for i, length in enumerate(words) if length > LABEL_WORDS]
    first, last = (longer[0], longer[-1]) if longer else (count, -1)
    if missing:
        first, last = -1, count
    stands = []
    for i, length in enumerate(words):
        if first < i < last and length <= LABEL_WORDS:
            stands.append(Place.LABEL)
        elif i + missing < HEAD_LINES or count - i + missing <= FOOT_LINES:
            stands.append(Place.EDGE)
        else:
            stands.append(Place.BODY)
    return stands


def normal_form(line: str) -> str:
    """What two lines have in common that a reader takes for the same: NFC, white space and case do not count.

    Numbers do: "Goals: 2" and "Goals: 3" are two lines.
    """
    folded = " ".join(line.split()).casefold()
    return folded if folded.isascii() else unicodedata.normalize("NFC", folded)


def line_key(domain: str, normal: str) -> int:
    """64 bits of xxh3 of a publisher's line in its normal form. Kept nowhere: snapshots hold the text."""
    return xxh3_64_intdigest(f"{domain}\n{normal}".encode())


def write_snapshot(lines: Iterable[FurnitureLine]) -> bytes:
    """The snapshot's bytes; the same lines in any order give the same bytes."""
    ordered = sorted(lines, key=lambda line: (line.domain, line.text))
    rows: list[object] = [{"format": FORMAT}, *ordered, {"end": True}]
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def read_snapshot(data: bytes) -> Furniture:
    """A snapshot for cleaning. Raises SnapshotError."""
    domains, listed, ranks = set(), array("Q"), bytearray()
    for row in _rows(data):
        domains.add(row["domain"])
        listed.append(line_key(row["domain"], normal_form(row["text"])))
        ranks.append(_RANK[row["cut"]])
    keys, cuts = np.array(listed, np.uint64), np.frombuffer(ranks, np.uint8)
    order = np.lexsort((cuts, keys))
    keys, cuts = keys[order], cuts[order]
    # Written twice by hand, a line is cut where the wider of the two says.
    wider = np.append(keys[1:] != keys[:-1], True)[: len(keys)]
    version = blake2b(data).hexdigest()[:VERSION_DIGITS]
    return Furniture(version, frozenset(domains), keys[wider], cuts[wider])


def list_snapshot(data: bytes) -> list[FurnitureLine]:
    """A snapshot for people. Raises SnapshotError."""
    counts = ("articles", "of", "days")
    return [
        FurnitureLine(
            domain=row["domain"],
            cut=Place(row["cut"]),
            text=row["text"],
            **{name: row[name] for name in counts if type(row.get(name)) is int},
        )
        for row in _rows(data)
    ]


def _rows(data: bytes) -> Iterator[dict[str, Any]]:
    """The snapshot's lines, each checked."""
    lines = data.rstrip().splitlines()
    header = _object(1, lines[0]) if lines else {}
    if header.get("format") != FORMAT:
        said = header.get("format", "no format")
        raise SnapshotError(f"line 1: {said}; this version reads {FORMAT}: learn the snapshot anew")
    for number, line in enumerate(lines[1:], 2):
        row = _object(number, line)
        if "end" in row:
            if number < len(lines):
                raise SnapshotError(f"line {number} is the end, but {len(lines) - number} lines follow")
            return
        domain, cut, text = row.get("domain"), row.get("cut"), row.get("text")
        if not (type(domain) is type(cut) is type(text) is str and cut in _RANK):
            raise SnapshotError(f"line {number}: needs domain, text and cut: {', '.join(Place)}")
        if domain != domain.lower():
            raise SnapshotError(f"line {number}: domain {domain} matches no article: write it in lower case")
        if len(text) > MAX_CHARACTERS:
            raise SnapshotError(f"line {number}: text has more than {MAX_CHARACTERS} characters")
        yield row
    raise SnapshotError(f"line {len(lines)} is not the end: the file was cut short")


def _object(number: int, line: bytes) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise SnapshotError(f"line {number}: {error}") from None
    if not isinstance(row, dict):
        raise SnapshotError(f"line {number}: not a JSON object")
    return row
