"""What is done is committed soon, many batches in one request, and never past what is not done."""

import asyncio
from types import SimpleNamespace

import pytest
from faust.types import TP

from streams.shell.commits import Commits
from streams.shell.lanes import Batch, Lane, Taken

FIRST, SECOND = TP("articles.raw", 0), TP("articles.raw", 1)


class Committed:
    """Remembers what was committed."""

    def __init__(self) -> None:
        self.requests: list[tuple[int, dict[TP, int]]] = []

    async def __call__(self, generation: int, offsets: dict[TP, int]) -> None:
        self.requests.append((generation, offsets))


def taken(lane: Lane, last: int) -> Taken:
    batch = Batch([SimpleNamespace(offset=last, value=None)])
    return Taken(lane, batch, lane.add(batch))


def test_batches_of_several_partitions_that_are_done_one_after_another_share_requests() -> None:
    async def scenario() -> None:
        committed = Committed()
        commits, lanes = Commits(committed), (Lane(*FIRST, 1), Lane(*SECOND, 1))
        batches = [taken(lanes[i % 2], i) for i in range(10)]
        await asyncio.gather(*(commits.finish([one]) for one in batches))
        assert len(committed.requests) < len(batches)
        last = {tp: offset for _, offsets in committed.requests for tp, offset in offsets.items()}
        assert last == {FIRST: 9, SECOND: 10}

    asyncio.run(scenario())


def test_a_batch_behind_one_that_is_at_work_is_not_committed() -> None:
    async def scenario() -> None:
        committed = Committed()
        commits, lane = Commits(committed), Lane(*FIRST, 1)
        head, behind = taken(lane, 0), taken(lane, 1)
        await commits.finish([behind])
        assert committed.requests == []
        await commits.finish([head])
        assert committed.requests == [(1, {FIRST: 2})]

    asyncio.run(scenario())


def test_each_generation_of_the_group_has_its_own_offsets() -> None:
    async def scenario() -> None:
        committed = Committed()
        commits = Commits(committed)
        before, after = taken(Lane(*FIRST, 1), 4), taken(Lane(*FIRST, 2), 7)
        await commits.finish([taken(Lane(*SECOND, 1), 0)])  # what follows so soon waits
        await asyncio.gather(commits.finish([before]), commits.finish([after]))
        assert committed.requests[1:] == [(1, {FIRST: 5}), (2, {FIRST: 8})]

    asyncio.run(scenario())


def test_whoever_waits_is_told_that_the_commit_failed() -> None:
    async def fails(_generation: int, _offsets: dict[TP, int]) -> None:
        raise ValueError("no")

    async def scenario() -> None:
        with pytest.raises(ValueError, match="no"):
            await Commits(fails).finish([taken(Lane(*FIRST, 1), 0)])

    asyncio.run(scenario())
