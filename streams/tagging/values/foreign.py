"""Values in languages whose words we do not read: digits with signs and symbols, where these are certain.

"1.234" is a thousand in one language and a little over one in the next: such a number has no value here,
nor has one behind whose sign a word follows ("€ 5 Millionen", "€5 Mio.").
"""

import re
from collections.abc import Iterator
from heapq import merge
from itertools import groupby, islice

from streams.events import Value
from streams.tagging.values.calendar import is_day
from streams.tagging.values.currencies import SIGNS
from streams.tagging.values.written import written
from streams.vocabulary import ValueKind

NUMBER = (
    r"(?P<number>[0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3}){1,4}(?:[.,][0-9]{1,2})?"
    r"|[0-9]{1,15}(?:[.,][0-9]{1,9}){0,5})(?![0-9]|[.,][0-9])"
)
SIGN = r"US\$|A\$|C\$|HK\$|NZ\$|R\$|[€£¥$₹₽₩₺₴₪₱฿]"
SPACE = r"[ \u00a0\u202f]?"
FOREIGN = re.compile(
    rf"(?<![\w.,/:#-])(?:(?P<date>[12][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}})(?![\w-])"
    rf"|{NUMBER}{SPACE}(?:(?P<percent>%)|(?P<after>[€£₽₺₴₪]|USD|EUR|GBP|CHF)(?!\w)"
    r"|(?P<unit>km/h|km²|km2|km|cm|mm|kg|kWh|MWh|GWh|TWh|MW|GW|m²|°C|°F)(?!\w)))"
)
SIGNED = re.compile(rf"(?<!\w)(?P<sign>{SIGN}){SPACE}{NUMBER}(?P<word>{SPACE}-?[^\W\d_])?")
UNITS = {"km²": "km2", "m²": "m2"}
THOUSANDS = 3


def foreign_values(text: str, most: int | None = None) -> tuple[Value, ...]:
    """Percentages, money by sign, quantities by symbol and ISO dates, in the order of the text."""
    return tuple(islice(_apart(text), most))


def _apart(text: str) -> Iterator[Value]:
    """Values without overlaps: of two that begin at one place the longer."""
    plain = (value for match in FOREIGN.finditer(text) if (value := _value(match)) is not None)
    free = 0
    for value in merge(
        plain, map(_money, SIGNED.finditer(text)), key=lambda value: (value.start, -value.end)
    ):
        if value.start >= free:
            free = value.end
            yield value


def certain(number: str) -> float | None:
    """The number, if every language reads it alike: one separator before three digits has two readings."""
    if any(space in number for space in " \u00a0\u202f"):
        return float(re.sub(r"[ \u00a0\u202f]", "", number).replace(",", "."))
    signs = [sign for sign, _ in groupby(c for c in number if c in ".,")]
    groups = re.split(r"[.,]", number)
    if len(groups) == 1:
        return float(number)
    if len(signs) > 2 or (len(signs) == 1 and len(groups) > 2 and not _are_thousands(groups)):
        return None
    if len(signs) == 1 and len(groups) > 2:
        return float("".join(groups))
    if len(signs) == 1 and len(groups[1]) == THOUSANDS and len(groups[0]) <= THOUSANDS and groups[0] != "0":
        return None
    if len(groups) > 2 and not _are_thousands(groups[:-1]):
        return None
    return float("".join(groups[:-1]) + "." + groups[-1])


def _are_thousands(groups: list[str]) -> bool:
    return len(groups[0]) <= THOUSANDS and all(len(group) == THOUSANDS for group in groups[1:])


def _value(match: re.Match[str]) -> Value | None:
    text, start, end = match.string, match.start(), match.end()
    if match["date"]:
        year, month, day = map(int, match["date"].split("-"))
        return written(ValueKind.DATE, text, start, end, match[0]) if is_day(month, day, year) else None
    amount = certain(match["number"])
    if match["percent"]:
        return written(ValueKind.PERCENT, text, start, end, amount, "%")
    if match["after"]:
        sign = match["after"]
        return written(ValueKind.MONEY, match.string, start, end, amount, SIGNS.get(sign))
    unit = UNITS.get(match["unit"], match["unit"])
    return written(ValueKind.QUANTITY, match.string, start, end, amount, unit)


def _money(match: re.Match[str]) -> Value:
    end = match.start("word") if match["word"] else match.end()
    amount = None if match["word"] else certain(match["number"])
    start, sign = match.start(), SIGNS.get(match["sign"])
    return written(ValueKind.MONEY, match.string, start, end, amount, sign)
