"""The records are held to the schemas: same fields, same requirements, same types, in both directions."""

from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import orjson
import pytest

from streams import events
from streams.structuring import presented
from streams.vocabulary import MentionKind

SCHEMAS = Path(__file__).parent.parent / "schemas"

# Python keeps "in" for itself.
WIRE_NAMES = {"where": "in"}
# Set by the shell from Kafka's timestamp.
NOT_ON_THE_WIRE = {(events.RawArticle, "received_at")}
# The record's status is any; the article shape of the schema is for the usable, the withdrawn have the other.
NARROWER_ON_THE_WIRE = {(events.EnrichedArticle, "status"): frozenset({"usable"})}

JSON_TYPES = {str: "string", int: "integer", float: "number"}
RECORDS = [
    (events.RawArticle, "article.raw.v1", None),
    (events.CleanedArticle, "article.cleaned.v1", "article"),
    (events.Withdrawal, "article.cleaned.v1", "withdrawal"),
    (events.TaggedArticle, "article.tagged.v1", "article"),
    (events.Withdrawal, "article.tagged.v1", "withdrawal"),
    (events.EnrichedArticle, "article.enriched.v1", "article"),
    (events.Withdrawal, "article.enriched.v1", "withdrawal"),
    (events.Withdrawn, "article.enriched.v1", "withdrawn"),
]


def schema(name: str) -> Any:
    """A schema; a definition that adds properties to another one stands there whole."""
    document = orjson.loads((SCHEMAS / f"{name}.schema.json").read_bytes())
    definitions = document.get("$defs", {})
    for node in definitions.values():
        if "$ref" in node and "properties" in node:
            extended = definitions[node.pop("$ref").removeprefix("#/$defs/")]
            node.update(extended | {"properties": extended["properties"] | node["properties"]})
    return document


def shape_of_record(record: type[Any]) -> dict[str, Any]:
    """Wire name -> (required, shape of its type)."""
    hints = get_type_hints(record)
    return {
        WIRE_NAMES.get(field.name, field.name): (
            field.default is MISSING and field.default_factory is MISSING,
            NARROWER_ON_THE_WIRE.get((record, field.name)) or shape_of_type(hints[field.name]),
        )
        for field in fields(record)
        if (record, field.name) not in NOT_ON_THE_WIRE
    }


def shape_of_type(hint: Any) -> Any:
    """A JSON type's name or a set of them, a frozenset of enum values, [item] for arrays, a dict."""
    if hint in JSON_TYPES:
        return JSON_TYPES[hint]
    if is_dataclass(hint) and isinstance(hint, type):
        return shape_of_record(hint)
    if hasattr(hint, "_fields"):  # a tuple with names
        hints = get_type_hints(hint)
        return {WIRE_NAMES.get(name, name): (True, shape_of_type(hints[name])) for name in hint._fields}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return frozenset(str(member) for member in hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return frozenset(str(value) for value in arguments)
    if origin is tuple:
        return [shape_of_type(arguments[0])]
    if origin is dict:
        return {"*": shape_of_type(arguments[1])}
    assert origin in (UnionType, Union), f"no JSON shape is known for {hint}"
    present = [shape_of_type(argument) for argument in arguments if argument is not NoneType]
    return present[0] if len(present) == 1 else set(present)


def shape_of_schema(node: dict[str, Any], definitions: dict[str, Any]) -> Any:
    """The same shapes, read from a schema."""
    if "$ref" in node:
        return shape_of_schema(definitions[node["$ref"].removeprefix("#/$defs/")], definitions)
    if "enum" in node:
        return frozenset(node["enum"])
    if "const" in node:
        return frozenset({node["const"]})
    if isinstance(node["type"], list):
        return set(node["type"])
    if node["type"] == "array":
        return [shape_of_schema(node["items"], definitions)]
    if node["type"] != "object":
        return node["type"]
    if "properties" not in node:
        return {"*": shape_of_schema(node["additionalProperties"], definitions)}
    required = node.get("required", [])
    return {
        name: (name in required, shape_of_schema(value, definitions))
        for name, value in node["properties"].items()
    }


@pytest.mark.parametrize(("record", "name", "definition"), RECORDS)
def test_a_record_has_the_shape_of_its_schema(record: type[Any], name: str, definition: str | None) -> None:
    document = schema(name)
    definitions = document.get("$defs", {})
    node = definitions[definition] if definition else document
    assert shape_of_record(record) == shape_of_schema(node, definitions)


@pytest.mark.parametrize(("record", "name", "definition"), RECORDS)
def test_fields_stand_in_the_order_of_their_schema(
    record: type[Any], name: str, definition: str | None
) -> None:
    """Events are written in the record's order; a reader of the schema finds the same one."""
    document = schema(name)
    node = document["$defs"][definition] if definition else document
    assert list(shape_of_record(record)) == list(node["properties"])


@pytest.mark.parametrize("name", ["article.cleaned.v1", "article.tagged.v1", "article.enriched.v1"])
def test_no_definition_is_without_use(name: str) -> None:
    """With the equality of shapes, this makes every definition one that some record is held to."""
    text = (SCHEMAS / f"{name}.schema.json").read_text()
    assert [name for name in schema(name)["$defs"] if f'"#/$defs/{name}"' not in text] == []


@pytest.mark.parametrize(
    "record", [record for record in vars(events).values() if is_dataclass(record)], ids=lambda r: r.__name__
)
def test_a_record_is_frozen_and_slotted(record: type[Any]) -> None:
    assert record.__dataclass_params__.frozen
    assert "__slots__" in vars(record)


def test_a_mention_by_itself_is_an_object_on_the_wire() -> None:
    mention = events.Mention(start=0, end=4, where="headline", text="Anna", kind=MentionKind.FULL)
    shown = {"start": 0, "end": 4, "in": "headline", "text": "Anna", "kind": "full"}
    assert orjson.loads(orjson.dumps(mention, default=presented)) == shown
