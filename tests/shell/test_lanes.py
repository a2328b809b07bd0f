"""A lane is committed from its head only; the budget bounds what is in flight."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.shell.lanes import Batch, Budget, Lane, Taken, Waiting


def batch(first: int, last: int) -> Batch:
    return Batch([SimpleNamespace(offset=offset, value=b"x") for offset in range(first, last + 1)])


@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=12).flatmap(
        lambda n: st.tuples(st.just(n), st.permutations(range(len(n))))
    )
)
def test_whatever_the_order_of_finishing_no_unfinished_record_is_passed(
    drawn: tuple[list[int], list[int]],
) -> None:
    counts, order = drawn
    lane, batches, first = Lane("articles.raw", 0, 1), [], 0
    for count in counts:
        batches.append(batch(first, first + count - 1))
        lane.add(batches[-1])
        first += count
    committed = 0
    for nth in order:
        offset = lane.finish(batches[nth])
        if offset is not None:
            assert offset > committed
            committed = offset
        unfinished = [b.records[0].offset for b in batches if not b.finished]
        assert committed == (unfinished[0] if unfinished else first)
    assert len(lane) == 0


def test_nothing_is_committed_while_the_head_is_at_work() -> None:
    lane, head, next_ = Lane("articles.raw", 0, 1), batch(0, 4), batch(5, 9)
    lane.add(head)
    lane.add(next_)
    assert lane.finish(next_) is None
    assert lane.finish(head) == 10


def test_the_offset_to_commit_is_the_one_after_the_last_record() -> None:
    """Offsets may have gaps, where transactions ended or compaction passed."""
    lane = Lane("articles.raw", 0, 1)
    gapped = Batch([SimpleNamespace(offset=offset, value=None) for offset in (3, 17)])
    lane.add(gapped)
    assert lane.finish(gapped) == 18


def test_each_batch_is_told_whom_it_must_be_sent_after() -> None:
    lane, first, second = Lane("articles.raw", 0, 1), batch(0, 0), batch(1, 1)
    assert lane.add(first) is None
    assert lane.add(second) is first


def test_a_batch_is_sent_after_one_that_is_delivered_already() -> None:
    lane, first, second = Lane("articles.raw", 0, 1), batch(0, 0), batch(1, 1)
    lane.add(first)
    lane.finish(first)
    assert lane.add(second) is first


@pytest.mark.parametrize(
    ("sizes", "room"), [([], True), ([500], False), ([60, 39], True), ([60, 40], False), ([0, 0, 0], False)]
)
def test_there_is_room_until_so_many_records_or_bytes_are_in_flight(sizes: list[int], room: bool) -> None:
    budget = Budget(most_records=3, most_bytes=100)
    taken = [batch_of(size) for size in sizes]
    for one in taken:
        budget.take(one)
    assert budget.room.is_set() is room
    assert budget.used == sum(sizes)
    for one in taken[:1]:
        budget.give_back(one)
    assert budget.room.is_set()


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 60))))
def test_a_batch_counts_from_being_taken_until_it_is_given_back_once(
    drawn: list[tuple[int, int]],
) -> None:
    budget, held = Budget(most_records=4, most_bytes=100), dict[int, Batch]()
    for nth, size in drawn:  # the nth batch is taken, or given back, or given back again
        if nth in held:
            for _ in range(2):
                budget.give_back(held[nth])
            del held[nth]
        else:
            held[nth] = batch_of(size)
            budget.take(held[nth])
        used = sum(one.size for one in held.values())
        assert budget.used == used
        assert budget.room.is_set() is (used < 100 and len(held) < 4)


def batch_of(*sizes: int) -> Batch:
    return Batch([SimpleNamespace(offset=0, value=b"x" * size) for size in sizes])


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 30)), max_size=20),
    st.integers(1, 12),
    st.integers(1, 60),
)
def test_what_waits_is_taken_in_its_order_and_no_more_at_a_time_than_is_allowed(
    drawn: list[tuple[int, int]], most_records: int, most_bytes: int
) -> None:
    lane, waiting, given = Lane("articles.raw", 0, 1), Waiting[Taken](most_records, most_bytes), []
    for records, size in drawn:
        given.append(batch_of(size, *[0] * (records - 1)))
        waiting.add(Taken(lane, given[-1], None))
    found = []
    while waiting:
        together = [taken.batch for taken in waiting.together()]
        if len(together) > 1:
            assert sum(len(one.records) for one in together) <= most_records
            assert sum(one.size for one in together) <= most_bytes
        found += together
    assert found == given
