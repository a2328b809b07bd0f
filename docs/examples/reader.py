"""A table of the articles on articles.enriched, kept in SQLite: run it, kill it, run it again.

    COPYDESK_BROKERS=127.0.0.1:9092 python docs/examples/reader.py articles.db          # goes on until Ctrl-C
    COPYDESK_BROKERS=127.0.0.1:9092 python docs/examples/reader.py articles.db --once   # to the present end

The position is saved in the transaction that saves what was read: nothing is lost, and nothing counts twice.
"""

import asyncio
import json
import sqlite3
import sys

from streams.reader import Article, Erased, Event, Malformed, Reader, Withdrawn, replaces

TABLES = """
CREATE TABLE IF NOT EXISTS article (
    id TEXT PRIMARY KEY, decision INTEGER, received_at TEXT,  -- kept of an erased article, too
    status TEXT, relation TEXT, headline TEXT, text TEXT
);
CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), json TEXT);
"""


def apply(db: sqlite3.Connection, event: Event) -> None:
    """Puts an event into the table, unless what is there counts more."""
    if isinstance(event, Malformed):
        print(f"{event.place}: {event.why}", file=sys.stderr)
        return
    old = db.execute("SELECT decision, received_at FROM article WHERE id = ?", (event.id,)).fetchone()
    if old is not None and not replaces(event.decision, event.received_at, *old):
        return
    kept: tuple[str | None, ...]
    match event:
        case Article(article=article):
            kept = "usable", article.duplicate.relation.value, article.headline, article.text
        case Withdrawn():
            kept = "withdrawn", None, None, None
        case Erased():
            kept = "erased", None, None, None
    row = (event.id, event.decision, event.received_at, *kept)
    db.execute("INSERT OR REPLACE INTO article VALUES (?, ?, ?, ?, ?, ?, ?)", row)


async def consume(db: sqlite3.Connection, *, follow: bool) -> None:
    db.executescript(TABLES)
    saved = db.execute("SELECT json FROM position").fetchone()
    async with Reader(json.loads(saved[0]) if saved else None, follow=follow) as reader:
        async for event in reader:
            with db:  # one transaction
                apply(db, event)
                db.execute("INSERT OR REPLACE INTO position VALUES (1, ?)", (json.dumps(reader.position),))


if __name__ == "__main__":
    asyncio.run(consume(sqlite3.connect(sys.argv[1]), follow="--once" not in sys.argv))
