"""`copydesk tail` and `copydesk produce`, as a person uses them against a broker."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.system.desk import START_SECONDS, Desk
from tests.system.generated import article, articles, url
from tests.system.kafka import Kafka, Sent, wait_for

pytestmark = pytest.mark.replay
RAW = "articles.raw"


@pytest.fixture
def filled(desk: Desk, kafka: Kafka) -> Desk:
    """A desk whose raw topic holds 20 articles in partition 0."""
    kafka.send(desk.topic(RAW), articles(0, 20), partition=0)
    return desk


def test_tail_shows_the_last_records_readably(filled: Desk) -> None:
    shown = filled.run("tail", "raw", "-n", "2").stdout
    assert f"{filled.topic(RAW)}/0/19" in shown
    assert "Report 19 of the" in shown
    assert "Report 17 of the" not in shown


def test_tail_gives_json_with_key_headers_and_value(filled: Desk) -> None:
    lines = filled.run("tail", RAW, "--partition", "0", "--offset", "18", "--json").stdout.splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["offset"] for row in rows] == [18, 19]
    assert rows[0]["key"] == rows[0]["value"]["url"] == url(18)
    assert rows[0]["headers"] == {"feed": "generated"}


def test_tail_from_the_beginning_shows_everything_once(filled: Desk) -> None:
    lines = filled.run("tail", "raw", "--from-beginning", "--json").stdout.splitlines()
    assert [json.loads(line)["offset"] for line in lines] == list(range(20))


def times(desk: Desk) -> dict[str, str]:
    """URL -> when it reached the topic."""
    lines = desk.run("tail", "raw", "--from-beginning", "--json").stdout.splitlines()
    return {row["key"]: row["timestamp"] for row in map(json.loads, lines)}


def keys(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["key"] for line in done.stdout.splitlines()]


def test_tail_merges_partitions_by_time_within_a_stretch_of_time(desk: Desk, kafka: Kafka) -> None:
    order = [2, 0, 1, 3, 0, 2]
    for number, partition in enumerate(order):
        kafka.send(desk.topic(RAW), [article(number)], partition=partition)
    at = times(desk)
    assert list(at) == [url(number) for number in range(len(order))]
    assert len(set(at.values())) == len(order), "each was delivered before the next was sent"

    stretch = ("--from", at[url(1)], "--to", at[url(4)], "--json")
    assert keys(desk.run("tail", "raw", *stretch)) == [url(1), url(2), url(3)]
    zoneless = at[url(4)].removesuffix("Z")
    assert keys(desk.run("tail", "raw", "--from", zoneless, "--json")) == [url(4), url(5)]
    assert keys(desk.run("tail", "raw", *stretch, "-n", "2")) == [url(2), url(3)]
    assert keys(desk.run("tail", "raw", "--from", "2999-01-01", "--json")) == []


def test_tail_shows_what_is_asked_for_and_the_last_of_it_from_far_back(desk: Desk, kafka: Kafka) -> None:
    kafka.send(desk.topic(RAW), [article(0, section="Sport"), article(1, section="Sport")], partition=0)
    kafka.send(desk.topic(RAW), articles(2, 300), partition=0)
    sport = ("--where", "section=Sport", "--json")
    assert keys(desk.run("tail", "raw", *sport)) == [url(0), url(1)]
    assert keys(desk.run("tail", "raw", *sport, "-n", "1")) == [url(1)]
    assert keys(desk.run("tail", "raw", *sport, "--where", "headline~'report 0'")) == [url(0)]

    tail = desk.following("raw", *sport)
    wait_for("the last", START_SECONDS, lambda: len(tail.lines()) == 2)
    kafka.send(desk.topic(RAW), [article(400), article(401, section="Sport")])
    wait_for("the new one", START_SECONDS, lambda: tail.lines()[-1]["key"] == url(401))
    assert [line["key"] for line in tail.lines()] == [url(0), url(1), url(401)]


def test_tail_lets_nothing_reach_the_terminal(desk: Desk, kafka: Kafka) -> None:
    """Control characters in article text and headers are printed as spaces."""
    kafka.send(desk.topic(RAW), [article(1, headline="red \x1b[31m\x07alert\r\n")])
    shown = desk.run("tail", "raw").stdout
    assert "red  [31m alert" in shown
    assert all(c.isprintable() or c == "\n" for c in shown)


def test_tail_shows_what_is_no_json_and_what_has_no_value(desk: Desk, kafka: Kafka) -> None:
    kafka.send(desk.topic(RAW), [Sent(b"\xff\xfe not json", b"k"), Sent(None, b"null")], partition=0)
    lines = desk.run("tail", "raw", "--json").stdout.splitlines()
    assert [json.loads(line)["value"] for line in lines] == ["base64://4gbm90IGpzb24=", None]
    assert desk.run("tail", "raw").returncode == 0


def test_tail_follows_until_it_is_interrupted(filled: Desk, kafka: Kafka) -> None:
    tail = filled.following("raw", "-n", "1", "--json")
    wait_for("the last record", START_SECONDS, lambda: [line["offset"] for line in tail.lines()] == [19])
    kafka.send(filled.topic(RAW), [article(77)])
    wait_for("the new record", START_SECONDS, lambda: url(77) in [line["key"] for line in tail.lines()])
    tail.process.send_signal(signal.SIGINT)
    assert tail.wait() == 130


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["no.such.topic"], 78, "has no topic no.such.topic"),
        (["raw", "--partition", "99"], 2, "not 99"),
        (["raw", "--offset", "999999"], 2, "not 999999"),
        (["raw", "--where", "section=Sport headlin~ferry"], 2, "character 15: articles.raw has no field"),
    ],
    ids=["topic", "partition", "offset", "where"],
)
def test_what_tail_cannot_show_is_told_in_one_line(
    filled: Desk, arguments: list[str], code: int, says: str
) -> None:
    done = filled.run("tail", *arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_produce_takes_a_plain_page_from_its_file(desk: Desk, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<html><body><p>Hello</p></body></html>")
    assert desk.run("produce", str(page), "--url", "https://a.example/page").returncode == 0
    (record,) = desk.read(RAW)
    assert record.key == b"https://a.example/page"
    assert record.event["content_type"] == "text/html"


def test_produce_sends_anything_when_told_not_to_check(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{not json\n")
    assert desk.run("produce", str(tmp_path / "bad.jsonl")).returncode == 1
    assert desk.run("produce", str(tmp_path / "bad.jsonl"), "--no-check").returncode == 0
    assert [record.value for record in desk.read(RAW)] == [b"{not json"]
