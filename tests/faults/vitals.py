"""Running workers: their memory (I5), and their counters against what lies in the topics (I7)."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.stream import WRONG, Violation
from tests.system.desk import Worker

LOOK_SECONDS = 2.0
# Of the process that handles bytes (stage processes have COPYDESK_STAGE_MEMORY_MB): the most was 258 MB, of
# dedup, in a run of twelve minutes with 14,706 records.
WORKER_MB = 400.0


@dataclass(slots=True)
class Vitals:
    """The most resident memory of any worker process of each stage, in MB."""

    peak: dict[str, float] = field(default_factory=dict)
    _looked: float = 0.0

    def look(self, running: Mapping[str, Sequence[Worker]]) -> None:
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        for stage, workers in running.items():
            for worker in workers:
                self.peak[stage] = max(self.peak.get(stage, 0.0), resident_mb(worker.process.pid))

    def violations(self) -> list[Violation]:
        return [
            Violation("I5", WRONG, stage, f"{peak:.0f} MB resident, {WORKER_MB:g} allowed")
            for stage, peak in self.peak.items()
            if peak > WORKER_MB
        ]


def resident_mb(pid: int) -> float:
    """0 where the process is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def counted(exposed: Mapping[tuple[str, ...], float], stage: str) -> Counter[tuple[str, ...]]:
    """The counters of records in one worker's metrics: (stage, what)."""
    found: Counter[tuple[str, ...]] = Counter()
    for (name, *labels), value in exposed.items():
        if name == "copydesk_records_consumed_total":
            found[stage, "consumed"] += int(value)
        elif name in ("copydesk_rejected_total", "copydesk_dead_letters_total"):
            found[stage, name.split("_")[1]] += int(value)
        elif name == "copydesk_stage_records_total":
            found[stage, "ended", labels[0]] += int(value)
    return found


def reconciled(grown: Counter[tuple[str, ...]], there: Counter[tuple[str, ...]]) -> list[Violation]:
    """I7 where every counter is known: what the counters grew by, against what the topics grew by."""
    return [
        Violation("I7", WRONG, what[0], f"{what[1]}: counted {grown[what]}, in the topics {there[what]}")
        for what in sorted(there)
        if grown[what] != there[what]
    ]


def bounded(grown: Counter[tuple[str, ...]], there: Counter[tuple[str, ...]]) -> list[Violation]:
    """I7 where workers were killed, and what they had counted since nobody knows: no more than there is."""
    return [
        Violation(
            "I7", WRONG, what[0], f"{what[1]}: counted {grown[what]} at least, in the topics {there[what]}"
        )
        for what in sorted(there)
        if grown[what] > there[what]
    ]
