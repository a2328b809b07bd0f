"""A worker refuses a dedup log that was written under other rules; a rebuild makes the next epoch of it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from tests.system.conftest import MakeDesk
from tests.system.desk import START_SECONDS, Desk, Worker
from tests.system.generated import WORDS, article, articles
from tests.system.kafka import Kafka, Record, Sent, wait_for
from tests.system.plug import sitecustomize as plug

PLUGS = Path(plug.__file__).parent
NEXT_RULE, KILLED = PLUGS / "next_rule", PLUGS / "killed_rebuild"
REBUILD_SECONDS = 120
SPLIT = "en=0,*=1"


def rebuild(desk: Desk, *options: str, **more: Any) -> tuple[int, str]:
    """Exit code and what it says."""
    done = desk.run("dedup", "rebuild", *options, seconds=REBUILD_SECONDS, **more)
    return done.returncode, done.stderr


def refusal(worker: Worker) -> str:
    """Why a worker does not start."""
    assert worker.wait() == 78
    [told] = [line for line in worker.log() if line["event"] == "not started"]
    return str(told["reason"])


def decided(desk: Desk, tagged: list[Sent], **settings: Any) -> None:
    """The records decided by a dedup worker that has ended."""
    desk.kafka.send(desk.topic("articles.tagged"), tagged, partition=0)
    [worker] = desk.running("dedup", **settings)
    desk.settle("dedup")
    assert worker.terminate() == 0


def events(desk: Desk) -> list[tuple[str, int, int]]:
    """(id, version, decision) of every event."""
    found = [((r.key or b"").decode(), r.event) for r in desk.read("articles.enriched")]
    return [(key, event["version"]["number"], event["decision"]) for key, event in found]


def ends(desk: Desk) -> dict[str, dict[int, int]]:
    return {name: desk.kafka.ends(desk.topic(name)) for name in ("dedup.index.e0", "articles.tagged")}


# ---- another domain table, through all stages


def german(number: int, sentences: int = 12) -> str:
    stream = hashlib.shake_128(b"Artikel %d" % number).digest(8 * sentences)
    nouns = [WORDS[byte % len(WORDS)].capitalize() for byte in stream]
    return "\n\n".join(
        f"Der {a} und die {b} haben am Montag nicht mit {c} und {d} über das {e} gesprochen, weil sie noch "
        f"auf {f}, {g} und {h} warten."
        for a, b, c, d, e, f, g, h in zip(*[iter(nouns)] * 8, strict=True)
    )


def bericht(number: int, *, text: str = "", hours_ago: float = 3) -> Sent:
    published = (datetime.now(UTC) - timedelta(hours=hours_ago)).isoformat(timespec="seconds")
    return article(
        number,
        url=f"https://zeitung.example/{number}-bericht",
        content=text or german(number),
        headline=f"Bericht {number}",
        language="de",
        published_at=published,
    )


class Split:
    """English and German articles decided as one domain, then as two; `first` and `later` are what
    articles.enriched got before and after the rebuild.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        raw, before = desk.topic("articles.raw"), [*articles(0, 15), *map(bericht, range(20, 35))]
        stages = desk.running("clean", "tag", "dedup")
        desk.kafka.send(raw, before)
        desk.settle()
        assert [worker.terminate() for worker in stages] == [0, 0, 0]
        self.first = desk.read("articles.enriched")

        self.refused = refusal(desk.worker("dedup", dedup_domains=SPLIT))
        untouched = ends(desk)
        self.dry = rebuild(desk, "--dry-run", dedup_domains=SPLIT)
        self.dry_run_wrote = ends(desk) != untouched
        self.done = rebuild(desk, dedup_domains=SPLIT)
        self.closed = refusal(desk.worker("dedup"))

        now: dict[str, Any] = {"dedup_domains": SPLIT, "dedup_epoch": 1}
        desk.running("clean", "tag", "dedup", **now)
        desk.kafka.send(raw, before)
        desk.settle()
        self.repeated = desk.read("articles.enriched")[len(self.first) :]
        desk.kafka.send(raw, [bericht(50, text=german(21, 11) + "\n\n" + german(50, 1), hours_ago=1)])
        desk.kafka.send(raw, [bericht(51, text=german(22), hours_ago=9)])
        desk.settle()
        known = {(r.partition, r.offset) for r in self.first}
        self.later = [r for r in desk.read("articles.enriched") if (r.partition, r.offset) not in known]

    def id_of(self, number: int, records: list[Record]) -> str:
        url = f"https://zeitung.example/{number}-bericht"
        return str(next(r.event["id"] for r in records if r.event["url"] == url))


@pytest.fixture(scope="module")
def split(kafka: Kafka, open_desk: MakeDesk) -> Iterator[Split]:
    desk = open_desk(kafka, "split")
    yield Split(desk)
    desk.close()


def test_a_worker_with_another_domain_table_is_refused_and_told_what_to_do(split: Split) -> None:
    assert "log says domain table" in split.refused
    assert "copydesk dedup rebuild" in split.refused
    assert "COPYDESK_DEDUP_EPOCH=1" in split.refused


def test_a_dry_run_says_what_would_be_and_writes_nothing(split: Split) -> None:
    code, said = split.dry
    assert code == 0
    assert "epoch 1: 30 records read, 30 articles" in said
    assert "articles by partition: 15, 15" in said
    assert not split.dry_run_wrote


def test_a_rebuild_makes_the_partitions_and_says_how_to_go_on(split: Split) -> None:
    code, said = split.done
    assert code == 0
    assert "split.dedup.index.e1: created with 2 partitions" in said
    assert "split.articles.tagged: now 2 partitions" in said
    assert "30 articles" in said
    assert "COPYDESK_DEDUP_EPOCH=1" in said


def test_the_old_epoch_is_closed(split: Split) -> None:
    assert "epoch 0 is closed, epoch 1 has taken over: set COPYDESK_DEDUP_EPOCH=1" in split.closed


def test_a_repeat_after_a_rebuild_changes_nothing(split: Split) -> None:
    assert len(split.first) == 30
    assert split.repeated == []


def test_a_near_copy_of_an_article_of_the_old_partition_links_to_it(split: Split) -> None:
    [copy] = [r for r in split.later if r.event["url"].endswith("/50-bericht")]
    assert copy.event["duplicate"]["relation"] == "near"
    assert copy.event["duplicate"]["of"] == split.id_of(21, split.first)


def test_a_late_original_relinks_a_child_whose_bytes_lie_in_the_old_partition(split: Split) -> None:
    [again] = [r for r in split.later if r.event["url"].endswith("/22-bericht")]
    [was] = [r for r in split.first if r.key == again.key]
    assert again.event["text"] == was.event["text"]
    assert again.event["duplicate"]["relation"] == "exact"
    assert again.event["duplicate"]["of"] == split.id_of(51, split.later)
    assert (was.event["decision"], again.event["decision"]) == (1, 2)
    assert len(split.later) == 3


# ---- another rule


def test_a_worker_of_another_rule_is_refused_until_the_rebuild_and_then_decides_nothing_twice(
    desk: Desk, tagged: list[Sent]
) -> None:
    decided(desk, tagged[:200])
    told = refusal(desk.worker("dedup", plug=NEXT_RULE))
    assert "log says rule version 2, this worker has 3" in told

    assert rebuild(desk, plug=NEXT_RULE)[0] == 0
    desk.kafka.send(desk.topic("articles.tagged"), tagged[:250], partition=0)
    desk.running("dedup", plug=NEXT_RULE, dedup_epoch=1)
    desk.settle("dedup")
    assert sorted(events(desk)) == sorted(((t.key or b"").decode(), 1, 1) for t in tagged[:250])


def test_what_waits_to_be_decided_is_left_to_the_worker(desk: Desk, tagged: list[Sent]) -> None:
    decided(desk, tagged[:100])
    desk.kafka.send(desk.topic("articles.tagged"), tagged[100:200], partition=0)
    code, said = rebuild(desk, plug=NEXT_RULE)
    assert code == 0
    assert "epoch 1: 100 records read, 100 articles" in said
    desk.running("dedup", plug=NEXT_RULE, dedup_epoch=1)
    desk.settle("dedup")
    assert len(events(desk)) == 200


def test_what_waits_is_refused_where_another_domain_table_would_misplace_it(
    desk: Desk, tagged: list[Sent]
) -> None:
    decided(desk, tagged[:20])
    desk.kafka.send(desk.topic("articles.tagged"), tagged[20:30], partition=0)
    code, said = rebuild(desk, dedup_domains=SPLIT)
    assert code == 78
    assert f"10 records of {desk.name}.articles.tagged wait to be decided" in said


# ---- what must not be


def test_a_rebuild_beside_a_running_worker_is_refused_and_names_it(desk: Desk, tagged: list[Sent]) -> None:
    desk.kafka.send(desk.topic("articles.tagged"), tagged[:20], partition=0)
    [worker] = desk.running("dedup")
    desk.settle("dedup")
    code, said = rebuild(desk)
    assert code == 78
    assert f"{desk.name}.dedup has members: " in said
    assert rebuild(desk, "--dry-run")[0] == 0
    assert worker.ready()
    assert worker.terminate() == 0, "nothing has fenced it"


def test_a_rebuild_that_was_killed_changes_nothing_and_can_be_done_again(
    desk: Desk, tagged: list[Sent]
) -> None:
    decided(desk, tagged[:200])
    assert rebuild(desk, plug=KILLED)[0] == -9
    assert sum(desk.kafka.ends(desk.topic("dedup.index.e1")).values()), "it was in the middle"
    assert "rebuild of epoch 1 did not end" in refusal(desk.worker("dedup", dedup_epoch=1))
    decided(desk, tagged[:210])  # on the old epoch

    code, said = rebuild(desk)
    assert code == 78
    assert "--overwrite" in said
    code, said = rebuild(desk, "--overwrite")
    assert code == 0
    assert "210 articles" in said
    decided(desk, tagged[:220], dedup_epoch=1)
    assert sorted(events(desk)) == sorted(((t.key or b"").decode(), 1, 1) for t in tagged[:220])

    code, said = rebuild(desk, "--overwrite")
    assert code == 78
    assert "is whole" in said
    assert rebuild(desk, dedup_epoch=1)[0] == 0, "the next one"


def test_an_epoch_that_was_never_built_is_refused(desk: Desk, tagged: list[Sent]) -> None:
    decided(desk, tagged[:20])
    wait_for(
        "the topics", START_SECONDS, lambda: desk.run("topics", "--create", dedup_epoch=4).returncode == 0
    )
    assert "epoch 4 was never built" in refusal(desk.worker("dedup", dedup_epoch=4))


def test_a_log_that_is_lost_is_rebuilt_from_the_groups_offsets_and_what_was_emitted(
    desk: Desk, tagged: list[Sent]
) -> None:
    decided(desk, tagged[:50])
    asyncio.run(deleted(desk.kafka, desk.topic("dedup.index.e0")))
    wait_for("it is gone", START_SECONDS, lambda: "is missing" in desk.run("topics").stdout)
    wait_for("a new one", START_SECONDS, lambda: desk.run("topics", "--create").returncode == 0)
    assert "epoch 0 was never built" in refusal(desk.worker("dedup"))

    code, said = rebuild(desk)
    assert code == 0
    assert "was never written: going by the offsets" in said
    renewed = other_text(tagged[0], tagged[300])
    desk.kafka.send(desk.topic("articles.tagged"), [*tagged[:50], renewed], partition=0)
    desk.running("dedup", dedup_epoch=1)
    desk.settle("dedup")
    told = [((t.key or b"").decode(), 1, 1) for t in tagged[:50]]
    assert sorted(events(desk)) == sorted([*told, (told[0][0], 2, 2)])


def other_text(sent: Sent, other: Sent) -> Sent:
    """An article with the fingerprint of another, as its second version has."""
    return Sent(other.value, sent.key, other.headers)


async def deleted(kafka: Kafka, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.address)
    await admin.start()
    try:
        await admin.delete_topics([topic])
    finally:
        await admin.close()
