"""The command `copydesk tag`: one article with its names marked, and what is known of them."""

import time
from codecs import BOM_UTF8
from typing import Any

import click
import orjson

from streams.shell.compiling import tell_cold_start
from streams.shell.exits import Exit, Fatal
from streams.shell.pages import TYPES, check_address, content_of, page_event, read_page
from streams.vocabulary import EntityType


@click.command()
@click.argument("file", metavar="FILE")
@click.option("--url", help="A page's address: it decides id, publisher and what furniture is cut.")
@click.option(
    "--type", "type_", type=click.Choice(sorted(TYPES)), help="What a page is; else its text shows it."
)
@click.option(
    "--only",
    type=click.Choice([kind.value for kind in EntityType]),
    multiple=True,
    help="Entities of this type; may be given again.",
)
@click.option("--json", "json_", is_flag=True, help="The tagged event, or the refusal, as one JSON object.")
def tag(file: str, url: str | None, type_: str | None, only: tuple[str, ...], json_: bool) -> int:
    """Show what tagging finds in FILE: people, organisations, places, and values such as dates and money.

    FILE is a page of HTML or flattened text, which is cleaned first, or one raw or cleaned event as JSON;
    - is standard input. Names are in the colour of their type, values underlined; where the output is no
    terminal, or with NO_COLOR, they are [Anna Keller person] and _50 million euros_. Behind the text stand
    the entities by salience, each with all that it is called and how often, and the values, normalised.

    \b
    copydesk tag page.html --url https://gazette.example/2026/ferry
    copydesk tag page.html --only person --only place
    curl -s https://gazette.example/2026/ferry | copydesk tag - --url https://gazette.example/2026/ferry
    copydesk tail cleaned -n 1 --json | jq -c .value | copydesk tag -
    COPYDESK_KNOWLEDGE=people.pack copydesk tag page.html       with your own ids
    COPYDESK_TAGGER=spacy:en_core_web_md copydesk tag page.html with another finder of names
    copydesk tag page.html --json | jq -r '.entities[] | [.type, .name, .id] | @tsv'

    \b
    The link of an entity says how sure its id is:
      linked     it is this one, with the probability beside it
      ambiguous  others of the name are as likely; the likeliest is shown, where there is one
      none       nobody that is known; the id begins with "local:" and is the same wherever the name is

    Exits 0 when the article was tagged, 1 when it is refused (too_short, not_article, schema ...), 66 when
    FILE cannot be read. --json then prints {"kind", "stage", "reason", "error"}. --only leaves --json whole.
    """
    check_address(url)
    from streams.contract import MAX_EVENT_BYTES
    from streams.shell.inputs import STANDARD

    data = read_page(file, MAX_EVENT_BYTES).removeprefix(BOM_UTF8)
    event = _event(file, data)
    if event is None:
        raw = page_event(file, content_of(file, data), url, type_)
    elif url is not None or type_ is not None:
        raise click.UsageError(f"{file} is an event: --url and --type are for pages")
    from streams import contract
    from streams.events import Failed, Rejected
    from streams.pipeline import CLEAN, TAG, Output, Record, run
    from streams.shell.explained import refusal
    from streams.shell.marked import tell, tell_refused
    from streams.shell.outputs import written

    tell_cold_start("cleaning", "tagging")
    _make_ready()
    steps = (TAG,) if event is not None and "text" in event else (CLEAN, TAG)
    value = data if event is not None else orjson.dumps(raw)
    received_at = contract.rfc3339(int(time.time() * 1000))
    for step in steps:
        outcome = run(step, Record(value, received_at, fetched_counts=event is not None))
        if not isinstance(outcome, Output):
            break
        value, received_at = outcome.value, outcome.received_at
    if json_:
        with written(STANDARD) as out:
            out.write(value if isinstance(outcome, Output) else refusal(outcome, step.name))
    elif isinstance(outcome, Output):
        tagged = contract.decode_tagged(value, received_at)
        if isinstance(tagged, Failed):
            raise TypeError(f"the tagged event is none: {tagged.detail}")
        tell(tagged, {EntityType(kind) for kind in only} or set(EntityType))
    else:
        tell_refused(outcome, raw["url"] if event is None and url is None else None)
    return Exit.REFUSED if isinstance(outcome, Rejected | Failed) else Exit.OK


def _event(file: str, data: bytes) -> dict[str, Any] | None:
    """The event that a file holds; None where it is a page. Raises Fatal(NO_INPUT) for a broken event."""
    begin = data[:100].lstrip()
    if not begin.startswith(b"{") or not begin[1:].lstrip().startswith(b'"'):
        return None
    try:
        event: dict[str, Any] = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        many = "; for a file of many events: copydesk run FILE - --to tagged"
        raise Fatal(Exit.NO_INPUT, f"{file}: not one event as JSON: {error}{many}") from None
    return event


def _make_ready() -> None:
    """The tables of this process, as the settings want them. Raises Fatal(SETTINGS)."""
    from streams.pipeline import use_furniture, use_knowledge, use_tagger
    from streams.shell.furniture import furniture_of
    from streams.shell.knowledge import knowledge_of
    from streams.shell.settings import read_settings
    from streams.shell.tagger import tagger_of
    from streams.tagging.tiers import TierError

    settings = read_settings()
    use_furniture(furniture_of(settings))
    pack = knowledge_of(settings)
    use_knowledge(pack.read() if pack else None)
    try:
        use_tagger(tagger_of(settings))
    except TierError as error:
        raise Fatal(Exit.SETTINGS, f"COPYDESK_TAGGER={settings.tagger}: {error}") from None
