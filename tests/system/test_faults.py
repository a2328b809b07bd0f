"""Faults of others: damaged records between the stages, rights taken away, processes killed from outside."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, START_SECONDS, Desk, Worker, alive, fetch, process_name
from tests.system.generated import articles
from tests.system.kafka import Kafka, Sent, free_ports, wait_for
from tests.system.plug import sitecustomize as plug
from tests.system.test_access import guarded, login

__all__ = ["guarded"]

PLUG = Path(plug.__file__).parent / "undecidable"
UNDECIDABLE = b"ee" * 16  # the id that this plug cannot decide


# ---- damaged records of articles.tagged


def with_header(sent: Sent, name: str, value: bytes) -> Sent:
    return replace(sent, headers=(*((n, v) for n, v in sent.headers if n != name), (name, value)))


def broken(given: Sent) -> dict[str, tuple[Sent, str]]:
    """What is wrong -> the record and the reason that it fails for; of a mended one something would come."""
    good = replace(given, key=b"dd" * 16)
    return {
        "time": (with_header(good, "ce_time", b"yesterday"), "schema"),
        "time no text": (with_header(good, "ce_time", b"\xff\xfe"), "schema"),
        "time before time": (with_header(good, "ce_time", b"0001-01-01T00:00:00"), "schema"),
        "fingerprint": (with_header(good, "copydesk-fp", b"\x01 no fingerprint"), "schema"),
        "key no id": (replace(good, key=b"gazette.example"), "schema"),
        "key too short": (replace(good, key=b"ab" * 15), "schema"),
        "no key": (replace(good, key=None), "schema"),
        "value no JSON": (replace(good, value=b"<no event>"), "schema"),
        "value an empty object": (replace(good, value=b"{}"), "schema"),
        "undecidable": (replace(good, key=UNDECIDABLE), "internal"),
    }


@pytest.fixture(scope="module")
def damaged(kafka: Kafka, open_desk: MakeDesk, tagged: list[Sent]) -> Iterator[Desk]:
    """A desk after good and damaged tagged records, turn by turn, in one batch."""
    desk = open_desk(kafka, "damaged")
    cases = broken(tagged[0]).values()
    turns = [record for i, (bad, _) in enumerate(cases) for record in (tagged[i], bad)]
    desk.kafka.send(desk.topic("articles.tagged"), turns, partition=0)
    desk.worker("dedup", plug=PLUG)
    desk.settle("dedup")
    yield desk
    desk.close()


CASES = list(broken(Sent(b"", b"")))


@pytest.mark.parametrize("case", range(len(CASES)), ids=CASES)
def test_a_damaged_tagged_record_is_a_dead_letter(damaged: Desk, tagged: list[Sent], case: int) -> None:
    sent, reason = broken(tagged[0])[CASES[case]]
    offset = str(2 * case + 1)
    [letter] = [r for r in damaged.read("articles.deadletter") if r.header("offset") == offset]
    assert (letter.header("reason"), letter.header("stage")) == (reason, "dedup")
    assert (letter.key, letter.value) == (sent.key, sent.value)
    assert letter.header("error")


def test_the_neighbours_of_damaged_records_are_decided_and_the_worker_lives(
    damaged: Desk, tagged: list[Sent]
) -> None:
    decided = [record.key for record in damaged.read("articles.enriched")]
    assert decided == [sent.key for sent in tagged[: len(CASES)]]
    assert damaged.workers[0].ready()


def test_a_cleaned_event_of_a_time_that_no_clock_can_show_does_not_end_the_tag_worker(
    desk: Desk, tagged: list[Sent]
) -> None:
    # A tagged event has all that a cleaned one has.
    strange = json.dumps(json.loads(tagged[0].value or b"") | {"received_at": "0001-01-01T00:00:00"})
    cleaned = [replace(tagged[0], value=strange.encode()), *tagged[1:3]]
    desk.kafka.send(desk.topic("articles.cleaned"), cleaned, partition=0)
    worker = desk.worker("tag")
    desk.settle("tag")
    assert {r.key for r in desk.read("articles.tagged")} >= {sent.key for sent in cleaned[1:]}
    assert worker.ready()


# ---- rights that are taken away while a worker runs

TAKEN = {
    "read": (ResourceType.TOPIC, "articles.raw", AclOperation.READ),
    "commit": (ResourceType.GROUP, "", AclOperation.READ),
    "write": (ResourceType.TOPIC, "articles.cleaned", AclOperation.WRITE),
}


def administer(desk: Desk) -> AdminClient:
    given = {"sasl.username": "broker", "sasl.password": "broker-secret", "sasl.mechanism": "PLAIN"}
    return AdminClient(
        {"bootstrap.servers": desk.kafka.address, "security.protocol": "SASL_PLAINTEXT", **given}
    )


@pytest.mark.parametrize("right", TAKEN)
def test_a_right_taken_from_a_running_worker_ends_it_with_77_and_one_line(guarded: Desk, right: str) -> None:
    kind, name, operation = TAKEN[right]
    [worker] = guarded.running("clean", stop_seconds=10, session_seconds=6, **login("desk"))
    full, principal = f"{guarded.name}.{name}", "User:desk"
    pattern, allow = ResourcePatternType.PREFIXED, AclPermissionType.ALLOW
    taken = AclBindingFilter(kind, full, pattern, principal, "*", operation, allow)
    admin = administer(guarded)
    for removed in admin.delete_acls([taken]).values():
        assert removed.result(START_SECONDS)
    try:
        guarded.kafka.send(guarded.topic("articles.raw"), articles(0, 20))
        code = worker.wait()
    finally:
        again = AclBinding(kind, full, pattern, principal, "*", operation, allow)
        for granted in admin.create_acls([again]).values():
            granted.result(START_SECONDS)
    [line] = worker.logged("stopping")
    assert (code, line["code"]) == (77, 77)
    # Taken while the worker begins to read, it is seen when its topic has gone from what Kafka shows it.
    assert "denies this as desk" in line["reason"] or "desk has no right to" in line["reason"]


# ---- processes killed from outside


def stage_processes(worker: Worker) -> set[int]:
    return {pid for pid in worker.family() if process_name(pid).endswith(" stage")}


def test_a_worker_whose_idle_stage_process_was_killed_judges_what_comes_next(desk: Desk) -> None:
    [worker] = desk.running("clean")
    [idle] = stage_processes(worker)
    os.kill(idle, signal.SIGKILL)
    desk.kafka.send(desk.topic("articles.raw"), articles(0, 40))
    desk.settle("clean")
    assert len(desk.read("articles.cleaned")) == 40
    assert not desk.read("articles.deadletter")
    assert worker.ready()


def test_kill_9_of_the_supervisor_leaves_no_process_and_another_can_start(desk: Desk) -> None:
    port, stop_seconds = free_ports(len(STAGES)), 10

    def all_ready() -> bool:
        return all(fetch(f"http://127.0.0.1:{port + i}/readyz")[0] == 200 for i in range(len(STAGES)))

    first = desk.worker(metrics_port=port, stop_seconds=stop_seconds)
    wait_for("all three are ready", START_SECONDS, all_ready)
    family = first.family()
    assert len(family) > len(STAGES), "stage processes are missing: this test would show little"
    first.kill()
    wait_for("all are gone", stop_seconds + 2, lambda: not any(map(alive, family)))
    assert not all_ready()
    second = desk.worker(metrics_port=port)
    wait_for("all three are ready again", START_SECONDS, all_ready)
    desk.kafka.send(desk.topic("articles.raw"), articles(0, 10))
    desk.settle()
    assert second.terminate() == 0
