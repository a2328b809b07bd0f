"""Amounts at a number, and at both numbers of a range, whose first end has the second's scale and unit."""

import re
from dataclasses import replace

from streams.events import Value
from streams.tagging.values import money, quantities
from streams.tagging.values.currencies import NAMES, NAMES_WITH_SCALE, PLURALS, UNCERTAIN_NAMES
from streams.tagging.values.numbers import Number, number_at
from streams.tagging.values.units import PREFIXES, UNITS
from streams.tagging.values.written import written

LINK = re.compile(r" ?[-–—] ?(?=[0-9$€£¥])| to | or |(?P<and> and )")
LINK_BEGINS = frozenset(" -–—")
BETWEEN = re.compile(r"\b[Bb]etween (?:about |around |[A-Z]{0,3}[$€£¥])?\Z")
LONGEST_BETWEEN = 20
LOWER_WORD = re.compile(r"[ \u00a0-](?P<word>[a-z]+)")
KNOWN = frozenset(
    (
        *PREFIXES,
        *(word for name in UNITS for word in re.findall("^[a-z]+", name)),
        *(
            name + end
            for name in (*NAMES, *UNCERTAIN_NAMES, *NAMES_WITH_SCALE, "cent", "pound")
            for end in ("", "s")
        ),
        *PLURALS,
        *("per", "percent", "pence", "penny", "stone"),
    )
)
"""Words that may name what a number counts: before any other, most often "people", nothing is tried."""


def amounts(text: str, number: Number) -> list[Value]:
    """The share, quantity or money at a number; both ends of "5-10%", "two or three miles"."""
    if (value := measured(text, number)) is not None:
        return [value]
    second = _second(text, number)
    last = measured(text, second) if second else None
    if second is None or last is None or last.start != second.start:
        return []
    scale = _shared_scale(number, second)
    factor = float(last.value or 0) / second.value if second.value else 1.0
    amount = round(number.value * scale * factor, 6)
    return [written(last.kind, text, number.start, number.end, amount, last.unit), last]


def signed_amounts(text: str, first: Value, number: Number) -> list[Value]:
    """Money with its sign, and the other end of "$5-10 million", "$5 to $10 million"."""
    second = _second(text, number)
    if second is None or first.end != number.end:
        return [first]
    bare = text[second.start - 1 : second.start] in " -–—"
    if bare and (measured(text, second) or not second.digits):
        return [first]
    scale = _shared_scale(number, second)
    if scale != 1:
        first = replace(first, value=round(number.value * scale, 6))
    if not bare:
        return [first]
    return [first, money.money(text, second.start, second.end, second.value, first.unit)]


def measured(text: str, number: Number) -> Value | None:
    """The share, quantity or money whose unit follows the number."""
    following = text[number.end : number.end + 1]
    if not (following in " -\u00a0%°º¢'’′" or following.isalpha()):
        return None
    word = LOWER_WORD.match(text, number.end)
    if word and word[1] not in KNOWN:
        return None
    return (
        quantities.share(text, number)
        or quantities.quantity(text, number)
        or money.named(text, number, following)
    )


def _second(text: str, number: Number) -> Number | None:
    """The larger number that a range goes on to."""
    if text[number.end : number.end + 1] not in LINK_BEGINS:
        return None
    link = LINK.match(text, number.end)
    if link is None:
        return None
    if link["and"] and not BETWEEN.search(text, max(number.start - LONGEST_BETWEEN, 0), number.start):
        return None
    at = money.sign_end(text, link.end())
    second = number_at(text, at, after_sign=at > link.end() or not number.scaled)
    if second is None or second.digits != number.digits:
        return None
    return second if second.value > number.written and second.value >= number.value else None


def _shared_scale(first: Number, second: Number) -> float:
    """Of "$5-10 million" the first is 5 million; of "$500 to $1 million" it is 500."""
    return second.scale if not first.scaled and first.written < second.written else 1.0
