"""Dates that are told by the day of publication: "yesterday", "on Thursday", "last week", "two days ago".

Published at 01:00 UTC, an American article is of the day before: the day is off by one then, the weekday
is not. The text does not say which: of 4,000 news articles 534 have such words and are of 0 to 10 UTC, and in
one of these a weekday stands beside the word. The rules of the guess are on each function; where two readings
are open, the value stays out.
"""

import re
from datetime import date, timedelta

from streams.events import Value
from streams.tagging.values.before import Before, any_case
from streams.tagging.values.calendar import (
    LAST_YEAR,
    WEEKDAYS,
    days_from,
    month_of,
    week_of,
    weekend_of,
)
from streams.tagging.values.dates import by_month, dated, month_at
from streams.tagging.values.numbers import Number
from streams.tagging.values.tense import Tense, tense

DAYS = {"today": 0, "tonight": 0, "yesterday": -1, "tomorrow": 1}
PART_OF_DAY = r"(?: (?:morning|afternoon|evening|night)(?!\w))"
DAY_PART = re.compile(PART_OF_DAY)
STEPS = {"last": -1, "this": 0, "next": 1}
SPANS = ("week", "month", "year", "weekend", "night", "morning", "afternoon", "evening")
SPAN = re.compile(
    r" (?:(?P<span>week|month|year|weekend|night)|(?P<part>morning|afternoon|evening)"
    rf"|(?P<weekday>{'|'.join(WEEKDAYS)}){PART_OF_DAY}?)(?![\w-])"
)
ROLLING = Before([*any_case("the past these every at their his her its")])
"""Before "last week" these make it seven days back, or no date: "the last year", "at last year"."""
BEFORE_YESTERDAY = re.compile(r"(?P<day>[Tt]he day (?P<which>before|after)) \Z")
AGO = re.compile(r"[ -](?P<unit>day|week|month|year|decade)s? ago(?!\w)")
UNITS_BEGIN = frozenset("dwmy")
A_AGO = re.compile(r"\b(?P<a>[Aa]|[Oo]ne) (?P<unit>day|week|month|year) \Z")
MOST_YEARS = 200
"""Years ago above which "ago" is history, not a count from today."""
NAMES_BEFORE = Before(
    [
        *(
            "Black",
            "Good",
            "Bloody",
            "Super",
            "Palm",
            "Easter",
            "Ash",
            "Cyber",
            "Giving",
            "Sheffield",
            "Freaky",
        ),
        *("Ruby", "Holy", "Maundy", "Shrove", "Fat", "Whit", "Pancake", "Mardi"),
        *any_case("every each one a any most following previous that some"),
    ]
)
NAMES_AFTER = re.compile(
    r"s\b|[-–](?:to|through)?|['’]?s? (?:Times|Mirror|Telegraph|Mail|Express|World|Sport|Post|Herald|"
    r"Independent|Star|Age|"
    r"Night (?:Live|Lights|Football)|Brunch|shows? preview|to [A-Z][a-z]+day|through [A-Z][a-z]+day|school)\b"
)
"""Days in names, and days that come every week: no date."""
TOMORROW = 6
"""Days back of the weekday that is tomorrow as well: not taken for the past, whatever the verb."""
SURE_PAST = 3
"""Days. Without a verb that says so a weekday is past up to here: of 4,000 news articles' weekdays 74% lie 0
to 2 days back; those 6 days back are mostly tomorrow."""


def day_word(text: str, at: int, end: int, today: date | None) -> Value | None:
    """Yesterday, today, tomorrow, tonight, and the day before or after."""
    word, start = text[at:end].lower(), at
    offset = DAYS[word]
    if word in ("yesterday", "tomorrow"):
        before = BEFORE_YESTERDAY.search(text, max(at - 16, 0), at)
        if before and (before["which"] == "before") == (word == "yesterday"):
            offset, start = 2 * offset, before.start()
        end = part.end() if (part := DAY_PART.match(text, end)) else end
    return dated(text, start, end, days_from(today, offset) if today else None)


def span_word(text: str, at: int, end: int, today: date | None) -> Value | None:
    """Last, this or next week, month, year, weekend, weekday, month by name; last night, this morning."""
    step = STEPS[text[at:end].lower()]
    match = SPAN.match(text, end)
    if match is None:
        return _named_month(text, at, end, step, today)
    if ROLLING(text, at):
        return None
    if match["part"]:
        return dated(text, at, match.end(), today.isoformat() if today else None) if step == 0 else None
    if match["weekday"]:
        if NAMES_AFTER.match(text, match.end()):
            return None
        value = _stepped_weekday(WEEKDAYS[match["weekday"]], step, today) if today else None
    elif match["span"] == "night":
        value = days_from(today, -1) if today else None
        return dated(text, at, match.end(), value) if step < 0 else None
    else:
        value = _stepped(match["span"], step, today) if today else None
    return dated(text, at, match.end(), value)


def _stepped(span: str, step: int, today: date) -> str | None:
    if span == "week":
        return week_of(today, step)
    if span == "month":
        return month_of(today, step)
    if span == "year":
        return str(today.year + step)
    return None if step > 0 else weekend_of(today, step)


def _stepped_weekday(weekday: int, step: int, today: date) -> str | None:
    """Last: the one before today; the value stays out when that is one or two days back, as people differ.

    Next: the one after today, out when both are in this week (next Thursday, on a Monday). This: the one of
    this week, out when that is over.
    """
    back, ahead = (today.weekday() - weekday) % 7 or 7, (weekday - today.weekday()) % 7 or 7
    if step < 0:
        return days_from(today, -back) if back > 2 else None
    if step > 0:
        return days_from(today, ahead) if weekday <= today.weekday() else None
    return days_from(today, weekday - today.weekday()) if weekday >= today.weekday() else None


def _named_month(text: str, at: int, end: int, step: int, today: date | None) -> Value | None:
    """Last March, this May: the last before this month, this year's; of next May the year stays out."""
    found = month_at(text, end + 1) if text[end : end + 1] == " " else None
    if found is None:
        return None
    month, stop = found
    if text[stop + 1 : stop + 2].isdigit():
        return by_month(text, end + 1, today)
    if today is None or step > 0:
        return dated(text, at, stop, None)
    if step == 0:
        return dated(text, at, stop, f"{today.year}-{month:02}")
    return dated(text, at, stop, month_of(today, -((today.month - month) % 12 or 12)))


def weekday(text: str, at: int, end: int, today: date | None) -> Value | None:
    """A bare weekday: the last one up to today in the past tense, the first from today in the future.

    Where no verb says which: past up to three days back, else no value. Six days back is tomorrow as well
    and needs a verb in the future.
    """
    if NAMES_BEFORE(text, at) or NAMES_AFTER.match(text, end):
        return None
    part = DAY_PART.match(text, end)
    stop = part.end() if part else end
    if today is None:
        return dated(text, at, stop, None)
    back = (today.weekday() - WEEKDAYS[text[at:end]]) % 7
    said = tense(text, at, stop)
    if said is Tense.FUTURE:
        return dated(text, at, stop, days_from(today, (7 - back) % 7))
    sure = (back <= SURE_PAST and said is Tense.UNCLEAR) or (said is Tense.PAST and back < TOMORROW)
    return dated(text, at, stop, days_from(today, -back) if sure else None)


def counted_ago(text: str, number: Number, today: date | None) -> Value | None:
    """Two days ago: a day; weeks: an ISO week; months: a month; years: a year; decades have no value."""
    match = AGO.match(text, number.end) if text[number.end + 1 : number.end + 2] in UNITS_BEGIN else None
    if match is None:
        return None
    count = int(number.value)
    sure = today is not None and count == number.value and count <= MOST_YEARS
    return dated(
        text, number.start, match.end(), _ago(match["unit"], count, today) if sure and today else None
    )


def a_while_ago(text: str, at: int, end: int, today: date | None) -> Value | None:
    """A week ago, by its last word."""
    match = A_AGO.search(text, max(at - 12, 0), at)
    return (
        dated(text, match.start(), end, _ago(match["unit"], 1, today) if today else None) if match else None
    )


def _ago(unit: str, count: int, today: date) -> str | None:
    if unit == "day":
        return (today - timedelta(count)).isoformat()
    if unit == "week":
        return week_of(today, -count)
    if unit == "month":
        return month_of(today, -count)
    return str(today.year - count) if unit == "year" and today.year - count < LAST_YEAR else None
