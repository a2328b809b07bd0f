"""The command `copydesk tail`: which records of a topic, and how they are printed."""

import click


@click.command()
@click.argument("topic")
@click.option("-n", "--last", type=click.IntRange(min=1), help="The last N; 10 where no start is given.")
@click.option("--from-beginning", is_flag=True, help="Everything the topic still holds.")
@click.option("--offset", type=click.IntRange(min=0), help="From this offset on, in each partition.")
@click.option("--from", "since", metavar="TIME", help="What reached the topic at this time or later.")
@click.option("--to", "until", metavar="TIME", help="What reached the topic before this time.")
@click.option("--where", multiple=True, metavar="TERMS", help="Only records for which all terms hold.")
@click.option("--partition", type=click.IntRange(min=0), help="This partition alone.")
@click.option("-f", "--follow", is_flag=True, help="Go on with what arrives, until Ctrl-C.")
@click.option("--json", "json_", is_flag=True, help="One JSON object a record, headers and all.")
def tail(
    topic: str,
    last: int | None,
    from_beginning: bool,
    offset: int | None,
    since: str | None,
    until: str | None,
    where: tuple[str, ...],
    partition: int | None,
    follow: bool,
    json_: bool,
) -> None:
    """Print the records of TOPIC: raw, cleaned, tagged, enriched, rejected, deadletter, or a full name.

    In the order in which they reached it, whatever the partition. Shows only what is committed. It belongs
    to no consumer group and moves no offsets. TIME is ISO 8601, in UTC where it has no zone.

    \b
    copydesk tail enriched --follow
    copydesk tail deadletter -n 3
    copydesk tail raw --partition 2 --offset 1500 --json
    copydesk tail enriched --from 2026-11-22T10:00 --to 2026-11-22T11:00
    copydesk tail enriched --where 'publisher.domain=gazette.example relation=near'
    copydesk tail rejected --where 'header.reason=too_short' --follow

    \b
    TERMS are separated by spaces:
      PATH=VALUE    a value there is this text    publisher.domain=gazette.example
      PATH!=VALUE   none is                       language.code!=de
      PATH~VALUE    one contains it, in any case  text~ferry  headline~"North Sea"
    PATH leads into the event, and into each item of its lists (entities.type); key and header.NAME are the
    record's; entity is an entity's id, name, or id in a registry (entity=Q42), relation duplicate.relation.
    """
    from streams.contract import milliseconds
    from streams.shell.settings import read_settings
    from streams.shell.tail import LAST, TOPICS, Stretch, show
    from streams.shell.where import where_of

    def time_of(option: str, given: str | None) -> int | None:
        try:
            return None if given is None else milliseconds(given)
        except ValueError:
            raise click.UsageError(f"{option} {given} is no time, such as 2026-11-22T10:00") from None

    if sum((from_beginning, offset is not None, since is not None)) > 1:
        raise click.UsageError("--from-beginning, --offset and --from each say where it starts: give one")
    if follow and until is not None:
        raise click.UsageError("--to says where it ends, --follow that it does not: give one")
    start, end = time_of("--from", since), time_of("--to", until)
    if start is not None and end is not None and end <= start:
        raise click.UsageError(f"--from {since} is not before --to {until}")
    if last is None and not from_beginning and offset is None and start is None and end is None:
        last = LAST
    full = next((name for name in TOPICS if topic in (name, name.partition(".")[2])), topic)
    stretch = Stretch(last, offset, partition, start, end, follow, where_of(" ".join(where), full))
    show(read_settings(), full, stretch, click.echo, json=json_)
