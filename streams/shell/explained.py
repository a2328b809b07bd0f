"""An explanation of cleaning, told to a person: the article's fields, then the page, kept and cut."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

import orjson
from rich.console import Console
from rich.text import Text

from streams.cleaning.explain import Explanation, Line
from streams.cleaning.page.body import Verdict
from streams.cleaning.text import word_count
from streams.events import CleanedArticle, Failed, Rejected
from streams.shell.terminal import NOTHING, console_of_output, printable, show, tell_fact
from streams.vocabulary import RejectReason

# A cut block is told by itself when a person might miss it: so many words, or such a probability.
TOLD_WORDS = 15
TOLD_PROBABILITY = 0.3
CUT_CHARACTERS = 100  # of a cut line that are told


def tell(explanation: Explanation, url: str, *, every: bool = False, guessed: bool = False) -> None:
    """Prints it. `every`: each cut line by itself and in full; `guessed`: the url is not the page's own."""
    console = console_of_output()
    outcome = explanation.outcome
    if isinstance(outcome, CleanedArticle):
        _tell_fields(console, outcome)
    elif isinstance(outcome, Rejected | Failed):
        tell_refusal(console, outcome, url if guessed else None)
    if explanation.asked is not None:
        tell_fact(console, "trafilatura", explanation.asked)
    if explanation.lines and not isinstance(outcome, CleanedArticle):
        show(console, Text("\nWhat was read:", "bold"))
    for text in _page(explanation.lines, every=every):
        show(console, text)


def refusal(outcome: Rejected | Failed, stage: str = "clean") -> bytes:
    """A refused article as one JSON object, with the fields that `copydesk run --rejects` writes."""
    kind = "rejected" if isinstance(outcome, Rejected) else "failed"
    about = {"kind": kind, "stage": stage, "reason": outcome.reason, "error": outcome.detail}
    return orjson.dumps(about)


def _tell_fields(console: Console, event: CleanedArticle) -> None:
    show(console, Text(printable(event.headline or "no headline"), "bold"))
    if event.standfirst:
        show(console, Text(printable(event.standfirst), "italic"))
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
        tell_fact(console, name, value)


def tell_refusal(console: Console, outcome: Rejected | Failed, guessed: str | None) -> None:
    """What a stage said of an article that it did not take; `guessed`: this url, not the page's own."""
    rejected = isinstance(outcome, Rejected)
    show(console, Text(f"{'rejected' if rejected else 'failed'}: {outcome.reason}", "bold red"))
    tell_fact(console, "detail", outcome.detail)
    tell_fact(console, "goes to", "articles.rejected" if rejected else "articles.deadletter")
    if guessed and outcome.reason is RejectReason.NOT_ARTICLE:
        tell_fact(console, "hint", f"judged as {guessed}; the real address counts too: --url")


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
