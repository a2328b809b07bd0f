"""A worker that is given no partition asks whether that is because it may not see its topic."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from streams.pipeline import CLEAN
from streams.shell import worker
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings


@pytest.mark.parametrize(("code", "ends"), [(Exit.NO_RIGHT, True), (Exit.UNAVAILABLE, False)])
def test_a_right_that_is_gone_ends_it_and_a_broker_that_is_away_does_not(
    monkeypatch: pytest.MonkeyPatch, code: Exit, ends: bool
) -> None:
    async def refused(*_: Any) -> None:
        raise Fatal(code, "Kafka says no")

    monkeypatch.setattr(worker, "check_access", refused)
    told: list[Fatal] = []
    one: Any = SimpleNamespace(_settings=Settings(), _step=CLEAN, failed=told.append)
    asyncio.run(worker.StageWorker._look_at_rights(one))
    assert [fatal.code for fatal in told] == [code] * ends
