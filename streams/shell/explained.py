"""An explanation of cleaning, told to a person: the article's fields, then the page, kept and cut."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from io import TextIOWrapper
from itertools import groupby

import orjson
from rich.console import Console
from rich.text import Text

from streams.cleaning.explain import Explanation, Line
from streams.cleaning.page.body import Verdict
from streams.cleaning.text import word_count
from streams.events import CleanedArticle, Failed, Rejected
from streams.shell.terminal import printable
from streams.vocabulary import RejectReason

# A cut block is told by itself when a person might miss it: so many words, or such a probability.
TOLD_WORDS = 15
TOLD_PROBABILITY = 0.3
CUT_CHARACTERS = 100  # of a cut line that are told
NOTHING = "-"


def tell(explanation: Explanation, url: str, *, every: bool = False, guessed: bool = False) -> None:
    """Prints it. `every`: each cut line by itself and in full; `guessed`: the url is not the page's own."""
    console = _console()
    outcome = explanation.outcome
    if isinstance(outcome, CleanedArticle):
        _tell_fields(console, outcome)
    elif isinstance(outcome, Rejected | Failed):
        _tell_refusal(console, outcome, url if guessed else None)
    if explanation.asked is not None:
        _tell_fact(console, "trafilatura", explanation.asked)
    if explanation.lines and not isinstance(outcome, CleanedArticle):
        _print(console, Text("\nWhat was read:", "bold"))
    for text in _page(explanation.lines, every=every):
        _print(console, text)


def refusal(outcome: Rejected | Failed) -> bytes:
    """A refused article as one JSON object, with the fields that `copydesk run --rejects` writes."""
    kind = "rejected" if isinstance(outcome, Rejected) else "failed"
    about = {"kind": kind, "stage": "clean", "reason": outcome.reason, "error": outcome.detail}
    return orjson.dumps(about)


def _console() -> Console:
    """Without colours where the output is no terminal, or a person wants none (no-color.org)."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal may not have all the letters of a page
    plain = bool(os.environ.get("NO_COLOR")) or not sys.stdout.isatty()
    return Console(color_system=None if plain else "auto", markup=False, highlight=False, emoji=False)


def _tell_fields(console: Console, event: CleanedArticle) -> None:
    _print(console, Text(printable(event.headline or "no headline"), "bold"))
    if event.standfirst:
        _print(console, Text(printable(event.standfirst), "italic"))
    publisher = event.publisher
    outlet = f"{publisher.name or NOTHING} ({publisher.domain})" if publisher.domain else publisher.name
    date = f"{event.published_at}, to the {event.published_precision}" if event.published_at else None
    for name, value in (
        ("authors", ", ".join(event.authors)),
        ("published", date),
        ("modified", event.modified_at),
        ("section", event.section),
        ("publisher", outlet),
        ("language", f"{event.language.code}, probability {event.language.confidence:.2f}"),
        ("url", event.canonical_url),
        ("id", event.id),
        ("completeness", event.completeness),
        ("credits", ", ".join(event.credits)),
        ("flags", ", ".join(event.flags)),
        ("confidence", f"{event.confidence:.2f}, the F1 to expect"),
        ("made by", ", ".join(f"{name} {version}" for name, version in event.provenance.items())),
    ):
        _tell_fact(console, name, value)


def _tell_refusal(console: Console, outcome: Rejected | Failed, guessed: str | None) -> None:
    rejected = isinstance(outcome, Rejected)
    _print(console, Text(f"{'rejected' if rejected else 'failed'}: {outcome.reason}", "bold red"))
    _tell_fact(console, "detail", outcome.detail)
    _tell_fact(console, "goes to", "articles.rejected" if rejected else "articles.deadletter")
    if guessed and outcome.reason is RejectReason.NOT_ARTICLE:
        _tell_fact(console, "hint", f"judged as {guessed}; the real address counts too: --url")


def _tell_fact(console: Console, name: str, value: str | None) -> None:
    _print(console, Text.assemble((f"  {name:<13}", "cyan"), printable(value or NOTHING)))


def _page(lines: Iterable[Line], *, every: bool) -> Iterator[Text]:
    """Kept paragraphs, and what was cut between them."""
    for cut, run in groupby(lines, key=lambda line: line.reason is not None):
        yield Text()
        if cut:
            yield from _cut(run, every=every)
        else:
            yield Text("\n\n").join(Text(printable(line.text)) for line in run)


def _cut(run: Iterable[Line], *, every: bool) -> Iterator[Text]:
    """Lines that were cut one after the other; those that nobody would miss are counted."""
    for told, part in groupby(run, key=lambda line: every or _is_told(line)):
        few = list(part)
        if told or len(few) == 1:
            yield from (_cut_line(line, every=every) for line in few)
            continue
        counted = Counter(_words(line) for line in few).most_common()
        reasons = ", ".join(f"{words} {count:,}" for words, count in counted)
        yield Text(f"  {len(few):,} blocks cut: {reasons}", "yellow dim")


def _is_told(line: Line) -> bool:
    if not isinstance(line.reason, Verdict):
        return True
    return (line.probability or 0.0) >= TOLD_PROBABILITY or word_count(line.text) >= TOLD_WORDS


def _cut_line(line: Line, *, every: bool) -> Text:
    text = printable(line.text)
    if len(text) > CUT_CHARACTERS and not every:
        text = text[:CUT_CHARACTERS].rstrip() + " ..."
    probability = "" if line.probability is None else f" {line.probability:.2f}"
    return Text.assemble((f"  cut: {_words(line)}{probability}  ", "yellow"), (text, "dim"))


def _words(line: Line) -> str:
    reason = line.reason
    name = reason.name if isinstance(reason, Verdict) else str(reason)
    return name.lower().replace("_", " ")


def _print(console: Console, text: Text) -> None:
    console.print(text, soft_wrap=not console.is_terminal)
