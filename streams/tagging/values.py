"""Dates, money, percentages and quantities in a text, normalised where the text alone makes them certain.

Everything is found from a number: one pass over the digits, a short look back, a short look ahead.
"""

import re
from collections.abc import Iterable

from streams.events import Value
from streams.tagging.units import CURRENCIES, DAYS_IN_MONTH, MONTHS, SCALES, UNITS
from streams.vocabulary import ValueKind


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


DIGITS = re.compile(r"\d+")
NUMBER = r"(?P<number>\d{1,15}(?:,\d{3}){0,4}(?:\.\d{1,6})?)"
EDGE = r"(?!\w)"
CODES = "USD|EUR|GBP|JPY|CNY|AUD|CAD|CHF|INR"
SIGN = re.compile(rf"(?P<sign>(?<![A-Za-z])(?:[A-Z]{{1,2}})?\$|[€£¥₹₽₩₦₺₴₪₱฿]|(?<!\w)(?:{CODES}|Rs\.?)) ?\Z")
LONGEST_SIGN = 5
"""Characters before a number in which its currency sign begins."""
SIGNED = re.compile(rf"{NUMBER}(?:[ -]?(?P<scale>{_any(SCALES)}){EDGE})?")
NAMED = re.compile(
    rf"{NUMBER}(?: ?(?P<scale>{_any(SCALES)}))? "
    r"(?P<unit>US dollar|dollar|pound|euro|yen|yuan|renminbi|rupee|ruble|rouble|naira|baht|ringgit|zloty|"
    rf"rand|peso|franc|{CODES})s?{EDGE}"
)
PERCENT = re.compile(rf"{NUMBER} ?(?:%|per cent{EDGE}|percent{EDGE})")
QUANTITY = re.compile(
    rf"{NUMBER}(?:[ -](?P<scale>thousand|million|billion))?"
    rf"[ -]?(?P<unit>{_any(UNITS)}){EDGE}"
)
MONTH = rf"(?P<month>{_any(MONTHS)})"
YEAR = r"(?P<year>[12]\d{3})"
MONTH_BEFORE = re.compile(rf"(?<!\w){MONTH}\.?,? \Z")
LONGEST_MONTH = 12
"""Characters before a number in which its month begins."""
DAY_AND_YEAR = re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,? {YEAR})?(?![\w:]|[.,]\d)")
YEAR_ALONE = re.compile(rf"{YEAR}(?!\w)")
DAY_FIRST = re.compile(rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{MONTH}\b\.?(?:,? {YEAR})?(?!\w)")
ISO_DATE = re.compile(rf"{YEAR}-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])")


def values(text: str) -> tuple[Value, ...]:
    """Values in text order, without overlaps; money before percentages, quantities and dates. Linear time.

    Money: amount and ISO 4217 code. Percent: number and "%". Quantities: number and unit symbol. Dates:
    ISO 8601, shortened to what is said: "2022-11-18", "2022-11", "--11-18" (no year).
    """
    found: list[Value] = []
    end = 0
    for digits in DIGITS.finditer(text):
        at = digits.start()
        if at < end or (at > 1 and text[at - 1] in ".," and text[at - 2].isdigit()):
            continue
        value = _money(text, at) or _share(text, at) or _quantity(text, at) or _date(text, at)
        if value is not None and value.start >= end:
            found.append(value)
            end = value.end
    return tuple(found)


def _value(
    kind: ValueKind, text: str, start: int, end: int, value: float | str, unit: str | None = None
) -> Value:
    return Value(kind=kind, start=start, end=end, text=text[start:end], value=value, unit=unit)


def _money(text: str, at: int) -> Value | None:
    sign = SIGN.search(text, max(at - LONGEST_SIGN, 0), at)
    match = SIGNED.match(text, at) if sign else _unattached(NAMED, text, at)
    if match is None:
        return None
    start = sign.start() if sign else at
    unit = CURRENCIES.get(sign["sign"] if sign else match["unit"])
    return _value(ValueKind.MONEY, text, start, match.end(), _scaled(match), unit)


def _unattached(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str] | None:
    """A match at a number that is not the rest of a word or of a longer number."""
    return None if at and text[at - 1].isalnum() else pattern.match(text, at)


def _scaled(match: re.Match[str]) -> float:
    """Rounded to what was written: 1.1 million is 1100000, not 1100000.0000000001."""
    return round(float(match["number"].replace(",", "")) * SCALES.get(match["scale"] or "", 1.0), 6)


def _share(text: str, at: int) -> Value | None:
    match = _unattached(PERCENT, text, at)
    if match is None:
        return None
    return _value(ValueKind.PERCENT, text, at, match.end(), float(match["number"].replace(",", "")), "%")


def _quantity(text: str, at: int) -> Value | None:
    match = _unattached(QUANTITY, text, at)
    if match is None:
        return None
    return _value(ValueKind.QUANTITY, text, at, match.end(), _scaled(match), UNITS[match["unit"]])


def _date(text: str, at: int) -> Value | None:
    before = MONTH_BEFORE.search(text, max(at - LONGEST_MONTH, 0), at)
    if before:
        match = DAY_AND_YEAR.match(text, at) or YEAR_ALONE.match(text, at)
        month = MONTHS[before["month"]]
    elif match := _unattached(DAY_FIRST, text, at):
        month = MONTHS[match["month"]]
    elif match := _unattached(ISO_DATE, text, at):
        month = int(match["month"])
    if match is None:
        return None
    iso = _iso(match.groupdict(), month)
    start = before.start() if before else at
    return _value(ValueKind.DATE, text, start, match.end(), iso) if iso else None


def _iso(parts: dict[str, str | None], month: int) -> str | None:
    """ISO 8601 of what is said, None for a day that no month has."""
    year, day = parts.get("year") or "-", parts.get("day")
    if not 1 <= month <= len(DAYS_IN_MONTH):
        return None
    if day is None:
        return f"{year}-{month:02}"
    return f"{year}-{month:02}-{int(day):02}" if 1 <= int(day) <= DAYS_IN_MONTH[month - 1] else None
