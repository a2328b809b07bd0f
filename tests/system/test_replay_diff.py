"""`copydesk replay diff`, `promote` and `in-place` on a real Kafka, as consumers see them."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, Desk
from tests.system.generated import article, articles, text, url
from tests.system.kafka import Kafka, Record, Sent, wait_for

RAW = "articles.raw"
SECONDS = 300.0
PARTITIONS = 4
FIXED: dict[str, Any] = {"validate_raw": "false"}  # the letters of the range are no failures then
GERMAN = """
    hafen rat brücke markt fluss brief winter schule garten arzt bahnhof dorf minister signal fenster teppich
    flasche hammer fahrkarte insel wald kupfer silber bleistift spiegel leiter korb kerze knopf sattel nadel
""".split()  # noqa: SIM905 - shorter to read than a list of quoted words


def german(number: int) -> str:
    """A German body that is like no other."""
    stream = hashlib.shake_128(b"artikel %d" % number).digest(132)
    words = [GERMAN[byte % len(GERMAN)] for byte in stream]
    return "\n\n".join(
        f"Die Zeitung schreibt heute, dass {' '.join(words[i : i + 11])} nicht mehr da ist."
        for i in range(0, len(words), 11)
    )


def dated(number: int, day: int, content: str | None = None, **more: Any) -> Sent:
    """An English or, each third, a German article, published on a day of November."""
    own = german(number) if number % 3 == 0 else text(number)
    language = "de" if number % 3 == 0 else "en"
    when = f"2026-11-{day:02}T12:00:00Z"
    return article(number, content=content or own, published_at=when, language=language, **more)


def body(number: int) -> str:
    return german(number) if number % 3 == 0 else text(number)


LETTERS = (180, 181, 183, 186)


def before_the_range() -> list[Sent]:
    return [dated(n, 15) for n in range(60)]


def of_the_range() -> list[Sent]:
    """New ones, copies, revisions, repeats, and originals that come after their copies.

    None is revised of which a copy of the old text comes at the same time, in another partition: whether it
    is one depends on which of them comes first.
    """
    return [
        *(dated(n, 16) for n in range(100, 160)),
        *(dated(n + 1_000, 17, body(n)) for n in range(0, 30, 2)),  # of what came before
        *(dated(n + 1_002, 17, body(n)) for n in range(100, 130, 3)),
        *(dated(n + 2_000, 10, body(n)) for n in range(0, 20, 5)),  # older than what it is copied in
        *(dated(n + 2_000, 10, body(n)) for n in range(100, 150, 7)),
        *(dated(n, 16, body(n + 500)) for n in (1, 11, 101, 102)),  # another text
        *(dated(n, 16) for n in (3, 4, 103)),  # the same once more
        *(dated(n, 16, fetched_at="yesterday") for n in LETTERS),  # dead letters, of which there are copies
        *(dated(n + 1_002, 17, body(n)) for n in LETTERS),
    ]


def after_the_range() -> list[Sent]:
    """What makes production go on: older originals, copies and revisions of what the range holds."""
    return [
        *(dated(n + 3_000, 5, body(n)) for n in range(0, 20, 5)),
        *(dated(n + 3_000, 5, body(n)) for n in range(100, 150, 7)),
        *(dated(n, 16, body(n + 900)) for n in (105, 106, 5)),
        *(dated(n + 4_000, 18, body(n)) for n in range(100, 160, 9)),
        *(dated(n + 3_000, 5, body(n)) for n in LETTERS[:2]),
    ]


def offsets(ends: dict[int, int]) -> str:
    return ",".join(f"{partition}:{offset}" for partition, offset in sorted(ends.items()))


def planned(desk: Desk, name: str, *options: str, **settings: Any) -> Path:
    path = desk.folder / f"{name}.json"
    done = desk.run("replay", "plan", "--out", str(path), *options, **settings)
    assert done.returncode == 0, done.stderr
    return path


def replayed(desk: Desk, plan: Path, **settings: Any) -> None:
    done = desk.run("replay", "run", str(plan), seconds=SECONDS, **settings)
    assert done.returncode == 0, done.stderr


def differs(desk: Desk, plan: Path, *options: str) -> dict[str, Any]:
    """The diff as a script has it; its exit code says whether anything differs."""
    done = desk.run("replay", "diff", str(plan), "--json", *options, seconds=SECONDS)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    alone = found["counts"]["same"] == found["articles"]
    assert done.returncode == (0 if alone else 1)
    return found


def promoted(desk: Desk, plan: Path, *options: str) -> subprocess.CompletedProcess[str]:
    done = desk.run("replay", "promote", str(plan), "--wait", *options, seconds=SECONDS)
    assert done.returncode == 0, done.stderr + done.stdout
    return done


def of_url(records: list[Record]) -> dict[str, dict[str, Any]]:
    """The last event of each article that has one."""
    last = {r.key: r for r in records}.values()
    return {r.event["url"]: r.event for r in last if r.value is not None}


@pytest.fixture(scope="module")
def lived(kafka: Kafka, open_desk: MakeDesk) -> Iterator[tuple[Desk, tuple[str, ...]]]:
    """Two domains and a stream in three parts, then the letters of the middle sent back after a fix; with it
    the options that plan the middle.
    """
    desk = open_desk(kafka, "lived-on", dedup_domains="en=0,*=1")
    clean, *_ = desk.running(*STAGES)
    raw = desk.topic(RAW)
    ends = []
    for part, withdrawn in (
        (before_the_range(), [6]),
        (of_the_range(), [7, 9, 108, 109, 1_000]),
        (after_the_range(), [8, 110, 112, 2_100, 3_105]),
    ):
        kafka.send(raw, part)
        desk.settle()
        done = desk.run("withdraw", *(url(n) for n in withdrawn))
        assert done.returncode == 0, done.stderr
        desk.settle()
        ends.append(offsets(kafka.ends(raw)))
    assert clean.terminate() == 0
    desk.running("clean", **FIXED)
    back = desk.run("redrive", "--wait", "--json", seconds=SECONDS)
    assert json.loads(back.stdout)["outcomes"]["enriched"] == len(LETTERS), back.stderr
    desk.settle()
    yield desk, ("--from", ends[0], "--to", ends[1])
    desk.close()


@pytest.mark.parametrize("stages", ["clean..dedup", "tag..dedup", "dedup", "clean..tag", "clean"])
def test_the_same_versions_over_the_same_range_give_nothing_but_same(
    lived: tuple[Desk, tuple[str, ...]], stages: str
) -> None:
    """With copies, revisions, originals that come late in the range and behind it, withdrawals, and letters
    that a redrive sends back behind it.
    """
    desk, middle = lived
    if not stages.startswith("clean"):
        middle = ("--from", "2026-01-01")  # offsets are those of raw
    plan = planned(desk, f"same-{stages}", *middle, "--stages", stages, **FIXED)
    replayed(desk, plan, **FIXED)
    found = differs(desk, plan, "--limit", "3")
    assert found["counts"] == {**dict.fromkeys(found["counts"], 0), "same": found["articles"]}, found
    assert found["articles"] >= 90
    relations = {
        event["duplicate"]["relation"]
        for event in of_url(desk.read("articles.enriched")).values()
        if "duplicate" in event
    }
    assert relations == {"original", "exact"}, "the stream has copies"


def test_offsets_of_some_partitions_give_nothing_but_same_though_copies_lie_in_all(
    lived: tuple[Desk, tuple[str, ...]],
) -> None:
    desk, (_from, start, _to, end) = lived
    some = [",".join(at for at in text.split(",") if at[0] in "02") for text in (start, end)]
    plan = planned(desk, "some", "--from", some[0], "--to", some[1], **FIXED)
    known = json.loads(plan.read_text())
    assert (set(known["ranges"]), len(known["warm_up"])) == ({"0", "2"}, PARTITIONS)
    replayed(desk, plan, **FIXED)
    found = differs(desk, plan, "--limit", "3")
    assert found["counts"] == {**dict.fromkeys(found["counts"], 0), "same": found["articles"]}, found
    assert found["articles"] >= 30


def test_letters_that_fail_in_a_run_again_are_missing_and_make_no_other_links(
    lived: tuple[Desk, tuple[str, ...]],
) -> None:
    desk, middle = lived
    plan = planned(desk, "without-the-fix", *middle)
    replayed(desk, plan)
    found = differs(desk, plan, "--limit", "9")
    assert {name: n for name, n in found["counts"].items() if n} == {
        "same": found["articles"] - len(LETTERS),
        "missing": len(LETTERS),
    }, found
    assert {e["url"] for e in found["examples"]} == {url(n) for n in LETTERS}


FOOT = "The Gazette is printed on the old quay every morning but Sunday."
TOUCHED = {3, 14, 15, 26, 39}


def with_foot(number: int) -> Sent:
    """An article that ends with a line that its publisher prints below many."""
    return article(number, content=text(number) + (f"\n\n{FOOT}" if number in TOUCHED else ""))


@pytest.fixture
def rule(tmp_path: Path) -> str:
    """A snapshot of furniture: the changed rule of cleaning."""
    path = tmp_path / "furniture.jsonl"
    line = {
        "domain": "gazette.example",
        "cut": "edge",
        "articles": 9,
        "of": 9,
        "days": 3,
        "text": FOOT.lower(),
    }
    rows = [{"format": "copydesk-furniture/1"}, line, {"end": True}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def ids_of(numbers: set[int], desk: Desk) -> set[bytes]:
    known = {r.event["url"]: r.key for r in desk.read("articles.cleaned")}
    return {known[url(n)] or b"" for n in numbers}


def test_a_changed_rule_shows_what_it_touches_and_promotion_decides_those_alone_once_more(
    kafka: Kafka, open_desk: MakeDesk, rule: str
) -> None:
    desk = open_desk(kafka, "ruled")
    kafka.send(desk.topic(RAW), [with_foot(n) for n in range(40)])
    desk.running(*STAGES)
    desk.settle()
    plan = planned(desk, "ruled", "--from", "2026-01-01", furniture=rule)
    replayed(desk, plan, furniture=rule)

    found = differs(desk, plan, "--limit", "9")
    assert {name: n for name, n in found["counts"].items() if n} == {"same": 35, "changed": 5}
    assert {e["url"] for e in found["examples"]} == {url(n) for n in TOUCHED}
    assert found["fields"] == {"text": 5, "content_hash": 5, "removed": 5, "values": 5}
    for example in found["examples"]:
        sides = example["fields"]["text"]
        assert sides["production"] == f"{sides['run']}\n\n{FOOT}"
    shown = desk.run("replay", "diff", str(plan), "--limit", "1").stdout
    assert "        5  changed" in shown
    assert "        5  content_hash" in shown
    assert "... and 4 more changed" in shown
    assert any(line.startswith("    production") and "old quay" in line for line in shown.splitlines())

    ends, before = kafka.ends(desk.topic("articles.enriched")), of_url(desk.read("articles.enriched"))
    dry = desk.run("replay", "promote", str(plan), "--dry-run")
    assert dry.stdout == "5 of 5 articles would be promoted\n"
    assert promoted(desk, plan).stdout.startswith("5 of 5 articles promoted\n")
    events = kafka.read(desk.topic("articles.enriched"), since=ends)
    assert {r.key for r in events} == ids_of(TOUCHED, desk)
    assert len(events) == len(TOUCHED)
    for record in events:
        was = before[record.event["url"]]
        assert (record.event["decision"], was["decision"]) == (2, 1)
        assert record.event["received_at"] == was["received_at"]
        assert FOOT not in record.event["text"]
        assert record.header("copydesk-replay") == json.loads(plan.read_text())["run"]

    assert differs(desk, plan)["counts"]["same"] == 40, "now production has it"
    ends = kafka.ends(desk.topic("articles.enriched"))
    assert promoted(desk, plan).stdout.startswith("0 of 0 articles promoted\n")
    forced = [r for r in desk.read("articles.tagged") if r.header("copydesk-force")]
    kafka.send(desk.topic("articles.tagged"), [Sent(r.value, r.key, r.headers) for r in forced], 0)
    desk.settle("dedup")
    assert kafka.read(desk.topic("articles.enriched"), since=ends) == [], "once a run and article"

    run_id = json.loads(plan.read_text())["run"]
    told = desk.run("explain", url(min(TOUCHED))).stdout
    history = [
        told.index(line)
        for line in (
            "decision 1: original, version 1",
            f"replay {run_id} was promoted: it is decided once more",
            "decision 2: original, version 2",
            f"unchanged: replay {run_id} was promoted, which changes nothing of it",
        )
    ]
    assert history == sorted(history)
    assert "it brought nothing new" not in told

    never = min(set(range(40)) - TOUCHED)
    [once] = [r for r in desk.read("articles.tagged") if r.key in ids_of({never}, desk)]
    other = json.dumps({**once.event, "headline": "As another replay has it"}, separators=(",", ":")).encode()
    forced_otherwise = Sent(other, once.key, (*once.headers, ("copydesk-force", b"another/2026-01-01")))
    kafka.send(desk.topic("articles.tagged"), [forced_otherwise], 0)
    desk.settle("dedup")
    assert promoted(desk, plan).stdout.startswith("1 of 1 articles promoted\nde-dup"), "it never was before"
    assert differs(desk, plan)["counts"]["same"] == 40

    assert desk.run("replay", "abort", run_id).returncode == 0
    assert not [name for name in kafka.topics() if run_id in name]
    keys = {r.key: r.value for r in desk.read("replay.progress")}
    assert set(keys.values()) == {None}

    replayed(desk, plan, furniture=rule)
    ends = kafka.ends(desk.topic("articles.enriched"))
    assert promoted(desk, plan, "--all").stdout.startswith("40 of 40 articles promoted\n")
    again = kafka.read(desk.topic("articles.enriched"), since=ends)
    assert len(again) == len({r.key for r in again}) == 40, "aborted and begun anew, it is promoted anew"
    desk.close()


def test_promotion_killed_with_its_dedup_worker_and_repeated_decides_each_article_once(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    desk, count = open_desk(kafka, "promoted-all"), 1_600
    kafka.send(desk.topic(RAW), articles(0, count))
    *_, dedup = desk.running(*STAGES)
    desk.settle()
    plan = planned(desk, "all", "--from", "2026-01-01")
    replayed(desk, plan)
    ends = kafka.ends(desk.topic("articles.tagged"))
    killed = desk.begun("replay", "promote", str(plan), "--all")
    wait_for("the first transaction", SECONDS, lambda: kafka.read(desk.topic("articles.tagged"), since=ends))
    killed.kill()
    dedup.kill()
    desk.running("dedup")
    promoted(desk, plan, "--all")
    assert len(kafka.read(desk.topic("articles.tagged"), since=ends)) == count
    again = promoted(desk, plan, "--all").stdout
    assert again.startswith(f"0 of {count:,} articles promoted\n{count:,} were promoted by an earlier call\n")
    told = desk.run("explain", url(0)).stdout
    assert f"decided again because replay {json.loads(plan.read_text())['run']} was promoted (" in told
    decisions = sorted(r.event["decision"] for r in desk.read("articles.enriched"))
    assert decisions == [1] * count + [2] * count
    desk.close()


def test_a_promotion_that_is_repeated_waits_for_what_an_earlier_one_has_sent(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    desk = open_desk(kafka, "promoted-unseen")
    kafka.send(desk.topic(RAW), articles(0, 10))
    plan = planned(desk, "unseen", "--from", "2026-01-01")
    replayed(desk, plan)
    assert desk.run("replay", "promote", str(plan), "--all").returncode == 0
    waited = desk.run("replay", "promote", str(plan), "--all", "--wait", "--within", "3")
    assert waited.returncode == 75, waited.stdout
    assert "is a dedup worker running?" in waited.stderr
    desk.running("dedup")
    assert promoted(desk, plan, "--all").stdout.splitlines()[1:] == [
        "10 were promoted by an earlier call",
        "de-duplication has decided all of them",
    ]
    assert len(desk.read("articles.enriched")) == 10
    desk.close()


def test_what_was_taken_away_stays_so_through_every_replay(
    kafka: Kafka, open_desk: MakeDesk, rule: str
) -> None:
    """Withdrawn and erased within the range, behind it, and after the run; promoted whole, and in place."""
    desk = open_desk(kafka, "stays-away")
    kafka.send(desk.topic(RAW), [with_foot(n) for n in range(40)])
    desk.running(*STAGES)
    desk.settle()
    end = offsets(kafka.ends(desk.topic(RAW)))

    def taken(withdrawn: int, erased: int) -> None:
        assert desk.run("withdraw", url(withdrawn)).returncode == 0
        assert desk.run("forget", "--yes", "--wait", url(erased)).returncode == 0
        desk.settle()

    taken(3, 4)
    start = ",".join(f"{p}:0" for p in range(PARTITIONS))
    inside = planned(desk, "inside", "--from", start, furniture=rule)
    behind = planned(desk, "behind", "--from", start, "--to", end, furniture=rule)
    tagged = planned(desk, "tagged", "--from", start, "--to", end, "--stages", "clean..tag", furniture=rule)
    for plan in (inside, behind):
        replayed(desk, plan, furniture=rule)
    taken(14, 16)
    gone = {(n, "withdrawn") for n in (3, 14)} | {(n, None) for n in (4, 16)}
    away = {next(iter(ids_of({n}, desk))): status for n, status in gone}

    def fate() -> dict[bytes, str | None]:
        """The last record of each: status, None where it is a null."""
        last = {r.key: r for r in desk.read("articles.enriched")}
        return {key: last[key].event["status"] if last[key].value is not None else None for key in away}

    assert fate() == away
    for plan in (inside, behind):
        found = differs(desk, plan)
        assert {name: n for name, n in found["counts"].items() if n} == {
            "same": 40 - 5,
            "changed": 3,
            "removed": 2,
        }, found
        told = promoted(desk, plan, "--all").stdout.splitlines()
        assert told[1] == "2 left out: withdrawn or erased since"
        desk.settle("dedup")
        assert fate() == away

    was = of_url(desk.read("articles.enriched"))
    done = desk.run("replay", "in-place", str(tagged), "--wait", seconds=SECONDS, furniture=rule)
    assert done.returncode == 0, done.stderr
    assert fate() == away
    now = of_url(desk.read("articles.enriched"))
    assert {u: e["received_at"] for u, e in now.items()} == {u: e["received_at"] for u, e in was.items()}
    usable = {u for u, event in now.items() if event["status"] == "usable"}
    assert {u for u in usable if now[u]["decision"] == was[u]["decision"] + 1} == usable
    sent = {r.key for r in desk.read("articles.tagged") if r.header("copydesk-force")}
    assert len(sent) == 40 - len(gone), "what was taken away does not lie on articles.tagged again"
    assert not sent & set(away)
    desk.close()


def test_a_run_whose_records_have_expired_is_refused_and_can_be_begun_anew(
    kafka: Kafka, open_desk: MakeDesk
) -> None:
    desk = open_desk(kafka, "expired-run")
    kafka.send(desk.topic(RAW), articles(0, 40))
    plan = planned(desk, "expired", "--from", "2026-01-01", "--keep", "2.5")
    replayed(desk, plan)
    run_id = json.loads(plan.read_text())["run"]
    own = desk.topic(f"replay.{run_id}.articles.tagged")
    admin = AdminClient({"bootstrap.servers": kafka.address})
    for name in (own, desk.topic(f"replay.{run_id}.articles.enriched")):
        [answer] = admin.describe_configs([ConfigResource("topic", name)]).values()
        configs = answer.result(30)
        assert (configs["cleanup.policy"].value, configs["retention.ms"].value) == ("delete", "216000000")
    for deleted in admin.delete_records([TopicPartition(own, 0, 30)]).values():
        deleted.result(30)  # as retention does
    for command in (("diff",), ("promote", "--dry-run"), ("promote", "--all")):
        done = desk.run("replay", command[0], str(plan), *command[1:])
        assert done.returncode == 66, done.stderr
        assert f"run {run_id} has expired: 30 of {kafka.ends(own)[0]} offsets of {own} deleted" in done.stderr
        assert "keeps records for 2.5 days" in done.stderr
        assert f"copydesk replay abort {run_id}" in done.stderr
    assert kafka.read(desk.topic("articles.tagged")) == []
    assert desk.run("replay", "abort", run_id).returncode == 0
    worker = desk.begun("replay", "run", str(plan), "--rate", "5", "--json")
    wait_for("its first articles", SECONDS, lambda: own in kafka.topics() and kafka.ends(own)[0])
    worker.kill()
    for deleted in admin.delete_records([TopicPartition(own, 0, 1)]).values():
        deleted.result(30)
    done = desk.run("replay", "run", str(plan))
    assert (done.returncode, f"run {run_id} has expired: 1 of " in done.stderr) == (66, True), done.stderr


def test_in_place_and_promotion_refuse_what_they_cannot_do(kafka: Kafka, open_desk: MakeDesk) -> None:
    desk = open_desk(kafka, "refused")
    kafka.send(desk.topic(RAW), articles(0, 5))
    desk.running(*STAGES)
    desk.settle()
    whole = planned(desk, "whole", "--from", "2026-01-01T00:00")
    assert "has not begun" in desk.run("replay", "diff", str(whole)).stderr
    assert desk.run("replay", "promote", str(whole)).returncode == 78
    assert desk.run("replay", "in-place", str(whole)).returncode == 2
    cleaned = planned(desk, "cleaned", "--from", "2026-01-01T00:00", "--stages", "clean")
    replayed(desk, cleaned)
    done = desk.run("replay", "promote", str(cleaned))
    assert (done.returncode, "only tagged articles are promoted" in done.stderr) == (78, True)
    tagged = planned(desk, "tagged", "--from", "2026-11-20T00:00", "--stages", "clean..tag")
    old = json.loads(tagged.read_text())
    old["removals_since"] -= 30 * 24 * 3_600_000
    tagged.write_text(json.dumps(old))
    ends = kafka.ends(desk.topic("articles.tagged"))
    done = desk.run("replay", "in-place", str(tagged))
    assert (done.returncode, "would be judged originals" in done.stderr) == (78, True)
    assert kafka.ends(desk.topic("articles.tagged")) == ends
    desk.close()
