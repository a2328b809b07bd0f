"""Where a worker stands in its topic: how far behind, how old the oldest record is that waits, what keeps it.

Measured over the connection that reads, without a second tool or a further right.
"""

import time
from typing import Any

from faust.types import TP

from streams.shell import metrics


class Position:
    """The position in `topic`, whose records are kept for so many seconds. `look` asks Kafka.

    Ages go on growing while Kafka does not answer: they are computed when the metrics are read.
    """

    def __init__(self, topic: str, retention_seconds: float) -> None:
        self._topic, self._retention = topic, retention_seconds
        self._oldest: float | None = None  # seconds since 1970
        # When it was first seen: records of which none is fetched yet, and a last stable offset that stands.
        self._noticed: dict[tuple[TP, int], float] = {}
        self._stands: dict[TP, tuple[int, float]] = {}
        metrics.OLDEST.labels(topic=topic).set_function(self._age)
        metrics.HEADROOM.labels(topic=topic).set_function(lambda: max(0.0, 1 - self._age() / self._retention))
        self._transactions = metrics.OPEN_TRANSACTION.labels(topic=topic)

    def forget(self, consumer: Any) -> None:
        """The partitions are others now."""
        metrics.LAG.clear()
        consumer.waiting.clear()
        self._oldest = None

    async def look(self, consumer: Any, *, busy: bool) -> int:
        """Records behind over all our partitions. Raises what Kafka and Faust raise."""
        assigned = consumer.assignment()
        # With isolation level read_committed the end is the last stable offset.
        ends = await consumer.highwaters(*assigned) if assigned else {}
        begins = await consumer.earliest_offsets(*assigned) if assigned else {}
        now, total, oldest, noticed = time.time(), 0, [], {}
        for tp, end in ends.items():
            # Transaction markers and deleted records have offsets and are no work: the position passes them.
            read = not busy and (await consumer.position(tp) or 0) >= end
            committed = max(consumer._committed_offset[TP(tp.topic, tp.partition)] or 0, begins[tp])
            behind = 0 if read else max(0, end - committed)
            metrics.LAG.labels(topic=tp.topic, partition=str(tp.partition)).set(behind)
            total += behind
            if behind:
                noticed[tp, committed] = self._noticed.get((tp, committed), now)
                oldest.append(consumer.oldest(tp, committed) or noticed[tp, committed])
        self._oldest, self._noticed = min(oldest, default=None), noticed
        self._transactions.set(self._standing(consumer, ends))
        return total

    def _age(self) -> float:
        oldest = self._oldest
        return 0.0 if oldest is None else max(0.0, time.time() - oldest)

    def _standing(self, consumer: Any, ends: dict[TP, int]) -> float:
        """How long a partition's last stable offset has not moved with records behind it; the longest."""
        now = time.monotonic()
        # The high watermark is that of the last fetch: while fetching pauses it may be too low.
        held = {tp: end for tp, end in ends.items() if _highest(consumer, tp) > end}
        before = self._stands
        self._stands = {
            tp: before[tp] if tp in before and before[tp][0] == end else (end, now)
            for tp, end in held.items()
        }
        return max((now - since for _, since in self._stands.values()), default=0.0)


def _highest(consumer: Any, tp: TP) -> int:
    """0 where the partition has been taken away since the look began: aiokafka 0.14, in a thread of its own,
    asserts that it is ours, and the worker would end with 70 in a rebalance.
    """
    try:
        return consumer.highwater(tp) or 0
    except AssertionError:
        return 0
