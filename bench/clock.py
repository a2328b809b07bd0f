"""What a contender of a benchmark costs: CPU of its whole process tree, from its first record to its last.

Standard library only: contenders in environments of their own import it too.
"""

import json
import os
import time
from contextlib import suppress
from pathlib import Path


class Clock:
    """From the first record at hand to the last offset committed."""

    def __init__(self, records: int) -> None:
        self.records = records
        self._began: tuple[float, float] | None = None

    def begin(self) -> None:
        self._began = self._began or (cpu_seconds(), time.perf_counter())

    def committed(self, offset: int) -> None:
        """Ends the process with its result when that was the last record."""
        if offset >= self.records and self._began is not None:
            cpu, wall = cpu_seconds() - self._began[0], time.perf_counter() - self._began[1]
            print(
                json.dumps({"cpu": cpu / self.records * 1e6, "wall": wall / self.records * 1e6}), flush=True
            )
            os._exit(0)  # nothing of it is worth an orderly end; its stage processes go with it


def cpu_seconds(root: int | None = None) -> float:
    """CPU time of a process (this one) and all below it, the fork server's too."""
    return sum(tree(root or os.getpid()).values())


def tree(root: int) -> dict[int, float]:
    """The processes below one, itself included, and the CPU seconds of each."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            row = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(folder.name)] = int(row[1])
    below = {root} & parents.keys()
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return {pid: process_seconds(pid) for pid in below}


def process_seconds(pid: int) -> float:
    """What a process has used by its CPU clock, clock_getcpuclockid(3), since /proc counts in 10 ms; 0 of one
    that is gone.
    """
    with suppress(OSError):
        return time.clock_gettime(~pid << 3 | 2)
    return 0.0


def proportional_mb(pid: int) -> float:
    """Memory of a process, what it shares counted by its share; 0 where it is gone."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(row.split()[1]) / 1024 for row in rows if row.startswith("Pss:")), 0.0)
