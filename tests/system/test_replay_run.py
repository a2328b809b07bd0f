"""`copydesk replay plan`, `run`, `status` and `abort` on a real Kafka, beside what the live workers made."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic  # type: ignore[attr-defined]

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, START_SECONDS, Desk, Worker, fetch
from tests.system.generated import article, articles, text, url
from tests.system.kafka import Kafka, Record, Sent, wait_for

RAW = "articles.raw"
RUN_SECONDS = 180.0
STORIES = 400
MOST_BESIDE = 400  # articles that come in while a replay works
SEED = 6


def story(count: int) -> list[Sent]:
    """Articles, each fifth with a copy that another outlet has dated before it, each seventh revised."""
    sent = []
    for n in range(count):
        sent.append(article(n, published_at="2026-11-20T12:00:00Z"))
        if n % 5 == 0:
            sent.append(article(n + 10_000, content=text(n), published_at="2026-11-19T12:00:00Z"))
        if n % 7 == 0:
            sent.append(article(n, content=text(n + 20_000)))
        if n % 50 == 49:
            sent.append(Sent(b"no json", b"broken"))
            sent.append(article(n + 30_000, content="Too short."))
    return sent


@pytest.fixture(scope="module")
def lived(kafka: Kafka, open_desk: MakeDesk) -> Desk:
    """A desk whose stream the live workers have worked through; they are stopped."""
    desk = open_desk(kafka, "lived")
    kafka.send(desk.topic(RAW), story(STORIES))
    workers = desk.running(*STAGES)
    desk.settle()
    for worker in workers:
        worker.terminate()
    return desk


def sent_at(desk: Desk, moment: datetime, records: list[Sent]) -> None:
    """Raw records that Kafka takes for written then: what a topic holds that is kept for longer."""
    desk.kafka.configure(desk.topic(RAW), {"message.timestamp.type": "CreateTime", "retention.ms": "-1"})
    producer = Producer({"bootstrap.servers": desk.kafka.address})
    for sent in records:
        producer.produce(
            desk.topic(RAW), sent.value, sent.key, timestamp=round(moment.timestamp() * 1000), partition=0
        )
    assert producer.flush(30) == 0


def planned(desk: Desk, *options: str, code: int = 0) -> Path:
    """A new plan's file; of a plan that is refused what was said is printed."""
    path = desk.folder / f"plan-{time.monotonic_ns()}.json"
    done = desk.run("replay", "plan", "--out", str(path), *options)
    assert done.returncode == code, done.stderr
    return path


def refused(desk: Desk, *options: str) -> tuple[int, str]:
    """Exit code and line of a plan that must not be made."""
    path = desk.folder / f"refused-{time.monotonic_ns()}.json"
    done = desk.run("replay", "plan", "--out", str(path), *options)
    assert not path.exists()
    assert done.stderr.count("\n") == 1, done.stderr
    return done.returncode, done.stderr


def ran(desk: Desk, plan: Path, *options: str, **settings: Any) -> subprocess.CompletedProcess[str]:
    done = desk.run("replay", "run", str(plan), *options, seconds=RUN_SECONDS, **settings)
    assert done.returncode == 0, done.stderr
    return done


def run_of(plan: Path) -> str:
    return str(json.loads(plan.read_text())["run"])


def written(desk: Desk, plan: Path, name: str) -> list[Record]:
    return desk.read(f"replay.{run_of(plan)}.{name}")


def told(records: list[Record]) -> list[tuple[int, bytes | None, bytes | None]]:
    return [(r.partition, r.key, r.value) for r in records]


def last_of(records: list[Record]) -> dict[bytes | None, dict[str, Any] | None]:
    """The last event of each article, without the number of the decision."""
    folded: dict[bytes | None, dict[str, Any] | None] = {}
    for record in records:
        event = None if record.value is None else dict(record.event)
        if event is not None:
            event.pop("decision")
        folded[record.key] = event
    return folded


def status(desk: Desk, plan: Path) -> dict[str, Any]:
    done = desk.run("replay", "status", run_of(plan), "--json")
    assert done.returncode == 0, done.stderr
    known: dict[str, Any] = json.loads(done.stdout)
    return known


def test_a_replay_of_everything_makes_again_what_the_live_workers_made(lived: Desk) -> None:
    plan = planned(lived, "--from", "2026-01-01")
    before = {name: lived.kafka.ends(lived.topic(name)) for name in (*STAGES.values(), "articles.enriched")}
    ran(lived, plan)
    assert last_of(written(lived, plan, "articles.enriched")) == last_of(lived.read("articles.enriched"))
    for name in ("articles.rejected", "articles.deadletter"):
        ours, live = written(lived, plan, name), lived.read(name)
        assert sorted((r.value or b"") for r in ours) == sorted((r.value or b"") for r in live)
        assert len(live) == STORIES // 50
    run = run_of(plan)
    for record in written(lived, plan, "articles.enriched"):
        assert record.header("copydesk-replay") == run
        assert (record.header("copydesk-source") or "").startswith(lived.topic(RAW))
    assert before == {name: lived.kafka.ends(lived.topic(name)) for name in before}


def test_killed_at_random_and_run_again_a_replay_ends_as_if_nothing_had_been(lived: Desk) -> None:
    """Two of three of the range; the rest before it is its warm-up."""
    ends = lived.kafka.ends(lived.topic(RAW))
    start = ",".join(f"{p}:{end // 3}" for p, end in ends.items())
    whole, torn = (planned(lived, "--from", start) for _ in range(2))
    ran(lived, whole)
    chance = random.Random(SEED)  # noqa: S311
    for _kill in range(3):
        worker = lived.begun("replay", "run", str(torn), "--rate", "80", "--json")
        begun = status(lived, torn)["done"] if _kill else 0
        until = begun + chance.randrange(1, sum(ends.values()) // 5)

        def far(worker: Worker = worker, until: int = until) -> bool:
            seen = [line["done"] for line in worker.log() if "done" in line]
            return worker.process.poll() is not None or bool(seen and seen[-1] >= until)

        wait_for("it has come so far", RUN_SECONDS, far)
        worker.kill()
    assert status(lived, torn)["state"] == "running"
    done = ran(lived, torn)
    assert "going on with run" in done.stderr
    for name in ("articles.tagged", "articles.enriched", "articles.rejected", "articles.deadletter"):
        once, again = written(lived, whole, name), written(lived, torn, name)
        assert told(once) == told(again), name
        assert once or name.endswith(("rejected", "deadletter"))
    assert status(lived, torn)["counts"] == status(lived, whole)["counts"]


def test_of_the_warm_up_nothing_is_written_and_everything_is_remembered(lived: Desk) -> None:
    """The late original of a story comes in the range, the story itself before it."""
    raw = lived.read(RAW)
    late = next(r for r in raw if r.value and r.header("feed") and url(10_055) in r.value.decode())
    plan = planned(
        lived, "--from", f"{late.partition}:{late.offset}", "--to", f"{late.partition}:{late.offset + 1}"
    )
    ran(lived, plan)
    events = [r.event for r in written(lived, plan, "articles.enriched")]
    assert {e["url"] for e in events} == {url(10_055), url(55)}
    relinked = next(e for e in events if e["url"] == url(55))
    assert relinked["duplicate"]["relation"] == "exact"
    assert [r.event["url"] for r in written(lived, plan, "articles.tagged")] == [url(10_055)]
    cold = planned(lived, "--from", f"{late.partition}:{late.offset}", "--cold")
    assert json.loads(cold.read_text())["warm_up"] == {}


def test_progress_as_json_lines_ends_at_the_whole_and_ctrl_c_goes_on_later(lived: Desk) -> None:
    plan = planned(lived, "--from", "2026-01-01", "--stages", "clean..tag")
    worker = lived.begun("replay", "run", str(plan), "--rate", "60", "--json")
    wait_for("some progress", RUN_SECONDS, lambda: any(line.get("done") for line in worker.log()))
    worker.process.send_signal(signal.SIGINT)
    assert worker.wait() == 75
    lines = worker.log()
    stopped = [line for line in lines if line.get("state") == "stopped"]
    assert len(stopped) == 1
    assert 0 < stopped[0]["done"] < stopped[0]["total"]
    assert f"to go on: copydesk replay run {plan}" in lines[-1]["event"]
    assert status(lived, plan)["state"] == "stopped"
    rest = [json.loads(line) for line in ran(lived, plan, "--json").stdout.splitlines()]
    assert [line["done"] for line in rest] == sorted(line["done"] for line in rest)
    assert rest[-1]["state"] == "done"
    assert rest[-1]["done"] == rest[-1]["total"] == status(lived, plan)["done"]
    assert rest[-1]["seconds_left"] == 0
    assert rest[-1]["counts"]["read"] == len(lived.read(RAW))
    again = ran(lived, plan)
    assert "is done already" in again.stderr
    live = {(r.key, r.value) for r in lived.read("articles.tagged")}
    assert {(r.key, r.value) for r in written(lived, plan, "articles.tagged")} == live


@pytest.mark.parametrize("stages", ["clean", "tag..dedup", "dedup"])
def test_a_stretch_of_the_stages_gives_what_they_gave_live(lived: Desk, stages: str) -> None:
    plan = planned(lived, "--from", "2026-01-01", "--stages", stages)
    ran(lived, plan)
    name = "articles.cleaned" if stages == "clean" else "articles.enriched"
    ours, live = written(lived, plan, name), lived.read(name)
    if stages == "clean":
        assert {(r.key, r.value) for r in ours} == {(r.key, r.value) for r in live}
    else:
        assert last_of(ours) == last_of(live)


def test_what_is_withdrawn_or_erased_after_the_range_is_not_written_again(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    desk = open_desk(kafka, "taken-away")
    desk.running(*STAGES)
    kafka.send(desk.topic(RAW), [*articles(0, 20), article(100, content=text(3))])
    desk.settle()
    end = ",".join(f"{p}:{o}" for p, o in kafka.ends(desk.topic(RAW)).items())
    assert desk.run("withdraw", url(3)).returncode == 0
    assert desk.run("forget", "--yes", url(4)).returncode == 0
    desk.settle()
    plan = planned(desk, "--from", ",".join(f"{p.partition(':')[0]}:0" for p in end.split(",")), "--to", end)
    ran(desk, plan)
    assert last_of(written(desk, plan, "articles.enriched")) == last_of(desk.read("articles.enriched"))
    for name in ("articles.tagged", "articles.enriched"):
        for record in written(desk, plan, name):
            assert text(4).splitlines()[0] not in (record.value or b"").decode(), name
    assert status(desk, plan)["counts"]["removed"] == 2
    desk.close()


def test_an_hour_again_while_live_goes_on_gives_what_live_gave(kafka: Kafka, open_desk: MakeDesk) -> None:
    """By time; bench/replay.py measures what live notices of it."""
    desk = open_desk(kafka, "beside")
    desk.running(*STAGES)
    kafka.send(desk.topic(RAW), story(150))
    desk.settle()
    now = datetime.now(UTC)
    plan = planned(desk, "--from", _iso(now - timedelta(hours=1)), "--to", _iso(now.replace(tzinfo=None)))
    made = last_of(desk.read("articles.enriched"))
    worker = desk.begun("replay", "run", str(plan), "--json")
    sent = 0
    while worker.process.poll() is None and sent < MOST_BESIDE:
        kafka.send(desk.topic(RAW), articles(50_000 + sent, 20))
        sent += 20
    assert worker.wait(RUN_SECONDS) == 0
    desk.settle()
    assert last_of(written(desk, plan, "articles.enriched")) == made
    assert len(last_of(desk.read("articles.enriched"))) == len(made) + sent
    desk.close()


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")


def test_reversed_future_empty_and_foreign_ranges_are_one_clear_line(lived: Desk) -> None:
    ends = lived.kafka.ends(lived.topic(RAW))
    cases = {
        ("--from", "2026-11-22T11:00", "--to", "2026-11-22T10:00"): (2, "is not before"),
        ("--from", "2126-11-22T10:00"): (2, "lies in the future"),
        ("--from", "2026-01-01", "--to", "2026-01-02"): (66, "holds no record"),
        ("--from", f"0:{ends[0]}"): (66, "holds no record"),
        ("--from", "0:7", "--to", "0:3"): (2, "is not before"),
        ("--from", "0:7", "--to", "1:9"): (2, "the same partitions"),
        ("--from", f"0:{ends[0] + 1}"): (2, f"ends at offset {ends[0]}"),
        ("--from", "77:0"): (2, "77 is none of them"),
        ("--from", "yesterday"): (2, "neither a time"),
        ("--from", "2026-01-01", "--stages", "dedup..clean"): (2, "--stages dedup..clean"),
    }
    for options, (code, what) in cases.items():
        found, said = refused(lived, *options)
        assert (found, what in said) == (code, True), said


def test_a_range_whose_beginning_is_gone_is_refused_naming_it(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "partly-gone")
    kafka.send(desk.topic(RAW), articles(0, 40), partition=0)
    kafka.send(desk.topic(RAW), articles(40, 40), partition=0)
    whole = planned(desk, "--from", "0:0")
    admin = AdminClient({"bootstrap.servers": kafka.address})
    for deleted in admin.delete_records([TopicPartition(desk.topic(RAW), 0, 30)]).values():
        deleted.result(30)
    code, said = refused(desk, "--from", "0:5")
    assert (code, "offsets 5 to 29 are gone" in said) == (66, True), said
    code, said = refused(desk, "--from", "2026-01-01")
    assert (code, "is gone" in said, "--from 2026" in said) == (66, True, True), said
    hinted = said.rpartition("--from ")[2].strip()
    later = planned(desk, "--from", hinted)
    assert json.loads(later.read_text())["ranges"]["0"] == {"start": 30, "end": 80}
    missing = json.loads(later.read_text())["missing"]
    assert len(missing) == 1
    assert "begins at offset 30" in missing[0]
    done = desk.run("replay", "run", str(whole))
    assert done.returncode == 66
    assert "from offset 0 to 29" in done.stderr
    assert "plan a later start" in done.stderr


def test_what_may_have_been_erased_longer_ago_than_the_stream_tells_is_refused(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    """articles.raw is kept for longer than articles.tagged, of which the beginning is gone."""
    desk = open_desk(kafka, "erased-long-ago", partitions=1)
    now = datetime.now(UTC)
    for days in (20, 8, 6, 0):
        sent_at(desk, now - timedelta(days=days), articles(days, 1))
    first, later = ("--from", _iso(now - timedelta(days=21))), ("--from", _iso(now - timedelta(days=5)))
    planned(desk, *first)
    kafka.send(desk.topic("articles.tagged"), [Sent(b"{}", b"%d" % n) for n in range(3)], partition=0)
    admin = AdminClient({"bootstrap.servers": kafka.address})
    for deleted in admin.delete_records([TopicPartition(desk.topic("articles.tagged"), 0, 2)]).values():
        deleted.result(30)
    code, said = refused(desk, *first)
    assert (code, "articles.tagged tells of erasures since" in said) == (66, True), said
    hinted = said.partition("Plan it --from ")[2].partition(",")[0]
    assert json.loads(planned(desk, "--from", hinted).read_text())["ranges"]["0"] == {"start": 2, "end": 4}
    young = json.loads(planned(desk, *later).read_text())
    assert young["warm_up"]["0"] == {"start": 2, "end": 3}, "what is 8 days old is not remembered"
    assert "nobody knows any more what was erased" in young["missing"][-1]
    accepted = planned(desk, *first, "--unknown-erasures")
    assert json.loads(accepted.read_text())["ranges"]["0"] == {"start": 0, "end": 4}


def test_an_article_from_before_the_96_h_begins_its_versions_anew_and_nothing_else_differs(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    desk = open_desk(kafka, "before-the-memory", partitions=1)
    now = datetime.now(UTC)
    for hours, number in ((100, 1), (50, 2), (0, 3)):
        sent_at(desk, now - timedelta(hours=hours), [article(1, content=text(number))])
    desk.running(*STAGES)
    desk.settle()
    plan = planned(desk, "--from", _iso(now - timedelta(hours=1)))
    ran(desk, plan)
    [live, made] = (
        last_of(records)[records[0].key]
        for records in (desk.read("articles.enriched"), written(desk, plan, "articles.enriched"))
    )
    assert live is not None
    assert made is not None
    assert (live.pop("version")["number"], made.pop("version")["number"]) == (3, 2)
    assert made == live
    found = json.loads(desk.run("replay", "diff", str(plan), "--json").stdout)
    assert found["fields"] == {"version": 1}
    desk.close()


def test_records_that_expire_while_they_are_replayed_end_it_in_a_clear_line(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    """With fetches of one small batch each, so that little is read ahead."""
    desk = open_desk(kafka, "expiring", fetch_bytes=1024)
    for first in range(0, 600, 20):
        kafka.send(desk.topic(RAW), articles(first, 20), partition=0)
    plan = planned(desk, "--from", "0:0")
    worker = desk.begun("replay", "run", str(plan), "--rate", "40", "--json")
    wait_for("some progress", RUN_SECONDS, lambda: any(line.get("done") for line in worker.log()))
    admin = AdminClient({"bootstrap.servers": kafka.address})
    for deleted in admin.delete_records([TopicPartition(desk.topic(RAW), 0, 590)]).values():
        deleted.result(30)
    assert worker.wait(RUN_SECONDS) == 66
    assert "Retention has deleted them" in worker.log()[-1]["event"]


def test_gaps_of_compaction_and_of_transactions_count_as_read(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "gaps", partitions=1)
    producer = Producer({"bootstrap.servers": kafka.address, "transactional.id": "gaps-producer"})
    producer.init_transactions(30)
    for first, commits in ((0, True), (20, False), (40, True), (60, False)):
        producer.begin_transaction()
        for sent in articles(first, 20):
            producer.produce(desk.topic(RAW), sent.value, sent.key)
        producer.flush(30)
        (producer.commit_transaction if commits else producer.abort_transaction)(30)
    plan = planned(desk, "--from", "0:0")
    ran(desk, plan)
    urls = {r.event["url"] for r in written(desk, plan, "articles.enriched")}
    assert urls == {url(n) for n in (*range(20), *range(40, 60))}
    known = status(desk, plan)
    assert known["state"] == "done"
    assert known["done"] == known["total"] == kafka.ends(desk.topic(RAW))[0] == 84
    assert known["counts"]["read"] == 40


def test_a_compacted_topic_is_replayed_with_what_is_left_of_it(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "compacted", partitions=1)
    kafka.configure(
        desk.topic(RAW),
        {"cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.001"},
    )
    for round_ in range(3):
        kafka.send(desk.topic(RAW), [article(n, content=text(1000 * round_ + n)) for n in range(10)])

    def compacted() -> bool:
        kafka.send(desk.topic(RAW), articles(500, 1))  # a segment ends when the next record comes
        return len(kafka.read(desk.topic(RAW))) < kafka.ends(desk.topic(RAW))[0] - 10

    wait_for("compaction", 120, compacted)
    left = {r.event["url"] for r in kafka.read(desk.topic(RAW))}
    plan = planned(desk, "--from", "0:0")
    ran(desk, plan)
    assert {r.event["url"] for r in written(desk, plan, "articles.enriched")} == left
    assert status(desk, plan)["state"] == "done"


def test_partitions_added_since_the_plan_are_told_and_not_read(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "added", partitions=1)
    kafka.send(desk.topic(RAW), articles(0, 10))
    plan = planned(desk, "--from", "0:0")
    admin = AdminClient({"bootstrap.servers": kafka.address})
    for added in admin.create_partitions([NewPartitions(desk.topic(RAW), 3)]).values():
        added.result(30)
    wait_for("the partitions", START_SECONDS, lambda: len(kafka.ends(desk.topic(RAW))) == 3)
    kafka.send(desk.topic(RAW), articles(10, 10), partition=2)
    done = ran(desk, plan)
    assert "partitions that are not in the plan: 1, 2" in done.stderr
    assert len(written(desk, plan, "articles.enriched")) == 10


@pytest.mark.parametrize("name", [RAW, "its own"])
def test_a_topic_deleted_while_a_replay_works_ends_it_in_a_clear_line(
    kafka: Kafka, open_desk: MakeDesk, name: str
) -> None:
    desk = open_desk(kafka, f"deleted-{'raw' if name == RAW else 'own'}")
    kafka.send(desk.topic(RAW), articles(0, 600))
    plan = planned(desk, "--from", "2026-01-01")
    worker = desk.begun("replay", "run", str(plan), "--rate", "20", "--json")
    wait_for("some progress", RUN_SECONDS, lambda: any(line.get("done") for line in worker.log()))
    topic = desk.topic(RAW if name == RAW else f"replay.{run_of(plan)}.articles.enriched")
    admin = AdminClient({"bootstrap.servers": kafka.address})
    admin.delete_topics([topic])[topic].result(30)
    assert worker.wait(RUN_SECONDS) == 78
    said = worker.log()[-1]["event"]
    assert f"{topic} was deleted" in said
    assert "copydesk replay abort" in said


def test_abort_ends_a_run_elsewhere_and_leaves_nothing(lived: Desk) -> None:
    plan = planned(lived, "--from", "2026-01-01")
    worker = lived.begun("replay", "run", str(plan), "--rate", "20", "--json")
    wait_for("some progress", RUN_SECONDS, lambda: any(line.get("done") for line in worker.log()))
    aborted = lived.run("replay", "abort", run_of(plan))
    assert aborted.returncode == 0, aborted.stderr
    assert worker.wait(RUN_SECONDS) in (75, 78)
    assert not [name for name in lived.kafka.topics() if run_of(plan) in name]
    keys = {r.key: r.value for r in lived.read("replay.progress") if run_of(plan).encode() in (r.key or b"")}
    assert keys
    assert set(keys.values()) == {None}
    again = lived.run("replay", "abort", run_of(plan))
    assert again.returncode == 0
    assert "there is nothing of run" in again.stderr
    assert lived.run("replay", "status", run_of(plan)).returncode == 66


def test_a_run_does_not_go_on_under_other_versions(lived: Desk) -> None:
    plan = planned(lived, "--from", "2026-01-01", "--stages", "clean")
    worker = lived.begun("replay", "run", str(plan), "--rate", "20", "--json")
    wait_for("some progress", RUN_SECONDS, lambda: any(line.get("done") for line in worker.log()))
    worker.kill()
    done = lived.run("replay", "run", str(plan), validate_raw="false")
    assert done.returncode == 78
    assert "validate_raw True -> " in done.stderr
    fresh = planned(lived, "--from", "2026-01-01", "--stages", "clean")
    told_of = ran(lived, fresh, validate_raw="false")
    assert "since it was planned: validate_raw True -> " in told_of.stderr


def test_a_plan_that_was_edited_or_is_none_is_one_line(lived: Desk, tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    assert lived.run("replay", "run", str(other)).returncode == 66
    other.write_text("{}")
    done = lived.run("replay", "run", str(other))
    assert (done.returncode, done.stderr.count("\n")) == (78, 1)
    assert "is no plan" in done.stderr


def test_a_version_that_fails_on_everything_stops_the_run_before_it_fills_its_dead_letters(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    desk = open_desk(kafka, "failing")
    broken = [
        Sent(b"<no event %d>" % n, b"key") for n in range(60)
    ]  # more than the 50 in a row that are taken
    kafka.send(desk.topic(RAW), [*articles(0, 3), *broken, *articles(3, 3)], partition=0)
    plan = planned(desk, "--from", "0:0")
    done = desk.run("replay", "run", str(plan), seconds=RUN_SECONDS)
    assert done.returncode == 78
    assert f"first: {desk.topic(RAW)}/0/3: not_json" in done.stderr
    assert f"or go on with `copydesk replay run {plan} --accept-failures 500`" in done.stderr
    assert f"copydesk replay abort {run_of(plan)}" in done.stderr
    assert len(written(desk, plan, "articles.deadletter")) < 50
    known = status(desk, plan)
    assert (known["state"], "first: " in known["why"]) == ("failed", True)
    assert "has failed" in desk.run("replay", "diff", str(plan)).stderr
    ran(desk, plan, "--accept-failures", "60")
    assert len(written(desk, plan, "articles.deadletter")) == 60
    counts = status(desk, plan)["counts"]
    assert (counts["failed"], counts["output"], counts["read"]) == (60, 6, 66)
    assert (status(desk, plan)["state"], status(desk, plan)["why"]) == ("done", "")


def test_a_run_that_works_says_so_without_any_progress(kafka: Kafka, open_desk: MakeDesk) -> None:
    """So that `status` need not take one that was killed for one that works. At this rate there is progress
    each 16 s and a sign each 10, so it takes half a minute.
    """
    desk = open_desk(kafka, "alive")
    kafka.send(desk.topic(RAW), articles(0, 100))
    plan = planned(desk, "--from", "2026-01-01", "--stages", "clean")
    worker = desk.begun("replay", "run", str(plan), "--rate", "1")

    def two_signs() -> bool:
        """One right after the other: between them no partition has told of progress."""
        if desk.topic("replay.progress") not in kafka.topics():
            return False
        keys = [r.key for r in desk.read("replay.progress")]
        return (run_of(plan).encode(),) * 2 in pairwise(keys)

    wait_for("a second sign", RUN_SECONDS, two_signs)
    assert status(desk, plan)["state"] == "running"
    worker.kill()


def test_a_run_that_was_killed_between_its_topics_and_its_first_progress_goes_on(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    desk = open_desk(kafka, "begun-early")
    kafka.send(desk.topic(RAW), articles(0, 10))
    plan = planned(desk, "--from", "2026-01-01", "--stages", "clean")
    own = desk.topic(f"replay.{run_of(plan)}.articles.cleaned")
    admin = AdminClient({"bootstrap.servers": kafka.address})
    [made] = admin.create_topics([NewTopic(own, 4, 1)]).values()
    made.result(30)
    ran(desk, plan)
    assert len(written(desk, plan, "articles.cleaned")) == 10

    other = planned(desk, "--from", "2026-01-01", "--stages", "clean")
    foreign = desk.topic(f"replay.{run_of(other)}.articles.cleaned")
    [made] = admin.create_topics([NewTopic(foreign, 4, 1)]).values()
    made.result(30)
    kafka.send(foreign, [Sent(b"{}", b"key")])
    done = desk.run("replay", "run", str(other))
    assert done.returncode == 78
    assert f"no progress but records in {foreign}" in done.stderr


def test_metrics_are_served_while_it_works(lived: Desk) -> None:
    plan = planned(lived, "--from", "2026-01-01", "--stages", "clean")
    worker = lived.begun("replay", "run", str(plan), "--rate", "20", "--json")
    told_at = wait_for("the address", RUN_SECONDS, lambda: worker.logged("metrics on "))
    address = told_at[0]["event"].removeprefix("metrics on ")

    def counted() -> bool:
        body = fetch(address)[1]
        return "copydesk_replay_records_total 0" not in body and "copydesk_replay_progress_ratio 0." in body

    wait_for("progress in the metrics", RUN_SECONDS, counted)
    worker.process.send_signal(signal.SIGTERM)
    assert worker.wait() == 75
