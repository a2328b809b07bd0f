"""Why one of two articles is called a copy of the other, or why not: from what the log says of both."""

from dataclasses import dataclass
from enum import StrEnum

from streams.dedup.pair import Pair, compared
from streams.dedup.search import PAIR_WINDOW_MS
from streams.dedup.trail import REMOVED, Entry, that_counts


class Outcome(StrEnum):
    """What became of a pair; the first that holds."""

    LINKED = "linked"  # the one that comes later in order is a copy of the other
    REMOVED = "removed"  # one of them is withdrawn or erased
    DOMAINS = "domains"  # they are in different de-duplication domains
    NO_KEY = "no_key"  # neither the text nor a routing key in common: never compared
    APART = "apart"  # received too far apart to be compared
    UNLIKE = "unlike"  # the rule says no
    OUTDONE = "outdone"  # the later one has a better parent
    LEFT_OUT = (
        "left_out"  # a copy by the rule, but neither was in the memory, or in a full list, for the other
    )


@dataclass(frozen=True, slots=True)
class Between:
    """Two articles as they are now. `pair` is absent where one has no text.

    `parent` is that of the one that comes later in order, and `score` how good it is.
    """

    earlier: bytes
    later: bytes
    apart_ms: int
    outcome: Outcome
    pair: Pair | None
    parent: bytes | None
    score: int


def between(own_id: bytes, own: list[Entry], other_id: bytes, other: list[Entry]) -> Between:
    """Two different articles, from their entries (at least one decision each)."""
    mine, theirs = that_counts(own), that_counts(other)
    if mine is None or theirs is None:
        raise ValueError("nothing was decided about one of them")
    ids = (own_id, other_id)
    if (theirs.order_ms, other_id) < (mine.order_ms, own_id):
        mine, theirs, ids = theirs, mine, (other_id, own_id)
    pair = compared(mine.text, theirs.text) if mine.text and theirs.text else None
    apart_ms = abs(mine.received_ms - theirs.received_ms)
    outcome = _outcome(ids[0], mine, theirs, pair, apart_ms)
    return Between(*ids, apart_ms, outcome, pair, theirs.parent, theirs.score)


def _outcome(earlier: bytes, mine: Entry, theirs: Entry, pair: Pair | None, apart_ms: int) -> Outcome:
    """`mine` is the entry of the article that comes first in order."""
    if theirs.parent == earlier:
        return Outcome.LINKED
    if pair is None or REMOVED & {mine.kind, theirs.kind}:
        return Outcome.REMOVED
    if mine.place and theirs.place and mine.place.partition != theirs.place.partition:
        return Outcome.DOMAINS
    if not (pair.equal or pair.keys):
        return Outcome.NO_KEY
    if apart_ms > PAIR_WINDOW_MS:
        return Outcome.APART
    if not pair.copy:
        return Outcome.UNLIKE
    return Outcome.OUTDONE if theirs.score >= pair.score else Outcome.LEFT_OUT
