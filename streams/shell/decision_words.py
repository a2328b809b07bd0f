"""Decisions in words: what the log says, and why, in sentences that a person and a script get alike."""

from streams.contract import rfc3339
from streams.dedup.between import Between, Outcome
from streams.dedup.neighbours import Neighbour, Standing
from streams.dedup.pair import share
from streams.dedup.rows import RelationCode, RowKind, partition_and_offset
from streams.dedup.search import HOUR_MS, PAIR_WINDOW_MS
from streams.dedup.trail import REMOVED, Cause, Entry
from streams.shell.evidence import ERASED, NO_FACTS, Evidence, Facts, entry_of
from streams.vocabulary import Precision

WINDOW = f"{PAIR_WINDOW_MS // HOUR_MS} h"
CAUSES = {
    RowKind.VERSION: "a text of {id} came ({place})",
    RowKind.WITHDRAWN: "{id} was withdrawn ({place})",
    RowKind.ERASED: "{id} was erased ({place})",
    RowKind.UNCHANGED: "{replay} was promoted ({place})",
}


def what(evidence: Evidence, entry: Entry) -> str:
    """What a row of the log says: the decision, or that there was none, and why."""
    if entry.kind is RowKind.UNCHANGED:
        if evidence.forced(entry):
            return f"{replay_of(evidence, entry.tagged)} was promoted: it is decided once more"
        if sent_by(evidence, entry.tagged):
            return f"unchanged: {replay_of(evidence, entry.tagged)} was promoted, which changes nothing of it"
        return "unchanged: it brought nothing new"
    return f"decision {entry.decision}: {decided(entry)}"


def decided(entry: Entry) -> str:
    """What was decided of which version."""
    if entry.kind in REMOVED:
        return entry.kind.name.lower()
    return f"{relation(entry)}, version {entry.version}"


def relation(entry: Entry) -> str:
    if entry.parent is None:
        return "original"
    kind = "exact" if entry.relation is RelationCode.EXACT else "near"
    shares = f"J {share(entry.jaccard)}, C {share(entry.containment)}"
    return f"{kind} copy of {entry.parent.hex()} ({shares})"


def why(entry: Entry) -> str:
    """Why it was decided so, in one sentence."""
    around = entry.around
    if entry.kind in REMOVED:
        whose = "its publisher took it back" if entry.kind is RowKind.WITHDRAWN else "it must not be kept"
        return f"{whose}; what has no text is no copy and has none"
    if entry.parent is None:
        if not around.count:
            return "no article in the memory had its text or one of its routing keys"
        return f"none of {_many(around.count)} is a copy that comes before it, received within {WINDOW}"
    if entry.parent == around.parent:
        rivals = sum(n.standing is Standing.OUTDONE for n in around.found)
        if not rivals:
            return "the only copy that comes before it"
        return f"the best of {rivals + 1:,} copies that come before it (highest score, then first in order)"
    return "it keeps its parent, whose text of then has been replaced or has left the memory"


def why_again(evidence: Evidence, cause: Cause) -> str:
    """Why an article was decided again."""
    words = CAUSES.get(cause.kind, "of {id} ({place})")
    place = evidence.place(partition_and_offset(cause.tagged))
    told = words.format(id=cause.id.hex(), place=place, replay=replay_of(evidence, cause.tagged))
    return f"decided again because {told}"


def sent_by(evidence: Evidence, tagged: int) -> str | None:
    """The replay whose promotion has sent a tagged record; None of any other, or where the record is gone."""
    return evidence.facts.get(partition_and_offset(tagged), NO_FACTS).replay


def replay_of(evidence: Evidence, tagged: int) -> str:
    """The same in words."""
    run = sent_by(evidence, tagged)
    return f"replay {run}" if run else "a replay"


def standing(neighbour: Neighbour, entry: Entry) -> str:
    """What a neighbour was to the decision, and why."""
    match neighbour.standing:
        case Standing.CHOSEN:
            return "the parent"
        case Standing.OUTDONE:
            lower = neighbour.pair.score < entry.score
            return "a copy too, with a lower score" if lower else "a copy too, later in order than the parent"
        case Standing.CHILD:
            return "a copy of this one, later in order"
        case Standing.TAKEN:
            parent = neighbour.parent.hex() if neighbour.parent else "none"
            return f"a copy, later in order; its parent {parent} has the score {share(neighbour.score)}"
        case Standing.FORMER:
            return "a copy of this very article, from before it had left the memory"
        case Standing.APART:
            return f"not compared: received {hours(neighbour.apart_ms)} apart, more than {WINDOW}"
        case Standing.UNLIKE:
            return "no copy"


def outcome(found: Between) -> str:
    """What became of two articles."""
    earlier, later = found.earlier.hex(), found.later.hex()
    score = share(found.pair.score) if found.pair else ""
    match found.outcome:
        case Outcome.LINKED:
            return f"{later} is called a copy of {earlier}"
        case Outcome.REMOVED:
            return "one of them is withdrawn or erased: what has no text is no copy and has none"
        case Outcome.DOMAINS:
            return "they are in different domains (partitions of the log), so never compared"
        case Outcome.NO_KEY:
            return "neither the text nor a routing key in common, so never compared"
        case Outcome.APART:
            return f"received {hours(found.apart_ms)} apart, more than {WINDOW}, so never compared"
        case Outcome.UNLIKE:
            return "no copy by the rule"
        case Outcome.OUTDONE:
            parent = found.parent.hex() if found.parent else "none"
            if found.pair and found.pair.score == found.score:
                return f"a copy by the rule, but {parent}, as good a parent of {later}, comes first in order"
            scores = f"{share(found.score)} against {score}"
            return f"a copy by the rule, but {later} has a better parent: {parent}, {scores}"
        case Outcome.LEFT_OUT:
            return (
                "a copy by the rule, but when it counted one was not found by the other: it had left the "
                "memory, had another text, or a full list had left it out"
            )


def order_reason(entry: Entry, facts: Facts) -> str | None:
    """Where an order time comes from, as far as the tagged record tells."""
    if entry.version > 1:
        return "kept from its first version"
    if entry.order_ms == entry.received_ms and facts.published_at is None:
        return "when received: published_at is unknown" if facts.url else None
    if facts.precision == Precision.DAY:
        return "only the day of publication is known: its end, or when received if that is earlier"
    return "published_at" if facts.published_at else None


def order(neighbour: Neighbour, entry: Entry) -> str:
    """A neighbour's order time, beside that of the article decided about."""
    apart = abs(neighbour.order_ms - entry.order_ms)
    beside = (
        "the same time, by id"
        if not apart
        else f"{hours(apart)} {'before' if neighbour.earlier else 'after'}"
    )
    return f"{rfc3339(neighbour.order_ms)} ({beside}); received {hours(neighbour.apart_ms)} apart"


def now(evidence: Evidence, entries: list[Entry]) -> str:
    """What a consumer of articles.enriched sees of an article: its last decision."""
    last = entry_of(entries, None)
    if last.kind in REMOVED:
        return f"{last.kind.name.lower()} (decision {last.decision})"
    event = evidence.events.get(last.decision)
    seen = f" at {event.place}" if event else ""
    erased = ", erased" if event and event.status == ERASED else ""
    return f"{relation(last)}, version {last.version}, decision {last.decision}{seen}{erased}"


def hours(milliseconds: int) -> str:
    if milliseconds < HOUR_MS:
        return f"{milliseconds / 60_000:.1f} min"
    return f"{milliseconds / HOUR_MS:,.1f} h"


def _many(count: int) -> str:
    return "1 neighbour" if count == 1 else f"{count:,} neighbours"
