"""Days, months and what of them a date leaves out: the arithmetic of dates, in ISO 8601."""

from datetime import date, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "January Jan", "February Feb", "March Mar", "April Apr", "May", "June Jun", "July Jul",
            "August Aug", "September Sept Sep", "October Oct", "November Nov", "December Dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
WEEKDAYS = {
    name: number
    for number, name in enumerate(
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    )
}
DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FIRST_YEAR, LAST_YEAR = 1000, 2999
"""Years that news speaks of in four digits; outside them nothing is resolved."""


def published_day(published_at: str | None) -> date | None:
    """The day of an RFC 3339 time in UTC; None for none and for what is no such time."""
    try:
        day = date.fromisoformat((published_at or "")[:10])
    except ValueError:
        return None
    return day if FIRST_YEAR < day.year < LAST_YEAR else None


def is_day(month: int, day: int, year: int | None = None) -> bool:
    """Whether a calendar has that day; without a year 29 February is one."""
    if not (1 <= month <= len(DAYS_IN_MONTH) and 1 <= day <= DAYS_IN_MONTH[month - 1]):
        return False
    return (month, day) != (2, 29) or year is None or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def days_from(day: date, days: int) -> str:
    return (day + timedelta(days)).isoformat()


def week_of(day: date, weeks: int) -> str:
    """The ISO week, Monday to Sunday, so many after that of `day`: 2022-W46."""
    year, week, _ = (day + timedelta(7 * weeks)).isocalendar()
    return f"{year:04}-W{week:02}"


def month_of(day: date, months: int) -> str:
    count = day.year * 12 + day.month - 1 + months
    return f"{count // 12:04}-{count % 12 + 1:02}"


def weekend_of(day: date, weeks: int) -> str:
    """Saturday and Sunday of the ISO week so many after that of `day`, as an interval."""
    saturday = day + timedelta(5 - day.weekday() + 7 * weeks)
    return f"{saturday.isoformat()}/{days_from(saturday, 1)}"
