"""The command `copydesk`. Each command imports what it needs when it runs: `--help` stays quick."""

import errno
import os
import sys
from typing import Any

import click

from streams import __version__
from streams.shell.clean_command import clean
from streams.shell.compiling import compile_
from streams.shell.dedup_command import dedup
from streams.shell.exits import EXIT_MEANINGS, Exit, Fatal
from streams.shell.explain_command import explain
from streams.shell.furniture_commands import furniture
from streams.shell.knowledge_commands import knowledge
from streams.shell.metrics_listing import metrics
from streams.shell.redrive.command import redrive
from streams.shell.removal_commands import forget, withdraw
from streams.shell.replay.command import replay
from streams.shell.tag_command import tag
from streams.shell.tail_command import tail
from streams.shell.top_command import top

EXIT_HELP = "\b\nExit codes:\n" + "\n".join(f"  {code.value:>3}  {EXIT_MEANINGS[code]}" for code in Exit)
SOURCES = ("raw", "cleaned", "tagged")
TARGETS = ("cleaned", "tagged", "enriched")
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})  # only what is written to raises these


@click.group(
    epilog=EXIT_HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="copydesk")
def copydesk() -> None:
    """The copy desk for news streams.

    Raw articles in on a Kafka topic; clean, tagged, de-duplicated events out. Settings come from
    COPYDESK_* in the environment: `copydesk settings` lists them.

    \b
    See it work:          copydesk demo
    One page, explained:  copydesk clean page.html
    Its names, marked:    copydesk tag page.html
    Without Kafka:        copydesk run articles.jsonl out.jsonl --from raw --to enriched
    On your Kafka:        copydesk topics --create, then copydesk worker
    Put articles in:      copydesk produce articles.jsonl
    See what comes out:   copydesk tail enriched --follow
    Why it is a copy:     copydesk explain https://a.example/story
    Watch the workers:    copydesk top
    Take articles away:   copydesk withdraw URL, copydesk forget ID
    Run a stretch again:  copydesk replay plan --from T --to T
    Dead letters back:    copydesk redrive --dry-run
    """


@copydesk.command()
@click.option("--brokers", metavar="HOST:PORT", help="Use this Kafka instead of starting one.")
@click.option("--keep", is_flag=True, help="Leave everything running until Ctrl-C.")
def demo(brokers: str | None, keep: bool) -> int:
    """See the point in a minute: Kafka, the three stages, sample articles, and what came of them."""
    from streams.shell.demo import run_demo
    from streams.shell.settings import read_settings

    return run_demo(read_settings(), brokers, keep=keep)


@copydesk.command()
@click.argument("input", metavar="INPUT")
@click.argument("output", metavar="OUTPUT")
@click.option("--from", "source", type=click.Choice(SOURCES), default="raw", show_default=True)
@click.option("--to", "target", type=click.Choice(TARGETS), default="enriched", show_default=True)
@click.option("--rejects", metavar="FILE", help="Write what is refused here, with its reason.")
@click.option("--url", help="URL of the article, when INPUT is a plain page.")
def run(input: str, output: str, source: str, target: str, rejects: str | None, url: str | None) -> int:  # noqa: A002
    """Take a file of events through the stages, without Kafka.

    INPUT and OUTPUT are JSONL, one event a line, packed when the name ends in .gz; - is standard input or
    output. A plain .html or .txt file as INPUT is one raw article.

    \b
    copydesk run page.html - --to tagged
    copydesk run raw.jsonl.gz enriched.jsonl.gz --rejects refused.jsonl

    Exits 0 when every line ended in OUTPUT or in --rejects, or changed nothing; 1 when lines were refused
    and there is no --rejects.
    """
    from streams.shell.files import STEPS, run_file
    from streams.shell.settings import read_settings

    if (source, target) not in STEPS:
        raise click.UsageError(f"there is no way from {source} to {target}")
    tally = run_file(read_settings(), source, target, input, output, rejects, url)
    click.echo(str(tally), err=True)
    return Exit.REFUSED if tally.refused and not rejects else Exit.OK


@copydesk.command()
@click.argument("stage", required=False, type=click.Choice(["clean", "tag", "dedup"]))
@click.option(
    "--accept-failures",
    metavar="N",
    type=click.IntRange(min=0),
    default=0,
    help="Let N failing records through to the dead letters before the limits count again.",
)
def worker(stage: str | None, accept_failures: int) -> int:
    """Run the stages: all three as supervised processes, or STAGE alone in this process.

    Start more workers on more machines: Kafka hands each of them its share of the partitions. SIGTERM
    finishes what is in hand and exits 0. Metrics and probes: clean on port 9464, tag 9465, dedup 9466.
    """
    if stage is not None:
        from streams.shell.starting import run_stage

        return run_stage(stage, accept_failures)
    from streams.shell.logs import configure_logging
    from streams.shell.settings import read_settings
    from streams.shell.supervisor import supervise

    settings = read_settings()
    configure_logging(settings)
    return supervise(settings, accept_failures)


@copydesk.command()
@click.option("--create", is_flag=True, help="Create what is missing; add partitions that are too few.")
def topics(create: bool) -> int:
    """Check the topics: say what is missing or differs from the settings. Exit 1 when anything does."""
    from streams.shell import topics as desired
    from streams.shell.settings import read_settings

    settings = read_settings()
    done, differing = desired.check(settings, create=create)
    for line in done:
        click.echo(line)
    for difference in differing:
        click.echo(f"{difference.topic}: {difference.what}")
    if not differing:
        click.echo(f"all {len(desired.wanted(settings))} topics are as the settings want them")
    elif any(difference.repair != "none" for difference in differing):
        click.echo("`copydesk topics --create` makes what is missing", err=True)
    return Exit.REFUSED if differing else Exit.OK


@copydesk.command()
@click.argument("file")
@click.option("--url", help="URL of the article, when FILE is a plain page.")
@click.option("--no-check", is_flag=True, help="Send lines as they are, whatever the schema says of them.")
def produce(file: str, url: str | None, no_check: bool) -> int:
    """Send raw articles to articles.raw: JSONL (.gz by name, - is stdin), or one .html or .txt page.

    Waits for every delivery; prints each line that was refused and why, and then exits 1.
    """
    from streams.shell.produce import produce_file
    from streams.shell.settings import read_settings
    from streams.shell.terminal import shortened

    done = produce_file(read_settings(), file, url, check=not no_check)
    for number, why in done.refused:
        click.echo(f"{file}, line {number}: {shortened(why)}", err=True)
    click.echo(f"{done.delivered:,} delivered, {len(done.refused):,} refused", err=True)
    return Exit.REFUSED if done.refused else Exit.OK


@copydesk.command()
def settings() -> None:
    """List every setting, its value, where that comes from and what it is for. Secrets are masked."""
    from streams.shell.settings import origins, read_settings

    for origin in origins(read_settings()):
        click.echo(f"{origin.variable}={origin.value}  [{origin.origin}]")
        click.echo(f"    {origin.about}")


for command in (clean, compile_, dedup, explain, forget, furniture, knowledge, metrics):
    copydesk.add_command(command)
for command in (redrive, replay, tag, tail, top, withdraw):
    copydesk.add_command(command)


def main() -> None:
    """Entry point: errors of ours are one line on standard error and their exit code."""
    # Before numpy is imported: its linear algebra, of which the stages' own code uses none, would begin a
    # thread a core, each of which spins for 60 ms before it sleeps.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        code: Any = copydesk(standalone_mode=False)
    except Fatal as fatal:
        from streams.shell.terminal import printable

        told = "\n".join(map(printable, str(fatal).split("\n")))
        click.echo(f"copydesk: {told}", err=True)
        code = fatal.code
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped", err=True)
        code = 130
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            click.echo(f"copydesk: the output cannot be written: {error.strerror}", err=True)
            sys.exit(Exit.CANNOT_WRITE)
        if "COPYDESK_TRACEBACK" in os.environ:
            raise
        from streams.shell.terminal import shortened

        click.echo(
            f"copydesk: unexpected {type(error).__name__}: {shortened(str(error))}. "
            "This is a fault of Copydesk; COPYDESK_TRACEBACK=1 shows where",
            err=True,
        )
        code = Exit.INTERNAL
    sys.exit(int(code or 0))


if __name__ == "__main__":
    main()
