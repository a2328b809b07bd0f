"""A decision told to a person: the article, what the log says of it, its neighbours, nearest first."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from streams.contract import rfc3339
from streams.dedup.between import Between
from streams.dedup.neighbours import MOST_KEPT, Neighbour, Standing
from streams.dedup.pair import Pair, share
from streams.dedup.rows import partition_and_offset
from streams.dedup.trail import Entry
from streams.shell import decision_words as words
from streams.shell.absence import Absent
from streams.shell.evidence import NO_FACTS, Evidence, Facts, entry_of
from streams.shell.terminal import console_of_output, printable, show, tell_fact

STYLES = {
    Standing.CHOSEN: "bold green",
    Standing.OUTDONE: "yellow",
    Standing.CHILD: "cyan",
    Standing.TAKEN: "cyan",
}
DELETED = "its tagged record is gone: only the log knows of it"


def tell(evidence: Evidence, entry: Entry, shown: int) -> None:
    """Prints an article's history, and one of its decisions with so many of its neighbours."""
    console = console_of_output()
    identity = evidence.ids[0]
    _tell_article(console, evidence, identity, entry)
    show(console, Text(f"\n{evidence.log or 'Decisions'}:", "bold"))
    for one in evidence.entries[identity]:
        for line in _history(evidence, one):
            show(console, line)
    _tell_decision(console, evidence, entry, shown)


def tell_between(evidence: Evidence, found: Between) -> None:
    """Prints two articles, and what became of the pair."""
    console = console_of_output()
    for title, identity in (("First in order", found.earlier), ("Later in order", found.later)):
        show(console, Text(title, "cyan"))
        _tell_article(console, evidence, identity, entry_of(evidence.entries[identity], None))
        show(console, Text())
    show(console, Text(printable(words.outcome(found)), "bold"))
    tell_fact(console, "received", f"{words.hours(found.apart_ms)} apart; at most {words.WINDOW} may be")
    if found.pair is not None:
        for name, value in _pair(found.pair):
            tell_fact(console, name, value)


def tell_absent(absent: Absent | None, identity: bytes, where: str) -> None:
    """Prints that an article is not there, and what was found of it elsewhere."""
    console = console_of_output()
    show(console, Text(printable(f"{identity.hex()}: {where} has no row about it"), "bold red"))
    if absent is None:
        return
    for place in absent.searched:
        tell_fact(console, "searched", place)
    for said in absent.found:
        tell_fact(console, "found", said)
    if not absent.found:
        show(
            console,
            Text("  It may have been refused under another key, deleted by retention, or never have come."),
        )


def _tell_article(console: Console, evidence: Evidence, identity: bytes, entry: Entry) -> None:
    entries = evidence.entries[identity]
    facts = evidence.facts.get(partition_and_offset(entry.tagged), NO_FACTS)
    show(console, Text(printable(facts.headline or facts.url or "no headline"), "bold"))
    tell_fact(console, "id", identity.hex())
    if facts == NO_FACTS:
        tell_fact(console, "article", DELETED)
    else:
        tell_fact(console, "url", facts.url)
        tell_fact(console, "publisher", facts.publisher)
    reason = words.order_reason(entry, facts)
    tell_fact(console, "order time", rfc3339(entry.order_ms) + (f" ({reason})" if reason else ""))
    tell_fact(console, "received", _received(entry))
    if facts.source:
        tell_fact(console, "raw record", facts.source)
    tell_fact(console, "now", words.now(evidence, entries))


def _received(entry: Entry) -> str:
    if entry.first_received_ms == entry.received_ms:
        return rfc3339(entry.received_ms)
    return f"{rfc3339(entry.received_ms)}, the first version {rfc3339(entry.first_received_ms)}"


def _history(evidence: Evidence, entry: Entry) -> Iterator[Text]:
    tagged = evidence.place(partition_and_offset(entry.tagged))
    place = (
        f"{entry.place.partition}/{entry.place.offset} {rfc3339(entry.place.at_ms)}"
        if entry.place
        else tagged
    )
    yield Text.assemble((f"  {place}  ", "cyan"), printable(words.what(evidence, entry)))
    details = [f"from {tagged}"] if entry.place else []
    if event := evidence.events.get(entry.decision):
        details.append(event.place)
    elif entry.place and entry.decision:
        details.append("no event of it is left: a later decision takes its place")
    if entry.cause:
        details.append(words.why_again(evidence, entry.cause))
    for detail in details:
        yield Text(f"      {printable(detail)}", "dim")


def _tell_decision(console: Console, evidence: Evidence, entry: Entry, shown: int) -> None:
    show(console, Text(f"\nWhy decision {entry.decision}: {words.decided(entry)}", "bold"))
    if entry.cause:
        show(console, Text(f"  {words.why_again(evidence, entry.cause)}"))
    show(console, Text(f"  {words.why(entry)}"))
    _tell_neighbours(console, evidence, entry, entry.around.found, entry.around.count, shown)
    if since := evidence.since(entry):
        show(console, Text("\nNeighbours that came since", "bold"))
        _tell_neighbours(console, evidence, entry, since, len(since), shown)


def _tell_neighbours(
    console: Console, evidence: Evidence, entry: Entry, found: Sequence[Neighbour], count: int, shown: int
) -> None:
    for neighbour in found[:shown]:
        show(console, Text())
        _tell_neighbour(console, evidence, entry, neighbour)
    if left := count - min(shown, len(found)):
        show(console, Text(f"\n  and {left:,} more, less alike (--all shows up to {MOST_KEPT})", "dim"))


def _tell_neighbour(console: Console, evidence: Evidence, entry: Entry, neighbour: Neighbour) -> None:
    tagged = partition_and_offset(neighbour.tagged)
    facts = evidence.facts.get(tagged, NO_FACTS)
    style = STYLES.get(neighbour.standing, "dim")
    show(console, Text(f"  {printable(words.standing(neighbour, entry))}", style))
    for name, value in (
        *_facts(facts),
        ("id", neighbour.id.hex()),
        ("from", f"{evidence.place(tagged)}, version {neighbour.version}"),
        ("order time", words.order(neighbour, entry)),
        *_pair(neighbour.pair),
    ):
        tell_fact(console, f"  {name}", value)


def _facts(facts: Facts) -> Iterator[tuple[str, str | None]]:
    if facts == NO_FACTS:
        yield "article", DELETED
        return
    yield "headline", facts.headline
    yield "url", facts.url
    yield "publisher", facts.publisher


def _pair(pair: Pair) -> Iterator[tuple[str, str]]:
    alike = f"J {share(pair.jaccard)}, C {share(pair.containment)}"
    if not pair.equal:
        alike += f", about {pair.shared} shared shingles"
    yield (
        "likeness",
        f"{alike} of {pair.shingles} and {pair.other_shingles}; {pair.keys} of 8 routing keys in common",
    )
    yield "rule", f"{'copy' if pair.copy else 'no copy'}: {pair.why}"
