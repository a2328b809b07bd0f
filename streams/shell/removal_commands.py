"""The commands `copydesk withdraw` and `copydesk forget`: a publisher took it back; it must not be kept."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from streams.shell.exits import Exit
from streams.shell.waiting import within_option

ID = re.compile(r"[0-9a-f]{32}")
URL = re.compile(r"https?://", re.IGNORECASE)
WAIT_SECONDS = 60.0


@click.command()
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
def withdraw(urls: tuple[str, ...]) -> int:
    """Tell the stream that publishers took articles back: URLs, files of them (one a line), or - for stdin.

    A withdrawal goes through the stages in the article's place: on articles.enriched a short event with
    status withdrawn replaces it, and its copies are decided again. Another text received later under the same
    URL brings the article back. What is on the topics stays there: see `copydesk forget`.

    The URL must be the one the article was produced with, or its event's canonical_url: nothing is fetched,
    and only the page itself could say that another URL is its canonical one.

    \b
    copydesk withdraw https://gazette.example/2026/ferry
    copydesk withdraw taken-down.txt

    Waits for every delivery. Prints the article's id, as cleaning will make it, and the URL. Exits 1 when a
    URL is none.
    """
    from streams.shell import removal
    from streams.shell.settings import read_settings
    from streams.shell.terminal import printable

    events, refused = [], 0
    for url in _listed(urls, lambda given: bool(URL.match(given)), "an http(s) URL"):
        event = removal.withdrawal_of(url)
        if isinstance(event, tuple):
            events.append(event)
        else:
            refused += 1
            click.echo(f"{printable(url)}: {event.reason.value}, {printable(event.detail)}", err=True)
    if events:
        removal.withdraw(read_settings(), events)
    for _, withdrawal in events:
        click.echo(f"{withdrawal.id} {printable(withdrawal.url)}")
    click.echo(
        f"{len(events):,} withdrawals sent, {refused:,} refused. When the stages have come to them, a "
        "withdrawn event replaces each article on articles.enriched, and its copies are decided again",
        err=True,
    )
    return Exit.REFUSED if refused else Exit.OK


@click.command()
@click.argument("articles", metavar="ID...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--wait", is_flag=True, help="Wait until articles.enriched holds the null, and say so.")
@within_option(WAIT_SECONDS)
def forget(articles: tuple[str, ...], yes: bool, wait: bool, within: float) -> int:
    """Erase articles: by id (32 hex digits), URL, a file of either (one a line), or - for stdin.

    An order goes to every partition of articles.tagged. De-duplication forgets the text, decides the
    article's copies again so that none names it, and writes a null value with the id as key on
    articles.enriched: consumers drop what they have, compaction removes the earlier events. What was received
    before the erasure does not bring the article back, nor does the same text; another text received later
    does. An erasure is remembered for 96 h: an article that is sent again after that is a new one.

    The other topics keep their bytes until their retention ends; which and how long is told before the
    command asks. So do copies that anybody made of them.

    A URL must be the one the article was produced with, or its event's canonical_url.

    \b
    copydesk forget 9f86d081884c7d659a2feaa0c55ad015
    copydesk forget --wait https://gazette.example/2026/ferry

    Needs the right to write articles.tagged; --wait also to read articles.enriched and to describe the group
    of dedup. Interrupted, it may simply be run again.
    """
    from streams.cleaning.url import article_id, canonical_url
    from streams.shell import removal
    from streams.shell.settings import read_settings

    settings = read_settings()
    named = _listed(articles, lambda given: bool(ID.fullmatch(given) or URL.match(given)), "an id, a URL")
    ids = list(dict.fromkeys(n if ID.fullmatch(n) else article_id(canonical_url(n)) for n in named))
    for line in removal.remains(settings):
        click.echo(line, err=True)
    if not yes:
        _confirm(ids)
    erased = removal.forget(settings, ids, within if wait else None)
    for identity in ids:
        click.echo(identity)
    click.echo(_told(ids, erased), err=True)
    return Exit.OK


def _told(ids: Sequence[str], erased: set[str] | None) -> str:
    if erased is None:
        return f"{len(ids):,} erasures written; --wait would wait until articles.enriched holds the nulls"
    before = len(ids) - len(erased)
    return f"{len(erased):,} erased: articles.enriched holds the nulls. {before:,} were erased before"


def _confirm(ids: Sequence[str]) -> None:
    if not sys.stdin.isatty():
        raise click.UsageError("there is nobody to ask: add --yes")
    what = ids[0] if len(ids) == 1 else f"{len(ids):,} articles"
    click.confirm(f"Erase {what}? This cannot be undone", abort=True, err=True)


def _listed(given: Sequence[str], named: Callable[[str], bool], what: str) -> Iterator[str]:
    """The arguments that name an article, and the lines of those that are files."""
    from streams.shell import inputs

    for argument in given:
        if named(argument):
            yield argument
        elif argument != inputs.STANDARD and not Path(argument).exists():
            raise click.UsageError(f"{argument} is neither {what} nor a file")
        else:
            with inputs.opened(argument) as (lines, _size):
                for line in lines:
                    text = line.value.decode(errors="replace")
                    if not named(text):
                        raise click.UsageError(f"{argument}, line {line.number}: not {what}")
                    yield text
