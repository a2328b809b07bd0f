"""Articles that are withdrawn or erased by command, with two de-duplication domains, as consumers see it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from tests.system.conftest import MakeDesk
from tests.system.desk import COMMAND, STAGES, START_SECONDS, Desk
from tests.system.generated import article, text, url
from tests.system.kafka import REPOSITORY, Kafka, Record, Sent

ENGLISH, REST = 0, 1
DAYS = [f"2026-11-{day:02}T10:00:00Z" for day in range(1, 29)]


def copies(first: int, count: int) -> list[Sent]:
    """`count` articles with the text of the first of them, each published a day after the one before."""
    return [
        article(n, content=text(first), published_at=DAYS[n - first]) for n in range(first, first + count)
    ]


def folded(desk: Desk) -> dict[str, dict[str, Any] | None]:
    """What a consumer of articles.enriched has who keeps the last record of each key."""
    return {
        (record.key or b"").decode(): record.event if record.value is not None else None
        for record in desk.read("articles.enriched")
    }


def by_url(desk: Desk) -> dict[str, dict[str, Any]]:
    return {event["url"]: event for event in folded(desk).values() if event is not None}


def ids(desk: Desk) -> dict[str, str]:
    return {record.event["url"]: record.event["id"] for record in desk.read("articles.cleaned")}


def nulls(desk: Desk) -> list[Record]:
    return [record for record in desk.read("articles.enriched") if record.value is None]


@pytest.fixture(scope="module")
def desk(kafka: Kafka, open_desk: MakeDesk) -> Iterator[Desk]:
    desk = open_desk(kafka, "removals", dedup_domains="en=0,*=1")
    desk.running(*STAGES)
    yield desk
    desk.close()


def test_a_withdrawal_reaches_the_domain_of_its_article(desk: Desk, kafka: Kafka) -> None:
    """It has no language: without going to every domain it would end in the one of the other languages."""
    kafka.send(desk.topic("articles.raw"), copies(0, 3))
    desk.settle()
    done = desk.run("withdraw", url(0))
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{ids(desk)[url(0)]} {url(0)}\n"
    desk.settle()

    withdrawal = [record for record in desk.read("articles.tagged") if record.event.get("status")]
    assert [record.partition for record in withdrawal] == [ENGLISH, REST]
    events = by_url(desk)
    assert events[url(0)]["status"] == "withdrawn"
    assert "text" not in events[url(0)]
    assert events[url(1)]["duplicate"] == {"relation": "original", "group": events[url(1)]["id"]}
    assert events[url(2)]["duplicate"]["of"] == events[url(1)]["id"]

    told = [r for r in desk.read("articles.enriched") if (r.key or b"").decode() == ids(desk)[url(0)]]
    highest = max(told, key=lambda record: record.event["decision"])
    assert (highest.event["status"], highest.event["decision"]) == ("withdrawn", 2)


def test_an_erased_article_leaves_a_null_and_copies_that_do_not_name_it(desk: Desk, kafka: Kafka) -> None:
    kafka.send(desk.topic("articles.raw"), copies(100, 3))
    desk.settle()
    known = ids(desk)
    assert by_url(desk)[url(101)]["duplicate"]["of"] == known[url(100)]

    done = desk.run("forget", "--yes", "--wait", known[url(100)])
    assert done.returncode == 0, done.stderr
    assert "1 erased: articles.enriched holds the nulls. 0 were erased before" in done.stderr
    assert "COPYDESK_RETENTION_RAW_DAYS" in done.stderr
    desk.settle()

    now = folded(desk)
    assert now[known[url(100)]] is None
    for event in (now[known[url(101)]], now[known[url(102)]]):
        assert event is not None
        assert known[url(100)] not in json.dumps(event)
    gone = [record for record in nulls(desk) if (record.key or b"").decode() == known[url(100)]]
    assert {record.header("ce_id") for record in gone} == {
        f"{known[url(100)]}:1:2",
        f"{known[url(100)]}:0:1",
    }, "of the domain that knew it, and of the last resort"
    for record in gone:
        assert record.header("ce_type") == "copydesk.article.erased.v1"
        assert record.header("ce_subject") == known[url(100)]
        assert record.header("ce_time")
        assert record.header("content-type") is None

    shown = desk.run("tail", "enriched", "-n", "500").stdout
    assert f"  erased: {known[url(100)]}" in shown


def test_what_was_erased_comes_back_only_with_another_text(desk: Desk, kafka: Kafka) -> None:
    kafka.send(desk.topic("articles.raw"), [article(200)])
    desk.settle()
    identity = ids(desk)[url(200)]
    before = desk.read("articles.tagged")
    again = next(record for record in before if (record.key or b"").decode() == identity)
    assert desk.run("forget", "--yes", "--wait", url(200)).returncode == 0

    kafka.send(desk.topic("articles.tagged"), [Sent(again.value, again.key, again.headers)], ENGLISH)
    kafka.send(desk.topic("articles.raw"), [article(200)])
    desk.settle()
    assert folded(desk)[identity] is None, "neither a repeat nor the same text anew"

    second = desk.run("forget", "--yes", "--wait", identity)
    assert "0 erased: articles.enriched holds the nulls. 1 were erased before" in second.stderr

    kafka.send(desk.topic("articles.raw"), [article(200, content=text(201))])
    desk.settle()
    event = folded(desk)[identity]
    assert event is not None
    assert event["version"]["number"] == 2
    assert "previous_hash" not in event["version"]


def test_an_article_that_no_domain_knows_is_withdrawn_and_erased_all_the_same(
    desk: Desk, tmp_path: Path
) -> None:
    """Its event may have left the memory and still stand on the compacted topic."""
    (tmp_path / "urls.txt").write_text("https://gazette.example/news/long-ago\n")
    done = desk.run("withdraw", str(tmp_path / "urls.txt"))
    identity = done.stdout.split()[0]
    desk.settle()
    told = [r for r in desk.read("articles.enriched") if (r.key or b"").decode() == identity]
    assert [(r.event["status"], r.event["decision"]) for r in told] == [("withdrawn", 1)], "once, not twice"
    assert desk.run("forget", "--yes", "--wait", identity).returncode == 0
    assert folded(desk)[identity] is None


def nothing_at_all(kafka: Kafka, topic: str) -> None:
    """A record with neither key nor value: aiokafka refuses to send one, other clients do not."""
    producer = Producer({"bootstrap.servers": kafka.address})
    producer.produce(topic, partition=ENGLISH)
    assert producer.flush(20) == 0


def test_nulls_that_are_no_erasures_are_dead_letters_and_stop_nobody(desk: Desk, kafka: Kafka) -> None:
    before = len(desk.read("articles.deadletter"))
    kafka.send(desk.topic("articles.tagged"), [Sent(None, b"0" * 32)], ENGLISH)
    nothing_at_all(kafka, desk.topic("articles.tagged"))
    kafka.send(desk.topic("articles.cleaned"), [Sent(None, b"1" * 32)])
    kafka.send(desk.topic("articles.raw"), [article(300)])
    desk.settle()
    letters = desk.read("articles.deadletter")[before:]
    assert len(letters) == 3
    assert url(300) in by_url(desk)


def test_an_erasure_that_nobody_carries_out_is_told_after_its_time(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "idle")
    done = desk.run("forget", "--yes", "--wait", "--within", "0", "0" * 32)
    assert done.returncode == 75
    assert "is a dedup worker running" in done.stderr
    assert len(desk.read("articles.tagged")) == 1, "it stands there, and will be carried out"


@pytest.mark.parametrize(("answer", "code", "written"), [(b"n\n", 130, 0), (b"y\n", 0, 2)])
def test_a_person_is_asked_before_anything_is_erased(
    desk: Desk, answer: bytes, code: int, written: int
) -> None:
    topic = desk.topic("articles.tagged")
    before = sum(desk.kafka.ends(topic).values())
    person, terminal = pty.openpty()
    os.write(person, answer)
    asked = subprocess.run(
        [*COMMAND, "forget", "1" * 32],
        cwd=REPOSITORY,
        env=desk.environment(),
        stdin=terminal,
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )
    os.close(person)
    os.close(terminal)
    assert asked.returncode == code, asked.stderr
    assert f"Erase {'1' * 32}? This cannot be undone" in asked.stderr
    assert sum(desk.kafka.ends(topic).values()) == before + written


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["forget", "0" * 32], "add --yes"),
        (["forget", "--yes", "0" * 31], "neither an id, a URL nor a file"),
        (["withdraw", "gazette.example/ferry"], "neither an http(s) URL nor a file"),
    ],
    ids=["unasked", "no id", "no url"],
)
def test_what_names_no_article_is_refused_before_anything_is_sent(
    desk: Desk, command: list[str], says: str
) -> None:
    ends = desk.kafka.ends(desk.topic("articles.tagged"))
    done = desk.run(*command)
    assert done.returncode == 2
    assert says in done.stderr
    assert desk.kafka.ends(desk.topic("articles.tagged")) == ends
