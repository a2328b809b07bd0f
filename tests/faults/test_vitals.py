"""I7: counters against topics, exact where all are known, as a bound where some are not."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.faults.accounts import Tally, summed
from tests.faults.positions import java_hash
from tests.faults.vitals import bounded, counted, reconciled
from tests.system.desk import samples

PAGE = """
copydesk_records_consumed_total{stage="clean"} 12.0
copydesk_stage_records_total{outcome="output",stage="clean"} 9.0
copydesk_stage_records_total{outcome="rejected",stage="clean"} 2.0
copydesk_rejected_total{reason="too_short",stage="clean"} 2.0
copydesk_dead_letters_total{reason="schema",stage="clean"} 1.0
"""
THERE: Tally = Counter({("clean", "output"): 9, ("clean", "rejected"): 2, ("clean", "dead"): 1})


@pytest.fixture
def grown() -> Tally:
    return summed(counted(samples(PAGE), "clean"))


def test_counters_that_say_what_the_topics_hold_are_no_violation(grown: Tally) -> None:
    assert reconciled(grown, THERE) == bounded(grown, THERE) == []


def test_a_record_that_was_not_counted_is_found_where_every_counter_is_known(grown: Tally) -> None:
    [found] = reconciled(grown, THERE + Counter({("clean", "output"): 1}))
    assert (found.law, found.place) == ("I7", "clean")
    assert bounded(grown, THERE + Counter({("clean", "output"): 1})) == []


def test_what_was_counted_and_is_not_there_is_always_found(grown: Tally) -> None:
    there: Tally = Counter({**THERE, ("clean", "dead"): 0})
    assert reconciled(grown, there)
    assert bounded(grown, there)


@pytest.mark.parametrize(("name", "hashed"), [("hello", 99162322), ("polygenelubricants", -(2**31))])
def test_a_coordinator_is_found_by_the_hash_of_javas_strings(name: str, hashed: int) -> None:
    assert java_hash(name) == hashed
