"""Times as pages write them, to RFC 3339 in UTC. Nothing is taken from the clock.

A time without a zone counts as UTC, unless the caller knows the page's offset. A day in figures that can be
read in two ways is only read when the caller knows the page's order.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from streams.cleaning.days import Order, day_in, month_of
from streams.vocabulary import Precision

EARLIEST_YEAR = 1800  # archives of newspapers go back so far; years below are broken fields
NO_DATE = (1970, 1, 1)  # what content systems write for none
MINUTES_A_DAY = 1_440
# The names of zones that headers and bylines do write, in minutes east of UTC.
ZONES = {"z": 0, "utc": 0, "gmt": 0, "bst": 60, "cet": 60, "cest": 120, "est": -300, "edt": -240, "et": -300}
ZONES |= {
    "msk": 180,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "ist": 330,
    "jst": 540,
    "kst": 540,
    "aest": 600,
    "aedt": 660,
}

_ISO = re.compile(
    r"(\d{4}-\d\d?-\d\d?)(?:[T\s]+(\d\d?:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?\s*(Z|[+-]\d\d(?::?\d\d)?|[A-Za-z]{1,4})?)?"
    r"(?:\[[^\]]{1,40}\])?"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(Z)?")
_EPOCH = re.compile(r"(1\d{9})(?:\d{3})?")
_RFC2822 = re.compile(r"[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d(?::\d\d)?")

_CLOCK = re.compile(
    r"(?<![\d.:])(\d{1,2})[:.h](\d\d)(?::\d\d)?(?![\d.:])\s?([ap]\.?m\b)?"
    r"(?:\s?\(?((?:GMT|UTC)?[+-]\d\d(?::?\d\d)?|[A-Za-z]{2,4}\b))?",
    re.IGNORECASE,
)
_DAY = len("2026-11-22")
_ONE_DAY = timedelta(days=1)
_MAX_LINE = 200  # characters of a line that is looked through for a date
_IN_PATH = re.compile(r"/(20\d\d|19\d\d)[/-]?(\d\d|[a-z]{3})[/-]?(\d\d)(?=[/\-_]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Time:
    """A moment in UTC, and whether only its day is known (then it is midnight)."""

    moment: datetime
    precision: Precision

    def __str__(self) -> str:
        return self.moment.isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def parse_time(value: str, *, order: Order | None = None, offset: int = 0) -> Time | None:
    """A time field: RFC 3339, ISO 8601, RFC 2822, seconds since 1970 or a date as people write it.

    `offset`: minutes east of UTC for a time that names no zone.
    """
    text = value.strip()[:_MAX_LINE]
    return _iso(text, offset) or _mail(text) or date_in(text, order=order, offset=offset)


def published_time(value: str, *, order: Order | None = None, offset: int = 0) -> Time | None:
    """As `parse_time`, but midnight sharp is taken for what it is: how content systems write a day, in the
    zone they write it in.
    """
    text = value.strip()
    if "00:00:00" in text and (match := _ISO.fullmatch(text[:_MAX_LINE])) and match[2] == "00:00:00":
        return _iso(match[1], 0)
    return parse_time(text, order=order, offset=offset)


def offset_in(value: str) -> int | None:
    """The minutes east of UTC that a time field names in figures or by "Z"; None where it names none."""
    match = _ISO.fullmatch(value.strip()[:_MAX_LINE])
    zone = match[3] if match else None
    return _offset(zone) if zone and zone[0] in "+-Zz" else None


def date_in(line: str, *, order: Order | None = None, offset: int = 0) -> Time | None:
    """The first date in a short line ("Published: 20 November 2019, 14:30 GMT"), with its time of day."""
    line = line[:_MAX_LINE]
    if (found := day_in(line, order)) is None:
        return None
    day = _moment(*found.day, 0, 0, 0, 0, Precision.DAY)
    if day is None:
        return None
    clock = _CLOCK.search(line, found.end) or _CLOCK.search(line[: found.start])
    return _at_clock(day, clock, offset) if clock else day


def date_in_path(url: str) -> Time | None:
    """The day that many publishers put into an article's path: /2019/11/20/, /2019/nov/20/, /20191120/."""
    match = _IN_PATH.search(url.partition("?")[0])
    if match is None:
        return None
    month = int(match[2]) if match[2].isdecimal() else month_of(match[2])
    return _moment(int(match[1]), month or 0, int(match[3]), 0, 0, 0, 0, Precision.DAY)


def clamp(time: Time, received_at: str) -> tuple[Time, bool]:
    """At most a day after the article was received (`received_at`, RFC 3339), and whether it was moved."""
    dated = received_at[_DAY : _DAY + 1] == "T"
    if dated and time.moment.isoformat() < received_at[:_DAY]:  # as nearly all are, whatever the zone
        return time, False
    received = _iso(received_at, 0)
    # Taken off the time: added to the last of all days it overflows.
    if received is None or time.moment - _ONE_DAY <= received.moment:
        return time, False
    return Time(received.moment + _ONE_DAY, time.precision), True


def _iso(text: str, offset: int) -> Time | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return _compact(text, offset)
    day, clock, zone = match.groups()
    year, month, number = (int(part) for part in day.split("-"))
    hour, minute, second = (int(part) for part in ((clock or "0:0") + ":0").split(":")[:3])
    if clock is None:
        return _moment(year, month, number, 0, 0, 0, 0, Precision.DAY)
    return _moment(
        year, month, number, hour, minute, second, _offset(zone) if zone else offset, Precision.SECOND
    )


def _compact(text: str, offset: int) -> Time | None:
    if match := _EPOCH.fullmatch(text):
        return Time(datetime.fromtimestamp(int(match[1]), UTC), Precision.SECOND)
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if not match[4]:
        return _moment(year, month, day, 0, 0, 0, 0, Precision.DAY)
    return _moment(year, month, day, hour, minute, second, 0 if match[7] else offset, Precision.SECOND)


def _mail(text: str) -> Time | None:
    if _RFC2822.match(text) is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _in_utc(moment)


def _at_clock(day: Time, clock: re.Match[str], offset: int) -> Time:
    hour, minute = int(clock[1]), int(clock[2])
    if clock[3]:
        hour = hour % 12 + (12 if clock[3][0] in "pP" else 0)
    if clock[4] and (clock[4][0] in "+-" or clock[4][-1].isdecimal() or clock[4].lower() in ZONES):
        offset = _offset(clock[4])
    year, month, number = day.moment.timetuple()[:3]
    return _moment(year, month, number, hour, minute, 0, offset, Precision.SECOND) or day


def _offset(zone: str) -> int:
    """Minutes east of UTC; a name that is not known counts as UTC."""
    figures = zone.upper().removeprefix("GMT").removeprefix("UTC")
    if not figures or figures[0] not in "+-":
        return ZONES.get(zone.lower(), 0)
    digits = figures[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    return -minutes if figures[0] == "-" else minutes


def _moment(
    year: int, month: int, day: int, hour: int, minute: int, second: int, offset: int, precision: Precision
) -> Time | None:
    if year < EARLIEST_YEAR or (year, month, day) == NO_DATE or abs(offset) >= MINUTES_A_DAY:
        return None
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
        return Time(moment - timedelta(minutes=offset) if offset else moment, precision)
    except (ValueError, OverflowError):
        return None


def _in_utc(moment: datetime) -> Time | None:
    if moment.year < EARLIEST_YEAR or moment.timetuple()[:3] == NO_DATE:
        return None
    try:
        return Time(moment.astimezone(UTC).replace(microsecond=0), Precision.SECOND)
    except OverflowError:
        return None
