"""The commands `copydesk dedup ...`."""

import click

from streams.shell.compiling import tell_cold_start
from streams.shell.exits import Exit


@click.group()
def dedup() -> None:
    """The memory of de-duplication, a log in Kafka: make it anew under another rule or domain table.

    \b
    copydesk dedup rebuild --dry-run
    copydesk dedup rebuild
    """


@dedup.command()
@click.option(
    "--epoch",
    metavar="N",
    type=click.IntRange(min=1),
    help="The epoch to build. Default: COPYDESK_DEDUP_EPOCH + 1.",
)
@click.option(
    "--overwrite", is_flag=True, help="Delete what an interrupted rebuild left of that epoch; begin anew."
)
@click.option("--dry-run", is_flag=True, help="Say what would change and write nothing; workers may run.")
def rebuild(epoch: int | None, overwrite: bool, dry_run: bool) -> int:
    """Build the next epoch of the dedup log: what it remembers, decided again as this version decides.

    A dedup worker keeps its memory in dedup.index.e<epoch>, and refuses a log that was written under another
    rule, sketch or domain table (COPYDESK_DEDUP_DOMAINS) than its own: exit 78. Then:

    \b
    1. Let dedup catch up; stop every dedup worker, for another domain table or sketch tag too.
    2. copydesk dedup rebuild      with the new version and the new settings, but still
                                   COPYDESK_DEDUP_EPOCH of before
    3. COPYDESK_DEDUP_EPOCH=<the new one> for all workers; start them.

    It reads the last 96 h of articles.tagged that were decided, decides them again without emitting anything,
    and writes the result to the new topic; versions and decisions of an article go on from those that were
    emitted. Nothing that was emitted is changed: where a link would now be another one, consumers see it when
    the article is decided the next time. Records that wait to be decided are left to the workers.

    The old epoch is closed in the same transaction that makes the new one whole. Stopped or killed before it,
    nothing has changed: go on with the old epoch, or rebuild with --overwrite.

    It needs the rights of the operator in deploy/kafka/principals.toml. Where the old log cannot be read, the
    group's offsets and articles.enriched tell what was decided.
    """
    from streams.shell.rebuild import rebuild as build
    from streams.shell.settings import read_settings

    def say(line: str) -> None:
        click.echo(line, err=True)

    tell_cold_start("dedup")
    settings = read_settings()
    number = settings.dedup_epoch + 1 if epoch is None else epoch
    done = build(settings, number, say, overwrite=overwrite, dry_run=dry_run)
    say(str(done))
    if dry_run:
        say("a dry run: nothing was written")
    else:
        say(f"now set COPYDESK_DEDUP_EPOCH={number} for every worker and start them")
    return Exit.OK
