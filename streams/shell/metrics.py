"""Every metric, in one commented list; one registry a process.

Names end in _total for counters and carry base units; label values come from closed lists, never from an
article. `LISTED` is the list for those who document it: `copydesk metrics`, the reference, the boards' test.
"""

from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
)

from streams import __version__
from streams.vocabulary import LANGUAGES, OTHER_LANGUAGE, EntityType, FailureReason, RejectReason, Relation

# The moment each counter began, as one more series each: Prometheus 2 makes nothing of them.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

Kind = Literal["counter", "gauge", "histogram"]
OUTCOMES_OF_A_RECORD = ("output", "unchanged", "rejected", "failed", "repeated", "abandoned")
# What a label may say: closed lists, and what the operator has named. None is taken from an article.
LABELS: dict[str, tuple[str, ...] | str] = {
    "stage": ("clean", "tag", "dedup"),
    "outcome": OUTCOMES_OF_A_RECORD,
    "reason": (*RejectReason, *FailureReason),
    "relation": tuple(Relation),
    "type": tuple(EntityType),
    "language": (*LANGUAGES, OTHER_LANGUAGE),
    "cause": (FailureReason.TIMEOUT.value, FailureReason.CRASHED.value, "idle"),
    "topic": "the topic that the worker reads, with its prefix",
    "partition": "its number",
    "version": "of Copydesk",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One metric for its readers; `group` is the question it answers."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    about: str
    group: str


class Distribution(Histogram):
    """A histogram that takes the values of a whole batch at once."""

    def observe_all(self, values: Iterable[float]) -> None:
        """Observes all of them. It uses what prometheus-client keeps to itself; a test pins that."""
        self._raise_if_not_observable()  # type: ignore[no-untyped-call]
        listed = list(values)
        for place, count in Tally([bisect_left(self._upper_bounds, value) for value in listed]).items():
            self._buckets[place].inc(count)
        self._sum.inc(sum(listed))


# Seconds of one stage on one article: line rules take 1 ms, a page 15 to 50 ms, the limit is 10 s.
STAGE_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
# Seconds from received_at to an output: 0.1 s when idle, hours after an outage. 60 is the objective's.
FRESHNESS_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 43200)
# Seconds of a delivery or a transaction: 5 to 50 ms when the broker is well.
DELIVERY_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)
# Seconds that the event loop is late: 1 to 5 ms when well; from 15 s /livez fails.
LOOP_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)

LISTED: list[Listed] = []
_group = ""


def _about(group: str) -> None:
    """What follows in the list answers this question."""
    global _group
    _group = group


def _counter(name: str, about: str, *labels: str) -> Counter:
    LISTED.append(Listed(name, "counter", labels, about, _group))
    return Counter(name, about, labels, registry=REGISTRY)


def _gauge(name: str, about: str, *labels: str) -> Gauge:
    LISTED.append(Listed(name, "gauge", labels, about, _group))
    return Gauge(name, about, labels, registry=REGISTRY)


def _histogram(name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Distribution:
    LISTED.append(Listed(name, "histogram", labels, about, _group))
    return Distribution(name, about, labels, registry=REGISTRY, buckets=buckets)


# consumed = the sum of all outcomes + what is in flight
_about("flow")
CONSUMED = _counter("copydesk_records_consumed_total", "Records read from the stage's topic.", "stage")
OUTCOMES = _counter(
    "copydesk_stage_records_total",
    "Records done with: output, unchanged (same id and text again), rejected, failed, repeated (read again "
    "after it had been decided) or abandoned (its partition was lost; the next owner does it).",
    "stage",
    "outcome",
)
REJECTED = _counter("copydesk_rejected_total", "Records judged not to go further.", "stage", "reason")
DEAD_LETTERS = _counter("copydesk_dead_letters_total", "Records that failed.", "stage", "reason")
DUPLICATES = _counter(
    "copydesk_duplicates_total", "Decisions by relation: original, exact, near.", "relation"
)
RELINKS = _counter("copydesk_relinks_total", "Later decisions about articles that had one.")
ENTITIES = _counter("copydesk_entities_total", "Entities of tagged articles.", "type")
LANGUAGE = _counter("copydesk_language_total", "Cleaned articles by language (ISO 639-1).", "language")

_about("time")
STAGE_SECONDS = _histogram(
    "copydesk_stage_duration_seconds", "One article through one stage.", STAGE_BUCKETS, "stage"
)
FRESHNESS = _histogram(
    "copydesk_freshness_seconds",
    "From received_at to the stage's delivered output.",
    FRESHNESS_BUCKETS,
    "stage",
)
OLDEST = _gauge(
    "copydesk_oldest_unprocessed_age_seconds",
    "Age of the oldest record that is not committed; 0 where there is none. Of records that wait on the "
    "broker unread it is how long we have known of them, which is less.",
    "topic",
)
DELIVERY = _histogram(
    "copydesk_delivery_seconds", "From handing a batch to the producer to its confirmation.", DELIVERY_BUCKETS
)
TRANSACTION = _histogram(
    "copydesk_transaction_seconds", "One transaction of the dedup stage.", DELIVERY_BUCKETS
)

_about("position")
LAG = _gauge(
    "copydesk_consumer_lag", "Records between the committed offset and the end.", "topic", "partition"
)
PROGRESS = _gauge("copydesk_last_progress_timestamp_seconds", "When offsets were last committed.")
HEADROOM = _gauge(
    "copydesk_retention_headroom_ratio",
    "What is left of the topic's retention (by our settings) when the oldest uncommitted record is taken "
    "away: 1 when up to date, 0 when it is about to be deleted unread.",
    "topic",
)
OPEN_TRANSACTION = _gauge(
    "copydesk_open_transaction_seconds",
    "How long the topic's last stable offset has stood still with records behind it: a producer's "
    "transaction that does not end keeps us from reading them.",
    "topic",
)

_about("state")
INFLIGHT = _gauge("copydesk_inflight_bytes", "Bytes of records between being read and being delivered.")
POOL_RESTARTS = _counter("copydesk_pool_restarts_total", "Stage processes ended or found dead.", "cause")
INDEX_ARTICLES = _gauge("copydesk_index_articles", "Articles the dedup index holds, all domains together.")
INDEX_BYTES = _gauge("copydesk_index_bytes", "Memory the dedup index takes, all domains together.")
INDEX_BUDGET = _gauge("copydesk_index_budget_bytes", "What it may take: COPYDESK_INDEX_MEMORY_MB.")
CAP_HITS = _counter(
    "copydesk_index_posting_cap_hits_total",
    "Times that a full list of the index left an article out: copies of texts with such keys may be missed.",
)
SUPERSEDED_LINKS = _counter(
    "copydesk_index_superseded_links_total",
    "Links whose parent's text was replaced by another version: they stay as they were decided.",
)

# of `copydesk replay run`, while it serves them
_about("replay")
REPLAY_RECORDS = _counter("copydesk_replay_records_total", "Source records that a replay has worked on.")
REPLAY_PROGRESS = _gauge("copydesk_replay_progress_ratio", "Share of the planned offsets that are done.")
REPLAY_LEFT = _gauge("copydesk_replay_remaining_seconds", "Time left at the rate so far.")
REPLAY_LIMIT = _gauge(
    "copydesk_replay_limit_records", "Records a second that the lag of the live workers allows a replay."
)

_about("runtime")
READY = _gauge("copydesk_ready", "1 while /readyz says ok, else 0.")
REBALANCES = _counter("copydesk_rebalances_total", "Times the group handed its partitions out anew.")
LOOP_LAG = _histogram(
    "copydesk_event_loop_lag_seconds", "How late the event loop is at its tick of every second.", LOOP_BUCKETS
)
BUILD = _gauge("copydesk_build_info", "Always 1; the labels say what runs.", "version", "stage")


def expose_build(stage: str) -> None:
    """Sets the build's labels, and every counter of the stage to 0, so that rates exist from the start."""
    BUILD.labels(version=__version__, stage=stage).set(1)
    CONSUMED.labels(stage=stage)
    FRESHNESS.labels(stage=stage)
    for outcome in OUTCOMES_OF_A_RECORD:
        OUTCOMES.labels(stage=stage, outcome=outcome)
    for reason in FailureReason:
        DEAD_LETTERS.labels(stage=stage, reason=reason.value)
    if stage == "clean":
        for refused in RejectReason:
            REJECTED.labels(stage=stage, reason=refused.value)
        for code in (*LANGUAGES, OTHER_LANGUAGE):
            LANGUAGE.labels(language=code)
    if stage == "tag":
        for kind in EntityType:
            ENTITIES.labels(type=kind.value)
    if stage == "dedup":
        for relation in Relation:
            DUPLICATES.labels(relation=relation.value)
