"""kill -9 in the middle of the work, then another start: nothing lost, every repetition the same bytes."""

from __future__ import annotations

import signal
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, START_SECONDS, Desk, Worker, alive
from tests.system.generated import articles
from tests.system.kafka import Kafka, Record, wait_for
from tests.system.plug import sitecustomize as plug

SLOW = Path(plug.__file__).parent / "slow"
ARTICLES = 1_800
OUTPUT = {"clean": "articles.cleaned", "tag": "articles.tagged", "dedup": "articles.enriched"}
# Small batches, so that a kill finds work half done; the shortest session that Kafka allows.
SMALL = {"poll_records": 40, "session_seconds": 6}
REPEATED = 30  # records of each partition that are read again, as after a commit that got lost


@pytest.fixture(scope="module")
def night(kafka: Kafka, open_desk: MakeDesk) -> Iterator[Desk]:
    """A desk with a backlog and no workers."""
    desk = open_desk(kafka, "night", **SMALL)
    kafka.send(desk.topic("articles.raw"), articles(0, ARTICLES))
    yield desk
    desk.close()


def fed(desk: Desk, stage: str) -> None:
    """Lets the stages before this one finish, where they have not."""
    for earlier in list(STAGES)[: list(STAGES).index(stage)]:
        if desk.behind(earlier):
            [worker] = desk.running(earlier)
            desk.settle(earlier)
            worker.terminate()


def killed_half_way(desk: Desk, stage: str) -> Worker:
    worker = desk.worker(stage, plug=SLOW)

    def half_way() -> bool:
        assert worker.process.poll() is None
        return 0 < desk.behind(stage) < ARTICLES - 100

    wait_for(f"{stage} is in the middle", START_SECONDS, half_way)
    worker.process.send_signal(signal.SIGSTOP)  # not a record more, while we look
    family = worker.family()
    worker.kill()
    assert desk.behind(stage), "it was done already: this test needs more articles"
    wait_for("its stage processes are gone", 10, lambda: not any(map(alive, family)))
    return worker


def committed_records(desk: Desk, stage: str) -> list[Record]:
    """The input of a stage before the offsets that it has committed."""
    committed = desk.kafka.committed(f"{desk.name}.{stage}")
    topic = desk.topic(STAGES[stage])
    return [r for r in desk.read(STAGES[stage]) if r.offset < committed.get((topic, r.partition), 0)]


def source(record: Record, topic: str) -> str:
    return record.header("copydesk-source") or f"{topic}/{record.partition}/{record.offset}"


def sources(desk: Desk, name: str) -> list[str]:
    return [source(record, desk.topic(name)) for record in desk.read(name)]


@pytest.mark.parametrize("stage", STAGES)
def test_nothing_is_lost_or_changed_by_kill_9_and_a_start(night: Desk, stage: str) -> None:
    fed(night, stage)
    killed_half_way(night, stage)
    done = {source(record, night.topic(STAGES[stage])) for record in committed_records(night, stage)}
    assert done <= set(sources(night, OUTPUT[stage])), "committed past what was delivered"

    group = f"{night.name}.{stage}"
    wait_for("Kafka has noticed", 20, lambda: night.kafka.members(group) == 0)
    offsets = night.kafka.committed(group)
    night.kafka.rewind(group, {tp: max(0, offset - REPEATED) for tp, offset in offsets.items()})
    [again] = night.running(stage)
    night.settle(stage)
    assert again.terminate() == 0

    copies = defaultdict(list)
    for record in night.read(OUTPUT[stage]):
        copies[source(record, "")].append(record)
    assert copies.keys() == set(sources(night, STAGES[stage]))
    if stage == "dedup":
        assert all(len(records) == 1 for records in copies.values())
        assert len({(r.event["id"], r.event["decision"]) for r in night.read(OUTPUT[stage])}) == len(copies)
        return
    assert any(len(records) > 1 for records in copies.values()), (
        "nothing was repeated: this test shows nothing"
    )
    for records in copies.values():
        assert len({(r.key, r.value, r.headers) for r in records}) == 1
