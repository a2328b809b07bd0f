"""Dead letters sent back after a fix: all of them, once, wherever the command was killed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, START_SECONDS, Desk
from tests.system.generated import article, text, url
from tests.system.kafka import Kafka, Record, Sent, wait_for

pytestmark = pytest.mark.replay
LETTERS = 10_000
PATIENCE = 900.0
ALL_MAY_FAIL = ("--accept-failures", str(10 * LETTERS))


def broken(number: int) -> Sent:
    """An article that the schema refuses, until it is no longer asked: that is the fix."""
    return article(number, fetched_at="yesterday")


def sent_back(desk: Desk, before: dict[int, int]) -> int:
    return sum(1 for r in desk.read("articles.raw") if r.offset >= before.get(r.partition, 0))


@pytest.fixture(scope="module")
def desk(kafka: Kafka, open_desk: MakeDesk) -> Iterator[Desk]:
    desk = open_desk(kafka, "redriven")
    yield desk
    desk.close()


@pytest.mark.long
def test_ten_thousand_letters_after_a_fix_twice(desk: Desk, kafka: Kafka) -> None:
    """Once without the fix, where all fail again; killed on the way; and when all is done once more."""
    raw, letters = desk.topic("articles.raw"), desk.topic("articles.deadletter")
    originals = [broken(n) for n in range(LETTERS)]
    kafka.send(raw, originals)
    clean = desk.worker("clean", *ALL_MAY_FAIL)
    desk.settle("clean")
    assert sum(kafka.ends(letters).values()) == LETTERS
    assert clean.terminate() == 0

    dry = desk.run("redrive", "--dry-run", "--json")
    assert json.loads(dry.stdout)["sent"] == {"clean/schema": LETTERS}, dry.stderr
    before = kafka.ends(raw)
    killed = desk.begun("redrive")
    wait_for("the first transaction", START_SECONDS, lambda: sent_back(desk, before))
    killed.kill()

    clean = desk.worker("clean", *ALL_MAY_FAIL)
    done = desk.run("redrive", "--json", seconds=PATIENCE)
    assert done.returncode == 0, done.stderr
    desk.settle("clean")
    assert sent_back(desk, before) == LETTERS, "none twice, none left, though they fail again meanwhile"
    assert clean.terminate() == 0
    again = [r for r in desk.read("articles.deadletter") if r.header("copydesk-attempts")]
    assert Counter(r.header("copydesk-attempts") for r in again) == {"1": LETTERS}

    desk.running(*STAGES, validate_raw="false")
    done = desk.run("redrive", "--wait", "--within", str(PATIENCE), "--json", seconds=PATIENCE)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["sent"], told["attempts"]) == ({"clean/schema": LETTERS}, {"2": LETTERS})
    assert told["sent_before"] == LETTERS
    assert told["outcomes"]["enriched"] == LETTERS
    assert len({r.key for r in desk.read("articles.enriched")}) == LETTERS

    at_the_end = kafka.ends(raw)
    twice = desk.run("redrive", seconds=PATIENCE)
    assert twice.stdout.splitlines() == [
        "0 sent back",
        f"{2 * LETTERS:,} were sent back by an earlier redrive",
    ]
    assert sent_back(desk, at_the_end) == 0


def test_bytes_key_and_headers_come_back_as_they_were(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "redriven-bytes")
    sent = [
        Sent(b"\xff no json", b"some key", (("feed", b"wire"), ("topic", b"articles.enriched"))),
        Sent(b"{}", None, (("copydesk-attempts", b"9"), ("copydesk-topic", b"payments"))),
    ]
    raw = desk.topic("articles.raw")
    made_up = (("copydesk-first", f"{raw}/0/9999".encode()),)
    sent.append(Sent(b"no json either", b"k", made_up))
    first = [f"{raw}/{partition}/{offset}".encode() for partition, offset in kafka.send(raw, sent)]
    desk.running("clean")
    desk.settle("clean")
    before = kafka.ends(desk.topic("articles.raw"))
    topics = set(kafka.topics())
    assert desk.run("redrive").returncode == 0
    back = {r.value: r for r in desk.read("articles.raw") if r.offset >= before[r.partition]}
    assert (back[sent[0].value].key, back[sent[1].value].key) == (b"some key", None)
    ours = ("copydesk-attempts", b"1"), ("copydesk-first", first[0])
    assert back[sent[0].value].headers == (*sent[0].headers, *ours)
    ours = ("copydesk-attempts", b"10"), ("copydesk-first", first[1])
    assert back[sent[1].value].headers == (("copydesk-topic", b"payments"), *ours)
    ours = ("copydesk-attempts", b"1"), ("copydesk-first", first[2])
    assert back[sent[2].value].headers == ours, "in place of the one that its producer made up"
    made = {name for name in set(kafka.topics()) - topics if not name.startswith("__")}
    assert made == {desk.topic("replay.progress")}
    desk.settle("clean")
    before = kafka.ends(raw)
    assert desk.run("redrive").returncode == 0
    again = [r for r in desk.read("articles.raw") if r.offset >= before[r.partition]]
    assert {r.header("copydesk-first") for r in again} == {name.decode() for name in first}


def test_letters_are_chosen_by_reason_and_stage_and_each_kind_has_its_own_progress(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    desk = open_desk(kafka, "redriven-kinds")
    kafka.send(desk.topic("articles.raw"), [Sent(b"no json"), broken(1), broken(2)])
    kafka.send(desk.topic("articles.cleaned"), [Sent(b"[]", b"0" * 32)])
    clean, tag = desk.running("clean", "tag")
    desk.settle("clean", "tag")
    assert clean.terminate() == tag.terminate() == 0

    def sent(*options: str) -> dict[str, int]:
        done = desk.run("redrive", "--json", *options)
        assert done.returncode == 0, done.stderr
        counts: dict[str, int] = json.loads(done.stdout)["sent"]
        return counts

    one = json.loads(desk.run("redrive", "--dry-run", "--reason", "schema", "--limit", "1", "--json").stdout)
    assert (sum(one["sent"].values()), one["limited"]) == (1, True)
    assert sent("--stage", "tag") == {"tag/schema": 1}
    assert sent("--reason", "schema", "--limit", "1") == {"clean/schema": 1}
    assert sent("--reason", "timeout") == {}
    assert sent("--to", "2020-01-01T00:00") == {}
    assert sent() == {"clean/not_json": 1, "clean/schema": 1}
    assert sent() == {}


def test_rejected_articles_come_back_where_they_are_asked_for(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "redriven-rejected")
    kafka.send(desk.topic("articles.raw"), [article(1, content="Too short.")])
    desk.running("clean")
    desk.settle("clean")
    before = kafka.ends(desk.topic("articles.raw"))
    assert desk.run("redrive").stdout.splitlines() == ["0 sent back"]
    assert desk.run("redrive", "--reason", "too_short").returncode == 2
    assert desk.run("redrive", "--rejected", "--reason", "too_short").returncode == 0
    assert sent_back(desk, before) == 1


def test_a_letter_that_names_a_foreign_topic_is_told_and_left(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "redriven-forged")
    kafka.send(desk.topic("articles.raw"), [Sent(b"no json", url(1).encode())])
    clean = desk.running("clean")[0]
    desk.settle("clean")
    assert clean.terminate() == 0
    [letter] = desk.read("articles.deadletter")
    foreign = open_desk(kafka, "redriven-foreign").topic("articles.raw")
    forged = [(n, foreign.encode() if n == "topic" else v) for n, v in letter.headers]
    kafka.send(desk.topic("articles.deadletter"), [Sent(letter.value, letter.key, tuple(forged))])
    ends = kafka.ends(foreign)
    done = desk.run("redrive")
    assert done.returncode == 1
    assert "1 sent back" in done.stdout
    assert "1 left: from a topic that its stage does not read; the first is " in done.stdout
    assert kafka.ends(foreign) == ends


def last_events(desk: Desk) -> dict[bytes | None, Record]:
    return {r.key: r for r in desk.read("articles.enriched")}


def by_url(desk: Desk, number: int) -> dict[str, Any]:
    events = [r.event for r in last_events(desk).values() if r.value is not None]
    return next(event for event in events if event["url"] == url(number))


def moment(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["received_at"])


def test_a_letter_keeps_its_time_so_that_what_came_since_is_not_replaced(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    """A newer text, a withdrawal, an erasure; the fourth had nothing after it."""
    desk = open_desk(kafka, "redriven-late")
    raw = desk.topic("articles.raw")
    clean, *_ = desk.running(*STAGES)
    places = kafka.send(raw, [broken(n) for n in (1, 2, 3, 4)])
    desk.settle("clean")
    kafka.send(raw, [article(1, content=text(501))])
    assert desk.run("withdraw", url(2)).returncode == 0
    assert desk.run("forget", "--yes", "--wait", url(3)).returncode == 0
    desk.settle()
    since = datetime.now(UTC)
    assert clean.terminate() == 0
    desk.running("clean", validate_raw="false")

    done = desk.run("redrive", "--wait", "--json")
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)["outcomes"]
    assert (outcomes["enriched"], outcomes["known already"]) == (1, 3)
    assert by_url(desk, 1)["text"] == text(501)
    assert by_url(desk, 2)["status"] == "withdrawn"
    assert [r.value for r in last_events(desk).values()].count(None) == 1
    assert text(3) not in str([r.value for r in last_events(desk).values()])
    assert by_url(desk, 4)["text"] == text(4)
    assert moment(by_url(desk, 4)) < since
    tagged = [r for r in desk.read("articles.tagged") if url(4) in str(r.value)]
    assert [r.header("copydesk-attempts") for r in tagged] == ["1"], "its time says nothing of live"

    [back] = [r for r in desk.read("articles.raw") if r.header("copydesk-first") and url(4) in str(r.value)]
    assert back.header("copydesk-first") == f"{raw}/{places[3][0]}/{places[3][1]}"
    plan = str(desk.folder / "again.json")
    only = ("--from", f"{back.partition}:{back.offset}", "--to", f"{back.partition}:{back.offset + 1}")
    assert desk.run("replay", "plan", *only, "--cold", "--out", plan).returncode == 0
    assert desk.run("replay", "run", plan, validate_raw="false").returncode == 0
    [event] = desk.read(f"replay.{json.loads(Path(plan).read_text())['run']}.articles.enriched")
    assert event.event["received_at"] == by_url(desk, 4)["received_at"], "a replay takes the same time"
    desk.close()


def test_what_was_sent_back_and_cannot_be_dated_any_more_is_refused_by_live_and_by_a_replay(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    """Its first record expires before it: it would count as received when it was sent back."""
    desk = open_desk(kafka, "redriven-expired", partitions=1)
    raw = desk.topic("articles.raw")
    kafka.send(raw, [broken(1)])
    [clean] = desk.running("clean")
    desk.settle("clean")
    assert clean.terminate() == 0
    assert desk.run("redrive").returncode == 0
    [back] = [r for r in desk.read("articles.raw") if r.header("copydesk-first")]
    admin = AdminClient({"bootstrap.servers": kafka.address})
    for deleted in admin.delete_records([TopicPartition(raw, 0, back.offset)]).values():
        deleted.result(30)
    desk.running("clean", validate_raw="false")
    desk.settle("clean")
    letter = desk.read("articles.deadletter")[-1]
    assert (letter.value, letter.header("reason")) == (back.value, "undated")
    assert f"{raw}/0/0, which has expired" in str(letter.header("error"))
    assert not desk.read("articles.cleaned")

    plan = desk.folder / "expired.json"
    only = ("--from", f"0:{back.offset}", "--to", f"0:{back.offset + 1}")
    assert desk.run("replay", "plan", *only, "--cold", "--out", str(plan)).returncode == 0
    assert desk.run("replay", "run", str(plan), validate_raw="false").returncode == 0
    run = json.loads(plan.read_text())["run"]
    [refused] = desk.read(f"replay.{run}.articles.deadletter")
    assert (refused.value, refused.header("reason")) == (back.value, "undated")
    assert not desk.read(f"replay.{run}.articles.enriched")

    again = ("redrive", "--reason", "undated", "--json")
    left = json.loads(desk.run(*again).stdout)
    assert (left["sent"], [why[:22] for why in left["unusable"]]) == ({}, ["its raw record is gone"])
    since = datetime.now(UTC)
    forced = desk.run(*again, "--forgotten")
    assert json.loads(forced.stdout)["sent"] == {"clean/undated": 1}, forced.stderr
    desk.settle("clean")
    [cleaned] = desk.read("articles.cleaned")
    assert moment(cleaned.event) >= since - timedelta(seconds=1), "as if it were received now"
    desk.close()


def test_a_publisher_cannot_give_another_text_an_earlier_time(kafka: Kafka, open_desk: MakeDesk) -> None:
    """Whatever the header names: another article's record, none, a partition that is not there, itself."""
    desk = open_desk(kafka, "redriven-not")
    raw = desk.topic("articles.raw")
    [(partition, offset)] = kafka.send(raw, [article(1)])
    desk.running("clean")
    desk.settle("clean")
    since = datetime.now(UTC)
    named = [
        f"{raw}/{partition}/{offset}",
        f"{raw}/0/{kafka.ends(raw)[0] + 50}",
        f"{raw}/99/0",
        f"{raw}/1/-1",
        f"{desk.topic('articles.cleaned')}/0/0",
        f"{raw}/\u00b2/\u00b2",
    ]
    forged = [article(n, content=text(n)) for n in range(2, 2 + len(named))]
    kafka.send(
        raw,
        [Sent(f.value, f.key, (("copydesk-first", n.encode()),)) for f, n in zip(forged, named, strict=True)],
    )
    desk.settle("clean")
    cleaned = [r for r in desk.read("articles.cleaned") if r.event["url"] != url(1)]
    assert len(cleaned) == len(named)
    assert min(moment(r.event) for r in cleaned) >= since - timedelta(seconds=1)
    assert {r.header("copydesk-attempts") for r in cleaned} == {None}
    desk.close()


def test_letters_that_are_too_old_for_anybody_to_know_what_came_since_are_left(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    """Received 97 h ago, as Kafka's time says; and one whose raw record is gone."""
    desk = open_desk(kafka, "redriven-old", partitions=1)
    raw = desk.topic("articles.raw")
    kafka.configure(raw, {"message.timestamp.type": "CreateTime"})
    then = datetime.now(UTC) - timedelta(hours=97)
    producer = Producer({"bootstrap.servers": kafka.address})
    for sent, at in ((broken(1), then), (broken(2), datetime.now(UTC)), (article(3), datetime.now(UTC))):
        producer.produce(raw, sent.value, sent.key, timestamp=int(at.timestamp() * 1000))
    assert producer.flush(30) == 0
    clean, *_ = desk.running(*STAGES)
    desk.settle()
    admin = AdminClient({"bootstrap.servers": kafka.address})
    dry = desk.run("redrive", "--dry-run")
    assert dry.returncode == 1
    assert dry.stdout.startswith("1 would be sent back\n")
    assert "1 left: received before what de-duplication remembers (96 h)" in dry.stdout
    limited = json.loads(desk.run("redrive", "--dry-run", "--limit", "1", "--json").stdout)
    assert (limited["sent"], limited["limited"]) == ({"clean/schema": 1}, False), "those left do not count"
    for deleted in admin.delete_records([TopicPartition(raw, 0, 2)]).values():
        deleted.result(30)
    done = desk.run("redrive", "--json")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert (told["sent"], [why[:21] for why in told["unusable"]]) == ({}, ["its raw record is gone"[:21]])
    assert clean.terminate() == 0
    desk.running("clean", validate_raw="false")
    since = datetime.now(UTC)
    forced = desk.run("redrive", "--forgotten", "--wait", "--json")
    assert json.loads(forced.stdout)["outcomes"]["enriched"] == 2, forced.stderr
    assert min(moment(by_url(desk, n)) for n in (1, 2)) >= since - timedelta(seconds=1)
    desk.close()
