"""A broker that dies under load or freezes: the workers go on when it is back, and end in time when told."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, START_SECONDS, Worker, fetch
from tests.system.generated import articles
from tests.system.kafka import Broker, Kafka, Sent, free_ports, wait_for
from tests.system.plug import sitecustomize as plug

LINES_A_SECOND = 5  # of one process, over the whole of the outage
STOP_SECONDS = 6
SLOW = Path(plug.__file__).parent / "slow"
ARTICLES = 3000  # more than are done before the broker is killed


def probes(supervisor: Worker) -> list[int]:
    """What /readyz of each stage says."""
    addresses = {line["stage"]: line["metrics"] for line in supervisor.logged("starting")}
    return [fetch(address.removesuffix("/metrics") + "/readyz")[0] for address in addresses.values()]


def test_after_kill_9_of_the_broker_the_workers_go_on_and_nothing_is_lost(
    own_broker: tuple[Broker, Kafka], open_desk: MakeDesk
) -> None:
    broker, kafka = own_broker
    desk = open_desk(kafka, "outage", poll_records=40, request_seconds=8, session_seconds=6)
    kafka.send(desk.topic("articles.raw"), articles(0, ARTICLES))
    supervisor = desk.worker(plug=SLOW)
    wait_for(
        "enriched records",
        START_SECONDS,
        lambda: sum(kafka.ends(desk.topic("articles.enriched")).values()) > 50,
    )
    assert desk.behind("clean"), "it was done already: this test needs more articles"

    before, began = len(supervisor.log()), time.monotonic()
    assert broker.run("kill").returncode == 0
    wait_for("all say that they are not ready", 40, lambda: 200 not in probes(supervisor))
    told = supervisor.log()[before:]
    assert told
    assert len(told) < LINES_A_SECOND * len(STAGES) * (time.monotonic() - began)

    assert broker.start() == kafka.address
    desk.settle(silent=100)
    wait_for("all are ready again", 40, lambda: probes(supervisor) == [200] * len(STAGES))

    enriched = desk.read("articles.enriched")
    assert len({record.event["id"] for record in enriched}) == ARTICLES
    assert len({(record.event["id"], record.event["decision"]) for record in enriched}) == len(enriched)
    assert not desk.read("articles.deadletter")
    assert supervisor.terminate() == 0


def test_when_all_brokers_that_a_worker_knows_are_gone_it_asks_those_of_its_settings_again(
    own_broker: tuple[Broker, Kafka], open_desk: MakeDesk
) -> None:
    """As when the last broker of a cluster fails that was left while the others were down."""
    broker, kafka = own_broker
    host, usual = kafka.address.split(":")
    with socket.socket() as kept:  # bound and not listening: nobody answers there, and nobody takes it
        kept.bind((host, free_ports(1)))
        other = str(kept.getsockname()[1])
        desk = open_desk(kafka, "moved", brokers=f"{kafka.address},{host}:{other}")
        [worker] = desk.running("dedup")
    try:
        assert broker.run("stop").returncode == 0
        desk.kafka = Kafka(broker.start("--port", other))
        desk.kafka.send(desk.topic("articles.tagged"), [Sent(b"no event")] * 20)
        desk.settle("dedup")
        assert len(desk.read("articles.deadletter")) == 20
        assert worker.terminate() == 0
    finally:
        broker.run("stop")
        broker.start("--port", usual)


def test_with_a_frozen_broker_sigterm_ends_the_process_in_time(
    own_broker: tuple[Broker, Kafka], open_desk: MakeDesk
) -> None:
    broker, kafka = own_broker
    desk = open_desk(kafka, "frozen", stop_seconds=STOP_SECONDS)
    workers = desk.running("clean", "dedup")
    families = [worker.family() for worker in workers]
    kafka.send(desk.topic("articles.raw"), articles(0, 300))
    wait_for("work in hand", START_SECONDS, lambda: desk.behind("clean") < 300)
    broker.signal(signal.SIGSTOP)
    try:
        for worker in workers:
            worker.process.terminate()
        began = time.monotonic()
        codes = [worker.wait(STOP_SECONDS + 10) for worker in workers]
        assert time.monotonic() - began < STOP_SECONDS + 4
    finally:
        broker.signal(signal.SIGCONT)
    assert set(codes) <= {0, 75}
    for worker, code in zip(workers, codes, strict=True):
        assert bool(worker.logged("did not stop in time")) == (code == 75)
    wait_for(
        "no process is left", 10, lambda: not any(Path(f"/proc/{p}").exists() for f in families for p in f)
    )
    assert os.getpid() not in set().union(*families)
