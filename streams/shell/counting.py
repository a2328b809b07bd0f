"""What a batch adds to the metrics: by batch, because a label and an increment for each article cost 13 us.

`bench/counting.py` measures it.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from streams.events import Failed, Rejected
from streams.pipeline import Outcome, Output
from streams.shell import metrics
from streams.vocabulary import LANGUAGES, OTHER_LANGUAGE, EntityType

if TYPE_CHECKING:
    from streams.dedup import Emission, IndexStats

_KNOWN = frozenset(LANGUAGES)


def count_judged(stage: str, seconds: Sequence[float], outcomes: Sequence[Outcome]) -> None:
    """Counts a batch of clean or tag: how long each article took, and what became of it."""
    kinds: Counter[str] = Counter()
    rejected: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    received: list[float] = []
    entities: list[tuple[int, ...]] = []
    for outcome in outcomes:
        if isinstance(outcome, Rejected):
            rejected[outcome.reason.value] += 1
        elif isinstance(outcome, Failed):
            failed[outcome.reason.value] += 1
        else:
            kinds["output"] += 1
            if (moment := _moment(outcome.received_at)) is not None:
                received.append(moment)
            if outcome.entities:
                entities.append(outcome.entities)
    kinds["rejected"], kinds["failed"] = rejected.total(), failed.total()
    _count(stage, kinds, failed, received)
    metrics.STAGE_SECONDS.labels(stage=stage).observe_all(seconds)
    for reason, count in rejected.items():
        metrics.REJECTED.labels(stage=stage, reason=reason).inc(count)
    if stage == "clean":  # the later stages see the same articles; a withdrawal has no language
        said = Counter(o.language for o in outcomes if isinstance(o, Output) and o.language)
        for language, count in said.items():
            code = language if language in _KNOWN else OTHER_LANGUAGE
            metrics.LANGUAGE.labels(language=code).inc(count)
    if entities:
        for kind, count in zip(EntityType, map(sum, zip(*entities, strict=True)), strict=True):
            metrics.ENTITIES.labels(type=kind.value).inc(count)


def count_decided(
    stage: str,
    outcomes: Counter[str],
    failed: Counter[str],
    received: Iterable[float],
    emissions: Iterable["Emission"],
) -> None:
    """Counts a batch of dedup; `received` are the seconds since 1970 of what was written."""
    _count(stage, outcomes, failed, received)
    relations = Counter(emission.relation for emission in emissions)
    for relation, count in relations.items():
        if relation is not None:
            metrics.DUPLICATES.labels(relation=relation.value).inc(count)


def count_index(before: "IndexStats", after: "IndexStats") -> None:
    """Counts what a batch of dedup could not keep true of one domain's memory."""
    metrics.CAP_HITS.inc(after.cap_hits - before.cap_hits)
    metrics.SUPERSEDED_LINKS.inc(after.superseded_links - before.superseded_links)


def show_index(domains: Iterable["IndexStats"]) -> None:
    """Shows what the memories of all domains of this process hold."""
    listed = list(domains)
    metrics.INDEX_ARTICLES.set(sum(stats.articles for stats in listed))
    metrics.INDEX_BYTES.set(sum(stats.bytes for stats in listed))


@lru_cache(maxsize=64)  # the broker stamps a batch of a producer's with one time
def _moment(received_at: str) -> float | None:
    """None for a time that no clock can show: a cleaned event that others wrote may name one."""
    try:
        return datetime.fromisoformat(received_at).timestamp()
    except (ValueError, OverflowError):
        return None


def _count(stage: str, outcomes: Counter[str], failed: Counter[str], received: Iterable[float]) -> None:
    now = time.time()
    metrics.FRESHNESS.labels(stage=stage).observe_all(max(0.0, now - moment) for moment in received)
    for outcome, count in (+outcomes).items():
        metrics.OUTCOMES.labels(stage=stage, outcome=outcome).inc(count)
    for reason, count in failed.items():
        metrics.DEAD_LETTERS.labels(stage=stage, reason=reason).inc(count)
