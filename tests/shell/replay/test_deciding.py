"""Decisions of a run: as the live domain's, but for what is known to be taken away later."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest

from streams.dedup import DedupIndex, Emission, decide
from streams.shell.arrivals import arrival_of
from streams.shell.replay.deciding import Decided, Deciding
from streams.shell.replay.plan import Range
from streams.shell.replay.removals import Removals
from streams.shell.replay.stages import Event
from streams.shell.settings import Settings
from streams.vocabulary import Status
from tests.dedup.newsroom import HOUR, START, article, erasure, withdrawal, words
from tests.shell.replay.plans import plan, tagged

SETTINGS = Settings(topic_prefix="replay.r1.")
PLAN = plan(run="r1", ranges={0: Range(0, 100)}, warm_up={})
TEXT = " ".join(words(200, 1))
OTHER = " ".join(words(200, 2))


def event(record: Any) -> Event:
    arrival = arrival_of(record)
    assert not isinstance(arrival, Exception)
    received = next(value.decode() for given, value in record.headers if given == "ce_time")
    place = record.topic, record.partition, record.offset, record.timestamp
    return Event(*place, record.key, record.value, record.headers, (), received, arrival, "en")  # type: ignore[arg-type]


async def nothing(_places: Iterable[int]) -> dict[int, Any]:
    return {}


def decided(records: Sequence[Any], removals: Sequence[Any] = ()) -> tuple[DedupIndex, list[Emission]]:
    """The memory and the emissions of a run over these records."""
    known, memory, batch = Removals(), DedupIndex(), Decided()
    for record in removals:
        known.add(record)
    assert known.count == len(removals)
    deciding = Deciding(SETTINGS, PLAN, [memory], known, nothing)
    for record in records:
        assert isinstance(deciding.decide(event(record), batch, silent=False), int)
    return memory, [emission for emission, _record in batch.emissions]


def links(emissions: Iterable[Emission]) -> dict[str, Any]:
    """The last (status, relation, parent) of each id."""
    return {e.id.hex(): (e.status, e.relation, e.of and e.of.hex()) for e in emissions}


RECORDS = [
    tagged(1, article(TEXT, order=0, received=0), offset=0),
    tagged(2, article(TEXT, order=1, received=1), offset=1),
    tagged(3, article(OTHER, order=2, received=2), offset=2),
    tagged(4, article(TEXT, order=-1, received=3), offset=3),
]


def test_without_removals_it_decides_as_the_live_domain() -> None:
    live = DedupIndex()
    expected: list[Emission] = []
    for record in RECORDS:
        arrival = arrival_of(record)
        effects = decide(live, arrival)  # type: ignore[arg-type]
        live.apply(effects.rows)
        expected += effects.emissions
    assert decided(RECORDS)[1] == expected


@pytest.mark.parametrize("makes", [withdrawal, erasure])
def test_what_is_taken_away_later_is_so_from_the_start_and_nobody_names_it(makes: Any) -> None:
    """As it ends live, where the removal comes last; its time does not let the memory expire."""
    live = DedupIndex()
    expected: list[Emission] = []
    removal = tagged(1, makes(received=500), offset=9, value=None if makes is erasure else b'{"a":1}')
    for record in (*RECORDS, removal):
        effects = decide(live, arrival_of(record))  # type: ignore[arg-type]
        live.apply(effects.rows)
        expected += effects.emissions
    memory, emissions = decided(RECORDS, [removal])
    assert links(emissions) == links(expected)
    assert links(emissions)[f"{1:032x}"][0] in (Status.WITHDRAWN, None)
    assert not any(e.status is Status.USABLE and e.id.hex() == f"{1:032x}" for e in emissions)
    assert len(memory) == len(RECORDS)


def test_what_came_back_after_its_withdrawal_is_an_article_again() -> None:
    back = tagged(1, article(OTHER + " again", order=0, received=30), offset=7)
    removal = tagged(1, withdrawal(received=20), offset=9)
    _memory, emissions = decided([RECORDS[0], back], [removal])
    assert [e.status for e in emissions] == [Status.WITHDRAWN, Status.USABLE]
    assert emissions[-1].version == 2


def test_the_text_that_was_withdrawn_does_not_come_back() -> None:
    again = tagged(1, article(TEXT, order=0, received=30), offset=7)
    removal = tagged(1, withdrawal(received=20), offset=9)
    _memory, emissions = decided([RECORDS[0], again], [removal])
    assert [e.status for e in emissions] == [Status.WITHDRAWN]


def test_an_erasure_wins_over_a_withdrawal_and_over_all_that_was_received_before() -> None:
    removals = Removals()
    for record in (tagged(1, withdrawal(received=5)), tagged(1, erasure(received=9), value=None)):
        removals.add(record)
    identity = bytes.fromhex(f"{1:032x}")
    found = removals.of(identity, START + 3 * HOUR)
    assert found is not None
    assert found.erases
    assert removals.of(identity, START + 10 * HOUR) is None
    assert removals.of(bytes(16), START) is None


def test_an_earlier_article_is_told_of_with_its_own_bytes_made_anew() -> None:
    """The late original relinks an article of the warm-up, of which nothing is at hand any more."""
    known, memory, warm, batch = Removals(), DedupIndex(), Decided(), Decided()
    asked: list[int] = []

    async def again(places: Iterable[int]) -> dict[int, Any]:
        asked.extend(places)
        return {place: event(RECORDS[place]) for place in asked}

    later = plan(run="r1", ranges={0: Range(3, 100)}, warm_up={0: Range(0, 3)})
    deciding = Deciding(SETTINGS, later, [memory], known, again)
    for record in RECORDS[:2]:
        deciding.decide(event(record), warm, silent=True)
    assert not warm.emissions
    assert warm.rows
    late = event(RECORDS[3])
    deciding.decide(late, batch, silent=False)
    messages = asyncio.run(deciding.messages(batch, {3: late}, done=3))
    assert sorted(asked) == [0, 1]
    events = [m for m in messages if m.topic == "replay.r1.articles.enriched"]
    assert [m.key for m in events] == [f"{n:032x}".encode() for n in (4, 1, 2)]
    assert orjson.loads(events[1].value or b"")["duplicate"]["of"] == f"{4:032x}"
    assert [m.topic for m in messages if m not in events] == ["replay.r1.dedup.index.e0"]


def test_what_comes_beside_the_range_changes_links_in_it_and_is_not_told_itself() -> None:
    """The late original lies in a partition that the range does not name."""
    own, batch = Decided(), Decided()
    deciding = Deciding(SETTINGS, PLAN, [DedupIndex()], Removals(), nothing)
    for record in RECORDS[:3]:
        deciding.decide(event(record), own, silent=False)
    beside = replace(RECORDS[3], partition=1)
    assert deciding.decide(event(beside), batch, silent=True) == 2
    told = [emission for emission, _record in batch.emissions]
    assert [e.id.hex() for e in told] == [f"{n:032x}" for n in (1, 2)]
    assert {e.of for e in told} == {bytes.fromhex(f"{4:032x}")}
