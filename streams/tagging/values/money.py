"""Amounts of money at a number of an English text: by a sign before it or a currency's name after it."""

import re

from streams.events import Value
from streams.tagging.values.currencies import (
    BY_COUNTRY,
    NAMES,
    NAMES_WITH_SCALE,
    PLURALS,
    SIGNS,
    SIGNS_WITH_SCALE,
    UNCERTAIN_NAMES,
    UNCERTAIN_SIGNS,
)
from streams.tagging.values.numbers import Number, number_at
from streams.tagging.values.written import written
from streams.vocabulary import ValueKind

_ALL_SIGNS = sorted((*SIGNS, *UNCERTAIN_SIGNS), key=len, reverse=True)
SIGN = re.compile(rf"(?:(?<![A-Za-z])|(?=[$€£¥]))(?P<sign>{'|'.join(map(re.escape, _ALL_SIGNS))})[ \u00a0]?")
SIGN_BEFORE = re.compile(SIGN.pattern + r"\Z")
DOLLARS = "|".join(("USD?", "AUD", "CAD", "NZD", "HKD", "SGD"))
PLAIN_SIGNS, SPACES = frozenset("$£€"), frozenset((" ", "\n"))
LETTER_BEFORE = re.compile(r"(?<!\w)(?P<sign>[RNP])\Z")
LONGEST_SIGN = 6
"""Characters before a number in which its currency sign begins."""
CODE_AFTER = re.compile(rf" (?:(?P<code>{DOLLARS})|\((?P<within>{DOLLARS})\))(?!\w)")
"""Which dollar, said behind the amount: "$50 USD", "$2 million (US)"."""
NAME = re.compile(
    r"(?:[ \u00a0-])?(?:(?P<country>(?:Hong |New |South |North )?[A-Z][A-Za-z.]+)[ -])?"
    r"(?P<name>[A-Za-z]+)(?![A-Za-z])"
)
WEIGHED = re.compile(
    r"(?:weigh\w*|weight|heav\w+|lost|gained|lift\w*|bench\w*|shed)\W+(?:\w+\W+){0,2}\Z", re.IGNORECASE
)
WEIGHABLE = re.compile(
    r" of (?!money|debt|taxpayers|public|aid)|-(?!sterling)| (?:heavier|lighter|overweight)\b"
)
"""Behind "pounds" these say weight: "20 pounds of cocaine", "a 200-pound man"."""
WEIGHED_WITHIN = 30


def signed(text: str, at: int) -> tuple[Value, Number] | None:
    """Money whose sign stands right before the number at `at`, and the number: "$5", "US$1.1bn"."""
    start = at - 1 if text[at - 1 : at] in PLAIN_SIGNS and text[at - 2 : at - 1] in SPACES else None
    if start is not None and text[at - 4 : start] != "US ":
        sign = text[start:at]
    elif found := SIGN_BEFORE.search(text, max(at - LONGEST_SIGN, 0), at):
        start, sign = found.start(), found["sign"]
    elif found := LETTER_BEFORE.search(text, max(at - 2, 0), at):
        number = number_at(text, at, after_sign=True)
        if number is None or number.value < 1e6:
            return None
        value = money(text, found.start(), number.end, number.value, SIGNS_WITH_SCALE[found["sign"]])
        return value, number
    else:
        return None
    number = number_at(text, at, after_sign=True)
    if number is None:
        return None
    unit, end = SIGNS.get(sign), number.end
    if sign == "$" and (code := CODE_AFTER.match(text, end)):
        which = code["code"] or code["within"]
        unit, end = ("USD" if which == "US" else which), code.end()
    return money(text, start, end, number.value, unit), number


def sign_end(text: str, at: int) -> int:
    """Where a sign that begins at `at` ends, else `at`: the second sign of "$5-$10 million"."""
    match = SIGN.match(text, at)
    return match.end() if match else at


def named(text: str, number: Number, ahead: str) -> Value | None:
    """Money whose currency is named behind it: "two million euros", "50p"; ahead: what follows the number."""
    if ahead[:1] == "¢":
        return money(text, number.start, number.end + 1, number.value / 100, None)
    match = NAME.match(text, number.end)
    if match is None:
        return None
    country, name = match["country"], match["name"]
    end = match.end("name")
    singular = PLURALS.get(name) or (name.removesuffix("s") if name not in NAMES else name)
    if name == "p" and ahead[:1] == "p" and number.digits and number.value < 100:
        return money(text, number.start, end, number.value / 100, "GBP")
    if singular in ("pence", "penny") and country is None:
        return money(text, number.start, end, number.value / 100, "GBP")
    if singular == "cent" and name != "cent":
        unit = BY_COUNTRY.get((country, "cent")) if country else None
        return money(text, number.start, end, number.value / 100, unit)
    if country is not None:
        last = country.rpartition(" ")[2]
        unit = BY_COUNTRY.get((last, singular))
        return money(text, number.start, end, number.value, unit) if unit else None
    if singular in NAMES:
        return money(text, number.start, end, number.value, NAMES[singular])
    if singular in UNCERTAIN_NAMES:
        return money(text, number.start, end, number.value, None)
    if singular == "pound":
        return _pounds(text, number, end)
    if name in NAMES_WITH_SCALE and number.value >= 1e6:
        return money(text, number.start, end, number.value, NAMES_WITH_SCALE[name])
    return None


def _pounds(text: str, number: Number, end: int) -> Value | None:
    """Weight where the words around say so, money after millions or before "sterling", else neither."""
    if text.startswith(" sterling", end):
        return money(text, number.start, end + len(" sterling"), number.value, "GBP")
    before = text[max(number.start - WEIGHED_WITHIN, 0) : number.start]
    if WEIGHABLE.match(text, end) or WEIGHED.search(before) or text[number.end : number.end + 1] == "-":
        kind = ValueKind.QUANTITY
        return written(kind, text, number.start, end, number.value, "lb")
    return money(text, number.start, end, number.value, None) if number.value >= 1e6 else None


def money(text: str, start: int, end: int, amount: float, unit: str | None) -> Value:
    """`unit` is None where several currencies go by that sign or name."""
    return written(ValueKind.MONEY, text, start, end, round(amount, 6), unit)
