"""The reference, written from schemas, settings, metrics, commands, exit codes and closed lists.

`write(folder)` makes pages of Markdown; docs/build.py calls it before Sphinx. None of them is in the
repository: a second copy could say something else.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import click
import yaml

from streams import vocabulary
from streams.shell.cli import copydesk
from streams.shell.exits import EXIT_MEANINGS, Exit
from streams.shell.metrics import LABELS, LISTED
from streams.shell.metrics_listing import QUESTIONS
from streams.shell.settings import Settings, variable_of

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
EVENTS = ("raw", "cleaned", "tagged", "enriched")
MEMBER = re.compile(r'^    [A-Z_]+ = "(\w+)"(?:  # (.+))?$', re.MULTILINE)
Json = dict[str, Any]
# How a schema may tie values, and the words for it.
BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minItems": "at least {} of them",
    "maxItems": "at most {} of them",
    "maxLength": "at most {} characters",
    "pattern": "matches `{}`",
    "format": "format {}",
}


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


def event_page(event: str) -> Iterator[str]:
    """The fields of one topic's events: a table an object, and the valid examples."""
    name = f"article.{event}.v1"
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_bytes())
    yield from (f"# {schema['title']}", "", cell(schema["description"]), "")
    yield from (f"Schema: [{name}](../../schemas/{name}.schema.json), JSON Schema 2020-12.", "")
    definitions = schema.get("$defs", {})
    if "properties" in schema:
        yield from ("## Fields", "", *table_of(schema, definitions))
    else:
        yield from (
            "A value has one of these shapes: " + ", ".join(kind(s, definitions) for s in schema["oneOf"]),
            "",
        )
    for title, definition in definitions.items():
        yield from (f"## {title}", "", cell(definition.get("description", "")), "")
        yield from table_of(definition, definitions)
        if allowed := limits(definition):
            yield from (f"{definition.get('type', '')}; {allowed}".lstrip("; "), "")
    yield from ("## Examples", "")
    for path in sorted((SCHEMAS / "examples" / name / "valid").glob("*.json")):
        example = json.dumps(json.loads(path.read_bytes()), indent=2, ensure_ascii=False)
        yield from (f"### {path.stem.replace('_', ' ')}", "", "```json", example, "```", "")


def table_of(schema: Json, definitions: Json) -> Iterator[str]:
    """The fields of one object; nothing for what is none."""
    if properties := schema.get("properties"):
        required = schema.get("required", ())
        rows = (
            (f"`{name}`", kind(of, definitions), "yes" if name in required else "", meaning(of, definitions))
            for name, of in properties.items()
        )
        yield from table(("field", "type", "required", "meaning"), rows)


def kind(schema: Json, definitions: Json) -> str:
    """The type of a field in words; an object of the page as a link."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name})"
    if schema.get("type") == "array":
        return f"array of {kind(schema['items'], definitions)}"
    types = schema.get("type", "any")
    return " or ".join(types) if isinstance(types, list) else str(types)


def meaning(schema: Json, definitions: Json) -> str:
    """What a field says and how it is bound; of an array also what its items are."""
    inner = schema.get("items", {}) if schema.get("type") == "array" else {}
    told = [schema.get("description") or definition(schema, definitions).get("description", "")]
    told += [inner["description"]] if "description" in inner else []
    bounds = [limits(schema), limits(inner)]
    return cell(" ".join(told), *(f"({bound})" for bound in bounds if bound))


def definition(schema: Json, definitions: Json) -> Json:
    found: Json = definitions.get(schema.get("$ref", "").rpartition("/")[2], {})
    return found


def limits(schema: Json) -> str:
    told = [words.format(schema[key]) for key, words in BOUNDS.items() if key in schema]
    told += [f"`{schema['const']}`"] if "const" in schema else []
    told += ["one of " + ", ".join(f"`{value}`" for value in schema["enum"])] if "enum" in schema else []
    told += [limits(choice) for choice in schema.get("anyOf", ())]
    return ", ".join(told)


def topics() -> Iterator[str]:
    """Every topic and the headers of its records, as the AsyncAPI document has them."""
    document = yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text(encoding="utf-8"))
    parts = document["components"]
    yield from (
        "# Topics",
        "",
        "From [asyncapi.yaml](../../schemas/asyncapi.yaml), which has the operations, too.",
    )
    yield from ("Partitions, replicas and retention are defaults: [settings](settings.md).", "")
    for channel in document["channels"].values():
        yield from (f"## {channel['address']}", "", cell(channel["description"]), "")
        kafka = channel["bindings"]["kafka"]
        config = {
            "partitions": kafka["partitions"],
            "replicas": kafka["replicas"],
            **kafka["topicConfiguration"],
        }
        rows = ((f"`{name}`", f"`{plain(value)}`") for name, value in config.items())
        yield from table(("configuration", "default"), rows)
        for reference in channel["messages"].values():
            message = followed(parts, reference)
            yield from (f"**{message['title']}**: {cell(message.get('summary', ''))}", "")
            if "bindings" in message:
                key = followed(parts, message["bindings"])["kafka"]["key"]
                yield from (f"Key: {cell(key['description'])}", "")
            payload = message["payload"].get("$ref", "")
            if payload.endswith(".schema.json"):
                event = payload.split(".")[2]
                yield from (f"Value: [{message['name']}](event-{event}.md).", "")
            if "headers" in message:
                name = message["headers"]["$ref"].rpartition("/")[2]
                yield from (f"Headers: [{name}](#{name.lower()}).", "")
    for name, schema in parts["schemas"].items():
        yield from (f"## {name}", "", *headers_of(schema, parts))


def headers_of(schema: Json, parts: Json) -> Iterator[str]:
    """A table of headers; of a schema that joins others, those it names and its own."""
    for part in schema.get("allOf", [schema]):
        if "$ref" in part:
            name = part["$ref"].rpartition("/")[2]
            yield from (f"Those of [{name}](#{name.lower()}), and:", "")
        else:
            yield from (cell(part.get("description", "")), "", *table_of(part, parts["schemas"]))


def followed(parts: Json, reference: Json) -> Json:
    """What a `#/components/...` reference points to."""
    found: Any = parts
    for step in reference["$ref"].split("/")[2:]:
        found = found[step]
    return dict(found)


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


def table(head: tuple[str, ...], rows: Any) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"
    yield ""


def plain(value: object) -> str:
    """A value as an operator writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def cell(*texts: str) -> str:
    """Texts as one line of Markdown in which nothing but code is marked up."""
    line = " ".join(" ".join(texts).split())
    parts = re.split(r"(`[^`]*`)", line)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(r"([*\[\]])", r"\\\1", parts[i]).replace("<", "&lt;")
    return "".join(parts).replace("|", "\\|")
