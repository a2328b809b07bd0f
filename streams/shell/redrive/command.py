"""The command `copydesk redrive`."""

import click

from streams.shell.exits import Exit
from streams.shell.waiting import within_option
from streams.vocabulary import FailureReason, RejectReason

WAIT_SECONDS = 600.0
REASONS = [str(r) for r in FailureReason], [str(r) for r in RejectReason]  # click shows an enum's names


@click.command()
@click.option("--reason", "reasons", multiple=True, type=click.Choice([*REASONS[0], *REASONS[1]]))
@click.option("--stage", "stages", multiple=True, type=click.Choice(["clean", "tag", "dedup"]))
@click.option("--from", "start", metavar="TIME", help="Letters written since: 2026-11-22T10:00, in UTC.")
@click.option("--to", "end", metavar="TIME", help="Letters written before.")
@click.option("--rejected", is_flag=True, help="Rejected articles as well: after a change of the rules.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="No more than N: try some first.")
@click.option(
    "--forgotten",
    is_flag=True,
    help="Also what de-duplication does not remember (96 h); it may replace what is newer.",
)
@click.option("--dry-run", is_flag=True, help="Count, and send nothing.")
@click.option("--wait", is_flag=True, help="Wait for the stages, and say what came of what was sent.")
@within_option(WAIT_SECONDS, "a stage")
@click.option("--json", "json_", is_flag=True, help="The counts as one JSON object.")
def redrive(
    reasons: tuple[str, ...],
    stages: tuple[str, ...],
    start: str | None,
    end: str | None,
    rejected: bool,
    limit: int | None,
    forgotten: bool,
    dry_run: bool,
    wait: bool,
    within: float,
    json_: bool,
) -> int:
    """Send dead letters back to the topics they came from, after what made them fail was mended.

    Original bytes, key and headers, without those that said why it was refused, and with the header
    copydesk-attempts. Each letter is sent back once: what was done is written with it in one transaction, so
    killed or repeated the command goes on where it was. What fails again is a new dead letter, and is left to
    the next call. An article counts as received when it first was: where a newer text of it came since, or it
    was withdrawn or erased, nothing follows. Left are those that are too old for that to be known.

    \b
    copydesk redrive --dry-run
    copydesk redrive --reason schema --limit 100 --wait
    copydesk redrive --stage clean --from 2026-11-22T10:00 --to 2026-11-22T11:00

    Exits 1 when letters could not be sent back, or with --wait when some failed again. It needs the rights of
    `redrive` in deploy/kafka/principals.toml.
    """
    import asyncio

    from streams.shell.redrive.run import Redrive
    from streams.shell.redrive.selection import Selection
    from streams.shell.redrive.told import as_json, told
    from streams.shell.replay.bounds import bound_of
    from streams.shell.settings import read_settings
    from streams.shell.terminal import json_line

    if not rejected and any(reason in REASONS[1] for reason in reasons):
        raise click.UsageError("that is a reason of rejected articles: add --rejected")
    if dry_run and wait:
        raise click.UsageError("--dry-run sends nothing to wait for")
    selection = Selection(
        frozenset(stages),
        frozenset(reasons),
        bound_of("--from", start) if start else None,
        bound_of("--to", end) if end else None,
        rejected,
        limit,
        forgotten,
    )

    def say(line: str) -> None:
        click.echo(line, err=True)

    going = Redrive(read_settings(), selection, say, dry=dry_run, patience=within if wait else None)
    done = asyncio.run(going.go())
    if json_:
        click.echo(json_line(as_json(done)).decode())
    else:
        for line in told(done, dry=dry_run):
            click.echo(line)
    again = done.outcomes.fates["dead letters again"] if done.outcomes else 0
    return Exit.REFUSED if done.unusable or again else Exit.OK
