"""Every metric, in one commented list; one registry a process.

Names end in _total for counters and carry base units; label values come from closed lists, never from an
article.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)

from streams import __version__

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

# Seconds of one stage on one article: line rules take 1 ms, a page 15 to 50 ms, the limit is 10 s.
STAGE_BUCKETS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)
# Seconds from received_at to an output: 0.1 s when idle, hours after an outage.
FRESHNESS_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 43200)
# Seconds of a delivery or a transaction: 5 to 50 ms when the broker is well.
DELIVERY_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15)


def _counter(name: str, about: str, *labels: str) -> Counter:
    return Counter(name, about, labels, registry=REGISTRY)


def _gauge(name: str, about: str, *labels: str) -> Gauge:
    return Gauge(name, about, labels, registry=REGISTRY)


def _histogram(name: str, about: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
    return Histogram(name, about, labels, registry=REGISTRY, buckets=buckets)


# flow: consumed = the sum of all outcomes + what is in flight
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

# time
STAGE_SECONDS = _histogram(
    "copydesk_stage_duration_seconds", "One article through one stage.", STAGE_BUCKETS, "stage"
)
FRESHNESS = _histogram(
    "copydesk_freshness_seconds",
    "From received_at to the stage's delivered output.",
    FRESHNESS_BUCKETS,
    "stage",
)
DELIVERY = _histogram(
    "copydesk_delivery_seconds", "From handing a batch to the producer to its confirmation.", DELIVERY_BUCKETS
)
TRANSACTION = _histogram(
    "copydesk_transaction_seconds", "One transaction of the dedup stage.", DELIVERY_BUCKETS
)

# position
LAG = _gauge(
    "copydesk_consumer_lag", "Records between the committed offset and the end.", "topic", "partition"
)
PROGRESS = _gauge("copydesk_last_progress_timestamp_seconds", "When offsets were last committed.")

# state
INFLIGHT = _gauge("copydesk_inflight_bytes", "Bytes of records between being read and being committed.")
POOL_RESTARTS = _counter("copydesk_pool_restarts_total", "Stage processes ended or found dead.", "cause")
INDEX_ARTICLES = _gauge("copydesk_index_articles", "Articles the dedup index holds.")
INDEX_BYTES = _gauge("copydesk_index_bytes", "Memory the dedup index takes.")

# runtime
REBALANCES = _counter("copydesk_rebalances_total", "Times the group handed its partitions out anew.")
BUILD = _gauge("copydesk_build_info", "Always 1; the labels say what runs.", "version", "stage")


def expose_build(stage: str) -> None:
    """Sets the build's labels, and every counter of the stage to 0, so that rates exist from the start."""
    BUILD.labels(version=__version__, stage=stage).set(1)
    CONSUMED.labels(stage=stage)
    for outcome in ("output", "unchanged", "rejected", "failed", "repeated", "abandoned"):
        OUTCOMES.labels(stage=stage, outcome=outcome)
