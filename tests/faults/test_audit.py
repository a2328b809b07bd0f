"""The auditor finds each kind of loss, repetition and error and says where; in a sound stream nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from tests.faults.audit import audit
from tests.faults.index_rows import Kind, Row
from tests.faults.ledger import Entry, Fate
from tests.faults.reading import Seen
from tests.faults.stream import (
    CLEANED,
    DEAD,
    ENRICHED,
    INDEX,
    LOST,
    RAW,
    REJECTED,
    TAGGED,
    TOPICS,
    TWICE,
    WRONG,
    Moment,
    Stream,
)

ORIGINAL, COPY = "aa" * 16, "bb" * 16
TEXT, OTHER_TEXT = "11" * 16, "22" * 16
PREFIX = "desk."


@dataclass(slots=True)
class Topics:
    """A small stream that one may spoil: an article, a copy of it, a revision, a repetition, two refusals."""

    records: dict[str, list[Seen]] = field(default_factory=lambda: {topic: [] for topic in TOPICS})
    ledger: dict[int, Entry] = field(default_factory=dict)
    sent: dict[int, str] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)

    def write(self, topic: str, key: str, value: bytes, *headers: tuple[str, str], **more: object) -> Seen:
        packed = tuple((name, text.encode()) for name, text in headers)
        seen = Seen(topic, 0, len(self.records[topic]), key.encode(), value, len(value), packed)
        seen = replace(seen, **more)  # type: ignore[arg-type]
        self.records[topic].append(seen)
        return seen

    def raw(
        self, fate: Fate, identity: str = "", text: str = "", reason: str = "", published: int = 0
    ) -> Seen:
        number = len(self.ledger)
        self.ledger[number] = Entry(number, fate, identity, text, published, reason)
        seen = self.write(RAW, identity, b"raw", ("number", str(number)))
        self.sent[number] = seen.place
        return seen

    def event(self, topic: str, source: Seen, identity: str, value: bytes) -> Seen:
        headers = (("number", source.header("number")), ("copydesk-source", PREFIX + source.place))
        return self.write(topic, identity, value, *headers)

    def refuse(self, topic: str, one: Seen, reason: str) -> Seen:
        place = {"topic": PREFIX + one.topic, "partition": str(one.partition), "offset": str(one.offset)}
        why = [("stage", "clean"), ("reason", reason), *place.items(), ("at", f"{len(self.records[topic])}")]
        own = [(name, value.decode()) for name, value in one.headers]
        return self.write(topic, (one.key or b"").decode(), one.digest, *own, *why)

    def row(self, kind: Kind, tagged: Seen, version: int, decision: int) -> None:
        identity = (tagged.key or b"").decode()
        row = Row(kind, tagged.partition, tagged.offset, identity, version, decision)
        self.write(INDEX, "", b"rows", rows=(row,))

    def decide(self, tagged: Seen, version: int, decision: int, text: str, *parent: str) -> None:
        identity = (tagged.key or b"").decode()
        self.row(Kind.VERSION, tagged, version, decision)
        duplicate = {"relation": "exact", "of": parent[0]} if parent else {"relation": "original"}
        event = {"id": identity, "content_hash": text, "duplicate": duplicate, "status": "usable"}
        ce_id = ("ce_id", f"{identity}:{version}:{decision}")
        self.write(ENRICHED, identity, text.encode(), ce_id, event=event)

    def through(self, source: Seen, identity: str, text: str) -> Seen:
        self.event(CLEANED, source, identity, b"cleaned " + text.encode())
        return self.event(TAGGED, source, identity, b"tagged " + text.encode())

    def found(self) -> list[tuple[str, str, str]]:
        violations = audit(Stream(self.records), self.ledger, self.sent, self.moments)
        return [(one.law, one.kind, one.place) for one in violations]


@pytest.fixture
def topics() -> Topics:
    made = Topics()
    first = made.raw(Fate.FRESH, ORIGINAL, TEXT, published=1)
    made.decide(made.through(first, ORIGINAL, TEXT), 1, 1, TEXT)
    again = made.raw(Fate.REPEATED, ORIGINAL, TEXT, published=1)
    made.row(Kind.UNCHANGED, made.through(again, ORIGINAL, TEXT), 1, 1)
    copy = made.raw(Fate.COPY, COPY, TEXT, published=2)
    made.decide(made.through(copy, COPY, TEXT), 1, 1, TEXT, ORIGINAL)
    made.refuse(REJECTED, made.raw(Fate.REJECTED, reason="too_short"), "too_short")
    made.refuse(DEAD, made.raw(Fate.POISON, reason="schema"), "schema")
    made.moments.append(Moment(RAW, {0: 5}, _ends(made), "the end"))
    return made


def _ends(topics: Topics) -> dict[tuple[str, int], int]:
    return {(topic, 0): len(records) for topic, records in topics.records.items()}


def test_a_sound_stream_has_no_violation(topics: Topics) -> None:
    assert topics.found() == []


def test_of_a_topic_that_was_missing_at_a_moment_nothing_was_delivered_there(topics: Topics) -> None:
    """What is read of it now came later."""
    ends = {place: end for place, end in _ends(topics).items() if place[0] != DEAD}
    topics.moments[0] = Moment(RAW, {0: 5}, ends, "while it was deleted")
    assert [(law, kind) for law, kind, _place in topics.found()] == [("I3", LOST)]


def test_copies_of_at_least_once_stages_are_no_violation(topics: Topics) -> None:
    first = topics.records[RAW][0]
    topics.row(Kind.UNCHANGED, topics.through(first, ORIGINAL, TEXT), 1, 1)
    topics.refuse(DEAD, topics.records[RAW][4], "schema")
    assert topics.found() == []


def test_on_a_busy_machine_a_page_that_fills_memory_may_be_too_late_instead(topics: Topics) -> None:
    topics.refuse(DEAD, topics.raw(Fate.POISON, reason="crashed"), "timeout")
    assert topics.found() == []


def test_a_copy_by_another_version_may_differ_in_what_says_so(topics: Topics) -> None:
    _append(CLEANED, 0)(topics)
    _change(CLEANED, -1, digest=b"another", versions="clean=next")(topics)
    assert topics.found() == []


def _pop(topic: str, at: int) -> Callable[[Topics], object]:
    return lambda topics: topics.records[topic].pop(at)


def _append(topic: str, at: int) -> Callable[[Topics], object]:
    def spoil(topics: Topics) -> None:
        records = topics.records[topic]
        records.append(replace(records[at], offset=len(records)))

    return spoil


def _change(topic: str, at: int, **changes: object) -> Callable[[Topics], object]:
    def spoil(topics: Topics) -> None:
        records = topics.records[topic]
        records[at] = replace(records[at], **changes)  # type: ignore[arg-type]

    return spoil


def _differing_copy(topics: Topics) -> None:
    _append(CLEANED, 0)(topics)
    _change(CLEANED, -1, digest=b"another")(topics)


def _differing_version(topics: Topics) -> None:
    _append(CLEANED, 0)(topics)
    _change(CLEANED, -1, digest=b"another", versions="clean=next", rest=b"another")(topics)


def _ahead(topics: Topics) -> None:
    ends = _ends(topics) | {(CLEANED, 0): 2}
    topics.moments.insert(0, Moment(RAW, {0: 3}, ends, "kill -9"))


def _decided_again(topics: Topics) -> None:
    copy = topics.event(TAGGED, topics.records[RAW][0], ORIGINAL, b"tagged " + TEXT.encode())
    topics.decide(copy, 2, 2, TEXT)


def _reworded(topics: Topics) -> None:
    event = topics.records[ENRICHED][0].event
    _change(ENRICHED, 0, event={**(event or {}), "content_hash": OTHER_TEXT})(topics)


def _unlinked(topics: Topics) -> None:
    event = topics.records[ENRICHED][1].event
    _change(ENRICHED, 1, event={**(event or {}), "duplicate": {"relation": "original"}})(topics)


SPOILT: dict[str, tuple[Callable[[Topics], object], tuple[str, str, str]]] = {
    "a rejection is gone": (_pop(REJECTED, 0), ("I1", LOST, "articles.raw/0/3")),
    "a dead letter is gone": (_pop(DEAD, 0), ("I1", LOST, "articles.raw/0/4")),
    "a cleaned event is gone": (_pop(CLEANED, 2), ("I1", LOST, "articles.raw/0/2")),
    "a tagged event is gone": (_pop(TAGGED, 2), ("I1", LOST, "articles.raw/0/2")),
    "a row is gone": (_pop(INDEX, 1), ("I1", LOST, "articles.tagged/0/1")),
    "an event is gone": (_pop(ENRICHED, 1), ("I1", LOST, INDEX)),
    "an event without a row": (_pop(INDEX, 2), ("I1", WRONG, "articles.enriched/0/1")),
    "an event twice": (_append(ENRICHED, 1), ("I1", TWICE, "articles.enriched/0/2")),
    "a row twice": (_append(INDEX, 1), ("I1", TWICE, "articles.tagged/0/1")),
    "a copy decided again": (_decided_again, ("I1", TWICE, "articles.raw/0/0")),
    "refused and cleaned": (
        lambda topics: topics.refuse(REJECTED, topics.records[RAW][0], "too_short"),
        ("I1", TWICE, "articles.raw/0/0"),
    ),
    "an input is gone": (_pop(RAW, 1), ("I1", LOST, "articles.raw/0/1")),
    "copies that differ": (_differing_copy, ("I2", WRONG, "articles.cleaned/0/0 articles.cleaned/0/3")),
    "copies of two versions that differ in more": (
        _differing_version,
        ("I2", WRONG, "articles.cleaned/0/0 articles.cleaned/0/3"),
    ),
    "other bytes in a dead letter": (_change(DEAD, 0, digest=b"x"), ("I2", WRONG, "articles.deadletter/0/0")),
    "committed ahead": (_ahead, ("I3", LOST, "articles.raw/0/2")),
    "a decision skipped": (
        _change(ENRICHED, 1, headers=(("ce_id", f"{COPY}:1:2".encode()),)),
        ("I4", WRONG, "articles.enriched/0/1"),
    ),
    "another reason": (
        lambda topics: topics.ledger.update({4: replace(topics.ledger[4], reason="nesting")}),
        ("I1", WRONG, "articles.raw/0/4"),
    ),
    "another text": (_reworded, ("I4", WRONG, "articles.enriched/0/0")),
    "a copy taken for an original": (_unlinked, ("I1", WRONG, "articles.enriched/0/1")),
}


@pytest.mark.parametrize("what", SPOILT)
def test_what_is_spoilt_is_found_where_it_is(topics: Topics, what: str) -> None:
    spoil, expected = SPOILT[what]
    spoil(topics)
    assert expected in topics.found()
