"""The command `copydesk replay plan`."""

from pathlib import Path

import click

from streams.shell.exits import Exit
from streams.shell.numbers import Number

STAGES = ("clean", "tag", "dedup")


@click.command()
@click.option("--from", "start", required=True, metavar="T|OFFSETS", help="Where to begin.")
@click.option(
    "--to", "end", metavar="T|OFFSETS", help="Where to end, without it. Default: what is there now."
)
@click.option("--stages", default="clean..dedup", show_default=True, help="One stage, or a stretch of them.")
@click.option("--cold", is_flag=True, help="Without the memory of the 96 h before: copies of it are missed.")
@click.option(
    "--keep",
    metavar="DAYS",
    type=Number(min=0, min_open=True),
    help="What the run writes is deleted so long afterwards. Default: 7.",
)
@click.option("--unknown-erasures", is_flag=True, help="Also what is so old that its erasures are not known.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Default: replay-<run>.json")
def plan(
    start: str,
    end: str | None,
    stages: str,
    cold: bool,
    keep: float | None,
    unknown_erasures: bool,
    out: Path | None,
) -> int:
    """Freeze what a replay would read, and write it to a file. Nothing is run.

    T is a time as 2026-11-22T10:00 (in UTC where no zone is given); OFFSETS are PARTITION:OFFSET,... of the
    topic that the first stage reads. Times are Kafka's own of the records.

    Where copies are decided, the 96 h before the start are run too, in silence, as their memory. What is
    gone of the range itself is refused, and so is what may have been erased longer ago than articles.tagged
    tells; what is gone of these 96 h is told. Rights that a run would lack are named now.
    """
    from streams.shell.replay.bounds import bound_of, steps_between
    from streams.shell.replay.plan import KEEP_DAYS, KEEP_MOST_DAYS, write_plan
    from streams.shell.replay.planning import Wish, make_plan, told
    from streams.shell.settings import read_settings

    if keep is not None and keep > KEEP_MOST_DAYS:
        raise click.BadParameter(f"{keep:g} days: at most {KEEP_MOST_DAYS:.0f}", param_hint="'--keep'")
    settings = read_settings()
    first, last = steps_between(stages, STAGES)
    begin, until = bound_of("--from", start), bound_of("--to", end) if end else None
    made = make_plan(settings, Wish(begin, until, first, last, cold, keep or KEEP_DAYS, unknown_erasures))
    path = out or Path(f"replay-{made.run}.json")
    write_plan(made, path)
    for line in told(made, settings):
        click.echo(line)
    click.echo(f"written to {path}; to go on: copydesk replay run {path}")
    return Exit.OK
