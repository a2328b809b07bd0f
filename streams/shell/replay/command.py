"""The commands `copydesk replay ...`."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from streams.shell.compiling import PACKAGES, tell_cold_start
from streams.shell.exits import Exit
from streams.shell.numbers import Number
from streams.shell.replay.plan_command import plan
from streams.shell.waiting import within_option

if TYPE_CHECKING:
    from streams.shell.replay.promote import Promoted

WAIT_SECONDS = 600.0
_SAY = partial(click.echo, err=True)


@click.group()
def replay() -> None:
    """Take a stretch of offsets or time through the stages again, apart from the live topics.

    \b
    copydesk replay plan --from 2026-11-22T10:00 --to 2026-11-22T11:00
    copydesk replay run replay-20261122-113000-3f2a.json
    copydesk replay diff replay-20261122-113000-3f2a.json
    copydesk replay promote replay-20261122-113000-3f2a.json
    copydesk replay status
    copydesk replay abort 20261122-113000-3f2a

    The live workers go on meanwhile, and nothing of theirs is touched: a run reads without a group, and
    writes topics of its own, replay.<run>.*, until `promote` makes its articles count.
    """


replay.add_command(plan)

_ACCEPT = click.option(
    "--accept-failures",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    help="Let N failing records through to the run's dead letters before the limits count again.",
)


@replay.command()
@click.argument("file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--rate", type=Number(min=1), metavar="N", help="At most so many records a second.")
@click.option("--json", "json_", is_flag=True, help="One JSON object a second instead of a bar.")
@_ACCEPT
def run(file: Path, rate: float | None, json_: bool, accept_failures: int) -> int:
    """Run a plan, or go on with it where it was stopped or killed.

    Ctrl-C ends it after the batch in hand; the same command goes on. Its rate follows the lag of the live
    workers. It ends 0 when the plan is done, 75 when it was stopped, 78 when as many records fail as stop a
    worker. With COPYDESK_METRICS_PORT in the
    environment it serves /metrics three ports above that.
    """
    from streams.shell.logs import configure_logging
    from streams.shell.replay.plan import read_plan
    from streams.shell.replay.run import run_plan
    from streams.shell.settings import read_settings

    settings, made = read_settings(), read_plan(file)
    # Of the workers' code that runs here a person need not read what only a log wants.
    configure_logging(replace(settings, log_level="warning"), stage="replay")
    tell_cold_start(*PACKAGES)
    line = click.echo if json_ else None
    return run_plan(settings, made, file, _SAY, line, rate=rate, accept=accept_failures)


@replay.command()
@click.argument("file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("--limit", type=click.IntRange(min=0), default=5, show_default=True, help="Examples of a kind.")
@click.option("--json", "json_", is_flag=True, help="One JSON object.")
def diff(file: Path, limit: int, json_: bool) -> int:
    """Show what a run that is done would change: each article's last event beside production's.

    Compared is all but `decision` and `provenance`. Links are those that production had at the end of the
    range, as dedup.index tells: an article that came later may have changed them since. Exits 1 when
    anything differs.
    """
    from streams.shell.replay.diff import diff as compare
    from streams.shell.replay.diff_told import as_json, told
    from streams.shell.replay.plan import read_plan
    from streams.shell.settings import read_settings
    from streams.shell.terminal import json_line

    found = compare(read_settings(), read_plan(file), limit)
    if json_:
        click.echo(json_line(as_json(found)).decode())
    else:
        for line in told(found):
            click.echo(line)
    return Exit.OK if set(found.counts) <= {"same"} else Exit.REFUSED


_ALL = click.option("--all", "everything", is_flag=True, help="What is the same as well.")
_DRY = click.option("--dry-run", is_flag=True, help="Count, and send nothing.")
_WAIT = click.option("--wait", is_flag=True, help="Wait until de-duplication has decided all of it.")
_WITHIN = within_option(WAIT_SECONDS)


@replay.command()
@click.argument("file", metavar="PLAN", type=click.Path(path_type=Path))
@_ALL
@_DRY
@_WAIT
@_WITHIN
def promote(file: Path, everything: bool, dry_run: bool, wait: bool, within: float) -> int:
    """Make the articles of a run count that `diff` calls changed or added.

    They go to articles.tagged, and the dedup worker decides them again: a new event on articles.enriched with
    decision + 1 (and version + 1 where the text is another). What was withdrawn, erased or replaced by a
    later text stays so. Killed or repeated, it sends and decides nothing twice; a run that was aborted and
    begun anew is promoted anew.

    It needs the rights of `replay` and to write articles.tagged. Exits 1 when articles were left out: those
    that de-duplication does not remember any more (96 h) would be judged without what they are copies of.
    """
    from streams.shell.replay.plan import read_plan
    from streams.shell.replay.promote import promote as send
    from streams.shell.settings import read_settings

    patience = within if wait and not dry_run else None
    done = send(read_settings(), read_plan(file), everything=everything, dry=dry_run, patience=patience)
    return _told_promoted(done, dry_run, patience)


@replay.command("in-place")
@click.argument("file", metavar="PLAN", type=click.Path(path_type=Path))
@_WAIT
@_WITHIN
@_ACCEPT
def in_place(file: Path, wait: bool, within: float, accept_failures: int) -> int:
    """Run a plan that ends with tag, and make all of it count without a diff.

    The articles of the range are cleaned and tagged again and go to the live de-duplication, as `promote`
    sends them; ids and received_at stay. Refused where the range begins before what de-duplication
    remembers. Killed, the same command goes on.

    \b
    copydesk replay plan --from 2026-11-22T10:00 --to 2026-11-22T11:00 --stages clean..tag --out again.json
    copydesk replay in-place again.json --wait
    """
    from streams.shell.logs import configure_logging
    from streams.shell.replay.plan import read_plan
    from streams.shell.replay.promotable import refuse_old
    from streams.shell.replay.promote import promote as send
    from streams.shell.replay.run import run_plan
    from streams.shell.settings import read_settings

    settings, made = read_settings(), read_plan(file)
    if made.last != "tag":
        raise click.UsageError("that plan does not end with tag: plan it with --stages clean..tag")
    refuse_old(settings, made)
    configure_logging(settings, stage="replay")
    tell_cold_start(*PACKAGES)
    ended = run_plan(settings, made, file, _SAY, command="in-place", accept=accept_failures)
    if ended is not Exit.OK:
        return ended
    patience = within if wait else None
    return _told_promoted(
        send(settings, made, everything=True, dry=False, patience=patience), False, patience
    )


def _told_promoted(done: "Promoted", dry: bool, patience: float | None) -> int:
    click.echo(f"{done.sent:,} of {done.chosen:,} articles {'would be promoted' if dry else 'promoted'}")
    if done.before:
        click.echo(f"{done.before:,} were promoted by an earlier call")
    if done.removed:
        click.echo(f"{done.removed:,} left out: withdrawn or erased since")
    if done.old:
        click.echo(f"{done.old:,} left out: de-duplication does not remember their time any more")
    if patience is not None:
        click.echo("de-duplication has decided all of them")
    return Exit.REFUSED if done.old else Exit.OK


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
