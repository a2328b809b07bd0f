"""Shares and quantities with units at a number of an English text."""

import re

from streams.events import Value
from streams.tagging.values.numbers import Number, number_at
from streams.tagging.values.units import (
    ATTACHED,
    COMPOUNDS,
    OFTEN_ONE,
    PREFIXES,
    RATES,
    SINGULAR_TIMES,
    TIMES,
    UNITS,
)
from streams.tagging.values.written import written
from streams.vocabulary import ValueKind

UNIT = re.compile(
    r"(?P<gap>[ \u00a0-]?)(?P<unit>(?P<first>[°º][CF]?|[A-Za-z]+(?:/[a-z]+)?[²³2]?)"
    r"(?:[ -](?P<second>[A-Za-z]+))?)(?!\w)"
)
FIRST = re.compile(r"(?P<gap>[ \u00a0-]?)(?P<first>[°º][CF]?|[A-Za-z]+(?:/[a-z]+)?[²³2]?)(?!\w)")
RATED = frozenset(unit for unit, _ in RATES)
RATE = re.compile(r"(?: of (?:oil|crude))? ?(?:per|an|a|/) ?(?P<per>hour|day|second)(?!\w)")
SHARE = re.compile(r" ?%| ?-?per ?cent(?!\w)|pc(?!\w)|-percent(?!\w)")
HEIGHT = re.compile(r"(?P<feet>[4-7])['’′] ?(?P<inches>1[01]|[0-9])(?:[\"”″]|''|’’)")
FOOT_AND = re.compile(r"-(?:foot|feet)-(?P<inches>1[01]|[0-9])(?!\w)")
ATTACHED_HEIGHT = re.compile(r"ft ?(?P<inches>1[01]|[0-9])(?: ?in| ?ins)?(?!\w)")
HEIGHT_LINKS = frozenset("-f'’′")
METRES = re.compile(
    r" (?:sprint|dash|hurdles|race|final|freestyle|butterfly|backstroke|"
    r"breaststroke|relay|high|long|tall|deep|wide|above|below|away|from)\b"
)
"""Behind "100m" these say metres; without one it may be a hundred million."""
RANKED = re.compile(
    r"(?:Section|Article|Rule|Part|Group|Class|Title|Row|Seat|Gate|Type|Room|No\.?|Flight) \Z"
)
"""Before "30C" these say that it is no temperature."""
HEIGHT_CUE = 12
COLDEST, HOTTEST = -90, 150
"""Degrees that weather and fevers have, Celsius or Fahrenheit: beyond them 300C is a model."""
MINUS = re.compile(r"(?:(?<![\w)%])[-−–]|\b[Mm]inus )\Z")
MINUS_ENDS = frozenset("-−– ")
LONGEST_MINUS = 7


def share(text: str, number: Number) -> Value | None:
    """A percentage, "%" as its unit."""
    ahead = text[number.end : number.end + 2]
    if not ("%" in ahead or "p" in ahead or ahead == " -"):
        return None
    match = SHARE.match(text, number.end)
    if match is None or (match[0] == "pc" and not number.digits):
        return None
    start, value = _negative(text, number)
    return written(ValueKind.PERCENT, text, start, match.end(), value, "%")


def quantity(text: str, number: Number) -> Value | None:
    """A number with a unit, in the symbols of `units`; feet and inches and the like in the smaller one."""
    if text[number.end : number.end + 1] in HEIGHT_LINKS and (height := _height(text, number)) is not None:
        return height
    match = FIRST.match(text, number.end)
    if match is None:
        return None
    gap, first = match["gap"], match["first"]
    end, unit = match.end(), UNITS.get(first)
    if first in PREFIXES and (longer := UNIT.match(text, number.end)):
        name = longer["unit"].replace("-", " ")
        name = name if name in UNITS else longer["unit"]
        if name in UNITS:
            unit, end = UNITS[name], longer.end()
    if unit is None:
        return _attached(text, number, match) if not gap or first == "stone" else None
    if unit in TIMES and not _is_duration(number, first, gap, match["first"]):
        return None
    if gap == "-" and first in ("s", "h"):
        return None
    if unit in RATED and (rate := RATE.match(text, end)):
        rated = RATES.get((unit, rate["per"]))
        unit, end = (rated, rate.end()) if rated else (unit, end)
    start, value = _negative(text, number) if unit[0] == "°" else (number.start, number.value)
    if unit in COMPOUNDS and number.digits:
        smaller, count, names = COMPOUNDS[unit]
        rest = number_at(text, end + 1) if text[end : end + 1] == " " else number_at(text, end)
        if rest is not None and rest.digits and rest.value < count:
            after = FIRST.match(text, rest.end)
            if after and after["first"] in names:
                value, unit, end = value * count + rest.value, smaller, after.end()
    return written(ValueKind.QUANTITY, text, start, end, round(value, 6), unit)


def _is_duration(number: Number, name: str, gap: str, first: str) -> bool:
    if name == "second" or first == "second":
        return False
    if name not in SINGULAR_TIMES:
        return True
    return gap == "-" or (number.value == 1 and name not in OFTEN_ONE)


def _height(text: str, number: Number) -> Value | None:
    """5'10", 6-foot-4, 5ft 10: in inches."""
    if number.scaled:
        return None
    match = FOOT_AND.match(text, number.end) or (
        ATTACHED_HEIGHT.match(text, number.end) if number.digits else None
    )
    if match is None and number.digits:
        match = HEIGHT.match(text, number.start)
    if match is None:
        return None
    value = 12 * number.value + int(match["inches"])
    return written(ValueKind.QUANTITY, text, number.start, match.end(), value, "in")


def _attached(text: str, number: Number, match: re.Match[str]) -> Value | None:
    """What is a unit only right behind digits, and only where the neighbours allow no other reading."""
    name, end = match["first"], match.end()
    start, value = number.start, number.value
    if name == "stone" and match["gap"] and 5 <= value <= 40 and not number.scaled:
        return written(ValueKind.QUANTITY, text, start, end, value, "st")
    if not number.digits or number.scaled or match["gap"]:
        return None
    if name in ("C", "F"):
        before = text[max(start - HEIGHT_CUE, 0) : start]
        start, value = _negative(text, number)
        if RANKED.search(before) or not COLDEST <= value <= HOTTEST:
            return None
        return written(ValueKind.QUANTITY, text, start, end, value, "°" + name)
    if name == "st":
        return None
    if name == "m" and not METRES.match(text, end):
        return None
    unit = ATTACHED.get(name)
    return written(ValueKind.QUANTITY, text, start, end, value, unit) if unit else None


def _negative(text: str, number: Number) -> tuple[int, float]:
    """Where the number begins with its minus, and its value."""
    if text[number.start - 1 : number.start] not in MINUS_ENDS:
        return number.start, number.value
    minus = MINUS.search(text, max(number.start - LONGEST_MINUS, 0), number.start)
    return (minus.start(), -number.value) if minus else (number.start, number.value)
