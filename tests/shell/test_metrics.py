"""The list of metrics is whole and closed, and counting by batch is counting."""

import json
from dataclasses import replace

from click.testing import CliRunner
from prometheus_client import CollectorRegistry, Histogram

from streams.dedup import IndexStats
from streams.events import Failed, Rejected
from streams.pipeline import Outcome, Output
from streams.shell import counting, metrics
from streams.shell.cli import copydesk
from streams.shell.metrics import LABELS, LISTED, REGISTRY, Distribution
from streams.shell.metrics_listing import QUESTIONS
from streams.vocabulary import OTHER_LANGUAGE, EntityType, FailureReason, RejectReason

BOUNDS = (0.1, 1.0, 5.0)


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_every_metric_of_the_registry_is_in_the_list_with_its_type_labels_and_a_sentence() -> None:
    listed = {metric.name.removesuffix("_total"): metric for metric in LISTED}
    ours = [family for family in REGISTRY.collect() if family.name.startswith("copydesk_")]
    assert {family.name for family in ours} == set(listed)
    for family in ours:
        metric = listed[family.name]
        assert metric.kind == family.type
        assert family.documentation == metric.about
        assert metric.about.endswith(".")
        assert metric.group in QUESTIONS
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == set(metric.labels)


def test_every_label_has_a_closed_list_or_is_of_kafka_or_the_build() -> None:
    used = {label for metric in LISTED for label in metric.labels}
    assert used == set(LABELS)
    open_ = {label for label, values in LABELS.items() if isinstance(values, str)}
    assert open_ == {"topic", "partition", "version"}


def test_copydesk_metrics_prints_the_list_for_people_and_for_programs() -> None:
    told = CliRunner().invoke(copydesk, ["metrics"]).output
    rows = [
        json.loads(line) for line in CliRunner().invoke(copydesk, ["metrics", "--json"]).output.splitlines()
    ]
    assert [row["name"] for row in rows] == [metric.name for metric in LISTED]
    for row in rows:
        assert f"  {row['name']}" in told
        assert row["about"] in told


def test_a_batch_of_values_is_observed_as_each_of_them_would_be() -> None:
    """It uses what prometheus-client keeps to itself: this says when a version changes it."""
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    batch = Distribution("x", "About.", ("stage",), registry=ours, buckets=BOUNDS).labels(stage="a")
    single = Histogram("x", "About.", ("stage",), registry=theirs, buckets=BOUNDS).labels(stage="a")
    values = [0.0, 0.1, 0.1000001, 1.0, 5.0, 5.1, *(i * i / 100 for i in range(50))]
    batch.observe_all(iter(values))
    batch.observe_all([])
    for each in values:
        single.observe(each)
    found, wanted = (
        {(s.name, s.labels.get("le")): s.value for family in r.collect() for s in family.samples}
        for r in (ours, theirs)
    )
    assert found.pop(("x_sum", None)) - wanted.pop(("x_sum", None)) < 1e-9
    assert found == wanted


def test_a_batch_counts_every_outcome_reason_and_entity_once() -> None:
    done = Output("0" * 32, "0" * 32, "2026-11-22T10:00:00.123Z", "en", b"{}", None, (3, 0, 2, 0, 1))
    odd = Output("1" * 32, "0" * 32, "no time", "en", b"{}")
    names = [
        ("copydesk_stage_records_total", {"stage": "tag", "outcome": "output"}, 3),
        ("copydesk_stage_records_total", {"stage": "tag", "outcome": "rejected"}, 1),
        ("copydesk_stage_records_total", {"stage": "tag", "outcome": "failed"}, 2),
        ("copydesk_rejected_total", {"stage": "tag", "reason": "empty"}, 1),
        ("copydesk_dead_letters_total", {"stage": "tag", "reason": "schema"}, 2),
        ("copydesk_entities_total", {"type": "person"}, 6),
        ("copydesk_entities_total", {"type": "organisation"}, 0),
        ("copydesk_entities_total", {"type": "event"}, 2),
        ("copydesk_freshness_seconds_count", {"stage": "tag"}, 2),
        ("copydesk_stage_duration_seconds_count", {"stage": "tag"}, 5),
    ]
    before = [value(name, **labels) for name, labels, _ in names]
    failed = Failed(FailureReason.SCHEMA)
    outcomes: list[Outcome] = [done, Rejected(RejectReason.EMPTY), failed, done, odd, failed]
    counting.count_judged("tag", [0.001] * 5, outcomes)
    after = [value(name, **labels) for name, labels, _ in names]
    assert [b - a for a, b in zip(before, after, strict=True)] == [count for _, _, count in names]


def test_cleaned_articles_are_counted_by_language_and_no_declared_code_becomes_a_label() -> None:
    names = {code: {"language": code} for code in ("de", "en", OTHER_LANGUAGE)}
    before = {code: value("copydesk_language_total", **labels) for code, labels in names.items()}
    codes = ["en", "de", "xx", "en", "qq", ""]
    outcomes: list[Outcome] = [Output("0" * 32, "", "2026-11-22T10:00:00Z", c, b"") for c in codes]
    counting.count_judged("clean", [0.001] * 6, [*outcomes])
    counting.count_judged("tag", [0.001] * 6, [*outcomes])  # the same articles: counted once
    after = {code: value("copydesk_language_total", **labels) for code, labels in names.items()}
    assert {c: after[c] - before[c] for c in names} == {"de": 1, "en": 2, OTHER_LANGUAGE: 2}
    assert REGISTRY.get_sample_value("copydesk_language_total", {"language": "xx"}) is None
    assert REGISTRY.get_sample_value("copydesk_language_total", {"language": ""}) is None


def test_the_index_is_that_of_all_domains_of_a_worker() -> None:
    """A worker with two domains showed that of the last which had decided."""
    stats = IndexStats(articles=3, texts=3, keys=20, cap_hits=0, evicted=0, superseded_links=0, bytes=1000)
    counting.show_index([stats, replace(stats, articles=4)])
    assert (value("copydesk_index_articles"), value("copydesk_index_bytes")) == (7, 2000)
    counting.show_index([])
    assert (value("copydesk_index_articles"), value("copydesk_index_bytes")) == (0, 0)


def test_what_an_index_leaves_out_is_counted_from_one_batch_to_the_next() -> None:
    names = "copydesk_index_posting_cap_hits_total", "copydesk_index_superseded_links_total"
    before = [value(name) for name in names]
    stats = IndexStats(articles=3, texts=3, keys=20, cap_hits=5, evicted=0, superseded_links=7, bytes=1000)
    counting.count_index(stats, replace(stats, cap_hits=6, superseded_links=10))
    assert [value(name) - old for name, old in zip(names, before, strict=True)] == [1, 3]


def test_every_counter_of_a_stage_is_there_before_the_first_record() -> None:
    """Else the first dead letter is no rise that an alert could see."""
    metrics.expose_build("dedup")
    for reason in FailureReason:
        labels = {"stage": "dedup", "reason": reason.value}
        assert REGISTRY.get_sample_value("copydesk_dead_letters_total", labels) is not None
    metrics.expose_build("tag")
    for kind in EntityType:
        assert REGISTRY.get_sample_value("copydesk_entities_total", {"type": kind.value}) is not None
