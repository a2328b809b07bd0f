"""The time that a plan says it will take."""

import pytest

from streams.shell.replay.planning import estimate
from streams.shell.settings import Settings
from tests.shell.replay.plans import plan

TWO = Settings(processes=2)


def test_a_plan_takes_as_long_as_its_stages_do() -> None:
    parts = [estimate(1000, plan(first=name, last=name).steps, TWO) for name in ("clean", "tag", "dedup")]
    assert all(part > 0 for part in parts)
    assert estimate(1000, plan(first="clean", last="dedup").steps, TWO) == pytest.approx(sum(parts))


def test_twice_the_processes_take_half_of_the_time() -> None:
    steps = plan(first="clean", last="tag").steps
    assert estimate(1000, steps, Settings(processes=4)) == pytest.approx(estimate(1000, steps, TWO) / 2)
