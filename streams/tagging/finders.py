"""The finders behind COPYDESK_TAGGER: what finds names in an English text, rules and places apart."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from streams.tagging.finder import find
from streams.tagging.spacy_spans import SpacyFinder
from streams.tagging.spans import Table, table_of
from streams.tagging.teacher import Teacher
from streams.tagging.tiers import Choice, Tier
from streams.tagging.tokens import Document


@dataclass(frozen=True, slots=True)
class Finder:
    """Spans of a document's names. `beside`: the model's name in the events, after our own; else empty."""

    find: Callable[[Document], Table]
    beside: str = ""


WEIGHT = np.float32(0.54)
"""Of the transformer's log probabilities beside our own scores: .839 F1 on news; .838 with .35 and with .8,
.834 with 1.2. A mean of both models' probabilities, each token by itself, has .815."""
FLOOR = np.float32(1e-4)
"""Added to its probabilities, so that it cannot rule a label out alone."""
BUILTIN_FINDER = Finder(find)


def finder_of(choice: Choice) -> Finder:
    """The finder of a tier, its model loaded. Raises TierError where the tier cannot be used."""
    if choice.tier is Tier.SPACY:
        pipeline = SpacyFinder(choice.source)
        return Finder(lambda document: table_of(pipeline(document)), pipeline.name)
    if choice.tier is Tier.TEACHER:
        teacher = Teacher(Path(choice.source))
        return Finder(lambda document: _together(document, teacher), teacher.name)
    return BUILTIN_FINDER


def _together(document: Document, teacher: Teacher) -> Table:
    """One random field of both: the transformer's log probabilities weigh beside our own scores."""
    (theirs,) = teacher.probabilities([document])
    return find(document, WEIGHT * np.log(theirs + FLOOR))
