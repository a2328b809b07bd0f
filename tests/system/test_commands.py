"""`copydesk topics`, `produce` and the supervising `copydesk worker`, as a person uses them."""

from __future__ import annotations

import json
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, START_SECONDS, Desk, Worker, alive, process_name
from tests.system.generated import article, articles, url
from tests.system.kafka import Kafka, wait_for
from tests.system.plug import sitecustomize as plug

HANGS_ONCE = Path(plug.__file__).parent / "hangs_once"


def test_topics_creates_all_and_then_finds_them_as_they_should_be(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "fresh", topics=False)
    missing = desk.run("topics")
    assert missing.returncode == 1
    assert missing.stdout.count("is missing") == 7
    assert "copydesk topics --create" in missing.stderr

    created = desk.run("topics", "--create")
    assert created.returncode == 0, created.stdout
    assert created.stdout.count(": created with") == 7

    again = desk.run("topics")
    assert (again.returncode, again.stdout) == (0, "all 7 topics are as the settings want them\n")


def test_topics_says_what_differs_and_changes_nothing(desk: Desk) -> None:
    raw, tagged = desk.topic("articles.raw"), desk.topic("articles.tagged")
    for command in (["topics"], ["topics", "--create"]):
        told = desk.run(*command, retention_raw_days=1, dedup_domains="en=0,*=1")
        assert told.returncode == 1
        assert f"{raw}: has retention.ms=604800000, wants 86400000" in told.stdout
        assert f"{tagged}: has 1 partitions, wants 2" in told.stdout
    assert desk.run("topics").returncode == 0


def test_topics_adds_partitions_where_the_order_allows_it(desk: Desk) -> None:
    told = desk.run("topics", "--create", partitions=6)
    assert f"{desk.topic('articles.raw')}: now 6 partitions" in told.stdout
    wait_for("the partitions", START_SECONDS, lambda: len(desk.kafka.ends(desk.topic("articles.raw"))) == 6)


def test_produce_sends_the_sound_lines_and_names_the_others(desk: Desk, tmp_path: Path) -> None:
    good = [record.value or b"" for record in articles(0, 2)]
    file = tmp_path / "articles.jsonl"
    file.write_bytes(b"\n".join([good[0], b"no event", b'{"content": "no url"}', good[1], b""]))
    done = desk.run("produce", str(file))
    assert done.returncode == 1
    assert f"{file}, line 2: not_json" in done.stderr
    assert f"{file}, line 3: schema" in done.stderr
    assert done.stderr.splitlines()[-1] == "2 delivered, 2 refused"
    sent = desk.read("articles.raw")
    assert {record.value for record in sent} == set(good)
    assert {record.key for record in sent} == {url(0).encode(), url(1).encode()}


def test_produce_sends_lines_unchecked_when_told_to(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    file.write_bytes(b"no event\n")
    assert desk.run("produce", str(file), "--no-check").returncode == 0
    assert [record.value for record in desk.read("articles.raw")] == [b"no event"]


def test_produce_makes_an_event_of_a_plain_page(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text("<html><body><p>The quay opens in March.</p></body></html>")
    assert desk.run("produce", str(file), "--url", "https://gazette.example/quay").returncode == 0
    [sent] = desk.read("articles.raw")
    assert sent.event["url"] == "https://gazette.example/quay"
    assert sent.event["content"] == file.read_text()


def test_produce_of_a_file_that_is_not_there_exits_66(desk: Desk, tmp_path: Path) -> None:
    done = desk.run("produce", str(tmp_path / "none.jsonl"))
    assert done.returncode == 66
    assert len(done.stderr.splitlines()) == 1
    assert "none.jsonl" in done.stderr


def started(supervisor: Worker, stage: str) -> int:
    return sum(line.get("stage") == stage for line in supervisor.logged("partitions assigned"))


def test_the_supervisor_starts_a_killed_stage_again_and_ends_all_on_sigterm(desk: Desk) -> None:
    supervisor = desk.worker(session_seconds=6, processes=0)
    for stage in STAGES:
        wait_for(f"{stage} works", START_SECONDS, partial(started, supervisor, stage))
    desk.kafka.send(desk.topic("articles.raw"), articles(0, 20))
    desk.settle()

    assert len({command(pid) for pid in {supervisor.process.pid, *supervisor.family()}}) == 1, (
        "one of its processes is an interpreter of its own, which shares nothing"
    )
    names = [process_name(pid) for pid in supervisor.family()]
    cores = len(os.sched_getaffinity(0))
    assert names.count("clean stage") == names.count("tag stage") == max(1, cores // 2)
    [killed] = [pid for pid in supervisor.family() if process_name(pid) == "copydesk tag"]
    os.kill(killed, signal.SIGKILL)
    wait_for("tag works again", START_SECONDS, lambda: started(supervisor, "tag") == 2)
    [told] = supervisor.logged("a stage has ended; starting it again")
    assert (told["stage"], told["code"]) == ("tag", -9)

    desk.kafka.send(desk.topic("articles.raw"), [article(20)])
    desk.settle()
    assert len(desk.read("articles.enriched")) == 21
    family = supervisor.family()
    assert supervisor.terminate() == 0
    wait_for("nothing is left of it", 10, lambda: not any(map(alive, family)))


def test_the_supervisor_starts_a_stage_again_that_the_watchdog_has_ended(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = tmp_path / "token"
    token.touch()
    monkeypatch.setenv("PLUG_TOKEN", str(token))
    supervisor = desk.worker(plug=HANGS_ONCE, session_seconds=6, stall_seconds=15)
    desk.kafka.send(desk.topic("articles.raw"), articles(0, 20))
    again = "a stage has ended; starting it again"
    told = wait_for("one stood still and is started again", 180, lambda: supervisor.logged(again))
    assert (told[0]["stage"], told[0]["code"]) == ("clean", 75)
    assert not token.exists()

    desk.settle()
    assert {record.event["url"] for record in desk.read("articles.enriched")} == set(map(url, range(20)))
    assert supervisor.terminate() == 0


def test_the_supervisor_ends_with_the_code_of_a_stage_that_no_restart_mends(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    desk = open_desk(kafka, "no-topics", topics=False)
    supervisor = desk.worker()
    assert supervisor.wait() == 78


def test_settings_are_listed_with_secrets_masked(desk: Desk) -> None:
    told = desk.run("settings", sasl_password="hunter2")  # noqa: S106 - not one
    assert told.returncode == 0
    assert "COPYDESK_SASL_PASSWORD=********  [environment]" in told.stdout
    assert "hunter2" not in told.stdout + told.stderr


def test_tail_shows_what_a_consumer_reads(desk: Desk) -> None:
    desk.kafka.send(desk.topic("articles.raw"), [article(1)])
    told = desk.run("tail", "raw", "--from-beginning", "--json")
    assert told.returncode == 0, told.stderr
    assert url(1) in json.dumps(json.loads(told.stdout.splitlines()[0]))


def command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()
