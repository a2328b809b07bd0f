"""Whether the words around a day or month speak of the past or of what is to come."""

from enum import Enum
from functools import lru_cache

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

CACHED_WORDS = 2_048
"""Words near dates that a process remembers."""


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
        stops, said = _cue(word)
        if stops:
            break
        if said is not None:
            return said
    for word in text[end : end + AFTER].partition("\n")[0].split():
        stops, said = _cue(word)
        if said is not None:
            return said
        if stops:
            break
    return Tense.UNCLEAR


@lru_cache(maxsize=CACHED_WORDS)
def _cue(word: str) -> tuple[bool, Tense | None]:
    """Whether a word ends a sentence, and the tense it tells."""
    stops = word.endswith(STOPS) and word not in CLOCK
    word = word.strip(AROUND)
    if word in FUTURE or word.endswith(("'ll", "’ll")):
        return stops, Tense.FUTURE
    past = word in PAST or (word.endswith("ed") and len(word) > SHORTEST_PARTICIPLE)
    return stops, Tense.PAST if past else None
