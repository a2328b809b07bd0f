"""The reference, written from schemas, settings, metrics, commands, exit codes and closed lists.

`write(folder)` makes pages of Markdown; docs/build.py calls it before Sphinx. None of them is in the
repository: a second copy could say something else.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Literal, get_args, get_origin, get_type_hints

import click

from docs.event_pages import EVENTS, event_page, topics
from docs.markdown import cell, plain, table
from streams import vocabulary
from streams.shell.cli import copydesk
from streams.shell.exits import EXIT_MEANINGS, Exit
from streams.shell.metrics import LABELS, LISTED
from streams.shell.metrics_listing import QUESTIONS
from streams.shell.settings import Settings, variable_of

MEMBER = re.compile(r'^    [A-Z_]+ = "(\w+)"(?:  # (.+))?$', re.MULTILINE)


def write(folder: Path) -> None:
    """Writes every page; pages of things that are no more go."""
    folder.mkdir(exist_ok=True)
    pages = {f"{name}.md": text for name, text in contents().items()}
    for old in folder.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text.rstrip() + "\n", encoding="utf-8")


def contents() -> dict[str, str]:
    """Text by page."""
    made: dict[str, Callable[[], Iterator[str]]] = {
        "topics": topics,
        "settings": settings,
        "metrics": metrics,
        "commands": commands,
        "exit-codes": exit_codes,
        "closed-lists": closed_lists,
    }
    texts = {name: "\n".join(lines()) for name, lines in made.items()}
    return texts | {f"event-{event}": "\n".join(event_page(event)) for event in EVENTS}


def settings() -> Iterator[str]:
    """Every setting, with its default."""
    yield from (
        "# Settings",
        "",
        "Read once, from the environment. `copydesk settings` shows what is in force and why.",
    )
    yield from (
        "A secret may come from a file that the variable with `_FILE` behind it names; it is never shown.",
        "",
    )
    types = get_type_hints(Settings)
    rows = []
    for field in fields(Settings):
        type_, least = types[field.name], field.metadata["least"]
        choice = get_origin(type_) is Literal
        may = ", ".join(f"`{value}`" for value in get_args(type_)) if choice else type_.__name__
        bound = f", at least {least:g}" if least is not None else ""
        secret = ", secret" if field.metadata["secret"] else ""
        default = f"`{plain(field.default)}`" if field.default != "" else "none"
        rows.append(
            (f"`{variable_of(field)}`", f"{may}{bound}{secret}", default, cell(field.metadata["help"]))
        )
    yield from table(("variable", "may be", "default", "what for"), rows)


def metrics() -> Iterator[str]:
    """Every metric, by the question it answers, and what labels may say."""
    yield from (
        "# Metrics",
        "",
        "What `/metrics` of a worker shows, beside the client library's `process_*` series.",
        "",
    )
    for group, listed in groupby(LISTED, key=lambda metric: metric.group):
        yield from (f"## {group}: {QUESTIONS[group]}", "")
        rows = (
            (f"`{metric.name}`", metric.kind, ", ".join(metric.labels), cell(metric.about))
            for metric in listed
        )
        yield from table(("metric", "type", "labels", "meaning"), rows)
    yield from ("## Labels", "")
    told = {name: values if isinstance(values, str) else ", ".join(values) for name, values in LABELS.items()}
    yield from table(("label", "values"), ((f"`{name}`", cell(values)) for name, values in told.items()))


def commands() -> Iterator[str]:
    """The help of every command."""
    yield from ("# Commands", "")
    for path, command in walk(("copydesk",), copydesk):
        context = click.Context(command, info_name=" ".join(path), max_content_width=100, terminal_width=100)
        context.help_option_names = ["-h", "--help"]
        yield from (f"## {' '.join(path)}", "", "```text", command.get_help(context), "```", "")


def walk(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and all below it, in the order of their names."""
    yield path, command
    if isinstance(command, click.Group):
        for name, below in sorted(command.commands.items()):
            yield from walk((*path, name), below)


def exit_codes() -> Iterator[str]:
    """What each exit code of every command means."""
    yield from (
        "# Exit codes",
        "",
        "The same for every command, after sysexits.h where that has a name for the case.",
        "",
    )
    yield from table(("code", "meaning"), ((str(code.value), cell(EXIT_MEANINGS[code])) for code in Exit))


def closed_lists() -> Iterator[str]:
    """The values of every closed list of events, headers and metric labels."""
    yield from ("# Closed lists", "", "A reader ignores values it does not know: v1 may gain some.", "")
    for name, list_ in vars(vocabulary).items():
        if inspect.isclass(list_) and issubclass(list_, StrEnum) and list_ is not StrEnum:
            own = list_.__dict__.get("__doc__") or ""
            yield from (f"## {words(name)}", "", cell(own), "")
            about = dict(MEMBER.findall(inspect.getsource(list_)))
            yield from table(("value", "meaning"), ((f"`{value}`", cell(about[value])) for value in list_))


def words(name: str) -> str:
    """`RejectReason` as "Reject reason"."""
    return re.sub(r"(?<!^)([A-Z])", lambda found: " " + found[1].lower(), name)
