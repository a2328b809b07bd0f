"""Times as pages write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.times import clamp, date_in, date_in_path, offset_in, parse_time, published_time
from streams.vocabulary import Precision


@pytest.mark.parametrize(
    ("written", "time", "precision"),
    [
        ("2026-11-20T18:30:00+01:00", "2026-11-20T17:30:00Z", "second"),
        ("2026-11-20T18:30:00.123Z", "2026-11-20T18:30:00Z", "second"),
        ("2026-11-20T18:30:00-0500", "2026-11-20T23:30:00Z", "second"),
        ("2026-11-20 18:30", "2026-11-20T18:30:00Z", "second"),
        ("2026-11-20", "2026-11-20T00:00:00Z", "day"),
        ("20261120T183000Z", "2026-11-20T18:30:00Z", "second"),
        ("Fri, 20 Nov 2026 18:30:00 +0100", "2026-11-20T17:30:00Z", "second"),
        ("November 20, 2026", "2026-11-20T00:00:00Z", "day"),
        ("20. November 2026", "2026-11-20T00:00:00Z", "day"),
        ("20 de diciembre de 2026", "2026-12-20T00:00:00Z", "day"),
        ("2026年11月20日", "2026-11-20T00:00:00Z", "day"),
        ("Published: Fri 20th Nov 2026, 6:30 pm GMT", "2026-11-20T18:30:00Z", "second"),
        ("Updated 9:05 AM EST, Nov. 20, 2026", "2026-11-20T14:05:00Z", "second"),
        ("2026-11-20T18:30:00+01", "2026-11-20T17:30:00Z", "second"),
        ("2026-11-20T18:30:00+01:00[Europe/Berlin]", "2026-11-20T17:30:00Z", "second"),
        ("Fri Nov 20 2026 18:30:00 GMT+0100 (CET)", "2026-11-20T17:30:00Z", "second"),
        ("11/20/2026 6:30:00 PM", "2026-11-20T18:30:00Z", "second"),
        ("20 novembre 2026 à 18h30", "2026-11-20T18:30:00Z", "second"),
        ("2026年11月20日 18:30", "2026-11-20T18:30:00Z", "second"),
        ("1795199400", "2026-11-20T18:30:00Z", "second"),
        ("1795199400000", "2026-11-20T18:30:00Z", "second"),
    ],
)
def test_times_are_read_and_moved_to_utc(written: str, time: str, precision: str) -> None:
    found = parse_time(written)
    assert found is not None
    assert (str(found), found.precision) == (time, Precision(precision))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "2026-13-40",
        "0000-00-00",
        "1970-01-01T00:00:00Z",
        "11/12/2026",
        "0001-01-01T00:00:00Z",
    ],
)
def test_what_is_no_certain_time_is_none(written: str) -> None:
    assert parse_time(written) is None


@pytest.mark.parametrize(
    ("written", "time"),
    [
        ("2026-11-20T18:30:00", "2026-11-20T17:30:00Z"),
        ("2026-11-20T18:30:00Z", "2026-11-20T18:30:00Z"),
        ("20 November 2026, 18:30", "2026-11-20T17:30:00Z"),
        ("20 November 2026, 18:30 GMT", "2026-11-20T18:30:00Z"),
        ("2026-11-20", "2026-11-20T00:00:00Z"),
    ],
)
def test_a_time_without_a_zone_has_the_pages_offset_where_it_is_known(written: str, time: str) -> None:
    assert str(parse_time(written, offset=60)) == time


@pytest.mark.parametrize(
    ("written", "offset"),
    [
        ("2026-11-20T18:30:00+01:00", 60),
        ("2026-11-20T18:30:00-0330", -210),
        ("2026-11-20T18:30:00Z", 0),
        ("2026-11-20T18:30:00", None),
        ("2026-11-20", None),
    ],
)
def test_the_offset_of_a_time_field(written: str, offset: int | None) -> None:
    assert offset_in(written) == offset


def test_midnight_sharp_is_a_day_in_the_zone_it_is_written_in() -> None:
    found = published_time("2026-11-20T00:00:00+08:00")
    assert (str(found), found and found.precision) == ("2026-11-20T00:00:00Z", Precision.DAY)
    assert str(published_time("2026-11-20T00:00:01+08:00")) == "2026-11-19T16:00:01Z"
    assert str(parse_time("2026-11-20T00:00:00+08:00")) == "2026-11-19T16:00:00Z"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2026/11/20/story", "2026-11-20"),
        ("https://a.example/world/2026/nov/20/story", "2026-11-20"),
        ("https://a.example/20261120-story", "2026-11-20"),
        ("https://a.example/2026/99/20/story", None),
        ("https://a.example/story?d=/2026/11/20/", None),
    ],
)
def test_the_day_in_a_path(url: str, day: str | None) -> None:
    found = date_in_path(url)
    assert (str(found)[:10] if found else None) == day


def test_only_times_more_than_a_day_ahead_are_clamped() -> None:
    near, far = parse_time("2026-11-23T09:00:00Z"), parse_time("2026-11-24")
    assert near is not None
    assert far is not None
    assert clamp(near, "2026-11-22T10:00:00.500Z") == (near, False)
    assert [clamp(far, received)[1] for received in ("20261122T100000Z", "2026-11-2T10:00:00Z")] == [True] * 2
    moved, clamped = clamp(far, "2026-11-22T10:00:00Z")
    assert (str(moved), clamped) == ("2026-11-23T10:00:00Z", True)


def test_a_time_is_clamped_to_no_day_behind_the_last_there_is() -> None:
    last = parse_time("9999-12-31")
    assert last is not None
    assert clamp(last, "9999-12-31T10:00:00Z") == (last, False)


@given(st.text(alphabet="0123456789-T:/.+Z JanNovember,") | st.text())
def test_reading_a_time_never_raises(written: str) -> None:
    parse_time(written)
    published_time(written)
    offset_in(written)
    date_in(written, order="dmy")
    date_in_path(written)
