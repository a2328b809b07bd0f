"""What is known of an article's decisions: the log's entries, what the texts say, the events."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from streams.dedup.neighbours import NOBODY, Neighbour, Neighbourhood
from streams.dedup.rows import RowKind, partition_and_offset
from streams.dedup.trail import Entry, that_counts
from streams.shell.exits import Exit, Fatal

Tagged = tuple[int, int]  # partition (0 in file mode) and offset (the line in file mode) of a tagged record


ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a tagged record says of its article; `source` is the place of the raw record, `replay` the run
    whose promotion has sent it.
    """

    url: str | None = None
    headline: str | None = None
    publisher: str | None = None
    published_at: str | None = None
    precision: str | None = None
    source: str | None = None
    replay: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """An enriched event: its place, and what its headers and value say; ERASED where it has no value."""

    place: str
    version: int | None
    decision: int | None
    status: str | None


@dataclass(slots=True)
class Evidence:
    """All that was found of one article, and of another that it is compared with.

    `tagged` and `log` are the names of the topics, none in file mode. `events` are the first article's by
    decision; a decision without an event has none any more. `now` are its neighbours at the end of each
    domain's log.
    """

    ids: tuple[bytes, ...]
    entries: dict[bytes, list[Entry]]
    tagged: str | None = None
    log: str | None = None
    now: dict[int, Neighbourhood] = field(default_factory=dict)
    facts: dict[Tagged, Facts] = field(default_factory=dict)
    events: dict[int, Event] = field(default_factory=dict)

    def place(self, tagged: Tagged) -> str:
        """A tagged record's place in words."""
        return f"{self.tagged}/{tagged[0]}/{tagged[1]}" if self.tagged else f"line {tagged[1]}"

    def forced(self, entry: Entry) -> bool:
        """Whether an entry that decides nothing says that the promotion of a replay forces what follows it.

        Nothing else writes two rows about an article of one tagged record.
        """
        if entry.kind is not RowKind.UNCHANGED:
            return False
        entries = next(found for found in self.entries.values() if any(one is entry for one in found))
        at = next(nth for nth, one in enumerate(entries) if one is entry)
        return any(one.tagged == entry.tagged for one in entries[at + 1 : at + 2])

    def since(self, entry: Entry) -> list[Neighbour]:
        """The neighbours that came after the last decision; none of an earlier one."""
        if entry is not entry_of(self.entries[self.ids[0]], None):
            return []
        known = {neighbour.id for neighbour in entry.around.found}
        now = self.now.get(partition_of(entry), NOBODY)
        return [neighbour for neighbour in now.found if neighbour.id not in known]


NO_FACTS = Facts()


def entry_of(entries: list[Entry], decision: int | None) -> Entry:
    """The entry of a decision, else of the one that counts. Raises Fatal where it is not there."""
    found = that_counts(entries, decision)
    if found is None:
        there = ", ".join(str(entry.decision) for entry in entries if entry.decision)
        if not there:
            raise Fatal(Exit.REFUSED, "retention has deleted every decision about it from the log")
        raise Fatal(Exit.USAGE, f"there is no decision {decision} about it, but {there}")
    return found


def partition_of(entry: Entry) -> int:
    return entry.place.partition if entry.place else 0


def tagged_records(evidence: Evidence, explained: Entry, shown: int) -> set[Tagged]:
    """The tagged records that say what is told of the entries and of so many neighbours of one of them."""
    wanted = {
        partition_and_offset(entry.tagged) for entries in evidence.entries.values() for entry in entries
    }
    around = explained.around.found[:shown], evidence.since(explained)[:shown]
    return wanted | {partition_and_offset(neighbour.tagged) for part in around for neighbour in part}


def facts_of(value: bytes | None, source: str | None, replay: str | None = None) -> Facts:
    """What a tagged event says; no facts where it is not one."""
    try:
        event: Any = orjson.loads(value or b"")
    except orjson.JSONDecodeError:
        return Facts(source=source, replay=replay)
    if not isinstance(event, dict):
        return Facts(source=source, replay=replay)
    publisher = event.get("publisher")
    name = publisher.get("name") or publisher.get("domain") if isinstance(publisher, dict) else None
    texts = [event.get(key) for key in ("url", "headline", "published_at", "published_precision")]
    url, headline, published_at, precision = (text if isinstance(text, str) else None for text in texts)
    return Facts(url, headline, name, published_at, precision, source, replay)
