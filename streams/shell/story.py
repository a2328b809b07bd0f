"""The demo's story: one article, the copies, what was refused and why, told from what the topics hold."""

from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from streams.shell.health import PORT_OF_STAGE
from streams.shell.settings import Settings
from streams.shell.terminal import printable


@dataclass(frozen=True, slots=True)
class Told:
    """What the topics hold after the samples went through."""

    enriched: dict[str, list[dict[str, Any]]]  # by URL, in the order of the decisions
    refused: list[Any]

    @property
    def ends(self) -> int:
        """How many raw articles have their end; later decisions about the same text are no further ones."""
        texts = {
            (event["id"], event["status"], event.get("version", {}).get("number"))
            for events in self.enriched.values()
            for event in events
        }
        return len(texts) + len(self.refused)


def tell(console: Console, told: Told, expected: list[dict[str, Any]]) -> None:
    flagship = next(row["url"] for row in expected if row.get("flagship"))
    if flagship in told.enriched:
        _tell_article(console, told.enriched[flagship][0])
    latest = {events[-1]["id"]: events[-1] for events in told.enriched.values()}
    copies = [e for e in latest.values() if e.get("duplicate", {}).get("relation") in ("exact", "near")]
    _tell_copies(console, copies, latest)
    _tell_refused(console, told.refused)
    usable = sum(event["status"] == "usable" for event in latest.values())
    decisions = sum(len(events) for events in told.enriched.values())
    console.print(
        f"\n[bold]In all[/]: {len(expected)} articles in; {usable} usable ({len(copies)} of them copies), "
        f"{len(latest) - usable} withdrawn, {len(told.refused)} refused, {decisions} decisions."
    )


def _tell_article(console: Console, event: dict[str, Any]) -> None:
    console.rule("one article")
    console.print(f"[bold]{_safe(event.get('headline', event['url']))}[/]")
    by = ", ".join(event.get("authors", ()))
    facts = (event.get("publisher", {}).get("name"), event.get("section"), by, event.get("published_at"))
    console.print(_safe(" | ".join(fact for fact in facts if fact)))
    console.print(f"\n{_safe(event['text'][:280])}...\n")
    cut = Table(title="furniture that was cut", title_justify="left", show_header=False)
    for line in event.get("removed", ())[:8]:
        cut.add_row(line["reason"], _safe(line["text"][:70]))
    console.print(cut)
    entities = Table(title="entities", title_justify="left")
    for column in ("name", "type", "mentions", "id"):
        entities.add_column(column)
    for entity in event["entities"][:8]:
        forms = dict.fromkeys(mention["text"] for mention in entity["mentions"])
        shown = ", ".join(list(forms)[:3]) + f"  ({len(entity['mentions'])})"
        entities.add_row(_safe(entity["name"]), entity["type"], _safe(shown), entity["id"])
    console.print(entities)


def _tell_copies(console: Console, copies: list[dict[str, Any]], latest: dict[str, dict[str, Any]]) -> None:
    console.rule("copies that were recognised")
    # One of each relation before a second: the order of arrival is no order to tell them in.
    for event in sorted(copies, key=lambda e: (e["duplicate"]["relation"], e["url"]))[:4]:
        duplicate = event["duplicate"]
        original = latest.get(duplicate["of"], {})
        console.print(
            f"[cyan]{duplicate['relation']}[/] {duplicate.get('containment', 1):.0%} contained: "
            f"{_safe(event['url'])}\n      of {_safe(original.get('url', duplicate['of']))}"
        )


def _tell_refused(console: Console, refused: list[Any]) -> None:
    console.rule("refused, and why")
    for record in refused:
        headers = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
        key = (record.key or b"").decode(errors="replace")
        console.print(f"[yellow]{headers['reason']}[/] by {headers['stage']}: {_safe(key)}")


def tell_where(console: Console, settings: Settings, *, keep: bool) -> None:
    console.rule("where to look")
    for stage, number in PORT_OF_STAGE.items():
        console.print(f"{stage:6} http://{settings.metrics_host}:{settings.metrics_port + number}/metrics")
    if not keep:
        console.print(
            "The demo stops its worker and its Kafka now; `copydesk demo --keep` leaves them running."
        )


def _safe(text: str) -> str:
    return escape(printable(text))
