"""What of production came after the range that a run has read."""

import pytest

from streams.shell.replay.plan import Range
from streams.shell.replay.scope import FOREVER, Scope
from streams.shell.settings import Settings
from tests.shell.replay.plans import plan

RANGES = {0: Range(10, 20)}
BESIDE = {0: Range(4, 10), 1: Range(3, 8), 2: Range(5, 5)}


@pytest.mark.parametrize(
    ("source", "holds", "later"),
    [
        ("articles.raw/0/9", False, False),
        ("articles.raw/0/10", True, False),
        ("articles.raw/0/20", False, True),
        ("articles.raw/1/7", False, False),
        ("articles.raw/1/8", False, True),
        ("articles.raw/2/4", False, False),
        ("articles.raw/2/5", False, True),
        ("articles.raw/3/0", False, True),
        ("other.raw/0/10", False, True),
        ("articles.raw/0/" + "9" * 5_000, False, True),
        ("articles.raw/0/-1", False, True),
        ("", False, True),
    ],
    ids=[
        "warm-up",
        "the range",
        "behind it",
        "read in silence beside it",
        "behind that",
        "before a partition that brought nothing meanwhile",
        "behind it there",
        "a partition that was added since",
        "another topic",
        "no offset of Kafka's",
        "no offset",
        "no source",
    ],
)
def test_a_range_of_some_partitions_ends_in_every_one(source: str, holds: bool, later: bool) -> None:
    scope = Scope(Settings(), plan(ranges=RANGES, warm_up=BESIDE))
    assert (scope.holds(source), scope.later(source, 0)) == (holds, later)


def test_without_a_warm_up_time_alone_tells_of_the_partitions_that_the_range_does_not_name() -> None:
    scope = Scope(Settings(), plan(ranges=RANGES, warm_up={}, cold=True))
    assert not scope.later("articles.raw/1/8", 0)
    assert scope.later("articles.raw/0/20", 0)


@pytest.mark.parametrize(
    ("source", "received_ms", "holds", "later"),
    [
        ("articles.raw/0/30", 99, False, False),
        ("articles.raw/0/30", 100, True, False),
        ("articles.raw/0/30", 200, True, False),
        ("articles.raw/0/30", 201, False, True),
        ("articles.raw/1/30", 150, False, False),
        ("articles.raw/1/30", 201, False, True),
        ("articles.raw/3/30", 150, False, True),
    ],
    ids=[
        "of the warm-up",
        "the first",
        "the last",
        "behind the range",
        "of a partition read in silence",
        "behind that",
        "of one that was added since",
    ],
)
def test_what_was_sent_back_behind_the_range_is_of_it_where_it_was_received_in_it(
    source: str, received_ms: int, holds: bool, later: bool
) -> None:
    scope = Scope(Settings(), plan(ranges=RANGES, warm_up=BESIDE))
    scope.spans = {0: (100, 200), 1: (FOREVER, 200)}
    assert scope.holds_letter(source, received_ms) == holds
    assert scope.later(source, received_ms, sent_back=True) == later
    assert scope.later(source, received_ms), "of another record its place alone counts"
