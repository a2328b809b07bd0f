"""The commands `copydesk knowledge build` and `show`."""

from pathlib import Path

import click

from streams.shell.exits import Exit, Fatal

TOLD = 20
"""Wrong lines that are told one by one; behind them nothing is read any more."""


@click.group()
def knowledge() -> None:
    """People, organisations and places you know, with their ids: build a pack for tag, look into one.

    \b
    copydesk knowledge build people.jsonl -o people.pack
    copydesk knowledge show people.pack "John Kirby"
    COPYDESK_KNOWLEDGE=people.pack copydesk worker tag
    """


@knowledge.command()
@click.argument("file")
@click.option("-o", "--output", metavar="PACK", help="Default: FILE with .pack for its ending.")
def build(file: str, output: str | None) -> int:
    """Compile FILE into a pack: JSONL, packed when the name ends in .gz; - is standard input.

    \b
    A line: {"id": "p-17", "type": "person", "names": ["John Kirby", "John F. Kirby"], "prior": 5200,
             "ids": {"wikidata": "Q6242960"}, "about": ["Pentagon", "White House"]}
      type   person, organisation, place, group or event
      names  as they are written in articles; several entries may share one
      prior  how often it is meant, against others of the name: readers, links, inhabitants (1 if absent)
      ids    wikidata, geonames, iso3166, as far as it has them
      about  words and names that occur in articles about it

    A wrong line is told with its number, and then no pack is written: exit 66.
    """
    from streams.shell.inputs import STANDARD, opened
    from streams.shell.knowledge import put
    from streams.shell.outputs import refuse_same
    from streams.shell.progress import Progress
    from streams.shell.terminal import shortened
    from streams.tagging.packing import LineError, Packing

    if output is None and file == STANDARD:
        raise click.UsageError("standard input has no name: say with -o where the pack is to be")
    target = output or str(Path(file.removesuffix(".gz")).with_suffix(".pack"))
    refuse_same(file, target)
    packing, wrong, told = Packing(), 0, 0
    with opened(file) as (lines, size), Progress(f"reading {file}", size, of="entries") as progress:
        for line in lines:
            try:
                for name in packing.add(line.value, line.number):
                    told += 1
                    if told <= TOLD:
                        click.echo(
                            f"{file}, line {line.number}: left out, too many words: {shortened(name)}",
                            err=True,
                        )
            except LineError as error:
                wrong += 1
                click.echo(f"{file}, line {line.number}: {shortened(str(error))}", err=True)
                if wrong == TOLD:
                    raise Fatal(
                        Exit.NO_INPUT, f"{file}: {wrong} wrong lines so far; no pack written"
                    ) from None
            progress.advance(line.done, packing.entries)
    if wrong:
        raise Fatal(Exit.NO_INPUT, f"{file}: {wrong} wrong lines; no pack written")
    if not packing.entries:
        raise Fatal(Exit.NO_INPUT, f"{file}: no entries; no pack written")
    written = put(target, packing.pack())
    left = f", {packing.left_out:,} names left out" if packing.left_out else ""
    click.echo(f"{target}: {packing.entries:,} entries{left}; {written / 1e6:,.1f} MB", err=True)
    return Exit.OK


@knowledge.command()
@click.argument("pack")
@click.argument("name", required=False)
def show(pack: str, name: str | None) -> int:
    """What PACK holds, or whom NAME may mean, the likeliest first. Exits 1 when it means nobody."""
    from collections import Counter

    from streams.shell.knowledge import knowledge_in
    from streams.shell.terminal import printable
    from streams.tagging.knowledge import TYPES

    known = knowledge_in(pack)
    if name is None:
        click.echo(f"version {known.version}: {known.entries:,} entries, {known.names:,} names")
        for kind, count in Counter(known.types.tolist()).most_common():
            click.echo(f"  {count:,} {TYPES[kind]}")
        return Exit.OK
    entries = sorted(map(known.entry, known.rows_named([name])[0]), key=lambda entry: -entry.prior)
    total = sum(entry.prior for entry in entries)
    for entry in entries:
        share = f"{entry.prior / total:.0%} of the prior" if total else "no prior"
        click.echo(printable(f"{entry.entity_id}  {entry.type}, {share}: {', '.join(entry.names)}"))
    if not entries:
        click.echo(f"{pack}: nobody and nothing of the name {printable(name)}", err=True)
    return Exit.OK if entries else Exit.REFUSED
