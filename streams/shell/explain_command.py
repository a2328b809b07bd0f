"""The command `copydesk explain`: how the decision about an article came about."""

import re

import click

from streams.shell.compiling import tell_cold_start
from streams.shell.exits import Exit

SHOWN = 5  # neighbours told to a person
ID = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)


@click.command()
@click.argument("article", metavar="ARTICLE")
@click.argument("other", metavar="[OTHER]", required=False)
@click.option("--decision", metavar="N", type=click.IntRange(min=1), help="This decision, not the last one.")
@click.option("--in", "file", metavar="FILE", help="Tagged or enriched events as JSONL, in place of Kafka.")
@click.option("--all", "all_", is_flag=True, help="Up to 100 neighbours, not the nearest five.")
@click.option("--json", "json_", is_flag=True, help="One JSON object.")
def explain(
    article: str, other: str | None, decision: int | None, file: str | None, all_: bool, json_: bool
) -> int:
    """Show why ARTICLE is a copy of another one, or of none. ARTICLE is an id or a URL.

    The log of decisions (dedup.index) is folded once more up to its end, with every decision about the
    article looked at in the memory it was made in: the articles that shared its text or a routing key, how
    alike they are, and which threshold of the rule that reached or missed. Beside it stands what the topics
    still hold: headlines, the raw record, the events. It belongs to no consumer group and changes nothing.

    With OTHER, the two are compared as they are now, also where the search had not found one by the other.

    With --in FILE the decisions are made anew from the file's events, in its order, as `copydesk run` does.

    \b
    copydesk explain https://ledger.example/strike-keeps-ships-off
    copydesk explain 4d1f0c6e0b6a3c55a7f2f0d3f6f2a9b1 --decision 1
    copydesk explain https://ledger.example/strike https://wire.example/strike-extended
    copydesk run raw.jsonl - --to tagged | copydesk explain https://ledger.example/strike --in -

    \b
    J is the Jaccard similarity of the texts' word shingles, C the share of the shorter text's shingles that
    the longer one has; both are estimates. The score of a near copy is the larger of them. A parent comes
    first in order (published, else received) and was received within 72 h.

    A URL stands for the id that it gives by itself; a page may have named another one as its canonical URL.
    Reading the log takes the time and the memory of a dedup worker's start. Exits 0, or 1 when the article is
    in no log; then its keys are looked for among the events and the refused records, whose partitions of
    these keys are read whole.
    """
    identities = [_identity(given) for given in (article, other) if given is not None]
    if len(set(identities)) < len(identities):
        raise click.UsageError("both are the same article")
    if other is not None and decision is not None:
        raise click.UsageError("--decision is for one article: two are compared as they are now")
    from streams.dedup.between import between
    from streams.dedup.neighbours import MOST_KEPT
    from streams.shell import decision_told as told
    from streams.shell.decision_json import as_json, between_as_json
    from streams.shell.evidence import entry_of
    from streams.shell.inputs import STANDARD
    from streams.shell.outputs import written
    from streams.shell.settings import read_settings

    tell_cold_start("dedup")
    shown = MOST_KEPT if all_ or json_ else SHOWN
    if file is not None:
        from streams.shell import evidence_file

        evidence, refused = evidence_file.evidence(file, identities, decision, shown)
        if refused:
            click.echo(f"{file}: {refused:,} lines are no tagged events", err=True)
    else:
        from streams.shell import evidence_kafka

        evidence = evidence_kafka.evidence(read_settings(), identities, decision, shown)
    for given, identity in zip((article, other), identities, strict=False):
        if not evidence.entries[identity]:
            return _absent(given or "", identity, file, json_=json_)
    if other is not None:
        first, second = identities
        entry_of(evidence.entries[second], None)  # the first has been asked for already
        pair = between(first, evidence.entries[first], second, evidence.entries[second])
        if json_:
            with written(STANDARD) as out:
                out.write(between_as_json(evidence, pair))
        else:
            told.tell_between(evidence, pair)
        return Exit.OK
    entry = entry_of(evidence.entries[identities[0]], decision)
    if json_:
        with written(STANDARD) as out:
            out.write(as_json(evidence, entry))
    else:
        told.tell(evidence, entry, shown)
    return Exit.OK


def _identity(given: str) -> bytes:
    """An id's bytes; of a URL the id that cleaning gives it."""
    from streams.cleaning.url import article_id, canonical_url

    if ID.fullmatch(given):
        return bytes.fromhex(given)
    if not re.match(r"https?://", given, re.IGNORECASE):
        raise click.UsageError(f"{given}: neither an id of 32 hex digits nor a URL")
    return bytes.fromhex(article_id(canonical_url(given)))


def _absent(given: str, identity: bytes, file: str | None, *, json_: bool) -> int:
    """Says that an article is not there and what of it is elsewhere; gives the exit code."""
    from streams.shell.absence import looked_for
    from streams.shell.decision_json import absent_as_json
    from streams.shell.decision_told import tell_absent
    from streams.shell.inputs import STANDARD
    from streams.shell.outputs import written
    from streams.shell.settings import read_settings

    url = None if ID.fullmatch(given) else given
    absent = looked_for(read_settings(), identity, url) if file is None else None
    if json_:
        with written(STANDARD) as out:
            out.write(absent_as_json(absent, identity))
    else:
        tell_absent(absent, identity, file or "the log of decisions")
    return Exit.REFUSED
