"""What is wrong with a record ends with its reason; its neighbours come out, and the workers live."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, Desk, Worker
from tests.system.generated import article, url
from tests.system.kafka import Kafka, Record, Sent
from tests.system.plug import sitecustomize as plug

# An article that takes longer is ended here; the stages themselves take milliseconds.
STAGE_SECONDS = 3
# Models and tables take half of it; the page that eats memory asks for more than all.
STAGE_MEMORY_MB = 800
TEN_MB = 10_000_000
OWN_HEADERS = (("feed", b"night desk"), ("reason", b"the producer's own"), ("bytes", b"\x00\xff"))


def page(path: str, content: str) -> bytes:
    event = {"url": f"https://gazette.example/{path}", "content": content, "content_type": "text/html"}
    return json.dumps(event).encode()


DEAD = {
    "not_json": [b"<html>a page, not an event</html>", b'{"url": "https://gazette.example/cut'],
    "schema": [b'{"url": 7, "content": "text"}', b'{"content": "no url"}', b"[]", b'"text"', b"null"],
    "encoding": [b'{"url": "https://gazette.example/latin", "content": "caf\xe9 caf\xe9 caf\xe9"}'],
    "nesting": [b"[" * 100_000, page("deep", "<html><body>" + "<div>" * 5_000 + "The quay opens in March.")],
    "too_large": [
        page("breaks", "<html><body>" + "<br>" * 20_000),
        page("long", "<p>" + "The quay opens in March. " * 170_000),
    ],
    "timeout": [page("hangs", plug.HANGS.decode())],
    "crashed": [page("kills", plug.KILLS.decode()), page("eats", plug.EATS.decode())],
}
CASES = [(reason, value) for reason, values in DEAD.items() for value in values]
EMPTY = [Sent(None, b"a null value", OWN_HEADERS), Sent(b"", b"an empty value", OWN_HEADERS), Sent(b"", None)]
HUGE = Sent(page("huge", "<p>" + "x" * TEN_MB), b"ten megabytes", OWN_HEADERS)
# 59,000 of them in one paragraph cost the extractor half a minute: the guard lets them pass.
SLOW = Sent(page("slow", "<html><body><p>" + "<span>quay </span>" * 59_000), b"slow")


class BadDay:
    """A desk after good and bad records, turn by turn, in one partition."""

    def __init__(self, desk: Desk, workers: list[Worker]) -> None:
        self.desk, self.workers = desk, workers
        bad = [*(Sent(value, b"case %d" % i, OWN_HEADERS) for i, (_, value) in enumerate(CASES)), *EMPTY]
        self.sent = [
            record for i, one in enumerate([*bad, HUGE, SLOW]) for record in (article(i, **NEIGHBOUR), one)
        ]
        self.sent.append(article(len(bad) + 2, **NEIGHBOUR))
        self.good = len(bad) + 3
        desk.kafka.configure(desk.topic("articles.raw"), {"max.message.bytes": "12000000"})
        desk.kafka.send(desk.topic("articles.raw"), self.sent, partition=0)
        desk.settle(silent=120)
        self.dead = desk.read("articles.deadletter")
        self.rejected = desk.read("articles.rejected")

    def offset(self, sent: Sent) -> str:
        return str(self.sent.index(sent))


NEIGHBOUR = {"publisher": "The Neighbour"}


@pytest.fixture(scope="module")
def bad_day(kafka: Kafka, open_desk: MakeDesk) -> Iterator[BadDay]:
    desk = open_desk(kafka, "badday", stage_seconds=STAGE_SECONDS, stage_memory_mb=STAGE_MEMORY_MB)
    folder = Path(plug.__file__).parent
    yield BadDay(desk, desk.running(*STAGES, plug=folder))
    desk.close()


def the_one(records: list[Record], offset: str) -> Record:
    found = [record for record in records if record.header("offset") == offset]
    assert len(found) == 1, f"{len(found)} records for offset {offset}"
    return found[0]


def check_provenance(bad_day: BadDay, record: Record, sent: Sent) -> None:
    assert record.key == sent.key
    assert record.headers[: len(sent.headers)] == sent.headers
    assert record.header("stage") == "clean"
    assert record.header("topic") == bad_day.desk.topic("articles.raw")
    assert record.header("partition") == "0"
    assert record.header("error")
    assert datetime.fromisoformat(str(record.header("at"))).tzinfo is not None


@pytest.mark.parametrize(
    "case", range(len(CASES)), ids=[f"{reason}-{i}" for i, (reason, _) in enumerate(CASES)]
)
def test_a_broken_record_is_a_dead_letter_with_its_reason_and_its_bytes(bad_day: BadDay, case: int) -> None:
    reason, value = CASES[case]
    sent = bad_day.sent[2 * case + 1]
    record = the_one(bad_day.dead, bad_day.offset(sent))
    assert record.header("reason") == reason
    assert record.value == value
    check_provenance(bad_day, record, sent)


@pytest.mark.parametrize("case", range(len(EMPTY)), ids=["null", "empty", "no-key"])
def test_a_record_without_a_value_is_rejected_as_empty(bad_day: BadDay, case: int) -> None:
    sent = EMPTY[case]
    offset = str(2 * (len(CASES) + case) + 1)
    record = the_one(bad_day.rejected, offset)
    assert record.header("reason") == "empty"
    assert record.value == sent.value
    check_provenance(bad_day, record, sent)


@pytest.mark.parametrize(("stage", "reason"), [("tag", "not_json"), ("dedup", "schema")])
def test_a_broken_record_between_the_stages_is_a_dead_letter_of_its_stage(
    bad_day: BadDay, stage: str, reason: str
) -> None:
    desk, sent = bad_day.desk, Sent(b"<no event>", b"no id either", OWN_HEADERS)
    topic = desk.topic(STAGES[stage])
    [(partition, offset)] = desk.kafka.send(topic, [sent])
    desk.settle(stage)
    [record] = [r for r in desk.read("articles.deadletter") if r.header("stage") == stage]
    assert (record.value, record.key) == (sent.value, sent.key)
    assert record.headers[: len(sent.headers)] == sent.headers
    assert record.header("reason") == reason
    place = (record.header("topic"), record.header("partition"), record.header("offset"))
    assert place == (topic, str(partition), str(offset))


def test_a_record_of_10_mb_is_a_dead_letter_that_says_what_was_cut(bad_day: BadDay) -> None:
    record = the_one(bad_day.dead, bad_day.offset(HUGE))
    assert record.header("reason") == "too_large"
    assert record.header("copydesk-truncated") == str(len(HUGE.value or b""))
    assert record.value
    assert (HUGE.value or b"").startswith(record.value)
    check_provenance(bad_day, record, HUGE)


def test_a_page_that_is_slow_to_parse_ends_once_and_holds_nobody_up(bad_day: BadDay) -> None:
    ends = [r for r in (*bad_day.dead, *bad_day.rejected) if r.header("offset") == bad_day.offset(SLOW)]
    enriched = [r for r in bad_day.desk.read("articles.enriched") if r.event["url"].endswith("/slow")]
    assert len(ends) + len(enriched) == 1


def test_the_neighbours_of_broken_records_come_out(bad_day: BadDay) -> None:
    enriched = {record.event["url"] for record in bad_day.desk.read("articles.enriched")}
    assert {url(number) for number in range(bad_day.good)} <= enriched


def test_nothing_else_is_refused(bad_day: BadDay) -> None:
    refused = len(bad_day.dead) + len(bad_day.rejected)
    enriched = len(bad_day.desk.read("articles.enriched"))
    assert refused + enriched == len(bad_day.sent)


def test_the_workers_live_and_count_what_hung_and_what_died(bad_day: BadDay) -> None:
    assert all(worker.ready() for worker in bad_day.workers)
    restarts = bad_day.workers[0].metrics()
    assert restarts["copydesk_pool_restarts_total", "timeout"] >= 1
    assert restarts["copydesk_pool_restarts_total", "crashed"] >= 1
