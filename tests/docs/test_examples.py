"""The consumers of docs/examples in other languages take fields that the schema of articles.enriched has."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from streams import contract, reader
from streams.dedup.fold import KEEP_MS

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
GO = (EXAMPLES / "go/main.go").read_text()
JAVA = (EXAMPLES / "java/src/main/java/example/Table.java").read_text()
# What a language calls the kinds of value that JSON Schema knows: (type, format).
KINDS = {
    "string": ("string", None),
    "time.Time": ("string", "date-time"),
    "int64": ("integer", None),
    "String": ("string", None),
    "Instant": ("string", "date-time"),
    "long": ("integer", None),
}


def of_go() -> Iterator[tuple[str, str, bool]]:
    """(field of the event, kind in Go, whether it has to be there: Go does not say)."""
    [body] = re.findall(r"type event struct \{(.*?)\}", GO, re.DOTALL)
    for kind, field in re.findall(r'^\s*\w+\s+([\w.]+)\s+`json:"(\w+)"`$', body, re.MULTILINE):
        yield field, kind, False


def of_java() -> Iterator[tuple[str, str, bool]]:
    """(field of the event, kind in Java, whether the program fails without it)."""
    [declared] = re.findall(r"record Event\((.*?)\)", JAVA)
    kinds = [part.split()[0] for part in declared.split(",")]
    [body] = re.findall(r"return new Event\(\s*(node.*?)\);", JAVA, re.DOTALL)
    read = re.findall(r'node\.(required|path)\("(\w+)"\)', body)
    for kind, (way, field) in zip(kinds, read, strict=True):
        yield field, kind, way == "required"


def resolved(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """A node of a schema with what it refers to and is made up of."""
    parts = [*node.get("allOf", []), *([{"$ref": node["$ref"]}] if "$ref" in node else [])]
    whole = dict(node)
    for part in parts:
        target = document["$defs"][part["$ref"].removeprefix("#/$defs/")] if "$ref" in part else part
        found = resolved(target, document)
        whole = {**found, **whole}
        whole["properties"] = {**found.get("properties", {}), **whole.get("properties", {})}
        whole["required"] = [*found.get("required", []), *whole.get("required", [])]
    return whole


@pytest.mark.parametrize("fields", [of_go, of_java], ids=["go", "java"])
@pytest.mark.parametrize("shape", ["article", "withdrawn"])
def test_an_example_takes_fields_of_the_schema_for_what_they_are(fields: Any, shape: str) -> None:
    document = contract.schema(contract.ENRICHED)
    event = resolved(document["$defs"][shape], document)
    taken = list(fields())
    assert len(taken) == 5
    for field, kind, needed in taken:
        if shape == "withdrawn" and field == "headline":  # it has none
            assert not needed
            continue
        one = resolved(event["properties"][field], document)
        assert (one["type"], one.get("format")) == KINDS[kind], field
        assert not needed or field in event["required"], field


def test_the_life_of_an_article_is_the_same_for_its_readers_as_for_de_duplication() -> None:
    hours = KEEP_MS // 3_600_000
    assert reader.LIFE_MS == KEEP_MS
    assert f"const life = {hours} * time.Hour" in GO
    assert f"LIFE = Duration.ofHours({hours})" in JAVA
