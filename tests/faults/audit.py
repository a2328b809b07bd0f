"""The auditor: what the topics hold against what the ledger says, as laws.

What is promised, and so what is counted:

I1  Every raw record has exactly one end. Clean and tag are at-least-once: a record may be written more than
    once, but all copies say the same (I2). De-duplication is exact: every record of articles.tagged has one
    row of its own in dedup.index, and for a read_committed reader each row that emits has one event and each
    event one row. So of all copies of a record one is decided and the others are rows `unchanged`.
I2  Copies are byte-identical in key, value and headers; of refusals all but the header `at`, a clock. Copies
    by different versions of a stage are so but for `provenance`, which says the version.
I3  What is committed was delivered: `Moment` says what had been committed, and what was written after it.
I4  The decisions about an id rise by one, and its texts come in the order in which they were sent.

I5 to I7 are about running workers: tests/faults/vitals.py.
`lost`: an input without its end. `twice`: an end too many. `wrong`: any other difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tests.faults.fates import BY_THE_CLOCK, families, fates, order
from tests.faults.index_rows import EMITS
from tests.faults.ledger import NUMBER, Entry
from tests.faults.reading import Seen
from tests.faults.stream import (
    CLEANED,
    ENRICHED,
    INDEX,
    LOST,
    RAW,
    SOURCE,
    TAGGED,
    TWICE,
    WRONG,
    Moment,
    Stream,
    Violation,
    short,
)

TRUNCATED, CLOCK = "copydesk-truncated", "at"


def audit(
    stream: Stream, ledger: Mapping[int, Entry], sent: Mapping[int, str], moments: Sequence[Moment] = ()
) -> list[Violation]:
    """All violations, in the order of the laws. `sent` gives the raw place of each number that Kafka took."""
    entries = {}
    for raw in stream.records[RAW]:
        number = int(raw.header(NUMBER) or -1)
        if number in ledger:
            entries[raw.place] = ledger[number]
    return [
        *_arrived(stream, entries, sent),
        *(found for raw in stream.records[RAW] for found in _ends(stream, raw)),
        *_decided(stream),
        *_same(stream),
        *_committed(stream, moments),
        *order(stream),
        *fates(stream, entries),
        *families(stream, entries),
    ]


def _arrived(stream: Stream, entries: Mapping[str, Entry], sent: Mapping[int, str]) -> Iterator[Violation]:
    """The load itself: what Kafka acknowledged is there, once, and nothing else."""
    times = Counter(entry.number for entry in entries.values())
    for number, place in sent.items():
        if times[number] != 1:
            kind = TWICE if times[number] else LOST
            yield Violation("I1", kind, place, f"number {number} is in {RAW} {times[number]} times: Kafka's")
    for raw in stream.records[RAW]:
        if raw.place not in entries:
            yield Violation("I1", WRONG, raw.place, "a raw record that the ledger does not know")


def _ends(stream: Stream, raw: Seen) -> Iterator[Violation]:
    """I1 from raw to tagged: an event goes on or is refused, not both and not neither."""
    cleaned, tagged = (stream.copies[topic].get(raw.place, []) for topic in (CLEANED, TAGGED))
    refused = [*stream.refusals.get(raw.place, ())]
    refused_later = [r for one in cleaned for r in stream.refusals.get(one.place, ())]
    clocked = any(one.header("reason") in BY_THE_CLOCK for one in (*refused, *refused_later))
    if not cleaned and not refused:
        yield Violation("I1", LOST, raw.place, f"neither in {CLEANED} nor refused")
    if cleaned and refused and not clocked:
        yield Violation("I1", TWICE, raw.place, f"in {CLEANED} at {cleaned[0].place} and refused")
    if cleaned and not tagged and not refused_later:
        yield Violation("I1", LOST, raw.place, f"at {cleaned[0].place}, neither in {TAGGED} nor refused")
    if tagged and refused_later and not clocked:
        yield Violation("I1", TWICE, raw.place, f"in {TAGGED} at {tagged[0].place} and refused by tag")


def _decided(stream: Stream) -> Iterator[Violation]:
    """I1 from tagged to enriched: one row an input, and rows and events are the same decisions."""
    places = {one.place for one in stream.records[TAGGED]}
    for place in places:
        rows = stream.rows.get(place, ())
        if len(rows) != 1:
            kind = TWICE if rows else LOST
            yield Violation("I1", kind, place, f"{len(rows)} rows of its own in {INDEX}")
    for place in stream.rows.keys() - places:
        yield Violation(
            "I1", WRONG, stream.rows[place][0][1].place, f"a row about {place}, which is not there"
        )
    logged = Counter(r.decided for one in stream.records[INDEX] for r in one.rows if r.kind in EMITS)
    emitted = Counter(one.header("ce_id") for one in stream.records[ENRICHED])
    where = {one.header("ce_id"): one.place for one in stream.records[ENRICHED]}
    for decided in logged.keys() | emitted.keys():
        rows_here, events = logged[decided], emitted[decided]
        if rows_here == 1 == events:
            continue
        kind = TWICE if max(rows_here, events) > 1 else LOST if rows_here else WRONG
        place = where.get(decided, INDEX)
        yield Violation("I1", kind, place, f"{decided}: {events} events for {rows_here} rows in {INDEX}")


def _same(stream: Stream) -> Iterator[Violation]:
    """I2."""
    for topic, by_source in stream.copies.items():
        for source, copies in by_source.items():
            places = " ".join(one.place for one in copies)
            by_version = {(one.versions, one.digest, one.size) for one in copies}
            if len({(one.key, one.rest, one.headers) for one in copies}) > 1:
                yield Violation("I2", WRONG, places, f"the copies of {source} in {topic} differ")
            elif len(by_version) > len({one.versions for one in copies}):
                what = f"the copies of {source} in {topic} by one version differ"
                yield Violation("I2", WRONG, places, what)
    originals = {one.place: one for topic in (RAW, CLEANED, TAGGED) for one in stream.records[topic]}
    for place, refused in stream.refusals.items():
        if len({_said(one) for one in refused}) > 1 and not _by_the_clock(refused):
            places = " ".join(one.place for one in refused)
            yield Violation("I2", WRONG, places, f"the refusals of {place} differ")
        original = originals.get(place)
        for one in refused:
            if original is None or not _carries(one, original):
                yield Violation("I2", WRONG, one.place, f"not the bytes, key and headers of {place}")


def _said(refused: Seen) -> tuple[object, ...]:
    headers = tuple((name, value) for name, value in refused.headers if name != CLOCK)
    return (refused.topic, refused.key, refused.digest, refused.size, headers)


def _by_the_clock(refused: Sequence[Seen]) -> bool:
    return {one.header("reason") for one in refused} <= BY_THE_CLOCK


def _carries(refused: Seen, original: Seen) -> bool:
    whole = refused.digest == original.digest or refused.header(TRUNCATED) == str(original.size)
    headers = refused.headers[: len(original.headers)]
    return whole and refused.key == original.key and headers == original.headers


def _committed(stream: Stream, moments: Sequence[Moment]) -> Iterator[Violation]:
    """I3. A record is delivered where one of its ends lay before the ends of that moment."""
    inputs = {
        topic: {(one.partition, one.offset): one for one in stream.records[topic]}
        for topic in (RAW, CLEANED, TAGGED)
    }
    checked: Counter[tuple[str, int]] = Counter()
    for moment in moments:
        for partition, committed in moment.committed.items():
            for offset in range(checked[moment.topic, partition], committed):
                one = inputs[moment.topic].get((partition, offset))
                if one is not None and not _delivered(stream, one, moment.ends):
                    what = f"committed as {committed} and not delivered, at {moment.when}"
                    yield Violation("I3", LOST, one.place, what)
            checked[moment.topic, partition] = max(checked[moment.topic, partition], committed)


def _delivered(stream: Stream, one: Seen, ends: Mapping[tuple[str, int], int]) -> bool:
    out = list(stream.refusals.get(one.place, ()))
    if one.topic == TAGGED:
        out += [record for _, record in stream.rows.get(one.place, ())]
    elif one.topic == CLEANED:
        out += stream.copies[TAGGED].get(short(one.header(SOURCE)), ())
    else:
        out += stream.copies[CLEANED].get(one.place, ())
    # A topic that was missing at that moment had no end; what it had before lies before every offset.
    return any(found.offset < ends.get((found.topic, found.partition), 0) for found in out)
