"""Whether the words around a day or month speak of the past or of what is to come."""

from enum import Enum

FUTURE = frozenset(
    [
        "will",
        "won't",
        "won’t",
        "shall",
        "would",
        "due",
        "expected",
        "scheduled",
        "slated",
        "planned",
        "plans",
        "poised",
        "upcoming",
    ]
)
PAST = frozenset(
    [
        "said",
        "says",
        "told",
        "was",
        "were",
        "had",
        "has",
        "did",
        "made",
        "came",
        "began",
        "saw",
        "won",
        "lost",
        "met",
        "took",
        "went",
        "gave",
        "sent",
        "left",
        "died",
        "shot",
        "held",
        "found",
        "fell",
        "rose",
        "hit",
        "got",
        "wrote",
        "spoke",
        "ran",
        "broke",
        "led",
        "beat",
        "since",
    ]
)
STOPS = (".", "!", "?", ";", ":", "”", '"')
CLOCK = frozenset(("a.m.", "p.m.", "U.S."))
"""Words whose last full stop ends no sentence."""
AROUND = ',.;:!?"“”()—-'
AHEAD = frozenset(["before", "by", "until", "till"])
"""Right before a date these point to its future side at least as often as to the past."""
OPEN = frozenset(["of", "through", "from", "between", "and", "or", "to"])
"""Right before a date these do not say which side of today it lies on."""
SHORTEST_PARTICIPLE = 3
"""Letters: "red" and "bed" are none."""
BEFORE, AFTER = 70, 40
"""Characters read on either side: about a clause of news."""


class Tense(Enum):
    PAST = "past"
    FUTURE = "future"
    UNCLEAR = "unclear"
    OPEN = "open"  # "by Thursday", "until June"


def tense(text: str, start: int, end: int) -> Tense:
    """By the last verb before text[start:end] in its sentence, else by the first behind it.

    Verbs are a closed list and "-ed", so headlines ("Senate to vote Thursday") and most of the present
    tense are UNCLEAR; what follows decides nothing once something before it does.
    """
    words = text[max(start - BEFORE, 0) : start].rpartition("\n")[2].split()
    if words and words[-1] in AHEAD:
        return Tense.OPEN
    if words and words[-1 - (words[-1] == "the" and len(words) > 1)] in OPEN:
        return Tense.UNCLEAR
    for word in reversed(words):
        if word.endswith(STOPS) and word not in CLOCK:
            break
        if (said := _cue(word)) is not None:
            return said
    for word in text[end : end + AFTER].partition("\n")[0].split():
        if (said := _cue(word)) is not None:
            return said
        if word.endswith(STOPS) and word not in CLOCK:
            break
    return Tense.UNCLEAR


def _cue(word: str) -> Tense | None:
    word = word.strip(AROUND)
    if word in FUTURE or word.endswith(("'ll", "’ll")):
        return Tense.FUTURE
    return Tense.PAST if word in PAST or (word.endswith("ed") and len(word) > SHORTEST_PARTICIPLE) else None
