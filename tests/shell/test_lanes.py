"""A lane is committed from its head only; the budget bounds what is in flight."""

import asyncio
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.shell.lanes import Batch, Budget, Lane, Taken, Waiting


def batch(first: int, last: int) -> Batch:
    return Batch([SimpleNamespace(offset=offset) for offset in range(first, last + 1)], size=1)


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
    gapped = Batch([SimpleNamespace(offset=3), SimpleNamespace(offset=17)], size=1)
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


@pytest.mark.parametrize(("used", "asked", "waits"), [(0, 500, False), (60, 40, False), (60, 41, True)])
def test_the_budget_waits_when_bytes_would_exceed_it_but_one_batch_always_fits(
    used: int, asked: int, waits: bool
) -> None:
    async def scenario() -> None:
        budget = Budget(100)
        if used:
            await budget.take(used)
        taking = asyncio.create_task(budget.take(asked))
        for _ in range(3):
            await asyncio.sleep(0)
        assert taking.done() is not waits
        if waits:
            budget.give_back(used)
            await asyncio.wait_for(taking, 5)
        assert budget.used == asked + (0 if waits else used)

    asyncio.run(scenario())


def test_many_that_wait_for_the_budget_all_get_through_and_never_above_it() -> None:
    async def scenario() -> None:
        budget, most = Budget(100), 0

        async def one(size: int) -> None:
            nonlocal most
            await budget.take(size)
            most = max(most, budget.used)
            await asyncio.sleep(0)
            budget.give_back(size)

        await asyncio.wait_for(asyncio.gather(*(one(size) for size in [40, 30, 50, 90, 10, 100] * 5)), 10)
        assert budget.used == 0
        assert most <= 100

    asyncio.run(scenario())


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 30)), max_size=20),
    st.integers(1, 12),
    st.integers(1, 60),
)
def test_what_waits_is_taken_in_its_order_and_no_more_at_a_time_than_is_allowed(
    drawn: list[tuple[int, int]], most_records: int, most_bytes: int
) -> None:
    lane, waiting, given = Lane("articles.raw", 0, 1), Waiting(most_records, most_bytes), []
    for records, size in drawn:
        given.append(Batch([SimpleNamespace(offset=0)] * records, size))
        waiting.add(Taken(lane, given[-1], None))
    found = []
    while waiting:
        together = [taken.batch for taken in waiting.together()]
        if len(together) > 1:
            assert sum(len(one.records) for one in together) <= most_records
            assert sum(one.size for one in together) <= most_bytes
        found += together
    assert found == given
