"""--from, --to and --stages, as a person writes them."""

import pytest

from streams.shell.exits import Exit, Fatal
from streams.shell.replay.bounds import Bound, bound_of, check_order, steps_between

NAMES = ("clean", "tag", "dedup")
TEN = 1_795_341_600_000  # 2026-11-22T10:00Z in ms


@pytest.mark.parametrize(
    "text",
    ["2026-11-22T10:00", "2026-11-22 10:00:00", "2026-11-22T10:00Z", "2026-11-22T11:00+01:00"],
)
def test_a_time_without_a_zone_is_utc(text: str) -> None:
    assert bound_of("--from", text) == Bound(text, at_ms=TEN)


def test_offsets_name_their_partitions() -> None:
    assert bound_of("--to", "0:1500,12:7").offsets == {0: 1500, 12: 7}


@pytest.mark.parametrize("text", ["yesterday", "", "0:1,0:2", "0:-1", "0", "99999-01-01", "0:1;1:2"])
def test_what_is_neither_is_a_usage_error_that_quotes_it(text: str) -> None:
    with pytest.raises(Fatal, match="--from") as caught:
        bound_of("--from", text)
    assert caught.value.code is Exit.USAGE


@pytest.mark.parametrize(
    ("start", "end", "why"),
    [
        ("2026-11-22T10:00", "2026-11-22T10:00", "is not before"),
        ("2026-11-22T11:00", "2026-11-22T10:00", "is not before"),
        ("2026-11-22T13:00", None, "in the future"),
        ("0:5", "0:4", "is not before"),
        ("0:5", "1:9", "the same partitions"),
    ],
)
def test_bounds_that_hold_nothing_are_refused(start: str, end: str | None, why: str) -> None:
    bounds = bound_of("--from", start), bound_of("--to", end) if end else None
    with pytest.raises(Fatal, match=why):
        check_order(*bounds, now_ms=TEN + 2 * 3_600_000)


def test_bounds_in_order_pass_whatever_their_kinds() -> None:
    for start, end in (("2026-11-22T10:00", "2026-11-22T11:00"), ("0:1", "2026-11-22T11:00"), ("0:1", "0:1")):
        check_order(bound_of("--from", start), bound_of("--to", end), now_ms=TEN + 3_600_000)


def test_stages_are_one_or_a_stretch() -> None:
    assert steps_between("tag", NAMES) == ("tag", "tag")
    assert steps_between("clean..dedup", NAMES) == ("clean", "dedup")


@pytest.mark.parametrize("text", ["dedup..clean", "raw", "clean..", "clean..x", ""])
def test_other_stages_are_refused(text: str) -> None:
    with pytest.raises(Fatal, match="--stages"):
        steps_between(text, NAMES)
