"""The sample articles through `produce` and three workers: where each of them ends, and what is counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tests.system.conftest import MakeDesk
from tests.system.desk import STAGES, Desk, Worker
from tests.system.kafka import Kafka, Record, wait_for

EXPECTED = json.loads(
    (Path(__file__).resolve().parents[2] / "streams" / "samples" / "expected.json").read_text()
)
OUTPUT = {"clean": "articles.cleaned", "tag": "articles.tagged", "dedup": "articles.enriched"}


class Flow:
    """The desk after all samples have gone through it."""

    def __init__(self, desk: Desk, workers: dict[str, Worker]) -> None:
        self.desk, self.workers = desk, workers

    @cached_property
    def topics(self) -> dict[str, list[Record]]:
        names = ("raw", "cleaned", "tagged", "enriched", "rejected", "deadletter")
        return {name: self.desk.read(f"articles.{name}") for name in names}

    @cached_property
    def places(self) -> list[str]:
        """topic/partition/offset of the raw record of each line: versions of one URL keep their order."""
        found: dict[str, list[str]] = {}
        topic = self.desk.topic("articles.raw")
        for record in self.topics["raw"]:
            found.setdefault(record.event["url"], []).append(f"{topic}/{record.partition}/{record.offset}")
        return [found[entry["url"]].pop(0) for entry in EXPECTED]

    @cached_property
    def enriched(self) -> dict[str, Record]:
        """The last decision about each raw record."""
        return {str(record.header("copydesk-source")): record for record in self.topics["enriched"]}

    @cached_property
    def ends(self) -> dict[str, list[str]]:
        """Where each raw record ended; a record without an end was unchanged."""
        found: dict[str, list[str]] = {place: ["enriched"] for place in self.enriched}
        for name in ("rejected", "deadletter"):
            for record in self.topics[name]:
                found.setdefault(origin(record), []).append(name)
        return found

    def count(self, stage: str, metric: str, *labels: str) -> float:
        samples = self.workers[stage].metrics()
        return sum(v for (name, *values), v in samples.items() if name == metric and {*labels} <= {*values})

    def outcomes(self, stage: str) -> dict[str, float]:
        names = ("output", "unchanged", "rejected", "failed", "repeated")
        return {name: self.count(stage, "copydesk_stage_records_total", name) for name in names}


def origin(record: Record) -> str:
    """The raw record that a rejected record or dead letter comes from."""
    place = "/".join(str(record.header(name)) for name in ("topic", "partition", "offset"))
    return record.header("copydesk-source") or place


@pytest.fixture(scope="module")
def flow(kafka: Kafka, open_desk: MakeDesk, samples: Path) -> Iterator[Flow]:
    desk = open_desk(kafka, "flow")
    done = desk.run("produce", str(samples / "articles.jsonl"))
    assert done.returncode == 0, done.stderr
    workers = desk.running(*STAGES)
    desk.settle()
    yield Flow(desk, dict(zip(STAGES, workers, strict=True)))
    desk.close()


def test_every_article_ends_in_exactly_one_place_or_is_unchanged(flow: Flow) -> None:
    assert all(len(names) == 1 for names in flow.ends.values())
    assert flow.ends.keys() <= set(flow.places)
    without_end = len(flow.places) - len(flow.ends)
    assert without_end == flow.outcomes("dedup")["unchanged"]


@pytest.mark.parametrize("entry", EXPECTED, ids=lambda entry: f"line-{entry['line']}")
def test_a_sample_ends_as_its_reader_expects(flow: Flow, entry: dict[str, Any]) -> None:
    place = flow.places[entry["line"] - 1]
    if entry["fate"] == "unchanged":
        assert place not in flow.ends
        return
    if entry["fate"] == "rejected":
        assert flow.ends[place] == ["rejected"]
        refused = next(r for r in flow.topics["rejected"] if origin(r) == place)
        assert refused.header("reason") == entry["reason"]
        return
    assert flow.ends.get(place) == ["enriched"]
    event = flow.enriched[place].event
    assert event["url"] == entry["url"]
    if entry["fate"] == "withdrawn":
        assert event["status"] == "withdrawn"
        assert "text" not in event
        return
    urls = {record.event["id"]: record.event["url"] for record in flow.topics["cleaned"]}
    seen = {
        "relation": event["duplicate"]["relation"],
        "of": urls.get(event["duplicate"].get("of")),
        "version": event["version"]["number"],
        "completeness": event["completeness"],
        "language": event["language"]["code"],
        "status": event["status"],
    }
    wanted = {"of": None, "completeness": "full", "language": "en", "status": "usable"} | entry
    assert seen == {name: wanted[name] for name in seen}


@pytest.mark.parametrize("stage", STAGES)
def test_counters_reconcile_and_agree_with_the_topics(flow: Flow, stage: str) -> None:
    outcomes = flow.outcomes(stage)
    read = len(flow.topics[STAGES[stage].partition(".")[2]])
    assert flow.count(stage, "copydesk_records_consumed_total") == read == sum(outcomes.values())

    relinked = flow.count(stage, "copydesk_relinks_total")
    assert len(flow.topics[OUTPUT[stage].partition(".")[2]]) == outcomes["output"] + relinked
    refused = {
        name: [r for r in flow.topics[name] if r.header("stage") == stage]
        for name in ("rejected", "deadletter")
    }
    assert len(refused["rejected"]) == outcomes["rejected"]
    assert len(refused["deadletter"]) == outcomes["failed"]
    for reason, count in Counter(r.header("reason") for r in refused["rejected"]).items():
        assert flow.count(stage, "copydesk_rejected_total", stage, str(reason)) == count


def test_entities_are_counted_by_type(flow: Flow) -> None:
    tagged = [record.event for record in flow.topics["tagged"]]
    written = Counter(entity["type"] for event in tagged for entity in event.get("entities", ()))
    assert written
    for kind in ("person", "organisation", "place", "group", "event"):
        assert flow.count("tag", "copydesk_entities_total", kind) == written[kind]


@pytest.mark.parametrize("stage", STAGES)
def test_a_worker_that_has_done_all_says_so_of_its_position(flow: Flow, stage: str) -> None:
    def told() -> list[float]:
        names = ("oldest_unprocessed_age_seconds", "retention_headroom_ratio", "open_transaction_seconds")
        return [flow.count(stage, f"copydesk_{name}") for name in (*names, "consumer_lag", "ready")]

    wait_for(f"{stage} has looked", 30, lambda: told() == [0, 1, 0, 0, 1])


def test_the_index_holds_the_usable_articles(flow: Flow) -> None:
    enriched = {record.event["id"] for record in flow.topics["enriched"]}
    assert flow.count("dedup", "copydesk_index_articles") == len(enriched)
    assert (
        0 < flow.count("dedup", "copydesk_index_bytes") < flow.count("dedup", "copydesk_index_budget_bytes")
    )


@pytest.mark.parametrize("stage", STAGES)
def test_outputs_are_cloudevents_with_their_source_and_trace(flow: Flow, stage: str) -> None:
    name = OUTPUT[stage].partition(".")[2]
    for record in flow.topics[name]:
        event = record.event
        assert record.key == event["id"].encode()
        assert record.header("ce_specversion") == "1.0"
        assert record.header("ce_source") == "/copydesk/flow"
        assert record.header("ce_type") == f"copydesk.article.{name}.v1"
        assert record.header("ce_subject") == event["id"]
        assert record.header("ce_time") == event["received_at"]
        assert record.header("content-type") == "application/json"
        assert str(record.header("ce_dataschema")).endswith(f"article.{name}.v1.schema.json")
        assert str(record.header("ce_id")).startswith(f"{event['id']}:")
        assert record.header("copydesk-source") in flow.places
        _version, trace, span, _flags = str(record.header("traceparent")).split("-")
        assert (len(trace), len(span)) == (32, 16)
        names = [header for header, _ in record.headers]
        assert len(names) == len(set(names))


def test_an_article_keeps_its_trace_from_stage_to_stage(flow: Flow) -> None:
    traces = [
        {r.header("copydesk-source"): r.header("traceparent") for r in flow.topics[name]}
        for name in ("cleaned", "tagged", "enriched")
    ]
    assert traces[0] == traces[1]
    assert traces[2].items() <= traces[1].items()


@pytest.mark.parametrize("stage", STAGES)
def test_the_probes_of_a_running_worker_say_ok(flow: Flow, stage: str) -> None:
    worker = flow.workers[stage]
    for path in ("/livez", "/readyz", "/startupz"):
        assert worker.probe(path) == (200, "ok\n")
    assert worker.probe("/elsewhere")[0] == 404


def test_a_worker_that_is_well_logs_neither_warnings_nor_article_text(flow: Flow) -> None:
    for worker in flow.workers.values():
        assert [
            line for line in worker.log() if line.get("logger") == "copydesk" and line["level"] != "info"
        ] == []
        assert len(worker.log()) < 20
