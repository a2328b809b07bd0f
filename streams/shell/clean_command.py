"""The command `copydesk clean`: one page, what is kept of it, what is cut and why."""

import time

import click
import orjson

from streams.shell.compiling import tell_cold_start
from streams.shell.exits import Exit
from streams.shell.pages import TYPES, check_address, content_of, page_event, read_page


@click.command()
@click.argument("page", metavar="PAGE")
@click.option("--url", help="The page's address: it decides id, publisher and what furniture is cut.")
@click.option(
    "--type", "type_", type=click.Choice(sorted(TYPES)), help="What PAGE is; else its text shows it."
)
@click.option("--json", "json_", is_flag=True, help="The cleaned event, or the refusal, as one JSON object.")
@click.option("--all", "all_", is_flag=True, help="Every cut block, in full; else short ones are counted.")
def clean(page: str, url: str | None, type_: str | None, json_: bool, all_: bool) -> int:
    """Show what cleaning makes of PAGE: a file of HTML or flattened text, - for standard input.

    First what the article says of itself, then the page in its order: kept paragraphs as they are, cut ones
    dimmed behind the reason. In pages the reason has the probability of being body beside it. Nothing
    is fetched. Plain text where the output is no terminal, or with NO_COLOR.

    \b
    copydesk clean page.html --url https://gazette.example/2026/ferry
    copydesk clean page.html --all | less        every block that was cut
    curl -s https://gazette.example/2026/ferry | copydesk clean - --url https://gazette.example/2026/ferry
    COPYDESK_FURNITURE=furniture.jsonl copydesk clean page.html --url ...
    copydesk clean page.html --json | jq .text

    \b
    Why a block of a page was cut:
      unlikely           its looks, place and neighbours say so (see the probability)
      above, below       likely by itself, but outside the run of blocks that is the body
      figure, comment, consent, newsletter
                         likely, but in such a part of the page
      repeated           its text stands in the body already
      standfirst         it is a field of the event, not text
      trafilatura        the body was in doubt, trafilatura was asked and left it out
      truncated          the text was full
      credit, headline   they are fields of the event, not text
      furniture          the snapshot in COPYDESK_FURNITURE lists it
    Lines of flattened text have the reasons of the event's list "removed".

    Exits 0 when there is an article, 1 when PAGE is refused (not_article, too_short, empty ..., or a failure
    such as nesting), 66 when it cannot be read. --json then prints {"kind", "stage", "reason", "error"}.
    """
    check_address(url)
    event = page_event(page, content_of(page, read_page(page)), url, type_)
    from streams import contract
    from streams.cleaning.explain import Explanation, explain
    from streams.events import Failed, RawArticle, Rejected
    from streams.shell.explained import refusal, tell
    from streams.shell.furniture import furniture_of
    from streams.shell.inputs import STANDARD
    from streams.shell.outputs import written
    from streams.shell.settings import read_settings

    tell_cold_start("cleaning")
    furniture = furniture_of(read_settings())
    article = contract.decode_raw(orjson.dumps(event), contract.rfc3339(int(time.time() * 1000)))
    explanation = explain(article, furniture) if isinstance(article, RawArticle) else Explanation(article)
    outcome = explanation.outcome
    refused = isinstance(outcome, Rejected | Failed)
    if json_:
        with written(STANDARD) as out:
            out.write(
                refusal(outcome) if isinstance(outcome, Rejected | Failed) else contract.encode(outcome)
            )
    else:
        tell(explanation, event["url"], every=all_, guessed=url is None)
    return Exit.REFUSED if refused else Exit.OK
