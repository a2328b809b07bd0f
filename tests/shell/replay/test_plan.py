"""A plan's file: what is written is read again, and what is no plan is one clear line."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from streams.dedup.fold import KEEP_MS
from streams.shell.exits import Exit, Fatal
from streams.shell.replay.plan import Plan, as_object, read_plan, refuse_foreign, run_settings, write_plan
from streams.shell.replay.plan_command import plan as plan_command
from streams.shell.replay.versions import versions_now
from streams.shell.settings import Settings
from streams.shell.topics import topic_name
from tests.shell.replay.plans import VERSIONS, plan


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    write_plan(plan(missing=("a line",)), file)
    assert read_plan(file) == plan(missing=("a line",))


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text("mine")
    with pytest.raises(Fatal, match="exists") as caught:
        write_plan(plan(), file)
    assert caught.value.code is Exit.CANNOT_WRITE
    assert file.read_text() == "mine"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"none\.json") as caught:
        read_plan(tmp_path / "none.json")
    assert caught.value.code is Exit.NO_INPUT


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": 99}, "format 99"),
        ({"run": "a/b"}, "topic's name"),
        ({"first": "dedup", "last": "clean"}, "dedup..clean"),
        ({"last": "publish"}, "clean..publish"),
        ({"ranges": {}}, "no ranges"),
        ({"ranges": {"0": {"start": 5, "end": 4}}}, "no stretch of offsets"),
        ({"warm_up": {"0": {"start": -1, "end": 4}}}, "no stretch of offsets"),
        ({"warm_up": {"0": {"start": 0, "end": 4}}}, "the range begins at 10"),
        ({"ranges": {"0": {"start": "x", "end": 4}}}, "start"),
        ({"versions": {}}, "code"),
        ({"keep_days": 0}, "keep_days 0.0: more than 0, at most 36500"),
        ({"keep_days": 1e300}, "at most 36500"),
    ],
)
def test_a_plan_edited_into_nonsense_is_refused_naming_it(
    tmp_path: Path, change: dict[str, Any], why: str
) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(orjson.dumps({**as_object(plan()), **change}))
    with pytest.raises(Fatal, match=why) as caught:
        read_plan(file)
    assert caught.value.code is Exit.SETTINGS
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("days", ["nan", "inf", "1e300", "0"])
def test_records_are_kept_for_a_number_of_days_that_kafka_can_count(days: str) -> None:
    ended = CliRunner().invoke(plan_command, ["--from", "2026-11-22T10:00", "--keep", days])
    assert (ended.exit_code, "--keep" in ended.output) == (2, True), ended.output


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"a":1}', b"\xff", b'{"run": "x"}'])
def test_a_foreign_file_is_no_plan(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "other"
    file.write_bytes(data)
    with pytest.raises(Fatal, match="is no plan"):
        read_plan(file)


@pytest.mark.parametrize(
    ("settings", "cluster"),
    [
        (Settings(), "another"),
        (Settings(prefix="staging"), "c"),
        (Settings(topic_prefix="staging."), "c"),
    ],
)
def test_a_plan_of_another_kafka_or_of_other_names_is_refused(settings: Settings, cluster: str) -> None:
    refuse_foreign(Settings(), plan(), "c")
    with pytest.raises(Fatal, match="was planned for"):
        refuse_foreign(settings, plan(), cluster)


def test_a_run_has_its_topics_behind_the_live_prefix() -> None:
    live = Settings(topic_prefix="staging.")
    made: Plan = plan(topic_prefix="staging.", run="r1")
    assert topic_name(run_settings(live, made), "articles.tagged") == "staging.replay.r1.articles.tagged"


def test_stages_say_what_is_read_and_written() -> None:
    assert (plan().source, plan().targets) == ("articles.raw", ("articles.tagged", "articles.enriched"))
    alone = plan(first="tag", last="tag")
    assert (alone.source, alone.targets, alone.decides) == ("articles.cleaned", ("articles.tagged",), False)


def test_what_lies_before_a_range_or_in_no_range_is_warm_up() -> None:
    assert plan().in_warm_up(0, 9)
    assert not plan().in_warm_up(0, 10)
    assert plan().in_warm_up(7, 0)


def test_versions_tell_what_differs() -> None:
    now = versions_now(Settings(tagger="builtin", validate_raw=False, dedup_domains="*=1,en=0"))
    assert now.domains == "*=1,en=0"
    assert "validate_raw True -> False" in [d.replace("-> -", "-> False") for d in VERSIONS.differences(now)]
    assert VERSIONS.differences(VERSIONS) == []


def test_erasures_have_to_be_known_from_the_warm_up_on_but_for_what_is_not_read_or_was_accepted() -> None:
    assert plan(removals_since=1_000).read_since == 1_000
    assert plan(removals_since=1_000, warm_up={}).read_since == 1_000 + KEEP_MS
    assert plan(removals_since=1_000, erasures_since=5_000).read_since == 5_000
