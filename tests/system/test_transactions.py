"""Invariants I1 and I3 on a real Kafka: one live writer, and its outputs, its log and its offsets as one.

A reader of articles.enriched sees every decision once, whatever happens to the workers. The other invariants
are in tests/dedup/test_laws.py.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.system import plug
from tests.system.conftest import MakeDesk
from tests.system.desk import START_SECONDS, Desk, Worker, alive
from tests.system.families import Family, all_decisions, copy_of, family, identity, interleaved
from tests.system.kafka import Kafka, Record, Sent, wait_for

PLUGS = Path(next(iter(plug.__path__)))
# Small batches, so that there is a transaction before each fault and one after it; Kafka's shortest session.
SMALL: dict[str, Any] = {"poll_records": 20, "session_seconds": 6}
FAMILIES = 50
BEHIND = 20  # late originals come some batches after their copies
ENDED_SECONDS = 60.0


def decisions(desk: Desk) -> list[tuple[str, int, str, str | None]]:
    """What a reader sees, as Family.decisions."""
    seen = [record.event for record in desk.read("articles.enriched")]
    return sorted(
        ((e["id"], e["decision"], e["duplicate"]["relation"], e["duplicate"].get("of")) for e in seen),
        key=lambda decision: decision[:2],
    )


def in_order(records: list[Record]) -> bool:
    """Whether the decisions about each id rise."""
    latest: dict[str, int] = {}
    for event in (record.event for record in records):
        if event["decision"] != latest.get(event["id"], 0) + 1:
            return False
        latest[event["id"]] = event["decision"]
    return True


@dataclass(slots=True)
class Faults:
    """One domain whose workers were struck one after another, and what a reader saw behind each."""

    desk: Desk
    families: list[Family]
    frozen: Worker
    heir: Worker
    hidden: dict[str, list[bytes | None]]  # fault -> keys that were sent and could not be read


def struck(desk: Desk, moment: str, number: signal.Signals, patch: pytest.MonkeyPatch) -> Worker:
    """A worker that has sent itself a signal at this moment of its second transaction."""
    patch.setenv("PLUG_MOMENT", moment)
    patch.setenv("PLUG_SIGNAL", str(int(number)))
    worker = desk.worker("dedup", plug=PLUGS / "transaction", **SMALL)
    if number == signal.SIGSTOP:
        wait_for("it is frozen", START_SECONDS, lambda: stopped(worker))
    else:
        assert worker.wait(START_SECONDS) == -number
    assert desk.behind("dedup"), "it was done already: this test needs more articles"
    return worker


def stopped(worker: Worker) -> bool:
    assert worker.process.poll() is None
    stat = Path(f"/proc/{worker.process.pid}/stat").read_text()
    return stat.rpartition(")")[2].split()[0] == "T"


def unseen(desk: Desk) -> list[bytes | None]:
    """The keys of what was sent and cannot be read as committed."""
    seen = {(r.partition, r.offset) for r in desk.read("articles.enriched")}
    written = desk.read("articles.enriched", committed=False)
    return [record.key for record in written if (record.partition, record.offset) not in seen]


@pytest.fixture(scope="module")
def faults(kafka: Kafka, open_desk: MakeDesk, tagged: list[Sent]) -> Iterator[Faults]:
    desk = open_desk(kafka, "faults")
    families = [family(article) for article in tagged[:FAMILIES]]
    desk.kafka.send(desk.topic("articles.tagged"), interleaved(families, BEHIND), partition=0)
    hidden = {}
    with pytest.MonkeyPatch.context() as patch:
        frozen = struck(desk, "sent", signal.SIGSTOP, patch)
        hidden["frozen before its commit"] = unseen(desk)
        struck(desk, "sent", signal.SIGKILL, patch)
        hidden["killed before its commit"] = unseen(desk)
        struck(desk, "committed", signal.SIGKILL, patch)
        hidden["killed after its commit"] = unseen(desk)
    [heir] = desk.running("dedup", **SMALL)
    desk.settle("dedup")
    frozen.process.send_signal(signal.SIGCONT)
    frozen.wait(ENDED_SECONDS)
    yield Faults(desk, families, frozen, heir, hidden)
    desk.close()


def test_what_was_sent_in_a_transaction_that_never_ended_is_not_seen(faults: Faults) -> None:
    frozen, killed, after = faults.hidden.values()
    assert frozen
    assert len(killed) > len(frozen), "the second worker has sent something too"
    assert len(after) == len(killed), "and all that the third had sent is seen"


def test_every_decision_is_seen_once_and_in_its_order(faults: Faults) -> None:
    assert decisions(faults.desk) == all_decisions(faults.families)
    assert in_order(faults.desk.read("articles.enriched"))


def test_a_frozen_writer_that_wakes_up_in_its_commit_is_fenced_and_ends(faults: Faults) -> None:
    assert faults.frozen.process.returncode == 75
    [line] = faults.frozen.logged("stopping")
    assert "another worker has taken" in line["reason"]
    assert not alive(faults.frozen.process.pid)


def test_the_last_worker_remembers_what_all_have_decided(faults: Faults) -> None:
    """Folded from the log, the memory is that of a worker that was never struck."""
    [worker, desk] = [faults.heir, faults.desk]
    unchanged = ("copydesk_stage_records_total", "unchanged", "dedup")
    before = worker.metrics().get(unchanged, 0)
    known = [sent for one in faults.families for sent in (one.first, one.copy, one.late)]
    newcomers = [copy_of(one.first, "newcomer", hours=2) for one in faults.families]
    desk.kafka.send(desk.topic("articles.tagged"), [*known, *newcomers], partition=0)
    desk.settle("dedup")
    assert worker.metrics()[unchanged] - before == len(known)
    expected = [
        *all_decisions(faults.families),
        *(
            (identity(n), 1, "exact", identity(f.late))
            for n, f in zip(newcomers, faults.families, strict=True)
        ),
    ]
    assert decisions(desk) == sorted(expected, key=lambda decision: decision[:2])


def test_lost_offsets_lose_and_repeat_nothing(faults: Faults) -> None:
    """The log says what was applied; Kafka's committed offset is a hint."""
    desk = faults.desk
    assert faults.heir.terminate() == 0
    before = desk.read("articles.enriched")
    group = f"{desk.name}.dedup"
    wait_for("the group is empty", START_SECONDS, lambda: desk.kafka.members(group) == 0)
    desk.kafka.forget(group)
    read = desk.behind("dedup")
    late = copy_of(faults.families[0].first, "latecomer", hours=3)
    desk.kafka.send(desk.topic("articles.tagged"), [late], partition=0)
    [worker] = desk.running("dedup", **SMALL)
    desk.settle("dedup")
    after = desk.read("articles.enriched")
    [new] = [record for record in after if record not in before]
    assert len(after) == len(before) + 1
    assert (new.event["id"], new.event["decision"]) == (identity(late), 1)
    assert new.event["duplicate"]["of"] == identity(faults.families[0].late)
    assert worker.metrics()["copydesk_stage_records_total", "repeated", "dedup"] == read


def test_a_worker_that_joins_and_leaves_while_records_flow_costs_no_decision(
    kafka: Kafka, open_desk: MakeDesk, tagged: list[Sent]
) -> None:
    desk = open_desk(kafka, "flowing", dedup_domains="en=0,*=1", **SMALL)
    families = [family(article) for article in tagged[FAMILIES:]]
    sent: list[Family] = []

    def flow(count: int = 4) -> None:
        """Some more families, by turns to the two domains."""
        more = families[len(sent) : len(sent) + count]
        assert len(more) == count, "this test needs more articles"
        for domain in (0, 1):
            records = interleaved(more[domain::2], BEHIND)
            desk.kafka.send(desk.topic("articles.tagged"), records, partition=domain)
        sent.extend(more)

    def flowing(what: str, until: Callable[[], object]) -> None:
        def step() -> object:
            if desk.behind("dedup") < 2 * SMALL["poll_records"]:
                flow()
            return until()

        wait_for(what, START_SECONDS, step)

    def decides(worker: Worker) -> bool:
        return (
            worker.ready()
            and worker.metrics().get(("copydesk_stage_records_total", "output", "dedup"), 0) > 0
        )

    first = desk.worker("dedup")
    flowing("the first decides", lambda: decides(first))
    second = desk.worker("dedup")
    flowing("the second decides", lambda: decides(second))
    flow()
    assert second.terminate() == 0
    first_had = first.metrics()["copydesk_stage_records_total", "output", "dedup"]
    flow(40)
    desk.settle("dedup")
    assert first.metrics()["copydesk_stage_records_total", "output", "dedup"] > first_had
    assert first.terminate() == 0
    assert decisions(desk) == all_decisions(sent)
    assert {record.partition for record in desk.read("articles.tagged")} == {0, 1}
