"""`copydesk demo`, and that a file and a stream of the same articles come out the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.system.desk import STAGES, Desk
from tests.system.kafka import Kafka

# What depends on when and in what order the records were read, not on the articles.
BY_ARRIVAL = ("received_at", "decision")


def test_the_demo_tells_the_point(desk: Desk, kafka: Kafka) -> None:
    done = desk.run("demo", "--brokers", kafka.address, seconds=280)
    assert done.returncode == 0, done.stderr
    for said in (
        "furniture that was cut",
        "Helena Brandt",
        "Nordic Grid Authority",
        "copies that were recognised",
        "exact",
        "near",
        "not_article by clean",
        "/metrics",
    ):
        assert said in done.stdout


def test_a_file_and_a_stream_come_out_the_same(desk: Desk, samples: Path, tmp_path: Path) -> None:
    """`run` and the workers give equal events, but for times and numbers that come of the arrival."""
    path = samples / "articles.jsonl"
    out = tmp_path / "out.jsonl"
    rejects = tmp_path / "rejects.jsonl"
    assert desk.run("run", str(path), str(out), "--rejects", str(rejects), seconds=200).returncode == 0
    assert desk.run("produce", str(path)).returncode == 0
    desk.running(*STAGES)
    desk.settle()
    filed = latest([json.loads(line) for line in out.read_bytes().splitlines()])
    streamed = latest([record.event for record in desk.read("articles.enriched")])
    assert filed == streamed
    refused = [json.loads(line)["reason"] for line in rejects.read_bytes().splitlines()]
    assert sorted(refused) == sorted(str(r.header("reason")) for r in desk.read("articles.rejected"))


def latest(events: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The highest decision of each article, without what comes of its arrival."""
    best: dict[str, dict[str, Any]] = {}
    for event in events:
        if event["decision"] >= best.get(event["id"], event)["decision"]:
            best[event["id"]] = event
    for event in best.values():
        for name in BY_ARRIVAL:
            del event[name]
        event.get("version", {}).pop("first_received_at", None)
        event.pop("fetched_at", None)
    return best
