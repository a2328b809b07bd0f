"""What became of each number, against the ledger: the part of I1 and I4 that knows articles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import groupby

from tests.faults.ledger import Entry, Fate
from tests.faults.stream import DEAD, ENRICHED, LOST, RAW, REJECTED, TAGGED, TWICE, WRONG, Stream, Violation

# A page that is judged again after a kill may be quicker or slower than before, and one that fills memory may
# take longer than it is given: on a busy machine one of these reasons stands for the other.
BY_THE_CLOCK = frozenset({"timeout", "crashed"})
REFUSED_TO = {Fate.REJECTED: REJECTED, Fate.POISON: DEAD}


def order(stream: Stream) -> Iterator[Violation]:
    """I4, as a reader sees it."""
    decisions: Counter[bytes | None] = Counter()
    for one in stream.records[ENRICHED]:
        *_, version, decision = one.header("ce_id").split(":")
        if int(decision) != decisions[one.key] + 1:
            what = f"version {version} decision {decision} behind decision {decisions[one.key]}"
            yield Violation("I4", WRONG, one.place, what)
        decisions[one.key] = int(decision)


def fates(stream: Stream, entries: Mapping[str, Entry]) -> Iterator[Violation]:
    """What became of each number, against what the ledger says."""
    for raw in stream.records[RAW]:
        entry = entries.get(raw.place)
        if entry is None:
            continue
        refused = stream.refusals.get(raw.place, [])
        if entry.fate in REFUSED_TO:
            said = {(one.topic, one.header("reason")) for one in refused}
            reasons = BY_THE_CLOCK if entry.reason in BY_THE_CLOCK else {entry.reason}
            if not said <= {(REFUSED_TO[entry.fate], reason) for reason in reasons}:
                yield Violation("I1", WRONG, raw.place, f"{entry.fate} {entry.reason} ended as {said}")
            continue
        if refused:
            said = {(one.topic, one.header("reason")) for one in refused}
            yield Violation("I1", WRONG, raw.place, f"number {entry.number}, {entry.fate}, ended as {said}")
        times, expected = stream.applied(raw), int(entry.fate is not Fate.REPEATED)
        if stream.copies[TAGGED].get(raw.place) and times != expected:
            kind = TWICE if times > expected else LOST
            what = f"number {entry.number}, {entry.fate}: decided {times} times instead of {expected}"
            yield Violation("I1", kind, raw.place, what)


def families(stream: Stream, entries: Mapping[str, Entry]) -> Iterator[Violation]:
    """The last decision about each id: its text and status; of all copies of a text the first is original."""
    latest: dict[str, Entry] = {}
    firsts: dict[str, int] = {}
    for raw in stream.records[RAW]:  # in the order of offsets; the records of an id share a partition
        entry = entries.get(raw.place)
        if entry is not None and entry.id:
            firsts.setdefault(entry.id, entry.published)
            latest[entry.id] = replace(entry, published=firsts[entry.id])
    last = {one.key: one for one in stream.records[ENRICHED]}
    there = [entry for entry in latest.values() if entry.id.encode() in last]
    living = sorted((e for e in there if e.fate is not Fate.WITHDRAWN), key=lambda e: e.text)
    original = {}
    for text, family in groupby(living, key=lambda entry: entry.text):
        original[text] = min(family, key=lambda entry: (entry.published, entry.id)).id
    for entry in there:
        seen = last[entry.id.encode()]
        event = seen.event or {}
        if entry.fate is Fate.WITHDRAWN:
            if event.get("status") != "withdrawn":
                yield Violation("I4", WRONG, seen.place, f"{entry.id} was withdrawn and is {event}")
            continue
        parent = original[entry.text]
        link = ("original", None) if parent == entry.id else ("exact", parent)
        duplicate = event.get("duplicate", {})
        found = (duplicate.get("relation"), duplicate.get("of"))
        if event.get("content_hash") != entry.text:
            yield Violation("I4", WRONG, seen.place, f"not the text of number {entry.number}, the last one")
        elif found != link:
            yield Violation("I1", WRONG, seen.place, f"{entry.id} is {found} instead of {link}")
