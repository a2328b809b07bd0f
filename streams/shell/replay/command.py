"""The commands `copydesk replay ...`."""

from dataclasses import replace
from pathlib import Path

import click

from streams.shell.compiling import tell_cold_start
from streams.shell.exits import Exit

STAGES = ("clean", "tag", "dedup")


@click.group()
def replay() -> None:
    """Take a stretch of offsets or time through the stages again, apart from the live topics.

    \b
    copydesk replay plan --from 2026-11-22T10:00 --to 2026-11-22T11:00
    copydesk replay run replay-20261122-113000-3f2a.json
    copydesk replay status
    copydesk replay abort 20261122-113000-3f2a

    The live workers go on meanwhile, and nothing of theirs is touched: a run reads without a group, and
    writes topics of its own, replay.<run>.*.
    """


@replay.command()
@click.option("--from", "start", required=True, metavar="T|OFFSETS", help="Where to begin.")
@click.option(
    "--to", "end", metavar="T|OFFSETS", help="Where to end, without it. Default: what is there now."
)
@click.option("--stages", default="clean..dedup", show_default=True, help="One stage, or a stretch of them.")
@click.option("--cold", is_flag=True, help="Without the memory of the 96 h before: copies of it are missed.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Default: replay-<run>.json")
def plan(start: str, end: str | None, stages: str, cold: bool, out: Path | None) -> int:
    """Freeze what a replay would read, and write it to a file. Nothing is run.

    T is a time as 2026-11-22T10:00 (in UTC where no zone is given); OFFSETS are PARTITION:OFFSET,... of the
    topic that the first stage reads. Times are Kafka's own of the records.

    Where copies are decided, the 96 h before the start are run too, in silence, as their memory. What is
    gone of the range itself is refused; what is gone of these 96 h is told. Rights that a run would lack are
    named now.
    """
    from streams.shell.replay.bounds import bound_of, steps_between
    from streams.shell.replay.plan import write_plan
    from streams.shell.replay.planning import Wish, make_plan, told
    from streams.shell.settings import read_settings

    settings = read_settings()
    first, last = steps_between(stages, STAGES)
    wish = Wish(bound_of("--from", start), bound_of("--to", end) if end else None, first, last, cold)
    made = make_plan(settings, wish)
    path = out or Path(f"replay-{made.run}.json")
    write_plan(made, path)
    for line in told(made, settings):
        click.echo(line)
    click.echo(f"written to {path}; to go on: copydesk replay run {path}")
    return Exit.OK


@replay.command()
@click.argument("file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--rate", type=click.FloatRange(min=1), metavar="N", help="At most so many records a second.")
@click.option("--json", "json_", is_flag=True, help="One JSON object a second instead of a bar.")
def run(file: Path, rate: float | None, json_: bool) -> int:
    """Run a plan, or go on with it where it was stopped or killed.

    Ctrl-C ends it after the batch in hand; the same command goes on. Its rate follows the lag of the live
    workers. It ends 0 when the plan is done, 75 when it was stopped. With COPYDESK_METRICS_PORT in the
    environment it serves /metrics three ports above that.
    """
    from streams.shell.logs import configure_logging
    from streams.shell.replay.plan import read_plan
    from streams.shell.replay.run import run_plan
    from streams.shell.settings import read_settings

    settings = read_settings()
    # Of the workers' code that runs here a person need not read what only a log wants.
    configure_logging(replace(settings, log_level="warning"), stage="replay")
    tell_cold_start()
    line = click.echo if json_ else None
    return run_plan(settings, read_plan(file), file, lambda text: click.echo(text, err=True), line, rate)


@replay.command()
@click.argument("name", metavar="[RUN]", required=False)
@click.option("--json", "json_", is_flag=True, help="One JSON object a run.")
def status(name: str | None, json_: bool) -> int:
    """Show how far every run is, or one."""
    from streams.shell.replay.status import as_json, as_text, runs
    from streams.shell.settings import read_settings

    known = runs(read_settings(), name)
    for one in known:
        click.echo(as_json(one) if json_ else as_text(one))
    if not known:
        click.echo("no run has begun", err=True)
    return Exit.OK


@replay.command()
@click.argument("name", metavar="RUN")
def abort(name: str) -> int:
    """End a run wherever it works, and delete its topics and its progress. Nothing of it stays."""
    from streams.shell.replay.status import abort as end
    from streams.shell.settings import read_settings

    deleted = end(read_settings(), name)
    for what in deleted:
        click.echo(f"deleted {what}", err=True)
    if not deleted:
        click.echo(f"there is nothing of run {name}", err=True)
    return Exit.OK
