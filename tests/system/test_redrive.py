"""Dead letters sent back after a fix: all of them, once, wherever the command was killed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, START_SECONDS, Desk
from tests.system.generated import article, url
from tests.system.kafka import Kafka, Sent, wait_for

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
    kafka.send(desk.topic("articles.raw"), sent)
    desk.running("clean")
    desk.settle("clean")
    before = kafka.ends(desk.topic("articles.raw"))
    topics = set(kafka.topics())
    assert desk.run("redrive").returncode == 0
    back = {r.value: r for r in desk.read("articles.raw") if r.offset >= before[r.partition]}
    assert (back[sent[0].value].key, back[sent[1].value].key) == (b"some key", None)
    assert back[sent[0].value].headers == (*sent[0].headers, ("copydesk-attempts", b"1"))
    assert back[sent[1].value].headers == (("copydesk-topic", b"payments"), ("copydesk-attempts", b"10"))
    made = {name for name in set(kafka.topics()) - topics if not name.startswith("__")}
    assert made == {desk.topic("replay.progress")}


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
