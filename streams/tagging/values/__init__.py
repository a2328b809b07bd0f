"""Dates, money, percentages and quantities in a text, normalised where that is certain."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from streams.code_points import codes_of
from streams.events import Value
from streams.tagging.letters import letters
from streams.tagging.values import dates, money, relative
from streams.tagging.values.anchor_tables import COUNT, HALF, SCALE
from streams.tagging.values.anchor_words import both_cases, known_words
from streams.tagging.values.anchors import (
    AMOUNT,
    BLOCKED,
    DATE,
    DAY,
    DIGITS,
    SIGNED,
    YEAR,
    find_anchors,
)
from streams.tagging.values.calendar import MONTHS, WEEKDAYS, published_day
from streams.tagging.values.foreign import foreign_values
from streams.tagging.values.numbers import Number, after_article, number_at
from streams.tagging.values.ranges import amounts, signed_amounts

__all__ = ["values"]

Reader = Callable[[str, int, int, date | None], Value | None]


def values(
    text: str,
    published_at: str | None = None,
    language: str = "en",
    *,
    most: int | None = None,
    codes: NDArray[np.uint32] | None = None,
) -> tuple[Value, ...]:
    """Values in the order of the text, without overlaps. Pure, linear in the text; accepts any Unicode.

    The first `most` of them; all without. `codes`: the text's code points, from whoever has them.

    Money: the amount, and its ISO 4217 code where the text names one currency; "$5" has no unit: the sign
    in `text` is all that is known, and whoever knows the outlet's country may complete it. Percent: number
    and "%"; percentage points are a quantity. Quantities: number and unit symbol (`units`).
    Dates: ISO 8601 of the precision that is said, "2022-11-18", "2022-W46", "2022-11", "2022", an interval
    "2022-03-15/2022-03-17" for stretches, quarters and decades. `published_at` (RFC 3339) resolves relative
    dates; without it "Nov. 18" is "--11-18" and "Thursday" has no value. Where two readings are open the
    value stays out. The ends of a range of amounts are two values with the scale and unit they share.
    Languages other than English: only what digits and signs make certain.
    """
    if language != "en":
        return foreign_values(text, most)
    today = published_day(published_at)
    found: list[Value] = []
    new: Sequence[Value]
    free = 0
    anchors = find_anchors(codes_of(text) if codes is None else codes, letters(), known_words())
    flat = anchors.ravel().tolist()  # rows would be garbage
    for what, at, end in zip(flat[::3], flat[1::3], flat[2::3], strict=True):
        if at < free:
            continue
        if what & DIGITS:
            new = _at_digits(text, at, what, today)
        elif what & COUNT:
            number = number_at(text, at)
            new = _at_number(text, number, today) if number else ()
        elif what & (SCALE | HALF):
            number = after_article(text, at)
            new = _at_number(text, number, today) if number else ()
        else:
            value = READERS[text[at:end]](text, at, end, today)
            new = (value,) if value else ()
        for value in new:
            if value.start >= free:
                found.append(value)
                free = value.end
        if most is not None and len(found) >= most:
            break
    return tuple(found[:most])


def _at_digits(text: str, at: int, what: int, today: date | None) -> Sequence[Value]:
    if what & SIGNED and (signed := money.signed(text, at)) is not None:
        return signed_amounts(text, *signed)
    if what & BLOCKED:
        return ()
    value = dates.by_day(text, at, today) if what & DAY else None
    if value is None and what & (YEAR | DATE):
        value = dates.by_year(text, at) if what & YEAR else dates.by_digits(text, at)
    if value is not None:
        return (value,)
    number = number_at(text, at) if what & AMOUNT else None
    return _at_number(text, number, today) if number else ()


def _at_number(text: str, number: Number, today: date | None) -> Sequence[Value]:
    value = relative.counted_ago(text, number, today)
    return (value,) if value else amounts(text, number)


def _at_weekday(text: str, at: int, end: int, today: date | None) -> Value | None:
    return dates.weekday_and_date(text, at, end, today) or relative.weekday(text, at, end, today)


def _at_month(text: str, at: int, _end: int, today: date | None) -> Value | None:
    return dates.by_month(text, at, today)


READERS: dict[str, Reader] = {
    **dict.fromkeys(both_cases(relative.DAYS), relative.day_word),
    **dict.fromkeys(both_cases(relative.STEPS), relative.span_word),
    **dict.fromkeys(WEEKDAYS, _at_weekday),
    **dict.fromkeys(MONTHS, _at_month),
    "ago": relative.a_while_ago,
}
