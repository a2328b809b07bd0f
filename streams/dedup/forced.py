"""Decisions that the promotion of a replay forces: about an article whose id and text are known already.

    effects = decide(index, arrival)    # an arrival with `force` comes here

The article is emitted again with the bytes of the forced record, decision + 1, and keeps its link: the same
text has the same parent. Once a replay and id: a row that says so stands before what followed from it,
and the memory folds these rows too. What was withdrawn, erased or replaced by a later text stays so.
"""

from collections.abc import Callable

import numpy as np

from streams.dedup.effects import Arrival, Effects, Row, again, arrived, effects, halves
from streams.dedup.index import DedupIndex
from streams.dedup.kernels import NOWHERE
from streams.dedup.rows import LogRows, RowKind


def decide_forced(
    index: DedupIndex, arrival: Arrival, decide: Callable[[DedupIndex, Arrival], Effects]
) -> Effects:
    """What follows from a forced arrival; `decide` says what does but for the force."""
    assert arrival.force is not None  # noqa: S101 - or nobody calls this
    at = index.find(*halves(arrival.id))
    known = index.state.articles[at] if at != NOWHERE else None
    unchanged = arrived(RowKind.UNCHANGED, arrival, known)
    if arrival.id + arrival.force in index.forced:
        return effects([unchanged])
    made = decide(index, arrival)
    mark = unchanged
    mark["parent"] = halves(arrival.force)
    if made.emissions:
        rows = np.concatenate([mark, made.rows.rows])
        return Effects(LogRows(rows, made.rows.sketches), made.emissions)
    fingerprint = arrival.fingerprint
    if (
        known is None
        or known["text"] == NOWHERE
        or fingerprint.content_hash != known["hash"].tobytes()
        or fingerprint.received_ms < known["received"]
    ):
        return made
    own: Row = again(known)
    own["place"] = arrival.place
    return effects([mark, own])
