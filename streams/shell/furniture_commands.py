"""The commands `copydesk furniture learn` and `show`."""

from itertools import groupby

import click

from streams.shell.exits import Exit

WHERE = {"edge": "at head or foot", "body": "anywhere but as a subhead", "label": "anywhere"}


@click.group()
def furniture() -> None:
    """Lines that a publisher prints under every article: learn them, see them.

    \b
    copydesk furniture learn cleaned.jsonl.gz > furniture.jsonl
    copydesk furniture show furniture.jsonl gazette.example
    COPYDESK_FURNITURE=furniture.jsonl copydesk worker clean
    """


@furniture.command()
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option(
    "--from",
    "source",
    type=click.Choice(["raw", "cleaned"]),
    default="cleaned",
    show_default=True,
    help="What INPUT holds; raw articles are cleaned first, without any snapshot.",
)
def learn(inputs: tuple[str, ...], source: str) -> int:
    """Learn from a stretch of articles what their publishers repeat; the snapshot goes to standard output.

    INPUT is JSONL, one event a line, packed when the name ends in .gz; - is standard input. Tagged and
    enriched events are cleaned ones, too. Take the longest stretch there is, of at least three days.

    The same articles give the same snapshot, in whatever order and however often they come. Exits 1 when
    lines could not be read; the snapshot is of all others.
    """
    from streams.shell.furniture_learning import learn as learn_from
    from streams.shell.outputs import written
    from streams.shell.settings import read_settings
    from streams.shell.terminal import shortened

    learnt = learn_from(read_settings(), inputs, source, lambda line: click.echo(shortened(line), err=True))
    with written("-") as out:
        out.write(learnt.snapshot.rstrip(b"\n"))
    click.echo(str(learnt), err=True)
    return Exit.REFUSED if learnt.unread else Exit.OK


@furniture.command()
@click.argument("snapshot")
@click.argument("domain", required=False)
def show(snapshot: str, domain: str | None) -> int:
    """What SNAPSHOT takes out, by publisher: how often each line was seen, and where it is cut.

    Exits 1 when there is nothing of DOMAIN in it.
    """
    from streams.shell.furniture import furniture_in
    from streams.shell.terminal import printable

    version, lines = furniture_in(snapshot)
    wanted = [line for line in lines if domain in (None, line.domain)]
    click.echo(f"{snapshot}: version {version}, {len(lines):,} lines", err=True)
    for publisher, theirs in groupby(wanted, key=lambda line: line.domain):
        click.echo(printable(publisher))
        for line in theirs:
            seen = f"{line.articles:,} of {line.of:,} articles, {line.days:,} days, {WHERE[line.cut]}"
            click.echo(f"  {seen}: {printable(line.text)}")
    if domain is not None and not wanted:
        click.echo(f"nothing of {domain}", err=True)
        return Exit.REFUSED
    return Exit.OK
