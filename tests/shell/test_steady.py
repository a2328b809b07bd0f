"""A clock set anew and a full disk take nothing from stage processes."""

import asyncio
import tempfile
import time
from itertools import count

import pytest

from streams.events import Failed
from streams.pipeline import Output, Record
from streams.shell import steady
from streams.shell.exits import Exit, Fatal
from streams.shell.pool import StagePool
from streams.shell.settings import Settings
from streams.shell.steady import IN_MEMORY, temporary_folder
from tests.shell.hostile import HANG, OBEY, SLOW

SECONDS, MOST_SECONDS = 3, 60  # of a stage; of this test, against hanging for ever
NOWHERE = "/proc"  # no file can be made there, by root neither


@pytest.fixture
def _full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every folder for temporary files is on a full disk."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: [NOWHERE])


def test_the_usual_folder_is_taken_where_it_can_be_written_to() -> None:
    assert temporary_folder() == tempfile.gettempdir()


@pytest.mark.usefixtures("_full")
def test_with_every_disk_full_the_socket_of_the_pool_is_kept_in_memory() -> None:
    assert temporary_folder() == tempfile.gettempdir() == IN_MEMORY


@pytest.mark.usefixtures("_full")
def test_with_no_folder_at_all_it_is_said_which_were_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steady, "IN_MEMORY", NOWHERE)
    with pytest.raises(Fatal) as told:
        temporary_folder()
    assert told.value.code is Exit.RETRY
    assert NOWHERE in str(told.value)


@pytest.mark.parametrize(("record", "hours"), [(HANG, -1), (SLOW, 1)])
def test_a_clock_that_is_set_while_a_record_is_in_hand_neither_spares_nor_ends_it(
    monkeypatch: pytest.MonkeyPatch, record: bytes, hours: int
) -> None:
    """Of the worker's process: there pebble measures. Each look at this clock finds it set again."""
    looks = count(1)
    pool = StagePool([OBEY], Settings(processes=1, stage_seconds=SECONDS))
    try:
        asyncio.run(pool.ready())
        monkeypatch.setattr(time, "time", lambda: hours * 3600.0 * next(looks) + 1e9)
        judging = asyncio.wait_for(pool.judge([Record(record, "2026-11-22T10:00:00.000Z")]), MOST_SECONDS)
        [judged] = asyncio.run(judging)
    finally:
        monkeypatch.undo()
        pool.close()
    assert isinstance(judged.outcome, Failed if record == HANG else Output)
