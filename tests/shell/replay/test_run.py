"""How a run ends."""

import asyncio

import pytest

from streams.shell.exits import Exit, Fatal
from streams.shell.replay.run import ended_well


async def _written() -> None:
    pass


async def _failed() -> None:
    raise Fatal(Exit.RETRY, "the transaction failed")


def test_a_run_is_done_when_all_is_written_and_stopped_when_it_was_cancelled() -> None:
    async def go() -> tuple[bool, bool]:
        written, cancelled = asyncio.create_task(_written()), asyncio.create_task(_written())
        cancelled.cancel()
        await asyncio.wait({written, cancelled})
        return ended_well(written), ended_well(cancelled)

    assert asyncio.run(go()) == (True, False)


def test_a_transaction_that_fails_while_somebody_stops_the_run_does_not_make_it_done() -> None:
    async def go() -> None:
        failed = asyncio.create_task(_failed())
        await asyncio.wait({failed})
        ended_well(failed)

    with pytest.raises(Fatal, match="transaction failed"):
        asyncio.run(go())
