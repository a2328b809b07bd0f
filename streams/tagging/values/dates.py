"""Dates said by day, month and year; a year left out is resolved by the day of publication."""

import re
from collections.abc import Callable
from datetime import date

from streams.events import Value
from streams.tagging.values.before import REACH, Before, any_case
from streams.tagging.values.calendar import DAYS_IN_MONTH, MONTHS, WEEKDAYS, is_day
from streams.tagging.values.tense import Tense, tense
from streams.tagging.values.written import written
from streams.vocabulary import ValueKind

_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
MONTH = re.compile(rf"(?P<month>{_NAMES})(?:\.(?= ?[0-9])|(?![A-Za-z]))")
YEAR = r"(?P<year>[12][0-9]{3})(?![0-9]|[,.][0-9])"
ORDINAL = r"(?:st|nd|rd|th)?"
TO_DAY = rf"(?:(?: ?[-–—] ?| to | and )(?P<last>[0-9]{{1,2}}){ORDINAL}(?![\w:%]|[.,][0-9]| ?[ap]\.?m))?"
AFTER_MONTH = re.compile(
    rf",? (?:the )?(?:(?P<day>[0-9]{{1,2}}){ORDINAL}(?![\w:%]|[.,][0-9]| ?[ap]\.?m){TO_DAY}(?:,? {YEAR})?"
    r"|(?:of )?(?P<alone>[12][0-9]{3})(?![0-9]|[,.][0-9]))"
)
DAY_FIRST = re.compile(
    rf"(?P<day>[0-9]{{1,2}}){ORDINAL}{TO_DAY} (?:of )?(?P<month>{_NAMES})\b\.?(?:,? {YEAR})?"
)
ISO = re.compile(r"(?P<year>[12][0-9]{3})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?=T[0-9]|(?![\w-]))")
SLASHED = re.compile(r"(?P<first>[0-9]{1,2})/(?P<second>[0-9]{1,2})/(?P<year>[12][0-9]{3})(?![\w/])")
YEARS = re.compile(
    r"(?P<first>1[5-9][0-9]{2}|20[0-9]{2})[-–/](?P<last>(?:1[5-9]|20)?[0-9]{2})(?![\w-]|[,.][0-9])"
)
DECADE = re.compile(r"(?P<decade>(?:1[5-9]|20)[0-9]0)['’]?s(?!\w)")
DECADE_ENDS, RUN_LINKS = frozenset("'’s"), frozenset("-–/")
"""What follows the four digits in these."""
SHORT_DECADE = re.compile(r"(?P<decade>[2-9]0)['’]?s(?!\w)")
CENTURY = re.compile(r"(?P<century>1[0-9]|2[01])(?:th|st)[ -]century(?!\w)")
ONE_YEAR = re.compile(r"(?P<year>1[5-9][0-9]{2}|20[0-9]{2})(?![\w%:/-]|[,.][0-9]| ?(?:GMT|ET|hours|local))")
YEAR_AFTER = Before(
    [
        *any_case(
            "in as since by until till from before after during of for early late mid circa to through"
        ),
        *any_case("between and the a its his her their summer winter autumn spring fall"),
        *("our", "my"),
    ],
    gaps=" -",
)
YEAR_AFTER_MORE = re.compile(rf"\b(?:{'|'.join(YEAR_AFTER.words)}) year[ -]\Z|['’]s \Z")
WEAK_BEFORE = Before(any_case("to of after and for from a by"))
"""Before a number these speak of a count as often as of a year, if a word in the plural follows."""
PLURAL_AFTER = re.compile(r" (?:[a-z]+ )?[a-z]+s\b| (?:people|men|women|children)\b")
LONGEST_QUARTER = 26
QUARTER = re.compile(
    r"(?P<quarter>[Qq][1-4]|"
    r"(?:[Tt]he )?(?:(?P<nth>[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth) (?P<part>quarter|half))),?(?: of| in)? \Z"
)
NTH = {"first": 1, "second": 2, "third": 3, "fourth": 4}
MONTH_AFTER = Before(
    [
        *any_case("in since by until till from of early late mid through between during before after"),
        *("end", "start", "beginning"),
    ],
    gaps=" -",
)
NOT_A_MONTH_AFTER = re.compile(r" (?:Madness|[A-Z])")
EVENT = re.compile(
    r"(?:,? (?:terror\w*|terrorist))? (?:attacks?|hijack\w+|riots?|insurrection|committee|panel|massacre|"
    r"uprising|coup|commission|revolution|movement)\b"
)
"""Behind "Sept. 11" or "Jan. 6" these say that a day is a name, of whatever year."""
CERTAIN_AHEAD = 60
"""Days ahead within which a past tense does not move a date to last year ("was put off to March 20")."""
MONTHS_PAST, MONTHS_UNCLEAR = 8, 5
"""Months back up to which a month without year is past, with a verb that says so and without one."""
NEAR = 90
"""Days from publication within which a date without year and tense is the nearest one."""


def dated(text: str, start: int, end: int, value: str | None) -> Value:
    return written(ValueKind.DATE, text, start, end, value)


def month_at(text: str, at: int) -> tuple[int, int] | None:
    """A month's name that begins here, as its number and where it ends."""
    match = MONTH.match(text, at)
    return (MONTHS[match["month"]], match.end("month")) if match else None


def by_month(text: str, at: int, today: date | None, weekday: int | None = None) -> Value | None:
    """A date whose month comes first: "Nov. 18", "March 15-17, 2022", "March 2020", "in June"."""
    name = MONTH.match(text, at)
    if name is None:
        return None
    month = MONTHS[name["month"]]
    match = AFTER_MONTH.match(text, name.end())
    if match is None:
        return _month_alone(text, at, name.end("month"), month, today)
    if match["alone"]:
        return dated(text, at, match.end(), f"{match['alone']}-{month:02}")
    return _day(text, at, match, month, today, weekday)


def by_day(text: str, at: int, today: date | None, weekday: int | None = None) -> Value | None:
    """A date whose day comes first: "18th of November 2022", "15-17 March"."""
    if text[at + 2 : at + 4].isdigit():
        return None
    match = DAY_FIRST.match(text, at)
    return _day(text, at, match, MONTHS[match["month"]], today, weekday) if match else None


def by_digits(text: str, at: int) -> Value | None:
    """Dates with slashes, centuries, decades of two digits."""
    if text[at + 2 : at + 4].isdigit():
        return None
    if match := SLASHED.match(text, at):
        return _slashed(text, at, match)
    if match := CENTURY.match(text, at):
        century = int(match["century"])
        return dated(text, at, match.end(), f"{century - 1}01/{century}00")
    if text[at - 1 : at] in ("'", "’", "‘") and (match := SHORT_DECADE.match(text, at)):
        decade = 1900 + int(match["decade"])
        return dated(text, at - 1, match.end(), f"{decade}/{decade + 9}" if decade > 1920 else None)
    return None


def by_year(text: str, at: int) -> Value | None:
    """ISO dates, decades, runs of years, quarters, years: what begins with four digits."""
    after = text[at + 4 : at + 5]
    if after == "-" and (match := ISO.match(text, at)):
        year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
        return dated(text, at, match.end(), match[0]) if is_day(month, day, year) else None
    if after in DECADE_ENDS and (match := DECADE.match(text, at)):
        decade = int(match["decade"])
        return dated(text, at, match.end(), f"{decade}/{decade + 9}")
    if after in RUN_LINKS and (match := YEARS.match(text, at)):
        first, last = int(match["first"]), int(match["last"])
        last = last if last > 99 else first // 100 * 100 + last
        return dated(text, at, match.end(), f"{first}/{last}") if first < last < first + 100 else None
    return _year(text, at)


def _slashed(text: str, at: int, match: re.Match[str]) -> Value | None:
    """Americans put the month first: certain only where one number is too large for it, or both are equal."""
    first, second, year = int(match["first"]), int(match["second"]), int(match["year"])
    if first == second or first > len(DAYS_IN_MONTH):
        month, day = second, first
    elif second > len(DAYS_IN_MONTH):
        month, day = first, second
    else:
        return dated(text, at, match.end(), None) if first and second else None
    return dated(text, at, match.end(), f"{year}-{month:02}-{day:02}") if is_day(month, day, year) else None


def _year(text: str, at: int) -> Value | None:
    """A year where a preposition, an article or a bracket says that the four digits are one."""
    match = ONE_YEAR.match(text, at)
    if match is None:
        return None
    tail = text[max(at - LONGEST_QUARTER, 0) : at]
    if ("q" in tail or "Q" in tail or "half" in tail) and (
        quarter := QUARTER.search(text, max(at - LONGEST_QUARTER, 0), at)
    ):
        number = NTH[quarter["nth"].lower()] if quarter["nth"] else int(quarter["quarter"][1])
        months = 6 if quarter["part"] == "half" else 3
        if months * number > len(DAYS_IN_MONTH):
            return None
        last = f"{match['year']}-{months * number:02}"
        first = f"{match['year']}-{months * (number - 1) + 1:02}"
        return dated(text, quarter.start(), match.end(), f"{first}/{last}")
    if not (
        YEAR_AFTER(text, at)
        or tail[-1:] == "("
        or (tail[-2:-1] in ("r", "s") and YEAR_AFTER_MORE.search(text, max(at - REACH, 0), at))
    ):
        return None
    if PLURAL_AFTER.match(text, match.end()) and (int(match["year"]) < 1900 or WEAK_BEFORE(text, at)):
        return None
    return dated(text, at, match.end(), match["year"])


def _month_alone(text: str, at: int, end: int, month: int, today: date | None) -> Value | None:
    """A month without day and year: the last one up to now in the past tense, the next in the future."""
    if not MONTH_AFTER(text, at) or NOT_A_MONTH_AFTER.match(text, end):
        return None
    if today is None:
        return dated(text, at, end, f"--{month:02}")
    back = (today.month - month) % 12
    said = tense(text, at, end)
    if said is Tense.FUTURE:
        year = today.year + (month < today.month) if back > 1 or back == 0 else None
    else:
        sure = back <= (MONTHS_PAST if said is Tense.PAST else MONTHS_UNCLEAR)
        year = today.year - (month > today.month) if sure else None
    return dated(text, at, end, f"{year}-{month:02}" if year else f"--{month:02}")


def _day(
    text: str, start: int, match: re.Match[str], month: int, today: date | None, weekday: int | None
) -> Value | None:
    said_day, said_last, said_year = match.group("day", "last", "year")
    day, last, year = int(said_day), int(said_last or 0), int(said_year) if said_year else None
    end = match.end()
    if not is_day(month, day, year) or (last and not (day < last and is_day(month, last, year))):
        return None
    if year is None and today is not None and not EVENT.match(text, end):
        year = _nearest(month, day, today, weekday, lambda: tense(text, start, end))
    known = f"{year:04}" if year else "-"
    value = f"{known}-{month:02}-{day:02}"
    return dated(text, start, end, f"{value}/{known}-{month:02}-{last:02}" if last else value)


def _nearest(month: int, day: int, today: date, weekday: int | None, said: Callable[[], Tense]) -> int | None:
    """The year of a day without one: by its weekday if given, by tense, by nearness; None if unsure.

    `said`: the tense of the words around, which few days need.
    """
    if (
        weekday is None
        and is_day(month, day, today.year)
        and abs((date(today.year, month, day) - today).days) <= CERTAIN_AHEAD
    ):
        return today.year
    near = {
        (date(year, month, day) - today).days: year
        for year in (today.year - 1, today.year, today.year + 1)
        if is_day(month, day, year) and weekday in (None, date(year, month, day).weekday())
    }
    if not near:
        return None
    distance = min(near, key=abs)
    if weekday is not None or abs(distance) <= CERTAIN_AHEAD:
        return near[distance]
    told = said()
    past, future = [d for d in near if d <= 0], [d for d in near if d >= 0]
    if told is Tense.PAST and past:
        return near[max(past)]
    if told is Tense.FUTURE and future:
        return near[min(future)]
    return near[distance] if abs(distance) <= NEAR else None


WITH_DATE = re.compile(r",? (?:[(]|the )?(?=[A-Z0-9])")


def weekday_and_date(text: str, at: int, end: int, today: date | None) -> Value | None:
    """A weekday with its date, as one: "Thursday, Nov. 17", "Thursday (Nov 17)", "Thursday 17 November"."""
    link = WITH_DATE.match(text, end)
    if link is None:
        return None
    day = WEEKDAYS[text[at:end]]
    found = by_month(text, link.end(), today, day) or by_day(text, link.end(), today, day)
    if found is None or not text[found.end - 1 : found.end] or len(str(found.value)) < len("--11-17"):
        return None
    stop = found.end + ("(" in link[0] and text[found.end : found.end + 1] == ")")
    return dated(text, at, stop, str(found.value))
