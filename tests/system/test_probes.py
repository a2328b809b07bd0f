"""What the probes say while something is wrong: each tells the truth of its worker."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from streams.shell.stage_watch import PATIENCE
from tests.system.conftest import MakeDesk
from tests.system.desk import START_SECONDS, Desk, Worker
from tests.system.generated import articles
from tests.system.kafka import Broker, Kafka, Sent, wait_for
from tests.system.plug import sitecustomize as plug

PLUG = Path(plug.__file__).parent
SESSION_SECONDS = 6  # the least that Kafka allows
STALL_SECONDS = 10
STAGE_SECONDS = 8
LOADING = "records cannot be delivered, or the memory is being loaded"
TOLD_SECONDS = 40  # a request that nobody answers, and the watchdog's look


def says(worker: Worker, status: int, why: str) -> bool:
    """Whether /readyz says this; fails where the worker is not live meanwhile."""
    assert worker.process.poll() is None, f"{worker.name} ended with {worker.process.poll()}"
    assert worker.probe("/livez") == (200, "ok\n")
    return worker.probe("/readyz") == (status, f"{why}\n")


def has_ended(worker: Worker) -> bool:
    return worker.process.poll() is not None


# ---- Kafka


def test_while_kafka_is_frozen_a_worker_is_live_and_says_why_it_is_not_ready(
    own_broker: tuple[Broker, Kafka], open_desk: MakeDesk
) -> None:
    broker, kafka = own_broker
    desk = open_desk(kafka, "frozen-broker", request_seconds=6, session_seconds=SESSION_SECONDS)
    [worker] = desk.running("clean")
    broker.signal(signal.SIGSTOP)
    try:
        wait_for("it says so", TOLD_SECONDS, lambda: says(worker, 503, "Kafka does not answer"))
    finally:
        broker.signal(signal.SIGCONT)
    wait_for("it is ready again", TOLD_SECONDS, lambda: says(worker, 200, "ok"))


# ---- workers without partitions


def test_a_standby_is_started_live_and_ready_before_and_after_it_takes_over(desk: Desk) -> None:
    """The runbook's promise: a worker that stands by is ready, else its alert would page for it."""
    [owner] = desk.running("dedup", session_seconds=SESSION_SECONDS)
    standby = desk.worker("dedup", session_seconds=SESSION_SECONDS)
    both = (owner, standby)

    def owners() -> list[Worker]:
        """Those whose last assignment names a partition."""
        return [w for w in both if (told := w.logged("partitions assigned")) and told[-1]["partitions"]]

    wait_for("both have joined", START_SECONDS, lambda: desk.kafka.members(f"{desk.name}.dedup") == 2)
    wait_for("the second is let in", START_SECONDS, lambda: standby.logged("partitions assigned"))
    wait_for("one of them owns the domain", TOLD_SECONDS, lambda: len(owners()) == 1)
    [working] = owners()
    waiting = standby if working is owner else owner
    wait_for("it is ready", TOLD_SECONDS, lambda: says(waiting, 200, "ok"))
    assert waiting.probe("/startupz") == (200, "ok\n")

    working.kill()
    wait_for("it owns the domain", TOLD_SECONDS, lambda: waiting in owners())
    wait_for("it is ready again", TOLD_SECONDS, lambda: says(waiting, 200, "ok"))


# ---- the worker itself


def test_a_dedup_worker_that_loads_its_memory_is_live_and_not_ready(desk: Desk) -> None:
    worker = desk.worker("dedup", plug=PLUG / "slow_load")
    wait_for("it loads", START_SECONDS, lambda: worker.logged("partitions assigned"))
    wait_for("it says so", TOLD_SECONDS, lambda: says(worker, 503, LOADING))
    assert not worker.logged("state loaded")
    wait_for("it is ready", START_SECONDS, lambda: says(worker, 200, "ok"))
    assert worker.logged("state loaded")


def test_while_a_stage_process_hangs_on_a_page_the_worker_is_live_and_ready(desk: Desk) -> None:
    [worker] = desk.running("clean", plug=PLUG, stage_seconds=STAGE_SECONDS)
    page = {"url": "https://gazette.example/hangs", "content": plug.HANGS.decode()}
    desk.kafka.send(desk.topic("articles.raw"), [Sent(json.dumps(page).encode(), b"hangs")])
    taken = ("copydesk_records_consumed_total", "clean")
    wait_for("it has the page in hand", TOLD_SECONDS, lambda: worker.metrics()[taken])

    def dead_letter() -> bool:
        assert says(worker, 200, "ok")
        return bool(desk.read("articles.deadletter"))

    wait_for("the page is a dead letter", PATIENCE * STAGE_SECONDS + TOLD_SECONDS, dead_letter)


def test_the_probes_of_a_frozen_worker_do_not_answer_and_when_it_wakes_up_it_is_ready_or_ends_with_75(
    desk: Desk,
) -> None:
    [worker] = desk.running("clean", session_seconds=SESSION_SECONDS, stall_seconds=STALL_SECONDS)
    group = f"{desk.name}.clean"
    worker.process.send_signal(signal.SIGSTOP)
    try:
        assert worker.probe("/livez")[0] == 0
        assert worker.probe("/readyz")[0] == 0
        wait_for("its session is over", TOLD_SECONDS, lambda: desk.kafka.members(group) == 0)
    finally:
        worker.process.send_signal(signal.SIGCONT)
    desk.kafka.send(desk.topic("articles.raw"), articles(0, 5))

    def works_and_says_so() -> bool:
        return desk.behind("clean") == 0 and worker.probe("/readyz") == (200, "ok\n")

    wait_for("it is ready or has ended", TOLD_SECONDS, lambda: has_ended(worker) or works_and_says_so())
    if has_ended(worker):
        assert worker.process.returncode == 75
