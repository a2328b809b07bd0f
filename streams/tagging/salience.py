"""How much an article is about an entity: .963 AUC against people's judgements (design/tagging.md)."""

import math
from functools import lru_cache

COUNT_WEIGHT = 0.5
OPENING_WEIGHT = 1.0
OPENING_DECAY = 2.0
"""Sentences after which an entity's late entrance has cost it two thirds of the opening's weight."""
LEAD_WEIGHT = 1.0
"""For being in the headline or the first sentence."""


REMEMBERED = 1 << 11
"""Results; nearly all entities have few mentions and are met early."""


@lru_cache(REMEMBERED)
def salience(mentions: int, most: int, first_sentence: int, in_headline: bool) -> float:
    """0..1. `most`: mentions of the article's most frequent entity; 1 is that entity in the lead."""
    highest = COUNT_WEIGHT * math.log1p(most) + OPENING_WEIGHT + LEAD_WEIGHT
    lead = in_headline or first_sentence == 0
    score = (
        COUNT_WEIGHT * math.log1p(mentions)
        + OPENING_WEIGHT * math.exp(-(0 if in_headline else first_sentence) / OPENING_DECAY)
        + LEAD_WEIGHT * lead
    )
    return round(min(score / highest, 1.0), 4)
