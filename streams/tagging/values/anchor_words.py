"""The words that values begin with, and those that may follow a number: what the anchors' kernel looks up."""

import re
from collections.abc import Iterable
from functools import cache

from streams.tagging.values.anchor_tables import (
    COUNT,
    FOLLOWS,
    HALF,
    LINKS,
    MONTH,
    READ,
    SCALE,
    STEP,
    STEPPED,
    Tables,
    tables,
)
from streams.tagging.values.calendar import MONTHS, WEEKDAYS
from streams.tagging.values.currencies import (
    BY_COUNTRY,
    NAMES,
    NAMES_WITH_SCALE,
    PLURALS,
    SIGNS,
    UNCERTAIN_NAMES,
    UNCERTAIN_SIGNS,
)
from streams.tagging.values.numbers import SCALES, SHORT_SCALES, SMALL, TENS
from streams.tagging.values.relative import DAYS, SPANS, STEPS
from streams.tagging.values.units import ATTACHED, UNITS

DIRECTIONS = ("Hong", "New", "South", "North")
"""First words of countries whose currencies are named by them."""
OTHERS = ("cent", "p", "pound", "pence", "penny", "per", "percent", "pc", "stone")


def both_cases(words: Iterable[str]) -> list[str]:
    """The words as they are, and with a capital."""
    return [form for word in words for form in (word, word.capitalize())]


@cache
def known_words() -> Tables:
    """The kernel's tables; 2 ms once a process."""
    bits: dict[str, int] = {}
    for bit, words in (
        (READ, [*both_cases(DAYS), *WEEKDAYS, *MONTHS, "ago"]),
        (STEP, both_cases(STEPS)),
        (COUNT, both_cases([*SMALL, *TENS])),
        (SCALE, [word for word in SCALES if len(word) > 2]),
        (HALF, ["half"]),
        (STEPPED, [*SPANS, *WEEKDAYS, *MONTHS]),
        (MONTH, MONTHS),
        (FOLLOWS, _behind_numbers()),
        (LINKS, ["to", "or", "and"]),
    ):
        for word in words:
            bits[word] = bits.get(word, 0) | bit
    return tables(bits, {*SIGNS, *UNCERTAIN_SIGNS})


def _behind_numbers() -> set[str]:
    """First words of units, currencies, shares and of a number's other words, in lower case, plurals too."""
    names = [*UNITS, *ATTACHED, *NAMES, *UNCERTAIN_NAMES, *NAMES_WITH_SCALE, *PLURALS, *OTHERS]
    names += [*DIRECTIONS, *(country for country, _ in BY_COUNTRY)]
    names += [*SCALES, *SHORT_SCALES, *SMALL, *TENS]
    first = {match[0].lower() for name in names if (match := re.match("[A-Za-z]+", name))}
    return first | {word + "s" for word in first}
