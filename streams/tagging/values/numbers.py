"""Reads one number at a place of an English text: digits, words, and the scale that follows them."""

import re
from typing import NamedTuple

SMALL = {
    word: number
    for number, word in enumerate(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        start=1,
    )
}
TENS = {
    word: 10 * number
    for number, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "lakh": 1e5,
    "million": 1e6,
    "mn": 1e6,
    "crore": 1e7,
    "billion": 1e9,
    "bn": 1e9,
    "trillion": 1e12,
    "tn": 1e12,
    "dozen": 12.0,
}
SHORT_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
"""Certain only after a currency sign: 100m is a distance as well."""
FRACTIONS = {"½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1 / 3, "⅔": 2 / 3}
DIGITS = re.compile(
    r"(?P<whole>[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,2}(?:,[0-9]{2}){1,3},[0-9]{3}|[0-9]{1,15})"
    r"(?P<part>\.[0-9]{1,9})?(?P<fraction>[½¼¾⅓⅔])?(?![0-9]|[.,][0-9])"
)
"""With thousands in threes or, as India writes them, lakhs in twos. A longer run is no number of ours."""
SCALE = re.compile(r"[ \u00a0-]?(?P<scale>(?i:[a-z]+?))s?(?![A-Za-z])")
GAPS = frozenset((" ", "\u00a0", "-"))
SCALES_BEGIN = frozenset(letter for word in (*SCALES, *SHORT_SCALES) for letter in (word[0], word[0].upper()))
NEXT_WORD = re.compile(r"[ -](?P<and>and )?(?P<word>[a-z]+)")
HALF_A = re.compile(r" an? |-(?=[a-z])")
ARTICLE = re.compile(r"(?<!\w)[Aa] \Z")
AND_A_HALF = re.compile(r"[ -]and[ -]a[ -]half(?![a-z])")
LONGEST_WORDS = 12
"""Words of a number: "nine hundred and ninety-nine thousand nine hundred and ninety-nine" has 10."""
PRECISION = 9
"""Decimals kept: 1.1 million is 1100000, not 1100000.0000000001."""


class Number(NamedTuple):
    """text[start:end] is `value`; `written` is the value without its scale."""

    start: int
    end: int
    value: float
    written: float
    digits: bool

    @property
    def scale(self) -> float:
        return self.value / self.written if self.written else 1.0

    @property
    def scaled(self) -> bool:
        return self.value != self.written


def number_at(text: str, at: int, *, after_sign: bool = False) -> Number | None:
    """The number that begins at `at`, with its scale: "1.2 billion", "twenty-five", "two and a half"."""
    return _digits(text, at, after_sign) if "0" <= text[at : at + 1] <= "9" else _words(text, at)


def after_article(text: str, at: int) -> Number | None:
    """A number whose first word is an article: "a million", "half a mile", "half a million", "half-mile"."""
    word, end = _word(text, at)
    if word == "half":
        article = HALF_A.match(text, end)
        if article is None or text[max(at - 6, 0) : at].endswith(("and a ", "and-a-")):
            return None
        scale, stop = _word(text, article.end())
        if scale in SCALES:
            return Number(at, stop, SCALES[scale] / 2, 0.5, False)
        return Number(at, article.end() - 1, 0.5, 0.5, False)
    article = ARTICLE.search(text, max(at - 2, 0), at)
    if article is None:
        return None
    number = _words(text, at, "one")
    return number._replace(start=article.start()) if number else None


def _digits(text: str, at: int, after_sign: bool) -> Number | None:
    match = DIGITS.match(text, at)
    if match is None:
        return None
    whole, part, fraction = match.groups()
    written = float(whole.replace(",", "") + (part or ""))
    if fraction:
        written += FRACTIONS[fraction]
    return _scaled(text, at, match.end(), written, True, after_sign)


def _scaled(text: str, at: int, end: int, written: float, digits: bool, after_sign: bool) -> Number:
    """The number text[at:end] with the scale that follows it, if one does."""
    first = text[end : end + 1]
    if first in GAPS:
        first = text[end + 1 : end + 2]
    if first not in SCALES_BEGIN:
        return Number(at, end, written, written, digits)
    match = SCALE.match(text, end)
    if match is None:
        return Number(at, end, written, written, digits)
    word = match["scale"].lower()
    scale = SCALES.get(word) or (SHORT_SCALES.get(word) if after_sign and match[0][0].isalpha() else None)
    if scale is None:
        return Number(at, end, written, written, digits)
    stop = match.end() if len(word) > 1 else match.end("scale")
    return Number(at, stop, round(written * scale, PRECISION), written, digits)


def _words(text: str, at: int, article: str = "") -> Number | None:
    """The number words from `at`, as far as they make one number: in "one two three" only the first."""
    total = below_thousand = 0.0
    end, last = at, ""
    if article:
        below_thousand, last = 1.0, "small"
    word, position = _word(text, at)
    for _ in range(LONGEST_WORDS):
        if word in SMALL:
            fits = last in ("", "hundred", "big") or (last == "tens" and SMALL[word] < 10)
            kind, amount = "small", below_thousand + SMALL[word]
        elif word in TENS:
            fits = last in ("", "hundred", "big")
            kind, amount = "tens", below_thousand + TENS[word]
        elif word in ("hundred", "dozen"):
            fits = last in ("small", "tens")
            kind, amount = "hundred", below_thousand * SCALES[word]
        elif word in SCALES and len(word) > 2:
            fits = last in ("small", "tens", "hundred")
            kind, amount = "big", 0.0
            total += below_thousand * SCALES[word] if fits else 0.0
        else:
            break
        if not fits:
            break
        below_thousand, last, end = amount, kind, position
        match = NEXT_WORD.match(text, end)
        if match is None or (match["and"] and last not in ("hundred", "big")):
            break
        word, position = match["word"], match.end()
    if end == at:
        return None
    value = total + below_thousand
    half = AND_A_HALF.match(text, end)
    if half and value == below_thousand:
        value, end = value + 0.5, half.end()
    return _scaled(text, at, end, value, False, False) if half else Number(at, end, value, value, False)


def _word(text: str, at: int) -> tuple[str, int]:
    end = at
    while end < len(text) and end - at < 10 and text[end].isalpha():
        end += 1
    return text[at:end].lower(), end
