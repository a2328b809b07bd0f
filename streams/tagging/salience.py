"""How much an article is about an entity: .963 AUC against people's judgements (design/tagging.md)."""

from math import exp, log1p

COUNT_WEIGHT = 0.5
OPENING_WEIGHT = 1.0
OPENING_DECAY = 2.0
"""Sentences after which an entity's late entrance has cost it two thirds of the opening's weight."""
LEAD_WEIGHT = 1.0
"""For being in the headline or the first sentence."""

PLACES = 10_000
"""Of the result, as a factor: four digits."""
CLEAR = 1e-6
"""Distance, in units of the last digit, from where rounding turns."""


def salience(mentions: int, most: int, first_sentence: int, in_headline: bool) -> float:
    """0..1. `most`: mentions of the article's most frequent entity; 1 is that entity in the lead."""
    highest = COUNT_WEIGHT * log1p(most) + OPENING_WEIGHT + LEAD_WEIGHT
    entrance = 0 if in_headline else first_sentence
    score = (
        COUNT_WEIGHT * log1p(mentions)
        + OPENING_WEIGHT * exp(-entrance / OPENING_DECAY)
        + LEAD_WEIGHT * (entrance == 0)
    )
    return _rounded(min(score / highest, 1.0))


def _rounded(share: float) -> float:
    """round(share, 4), which would take two thirds of the time of all this, where there is no doubt."""
    scaled = share * PLACES + 0.5
    whole = int(scaled)
    return whole / PLACES if CLEAR < scaled - whole < 1 - CLEAR else round(share, 4)
