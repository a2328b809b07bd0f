"""The rate of a replay, by a clock of the tests."""

import math

from hypothesis import given
from hypothesis import strategies as st

from streams.shell.replay.throttle import BACK, FIRST_RATE, LAG_RECORDS, LEAST_RATE, Throttle


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def worked(throttle: Throttle, clock: Clock, seconds: float) -> None:
    """A replay that takes all it may."""
    throttle._taken = int(throttle.rate * seconds)
    clock.now += seconds


FINE = {"clean": (0, 100.0)}
BEHIND = {"clean": (LAG_RECORDS + 101, 100.0)}


def test_the_rate_doubles_until_the_live_workers_fall_behind_and_is_then_cut() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    for _ in range(3):
        worked(throttle, clock, 1)
        throttle.observe(FINE)
    assert throttle.rate == 8 * FIRST_RATE
    worked(throttle, clock, 1)
    throttle.observe(BEHIND)
    assert throttle.rate == 8 * FIRST_RATE * BACK
    assert throttle.behind
    before = throttle.rate
    worked(throttle, clock, 1)
    throttle.observe(FINE)
    assert before < throttle.rate < 2 * before


def test_a_rate_that_is_not_used_does_not_grow() -> None:
    clock = Clock()
    throttle = Throttle(clock=clock)
    clock.now += 1
    throttle.observe(FINE)
    assert throttle.rate == FIRST_RATE


def test_without_live_workers_only_the_cap_counts() -> None:
    throttle, capped = Throttle(clock=Clock()), Throttle(50, Clock())
    throttle.observe({})
    capped.observe({})
    assert (throttle.rate, capped.rate) == (math.inf, 50)
    throttle.observe(FINE)
    assert throttle.rate == FIRST_RATE


@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 5)), max_size=40), st.floats(1, 1e5))
def test_whatever_happens_the_rate_stays_between_the_least_and_the_cap(
    looks: list[tuple[bool, float]], cap: float
) -> None:
    clock = Clock()
    throttle = Throttle(cap, clock)
    for behind, seconds in looks:
        worked(throttle, clock, seconds)
        throttle.observe(BEHIND if behind else FINE)
        assert min(LEAST_RATE, cap) <= throttle.rate <= cap


def test_what_was_taken_is_waited_for_at_the_present_rate() -> None:
    clock = Clock()
    throttle = Throttle(100, clock)
    throttle._owed = 50
    assert throttle.wait() == 0.5
    clock.now += 0.25
    assert throttle.wait() == 0.25
    throttle.rate = 1000.0
    clock.now += 0.025
    assert throttle.wait() == 0


def test_a_slow_replay_comes_in_small_batches() -> None:
    assert Throttle(20, Clock()).batch(500) == 16
    fast = Throttle(clock=Clock())
    fast.observe({})
    assert fast.batch(500) == 500
