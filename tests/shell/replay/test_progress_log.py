"""The records of replay.progress: by their schema, and counted rightly."""

from typing import Any

import jsonschema_rs
import orjson
import pytest

from streams.contract import schema_folder
from streams.shell.deliveries import Message
from streams.shell.exits import Fatal
from streams.shell.replay import progress_log
from streams.shell.replay.progress_log import (
    SILENT_SECONDS,
    Counts,
    Known,
    Position,
    head_message,
    position_message,
)
from streams.shell.settings import Settings
from tests.shell.replay.plans import VERSIONS, plan

SETTINGS = Settings()


def schema_errors(message: Message) -> list[str]:
    schema: Any = orjson.loads((schema_folder() / "replay.progress.v1.schema.json").read_bytes())
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    return [error.message for error in validator.iter_errors(orjson.loads(message.value or b""))]


def test_a_run_begins_at_its_warm_up_in_every_partition() -> None:
    known = Known.fresh(plan(), VERSIONS, 0)
    assert known.positions[0] == Position(begin=4, position=4, end=20)
    assert known.positions[1] == Position(begin=0, position=0, end=5)
    assert (known.done, known.total, known.finished) == (0, 21, False)


def test_what_is_written_is_by_its_schema_and_is_read_again() -> None:
    known = Known.fresh(plan(), VERSIONS, 0)
    at = Position(begin=4, position=12, end=20, counts=Counts(read=8, warm=6, output=2))
    head = head_message(SETTINGS, known.head, "stopped", 5)
    moved = position_message(SETTINGS, plan().run, 0, at)
    assert schema_errors(head) == schema_errors(moved) == []
    assert (head.key, moved.key) == (plan().run.encode(), f"{plan().run}/0".encode())
    latest = {m.key or b"": (m.value or b"", 7) for m in (head, moved)}
    read = progress_log._known("replay.progress", plan().run, latest)
    assert read.head.plan == plan()
    assert (read.head.state, read.positions[0], read.at_ms) == ("stopped", at, 7)
    assert read.counts == at.counts
    assert read.done == 8


def test_a_run_that_failed_says_why_until_somebody_goes_on_with_it() -> None:
    known = Known.fresh(plan(), VERSIONS, 0)
    failed = head_message(SETTINGS, known.head, "failed", 5, "too many failures")
    assert schema_errors(failed) == []
    read = progress_log._known("replay.progress", plan().run, {failed.key or b"": (failed.value or b"", 7)})
    assert (read.head.state, read.head.why) == ("failed", "too many failures")
    again = orjson.loads(head_message(SETTINGS, read.head, "running", 9).value or b"")
    assert (again["state"], again["why"]) == ("running", "")


def test_running_is_believed_as_long_as_there_are_signs_of_it() -> None:
    """The last progress may be older: the run waits for the live workers, and says that it is there."""
    head = head_message(SETTINGS, Known.fresh(plan(), VERSIONS, 0).head, "running", 0)
    moved = position_message(SETTINGS, plan().run, 0, Position(begin=4, position=12, end=20))
    written = {head.key or b"": (head.value or b"", 90_000), moved.key or b"": (moved.value or b"", 10_000)}
    known = progress_log._known("replay.progress", plan().run, written)
    assert (known.at_ms, known.alive_ms) == (10_000, 90_000)
    last = 90_000 + int(SILENT_SECONDS * 1000)
    assert [known.silent(last), known.silent(last + 1)] == [False, True]
    stopped = head_message(SETTINGS, known.head, "stopped", 0)
    written[head.key or b""] = (stopped.value or b"", 90_000)
    assert not progress_log._known("replay.progress", plan().run, written).silent(last + 1)


def test_a_record_of_another_version_is_told_with_what_to_do() -> None:
    with pytest.raises(Fatal, match=r"run x: .*abort it"):
        progress_log._known("replay.progress", "x", {b"x": (b'{"plan": {"run": "x", "format": 2}}', 0)})


def test_a_position_behind_a_gap_is_done() -> None:
    """A marker may lie at the end: the position is then above the last record by more than one."""
    known = Known.fresh(plan(ranges={0: plan().ranges[0]}, warm_up={}), VERSIONS, 0)
    at = {0: Position(begin=10, position=20, end=20)}
    assert Known(known.head, at, 0).finished
    assert Known(known.head, at, 0).done == known.total
