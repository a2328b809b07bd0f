"""The warm-up: what an article needs is there before the first comes."""

import subprocess
import sys
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[1] / "streams" / "samples" / "articles.jsonl"

LOADED_LATER = """
import sys
from streams.compiled import _KERNELS
from streams.pipeline import CLEAN, TAG, Output, Record, run
from streams.warming import warm_up

warm_up()
before = {kernel: len(kernel.signatures) for kernel in _KERNELS}
tagged = 0
for line in open(sys.argv[1], "rb"):
    cleaned = run(CLEAN, Record(line.strip(), "2026-11-26T00:00:00.000Z"))
    if isinstance(cleaned, Output):
        tagged += isinstance(run(TAG, Record(cleaned.value, cleaned.received_at)), Output)
assert tagged > 10, tagged
print(*(f"{k.__module__}.{k.__name__}" for k, count in before.items() if len(k.signatures) > count))
"""


def test_the_samples_need_no_kernel_that_it_has_not_loaded() -> None:
    """A supervisor gives back the pages of numba's compiler after it: one kernel that every stage process
    loaded on its own took 5 MB."""
    ran = subprocess.run(
        [sys.executable, "-c", LOADED_LATER, str(SAMPLES)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []
