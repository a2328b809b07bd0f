"""`copydesk explain` on a real log: relinks, versions, withdrawals, refusals, and what the topics hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.system.conftest import MakeDesk
from tests.system.desk import Desk
from tests.system.kafka import Kafka, Record

ROTTERDAM, KALAMATA, GHANA, FLASH = (2, 28, 29), (25, 38), (16, 39), 36  # lines of the samples


class Explained:
    """A desk after some samples in an order that makes it decide again: the Rotterdam original comes last."""

    def __init__(self, desk: Desk, samples: Path) -> None:
        self.desk = desk
        self.lines = (samples / "articles.jsonl").read_text().splitlines()

    def event(self, line: int) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(self.lines[line - 1])
        return event

    def url(self, line: int) -> str:
        return str(self.event(line)["url"])

    def produce(self, *lines: int) -> None:
        file = self.desk.folder / "lines.jsonl"
        file.write_text("".join(self.lines[line - 1] + "\n" for line in lines))
        done = self.desk.run("produce", str(file))
        assert done.returncode == 0, done.stderr
        self.desk.settle()

    def told(self, *arguments: str, code: int = 0) -> str:
        done = self.desk.run("explain", *arguments)
        assert done.returncode == code, done.stderr
        return done.stdout

    def json(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.told(*arguments, "--json", code=code))
        return found

    def at(self, place: str) -> Record:
        """The record at topic/partition/offset."""
        topic, partition, offset = place.removeprefix(f"{self.desk.name}.").split("/")
        return {(r.partition, r.offset): r for r in self.desk.read(topic)}[int(partition), int(offset)]


@pytest.fixture(scope="module")
def explained(kafka: Kafka, open_desk: MakeDesk, samples: Path) -> Explained:
    explained = Explained(open_desk(kafka, "explained"), samples)
    explained.desk.running("clean", "tag", "dedup")
    explained.produce(KALAMATA[0], GHANA[0], FLASH)
    for line in (*ROTTERDAM[1:], ROTTERDAM[0]):
        explained.produce(line)
    explained.produce(KALAMATA[1], GHANA[1])
    return explained


def test_a_decision_that_was_made_again_is_told_with_cause_and_neighbours(explained: Explained) -> None:
    original, exact, near = (explained.json(explained.url(line)) for line in ROTTERDAM)
    first, again = near["entries"]
    assert (first["kind"], first["decision"], first["of"]) == ("version", 1, exact["id"])
    assert (again["kind"], again["decision"], again["of"]) == ("link", 2, original["id"])
    assert (again["cause"]["id"], again["cause"]["kind"]) == (original["id"], "version")
    assert near["explained"]["decision"] == 2
    found = {n["id"]: n["standing"] for n in near["explained"]["neighbours"]}
    assert found == {original["id"]: "chosen", exact["id"]: "outdone"}
    assert {n["id"]: n["standing"] for n in original["explained"]["neighbours"]} == {
        exact["id"]: "child",
        near["id"]: "child",
    }


def test_every_place_that_is_told_holds_what_is_said_of_it(explained: Explained) -> None:
    near = explained.json(explained.url(ROTTERDAM[2]))
    for entry in near["entries"]:
        tagged, event = explained.at(entry["tagged"]), explained.at(entry["event"])
        assert tagged.key == event.key == near["id"].encode()
        assert event.event["decision"] == entry["decision"]
        assert event.event["duplicate"]["of"] == entry["of"]
        assert explained.at(entry["log"]).key is None
    raw = explained.at(near["article"]["raw"])
    assert raw.event["url"] == near["article"]["url"] == explained.url(ROTTERDAM[2])
    assert near["article"]["headline"] == explained.at(near["article"]["tagged"]).event["headline"]
    for neighbour in near["explained"]["neighbours"]:
        assert explained.at(neighbour["tagged"]).event["url"] == neighbour["url"]


def test_a_person_reads_where_and_why(explained: Explained) -> None:
    out = explained.told(explained.url(ROTTERDAM[2]))
    near, original = explained.json(explained.url(ROTTERDAM[2])), explained.json(explained.url(ROTTERDAM[0]))
    last = near["entries"][-1]
    assert f"now          near copy of {original['id']} (J 0." in out
    assert f"decision 2 at {last['event']}\n" in out
    assert f"raw record   {near['article']['raw']}\n" in out
    assert f"decided again because a text of {original['id']} came ({last['cause']['tagged']})" in out
    assert ">= 0.250 (both texts have at least 120 shingles)" in out


def test_versions_stand_in_the_history(explained: Explained) -> None:
    found = explained.json(explained.url(KALAMATA[0]))
    assert [(e["kind"], e["version"], e["decision"]) for e in found["entries"]] == [
        ("version", 1, 1),
        ("version", 2, 2),
    ]
    assert found["article"]["headline"].startswith("Rain ends Kalamata wildfire")
    first = explained.json(explained.url(KALAMATA[0]), "--decision", "1")
    assert first["article"]["headline"].startswith("Thousands leave homes")


def test_a_withdrawal_stands_in_the_history(explained: Explained) -> None:
    out = explained.told(explained.url(GHANA[0]))
    assert "  now          withdrawn (decision 2)\n" in out
    assert "decision 1: original, version 1\n" in out
    assert "Why decision 2: withdrawn\n" in out


def test_two_articles_are_compared(explained: Explained) -> None:
    found = explained.json(explained.url(ROTTERDAM[0]), explained.url(KALAMATA[0]))
    assert (found["outcome"], found["pair"]["routing_keys"]) == ("no_key", 0)
    linked = explained.json(explained.url(ROTTERDAM[2]), explained.url(ROTTERDAM[0]))
    assert (linked["outcome"], linked["articles"][0]["article"]["url"]) == (
        "linked",
        explained.url(ROTTERDAM[0]),
    )


def test_an_article_that_was_refused_is_found_among_the_refused(explained: Explained) -> None:
    found = explained.json(explained.url(FLASH), code=1)
    [said] = found["found"]
    assert "was refused by clean as too_short" in said
    assert said.startswith(f"{explained.desk.topic('articles.rejected')}/")
    assert len(found["searched"]) >= 3
    out = explained.told(explained.url(FLASH), code=1)
    assert "the log of decisions has no row about it" in out
    assert said in out


def test_an_article_that_never_came_exits_1_and_says_where_it_was_looked_for(explained: Explained) -> None:
    out = explained.told("0" * 32, code=1)
    assert f"searched     {explained.desk.topic('articles.enriched')}/" in out
    assert "It may have been refused under another key" in out


def test_without_the_log_nothing_can_be_explained(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "unexplained", topics=False)
    done = desk.run("explain", "0" * 32)
    assert done.returncode == 78
    assert "has no topic unexplained.dedup.index" in done.stderr
