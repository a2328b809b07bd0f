"""What the workers say of themselves, as rates and quantiles: the figures of `copydesk top`.

`look` reads a worker's metrics and readiness; a `Watch` keeps the last minute of looks; `view` is pure.
"""

import http.client
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from prometheus_client.parser import text_string_to_metric_families

ANSWER_SECONDS = 2.0
MOST_BYTES = 4_000_000  # of an answer; ours are 20 kB
WINDOW_SECONDS = 60.0

Samples = dict[str, list[tuple[dict[str, str], float]]]
"""Name of a series -> its label sets with their values."""


@dataclass(frozen=True, slots=True)
class Look:
    """One reading. `problem` is why there is none, or why the worker is not ready; None when all is well."""

    at: float
    samples: Samples | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Records of one reason since the worker's start, and now in a second."""

    total: int
    rate: float


@dataclass(frozen=True, slots=True)
class View:
    """One worker at one moment; rates are records a second over the last minute, times in seconds."""

    address: str
    stage: str | None
    answers: bool
    problem: str | None
    version: str | None = None
    up_seconds: float | None = None
    rates: dict[str, float] = field(default_factory=dict)
    lag: int | None = None
    oldest_seconds: float | None = None
    headroom: float | None = None
    freshness_p50: float | None = None
    freshness_p95: float | None = None
    rejected: dict[str, Reason] = field(default_factory=dict)
    dead_letters: dict[str, Reason] = field(default_factory=dict)
    rebalances: int | None = None
    pool_restarts: int | None = None
    index_articles: int | None = None
    memory_bytes: int | None = None


class Watch:
    """The last minute of one worker."""

    def __init__(self, address: str, stage: str | None = None) -> None:
        self.address, self._stage = address, stage
        self._looks: deque[Look] = deque()

    def add(self, look: Look) -> View:
        """Takes a look; gives what is to be seen now."""
        if look.samples is not None:
            before = self._looks[-1].samples if self._looks else None
            if before is None or _started(before) != _started(look.samples):
                self._looks.clear()  # it is another process: its counters begin anew
            self._looks.append(look)
            while look.at - self._looks[0].at > WINDOW_SECONDS:
                self._looks.popleft()
            self._stage = _label(look.samples, "copydesk_build_info", "stage")
        else:
            self._looks.clear()
        return view(self.address, list(self._looks) or [look], self._stage)


def look(address: str) -> Look:
    """Asks host:port for /metrics and /readyz; never raises."""
    at = time.monotonic()
    try:
        status, text = _get(f"http://{address}/metrics")
        if status != 200:
            return Look(at, None, f"/metrics says {status}")
        samples: Samples = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                samples.setdefault(sample.name, []).append((sample.labels, sample.value))
        if "copydesk_build_info" not in samples:
            return Look(at, None, "is no worker of Copydesk")
        status, told = _get(f"http://{address}/readyz")
        return Look(at, samples, None if status == 200 else told.strip())
    except ValueError:
        return Look(at, None, "/metrics is not what Prometheus reads")
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        why = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
        return Look(at, None, f"does not answer: {why}")


def view(address: str, looks: Sequence[Look], stage: str | None) -> View:
    """What looks at one process, oldest first, show together."""
    first, last = looks[0], looks[-1]
    if last.samples is None or first.samples is None:
        return View(address, stage, answers=False, problem=last.problem)
    seconds, now = last.at - first.at, last.samples

    def rate(name: str, **labels: str) -> float:
        return max(0.0, _sum(now, name, **labels) - _sum(first.samples or {}, name, **labels)) / (
            seconds or 1
        )

    def by_reason(name: str) -> dict[str, Reason]:
        found = {labels["reason"]: int(value) for labels, value in now.get(name, ()) if value}
        return {reason: Reason(total, rate(name, reason=reason)) for reason, total in sorted(found.items())}

    def total(name: str) -> int:
        return int(_sum(now, name))

    def values(name: str) -> list[float]:
        return [value for _, value in now.get(name, ())]

    outcomes = {labels["outcome"] for labels, _ in now.get("copydesk_stage_records_total", ())}
    # Only what was seen in the window is fresh or late now.
    before = dict(_buckets(first.samples))
    buckets = [(bound, count - before.get(bound, 0)) for bound, count in _buckets(now)]
    return View(
        address,
        stage,
        answers=True,
        problem=last.problem,
        version=_label(now, "copydesk_build_info", "version"),
        up_seconds=max(0.0, time.time() - _started(now)),
        rates={"consumed": rate("copydesk_records_consumed_total")}
        | {name: rate("copydesk_stage_records_total", outcome=name) for name in sorted(outcomes)},
        lag=total("copydesk_consumer_lag"),
        oldest_seconds=max(values("copydesk_oldest_unprocessed_age_seconds"), default=None),
        headroom=min(values("copydesk_retention_headroom_ratio"), default=None),
        freshness_p50=quantile(buckets, 0.5),
        freshness_p95=quantile(buckets, 0.95),
        rejected=by_reason("copydesk_rejected_total"),
        dead_letters=by_reason("copydesk_dead_letters_total"),
        rebalances=total("copydesk_rebalances_total"),
        pool_restarts=total("copydesk_pool_restarts_total"),
        index_articles=total("copydesk_index_articles") if stage == "dedup" else None,
        memory_bytes=total("process_resident_memory_bytes"),
    )


def quantile(buckets: Sequence[tuple[float, float]], share: float) -> float | None:
    """From (upper bound, how many up to it), as Prometheus does: evenly spread within a bucket, and the last
    finite bound for what is beyond it. None where there is nothing.
    """
    if not buckets or not buckets[-1][1]:
        return None
    rank = share * buckets[-1][1]
    for (lower, below), (upper, up_to) in pairwise([(0.0, 0.0), *buckets]):
        if up_to >= rank:
            return (
                lower if upper == float("inf") else lower + (upper - lower) * (rank - below) / (up_to - below)
            )
    return None


def _get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - http, made above
            return answer.status, answer.read(MOST_BYTES).decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read(MOST_BYTES).decode(errors="replace")


def _sum(samples: Samples, name: str, **labels: str) -> float:
    return sum(value for found, value in samples.get(name, ()) if labels.items() <= found.items())


def _label(samples: Samples, name: str, label: str) -> str | None:
    return next((labels[label] for labels, _ in samples.get(name, ()) if label in labels), None)


def _started(samples: Samples) -> float:
    return _sum(samples, "process_start_time_seconds")


def _buckets(samples: Samples) -> list[tuple[float, float]]:
    found = [(float(labels["le"]), v) for labels, v in samples.get("copydesk_freshness_seconds_bucket", ())]
    return sorted(found)
