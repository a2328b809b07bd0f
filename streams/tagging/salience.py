"""How much an article is about an entity: .963 AUC against people's judgements (design/tagging.md)."""

from collections.abc import Sequence
from math import exp, log1p

COUNT_WEIGHT = 0.5
OPENING_WEIGHT = 1.0
OPENING_DECAY = 2.0
"""Sentences after which an entity's late entrance has cost it two thirds of the opening's weight."""
LEAD_WEIGHT = 1.0
"""For being in the headline or the first sentence."""
LATE = 80
"""Sentences from which on the opening's weight (exp(-40)) is too small to change a sum of floats."""
_ENTRANCES = (
    OPENING_WEIGHT + LEAD_WEIGHT,
    *[OPENING_WEIGHT * exp(-entrance / OPENING_DECAY) for entrance in range(1, LATE + 1)],
)

PLACES = 10_000
"""Of the result, as a factor: four digits."""
CLEAR = 1e-6
"""Distance, in units of the last digit, from where rounding turns."""


def saliences(mentions: Sequence[int], entrances: Sequence[int]) -> list[float]:
    """0..1 for each of an article's entities, at least one; 1 is the most frequent one in the lead.

    `mentions`: how many each has. `entrances`: the sentence of its first one, 0 for one in the headline.
    """
    highest = COUNT_WEIGHT * log1p(max(mentions)) + OPENING_WEIGHT + LEAD_WEIGHT
    return [
        _rounded((COUNT_WEIGHT * log1p(count) + _ENTRANCES[min(entrance, LATE)]) / highest)
        for count, entrance in zip(mentions, entrances, strict=True)
    ]


def _rounded(share: float) -> float:
    """round(share, 4), which would take two thirds of the time of all this, where there is no doubt."""
    scaled = share * PLACES + 0.5
    whole = int(scaled)
    return whole / PLACES if CLEAR < scaled - whole < 1 - CLEAR else round(share, 4)
