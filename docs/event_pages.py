"""Pages about events and topics, from the schemas and the AsyncAPI document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from docs.markdown import cell, plain, table

SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"
EVENTS = ("raw", "cleaned", "tagged", "enriched")
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
                there = f"event-{event}.md" if event in EVENTS else f"../../schemas/{Path(payload).name}"
                yield from (f"Value: [{message['name']}]({there}).", "")
            if "headers" in message:
                name = message["headers"]["$ref"].rpartition("/")[2]
                yield from (f"Headers: [{name}](#{name.lower()}).", "")
    for name, schema in parts["schemas"].items():
        yield from (f"## {name}", "", *headers_of(schema, parts))


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
