"""Workers that come and go: two share the work, a second dedup takes over from one that is dead or frozen."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.system.desk import START_SECONDS, Desk, Worker
from tests.system.generated import articles, url
from tests.system.kafka import Sent, wait_for
from tests.system.plug import sitecustomize as plug

# Small batches, so that work is half done when it is disturbed; the shortest session that Kafka allows.
SMALL: dict[str, Any] = {"poll_records": 5, "session_seconds": 6}
PLUGS = Path(plug.__file__).parent
SUSPENDED, SLOW = PLUGS / "suspended", PLUGS / "slow"
FEW = 5


def progressing(desk: Desk, stage: str, worker: Worker) -> bool:
    """Whether a stage has begun and is not done."""
    assert worker.process.poll() is None
    topic = desk.topic({"clean": "articles.raw", "dedup": "articles.tagged"}[stage])
    total = sum(desk.kafka.ends(topic).values())
    return 0 < desk.behind(stage) < total


def decisions(desk: Desk) -> list[tuple[str, int]]:
    return [(record.event["id"], record.event["decision"]) for record in desk.read("articles.enriched")]


def test_two_workers_share_a_topic_and_leave_it_without_a_loss(desk: Desk) -> None:
    raw, group = desk.topic("articles.raw"), f"{desk.name}.clean"
    [first] = desk.running("clean", poll_records=50)
    desk.kafka.send(raw, articles(0, 600))
    second = desk.worker("clean", poll_records=50)
    wait_for("both are members", START_SECONDS, lambda: desk.kafka.members(group) == 2)
    wait_for("the second has partitions", START_SECONDS, second.ready)
    desk.kafka.send(raw, articles(600, 600))
    wait_for(
        "the second has cleaned", 60, lambda: second.metrics()["copydesk_records_consumed_total", "clean"]
    )
    assert first.terminate() == 0
    desk.kafka.send(raw, articles(1200, 300))
    desk.settle("clean")
    assert second.terminate() == 0
    assert len({record.key for record in desk.read("articles.cleaned")}) == 1500
    assert not desk.read("articles.deadletter")


@pytest.mark.parametrize("stage", ["clean", "dedup"])
def test_sigterm_under_load_exits_0_and_commits_what_is_out_and_nothing_else(
    desk: Desk, tagged: list[Sent], stage: str
) -> None:
    name, out = {
        "clean": ("articles.raw", "articles.cleaned"),
        "dedup": ("articles.tagged", "articles.enriched"),
    }[stage]
    backlog = articles(0, 1500) if stage == "clean" else tagged
    desk.kafka.send(desk.topic(name), backlog, partition=0)
    # A transaction of de-duplication takes what waits, but no more than so many records.
    worker = desk.worker(
        stage, plug=SLOW, poll_records=30 if stage == "clean" else 5, inflight_bytes=100_000, drain_seconds=15
    )
    wait_for("it is in the middle", START_SECONDS, lambda: progressing(desk, stage, worker))
    assert (worker.terminate(22), worker.logged("stopping"), worker.logged("did not stop")) == (0, [], [])
    assert desk.behind(stage), "it was done already: this test needs more articles"
    committed = desk.kafka.committed(f"{desk.name}.{stage}")[desk.topic(name), 0]
    assert len(desk.read(out)) == committed


def test_a_second_dedup_worker_takes_over_from_a_killed_one(desk: Desk, tagged: list[Sent]) -> None:
    first = desk.worker("dedup", plug=SLOW, **SMALL)
    desk.kafka.send(desk.topic("articles.tagged"), tagged)
    second = desk.worker("dedup", plug=SLOW, **SMALL)
    working = wait_for("one of them works", START_SECONDS, lambda: decided(first, second))
    assert working is not None
    assert desk.behind("dedup"), "it was done already: this test needs more articles"
    working.kill()
    desk.settle("dedup")
    other = second if working is first else first
    assert other.ready()
    assert sorted(decisions(desk)) == sorted({((t.key or b"").decode(), 1) for t in tagged})


def decided(*workers: Worker) -> Worker | None:
    """The worker that has decided something."""
    name = ("copydesk_stage_records_total", "output", "dedup")
    return next((worker for worker in workers if worker.address() and worker.metrics().get(name)), None)


def has_ended(worker: Worker) -> bool:
    return worker.process.poll() is not None


def test_a_frozen_dedup_worker_that_wakes_up_decides_nothing_twice(desk: Desk, tagged: list[Sent]) -> None:
    desk.kafka.send(desk.topic("articles.tagged"), tagged)
    zombie = desk.worker("dedup", plug=SLOW, **SMALL)
    wait_for("it is in the middle", START_SECONDS, lambda: progressing(desk, "dedup", zombie))
    zombie.process.send_signal(signal.SIGSTOP)
    assert desk.behind("dedup"), "it was done already: this test needs more articles"

    [heir] = desk.running("dedup", **SMALL)
    desk.settle("dedup")
    zombie.process.send_signal(signal.SIGCONT)
    # In the middle of a transaction it is fenced and ends (test_transactions.py freezes it there); between
    # two it may also find that it has lost its partition, and join again.
    group = f"{desk.name}.dedup"
    wait_for("it ends or joins again", 60, lambda: has_ended(zombie) or desk.kafka.members(group) == 2)
    if has_ended(zombie):
        assert zombie.process.returncode == 75
        assert zombie.logged("stopping"), "it says why"

    desk.kafka.send(desk.topic("articles.tagged"), tagged[:100])
    desk.settle("dedup")
    wait_for("one of them is well", 30, lambda: heir.ready() or (not has_ended(zombie) and zombie.ready()))
    assert sorted(decisions(desk)) == sorted({((t.key or b"").decode(), 1) for t in tagged})


def test_what_is_fetched_while_partitions_are_handed_out_is_read_where_nothing_was_ever_committed(
    desk: Desk,
) -> None:
    desk.running("clean", plug=SUSPENDED)
    for first in (0, FEW):  # later records must not make the group pass over the first
        desk.kafka.send(desk.topic("articles.raw"), articles(first, FEW), partition=0)
        desk.settle("clean")
    cleaned = {record.event["url"] for record in desk.read("articles.cleaned")}
    assert cleaned == set(map(url, range(2 * FEW)))
