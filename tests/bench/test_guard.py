"""No stage has become dearer beside a fixed piece of work of the same run; bench/guard.py says what to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bench.guard import within
from tests.system.kafka import REPOSITORY


@pytest.mark.timeout(1200)  # against hanging for ever: it takes 7 s of CPU
def test_no_stage_costs_more_of_the_fixed_work_than_is_committed() -> None:
    """In a process of its own, without what other tests have left in memory."""
    done = subprocess.run(
        [sys.executable, "bench/guard.py"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("measured", "kept"),
    [([1.0], True), ([1.1], True), ([1.3, 1.3, 1.1], True), ([0.5], True), ([1.3, 1.3, 1.3], False)],
)
def test_a_ratio_has_risen_when_it_is_measured_above_the_margin_every_time(
    measured: list[float], kept: bool
) -> None:
    left = iter(measured)
    assert within(lambda: next(left), "a stage", committed=1.0, margin=0.15) is kept
    assert next(left, None) is None, "it was measured less often than it could be"
