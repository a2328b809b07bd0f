"""Both sides of a diff, article by article, in a database that SQLite keeps in a temporary file.

In memory 100,000 articles took 220 MB; here a million take 68 MB, and 819 MB in $TMPDIR (bench/diff.py).
"""

import sqlite3
from collections.abc import Iterator
from heapq import merge
from itertools import groupby
from typing import Any, Literal, Self

from streams.shell.replay.sides import Link, Side

Events = Literal["run", "within", "later"]
THEIRS: tuple[Events, ...] = ("within", "later")
_TABLES: tuple[Events, ...] = ("run", *THEIRS)
_LINK = "relation, parent, pointer, jaccard, containment, score"
_COLUMNS = f"id, received_ms, place, status, hashes, {_LINK}, source, replay, sent_back"
_CACHE_KB = 64_000


class Sheet:
    """The last event of each article: of the `run`; of production what is of the range or came before it
    (`within`), and what came `later`; and the links that production would have without that.
    """

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)  # "": a file that goes when it is closed
        for pragma in ("journal_mode=OFF", "synchronous=OFF", f"cache_size=-{_CACHE_KB}"):
            self._db.execute(f"PRAGMA {pragma}")
        for name in _TABLES:
            self._db.execute(
                f"CREATE TABLE {name} (id TEXT PRIMARY KEY, received_ms INTEGER, place INTEGER, status TEXT, "
                "hashes BLOB, relation TEXT, parent TEXT, pointer TEXT, jaccard REAL, containment REAL, "
                "score REAL, source TEXT, replay TEXT, sent_back INTEGER) WITHOUT ROWID"
            )
        self._db.execute(
            "CREATE TABLE told (id TEXT PRIMARY KEY, relation TEXT, parent TEXT, pointer TEXT, jaccard REAL, "
            "containment REAL, score REAL) WITHOUT ROWID"
        )
        self._db.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._db.close()

    def keep(self, name: Events, identity: str, side: Side) -> None:
        """The last of an article: by time, since its texts may lie in several partitions."""
        row = (identity, side.received_ms, side.place, side.status, side.hashes, *_of_link(side.link))
        known = self.received(name, identity)
        if known is None or side.received_ms >= known:
            self._replace(name, (*row, side.source, side.replay, side.sent_back))

    def received(self, name: Events, identity: str) -> int | None:
        """When the article was received that is kept there, in ms; None where none is."""
        found = self._db.execute(f"SELECT received_ms FROM {name} WHERE id = ?", (identity,)).fetchone()  # noqa: S608
        return found[0] if found else None

    def tell(self, identity: str, link: Link) -> None:
        """The link of an article without what came later."""
        self._replace("told", (identity, *_of_link(link)))

    def links_differ(self) -> bool:
        """Whether the run has any other link than production."""
        names = _LINK.split(", ")
        other = " OR ".join(f"run.{name} IS NOT within.{name}" for name in names)
        query = f"SELECT 1 FROM within JOIN run USING (id) WHERE within.relation IS NOT NULL AND ({other})"  # noqa: S608
        return self._db.execute(query).fetchone() is not None

    def articles(self) -> Iterator[tuple[str, Side | None, Side | None, Side | None]]:
        """(id, run, within, later), by id."""
        rows = merge(*map(self._rows, _TABLES), key=_id)
        for identity, found in groupby(rows, key=_id):
            sides = {name: _side(row) for row, name in found}
            yield identity, sides.get("run"), sides.get("within"), sides.get("later")

    def our_links(self) -> "Chosen":
        """Those of the run, and of what it does not have production's."""
        return Chosen(self._db, ("run", "told", "within"))

    def their_links(self) -> "Chosen":
        """Those of production at the end of the range."""
        return Chosen(self._db, ("told", "within"))

    def bytes_on_disk(self) -> int:
        """What it has taken so far."""
        pages, size = (
            self._db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size")
        )
        return int(pages * size)

    def _rows(self, name: Events) -> Iterator[tuple[tuple[Any, ...], Events]]:
        for row in self._db.execute(f"SELECT {_COLUMNS} FROM {name} ORDER BY id"):  # noqa: S608
            yield row, name

    def _replace(self, name: str, row: tuple[Any, ...]) -> None:
        self._db.execute(f"INSERT OR REPLACE INTO {name} VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608


class Chosen:
    """The link of an article in the first of the tables that has it."""

    def __init__(self, db: sqlite3.Connection, names: tuple[str, ...]) -> None:
        self._db, self._names = db, names

    def get(self, identity: str, /) -> Link | None:
        for name in self._names:
            found = self._db.execute(f"SELECT {_LINK} FROM {name} WHERE id = ?", (identity,)).fetchone()  # noqa: S608
            if found is not None:
                return _link(found)
        return None


def _id(row: tuple[tuple[Any, ...], Events]) -> str:
    return str(row[0][0])


def _of_link(link: Link | None) -> tuple[Any, ...]:
    return (link.relation, link.of, link.group, *link.shares) if link is not None else (None,) * 6


def _link(row: tuple[Any, ...]) -> Link | None:
    relation, of, group, *shares = row
    return Link(relation, of, group, tuple(shares)) if relation is not None else None


def _side(row: tuple[Any, ...]) -> Side:
    _id, received_ms, place, status, hashes, *link, source, replay, sent_back = row
    return Side(place, status, hashes, _link(tuple(link)), source, received_ms, replay, bool(sent_back))
