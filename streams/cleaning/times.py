"""Times as pages write them, to RFC 3339 in UTC. Nothing is taken from the clock."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from streams.vocabulary import Precision

EARLIEST_YEAR = 1800  # archives of newspapers go back so far; years below are broken fields
# A time without a zone is taken as UTC; these are the names that headers and bylines do write.
ZONES = {"z": 0, "utc": 0, "gmt": 0, "bst": 60, "cet": 60, "cest": 120, "est": -300, "edt": -240, "et": -300}
ZONES |= {
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "ist": 330,
    "jst": 540,
    "aest": 600,
}

# First letters that tell a month in English, German, French, Spanish, Italian, Portuguese and Dutch.
_MONTHS = {
    1: "jan gen ene", 2: "feb fév fev", 3: "mar mär mrt maa", 4: "apr avr abr",
    5: "may mai mag maj mei", 6: "jun giu juin",
    7: "jul lug juil", 8: "aug aoû ago aou", 9: "sep set",
    10: "oct okt ott out", 11: "nov", 12: "dec dez dic déc",
}  # fmt: skip
_MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names.split()}

_ISO = re.compile(
    r"(\d{4}-\d\d?-\d\d?)(?:[T\s]+(\d\d?:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?\s*(Z|[+-]\d\d:?\d\d|[A-Za-z]{1,4})?)?"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?)?(Z)?")
_RFC2822 = re.compile(r"[A-Za-z]{3}, \d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d(?::\d\d)?")
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+)?([^\W\d_]{3,10})\.?,?\s+(?:de\s+)?(\d{4})\b"
)
_MONTH_FIRST = re.compile(r"\b([^\W\d_]{3,10})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_CJK = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_ISO_DAY = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_CLOCK = re.compile(
    r"\b(\d{1,2})[:.h](\d\d)(?::\d\d)?\s?([ap]\.?m\b)?(?:\s?\(?([A-Za-z]{2,4})\b)?", re.IGNORECASE
)
_MAX_LINE = 200  # characters of a line that is looked through for a date
_IN_PATH = re.compile(r"/(20\d\d|19\d\d)[/-]?(\d\d|[a-z]{3})[/-]?(\d\d)(?=[/\-_]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Time:
    """A moment in UTC, and whether only its day is known (then it is midnight)."""

    moment: datetime
    precision: Precision

    def __str__(self) -> str:
        return self.moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_time(value: str) -> Time | None:
    """A time field: RFC 3339, ISO 8601, RFC 2822 or a date as people write it. Without a zone it is UTC."""
    text = value.strip()[:_MAX_LINE]
    return _iso(text) or _mail(text) or date_in(text)


def date_in(line: str) -> Time | None:
    """The first date in a short line ("Published: 20 November 2019, 14:30 GMT"), and its time of day if any.

    Day and month in figures are only read in forms that are not ambiguous.
    """
    line = line[:_MAX_LINE]
    found = None
    for pattern, order in (
        (_DAY_FIRST, "dmy"),
        (_MONTH_FIRST, "mdy"),
        (_DOTTED, "dmy"),
        (_CJK, "ymd"),
        (_ISO_DAY, "ymd"),
    ):
        match = pattern.search(line)
        if match is not None:
            found = _day(dict(zip(order, match.groups(), strict=True)))
            if found is not None:
                break
    if found is None or match is None:
        return None
    clock = _CLOCK.search(line, match.end()) or _CLOCK.search(line[: match.start()])
    return _at_clock(found, clock) if clock else Time(found, Precision.DAY)


def date_in_path(url: str) -> Time | None:
    """The day that many publishers put into an article's path: /2019/11/20/, /2019/nov/20/, /20191120/."""
    match = _IN_PATH.search(url.partition("?")[0])
    day = _day({"y": match[1], "m": match[2], "d": match[3]}) if match else None
    return Time(day, Precision.DAY) if day else None


def clamp(time: Time, received_at: str) -> tuple[Time, bool]:
    """At most a day after the article was received (`received_at`, RFC 3339), and whether it was moved."""
    received = _iso(received_at)
    if received is None or time.moment <= (latest := received.moment + timedelta(days=1)):
        return time, False
    return Time(latest, time.precision), True


def _iso(text: str) -> Time | None:
    match = _ISO.fullmatch(text)
    if match is None:
        return _compact(text)
    day, clock, zone = match.groups()
    year, month, number = (int(part) for part in day.split("-"))
    hour, minute, second = (int(part) for part in ((clock or "0:0") + ":0").split(":")[:3])
    offset = _offset(zone)
    return _moment(
        year, month, number, hour, minute, second, offset, Precision.SECOND if clock else Precision.DAY
    )


def _compact(text: str) -> Time | None:
    match = _COMPACT.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    return _moment(year, month, day, hour, minute, second, 0, Precision.SECOND if match[4] else Precision.DAY)


def _mail(text: str) -> Time | None:
    if _RFC2822.match(text) is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return _in_utc(moment, Precision.SECOND)


def _day(parts: dict[str, str]) -> datetime | None:
    name = parts["m"]
    month = (
        int(name)
        if name.isdecimal()
        else _MONTH_OF.get(name.casefold()[:4]) or _MONTH_OF.get(name.casefold()[:3])
    )
    found = _moment(int(parts["y"]), month or 0, int(parts["d"]), 0, 0, 0, 0, Precision.DAY)
    return found.moment if found else None


def _at_clock(day: datetime, clock: re.Match[str]) -> Time:
    hour, minute = int(clock[1]), int(clock[2])
    if clock[3]:
        hour = hour % 12 + (12 if clock[3][0] in "pP" else 0)
    offset = _offset(clock[4])
    return _moment(day.year, day.month, day.day, hour, minute, 0, offset, Precision.SECOND) or Time(
        day, Precision.DAY
    )


def _offset(zone: str | None) -> int:
    """Minutes east of UTC; a name that is not known counts as UTC."""
    if not zone or zone[0] not in "+-":
        return ZONES.get((zone or "").casefold(), 0)
    digits = zone[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return -minutes if zone[0] == "-" else minutes


def _moment(
    year: int, month: int, day: int, hour: int, minute: int, second: int, offset: int, precision: Precision
) -> Time | None:
    try:
        moment = datetime(
            year, month, day, hour, minute, min(second, 59), tzinfo=timezone(timedelta(minutes=offset))
        )
    except ValueError:
        return None
    return _in_utc(moment, precision)


def _in_utc(moment: datetime, precision: Precision) -> Time | None:
    # 1970-01-01 is what content systems write for "no date"
    if moment.year < EARLIEST_YEAR or moment.timetuple()[:3] == (1970, 1, 1):
        return None
    try:
        return Time(moment.astimezone(UTC).replace(microsecond=0), precision)
    except OverflowError:
        return None
