"""`copydesk replay diff`, `promote` and `in-place` on a real Kafka, as consumers of articles.enriched see it."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, Desk
from tests.system.generated import WORDS, article, articles, text, url
from tests.system.kafka import Kafka, Record, Sent, wait_for

RAW = "articles.raw"
SECONDS = 300.0
PARTITIONS = 4
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


def dated(number: int, day: int, content: str | None = None) -> Sent:
    """An English or, each third, a German article, published on a day of November."""
    own = german(number) if number % 3 == 0 else text(number)
    language = "de" if number % 3 == 0 else "en"
    when = f"2026-11-{day:02}T12:00:00Z"
    return article(number, content=content or own, published_at=when, language=language)


def body(number: int) -> str:
    return german(number) if number % 3 == 0 else text(number)


def before_the_range() -> list[Sent]:
    return [dated(n, 15) for n in range(60)]


def of_the_range() -> list[Sent]:
    """New ones, copies, revisions, repeats, and originals that come after their copies."""
    return [
        *(dated(n, 16) for n in range(100, 160)),
        *(dated(n + 1_000, 17, body(n)) for n in range(0, 30, 2)),  # of what came before
        *(dated(n + 1_002, 17, body(n)) for n in range(100, 130, 3)),
        *(dated(n + 2_000, 10, body(n)) for n in range(0, 20, 5)),  # older than what it is copied in
        *(dated(n + 2_000, 10, body(n)) for n in range(100, 150, 7)),
        *(dated(n, 16, body(n + 500)) for n in (1, 2, 101, 102)),  # another text
        *(dated(n, 16) for n in (3, 4, 103)),  # the same once more
    ]


def after_the_range() -> list[Sent]:
    """What makes production go on: older originals, copies and revisions of what the range holds."""
    return [
        *(dated(n + 3_000, 5, body(n)) for n in range(0, 20, 5)),
        *(dated(n + 3_000, 5, body(n)) for n in range(100, 150, 7)),
        *(dated(n, 16, body(n + 900)) for n in (105, 106, 5)),
        *(dated(n + 4_000, 18, body(n)) for n in range(100, 160, 9)),
    ]


def offsets(ends: dict[int, int]) -> str:
    return ",".join(f"{partition}:{offset}" for partition, offset in sorted(ends.items()))


def planned(desk: Desk, name: str, *options: str) -> Path:
    path = desk.folder / f"{name}.json"
    done = desk.run("replay", "plan", "--out", str(path), *options)
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
    return {r.event["url"]: r.event for r in records if r.value is not None}


@pytest.fixture(scope="module")
def lived(kafka: Kafka, open_desk: MakeDesk) -> Iterator[Desk]:
    """Two domains, and a stream whose middle is replayed; `middle` are its offsets."""
    desk = open_desk(kafka, "lived-on", dedup_domains="en=0,*=1")
    desk.running(*STAGES)
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
    desk.settings["middle"] = ""
    middle[desk.name] = ("--from", ends[0], "--to", ends[1])
    del desk.settings["middle"]
    yield desk
    desk.close()


middle: dict[str, tuple[str, ...]] = {}


def test_the_same_versions_over_the_same_range_give_nothing_but_same(lived: Desk) -> None:
    """With copies, revisions, originals that come late in the range and behind it, and withdrawals."""
    plan = planned(lived, "same", *middle[lived.name])
    replayed(lived, plan)
    found = differs(lived, plan, "--limit", "3")
    print(
        json.dumps(found["examples"], indent=1),
        [
            (e.get("url"), e["id"], e.get("duplicate", {}).get("of"), e.get("status"))
            for e in of_url(lived.read("articles.enriched")).values()
        ],
    )
    assert found["counts"] == {**dict.fromkeys(found["counts"], 0), "same": found["articles"]}, found
    assert found["articles"] >= 100
    relations = {
        event["duplicate"]["relation"]
        for event in of_url(lived.read("articles.enriched")).values()
        if "duplicate" in event
    }
    assert relations == {"original", "exact"}, "the stream has copies"
    ends = lived.kafka.ends(lived.topic("articles.tagged"))
    assert promoted(lived, plan).stdout.startswith("0 of 0 articles promoted")
    assert lived.kafka.ends(lived.topic("articles.tagged")) == ends
