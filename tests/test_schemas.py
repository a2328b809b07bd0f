"""The schemas are sound, their examples show what they allow and refuse, the AsyncAPI document is whole."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest
import yaml

from streams.shell.replay.run_topics import progress_as_wanted
from streams.shell.settings import Settings
from streams.shell.topics import Topic, wanted
from streams.vocabulary import FailureReason, RejectReason

SCHEMAS = Path(__file__).parent.parent / "schemas"
EXAMPLES = SCHEMAS / "examples"
SAMPLES = Path(__file__).parent.parent / "streams" / "samples"
NAMES = sorted(path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.schema.json"))
# What each invalid example breaks: the JSON Pointer of the offending value and the keyword that refuses it.
FAULTS = EXAMPLES / "faults.json"
VALID = sorted(EXAMPLES.glob("*/valid/*.json"))
INVALID = sorted(EXAMPLES.glob("*/invalid/*.json"))

# The topics of ARCHITECTURE.md; the value is the schema that the topic's payload must be.
TOPICS = {
    "articles.raw": "article.raw.v1",
    "articles.cleaned": "article.cleaned.v1",
    "articles.tagged": "article.tagged.v1",
    "dedup.index.e0": None,
    "articles.enriched": "article.enriched.v1",
    "articles.rejected": None,
    "articles.deadletter": None,
    "replay.progress": "replay.progress.v1",
}


def load(path: Path) -> Any:
    return orjson.loads(path.read_bytes())


def schema(name: str) -> Any:
    return load(SCHEMAS / f"{name}.schema.json")


def errors(name: str, instance: object) -> list[jsonschema_rs.ValidationError]:
    validator = jsonschema_rs.Draft202012Validator(schema(name), validate_formats=True)
    return list(validator.iter_errors(instance))


def lone_faults(found: list[jsonschema_rs.ValidationError]) -> Iterator[tuple[str, str]]:
    """The event's one fault as (pointer, keyword); in a choice of shapes, that of each with only one."""
    if len(found) != 1:
        return
    branches = getattr(found[0].kind, "context", None)
    if branches is None:
        yield "".join(f"/{part}" for part in found[0].instance_path), found[0].kind.name
    else:
        for branch in branches:
            yield from lone_faults(branch)


def case(path: Path) -> str:
    return f"{path.parent.parent.name}-{path.stem}"


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_2020_12_and_is_called_what_it_is(name: str) -> None:
    document = schema(name)
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document["$id"] == f"https://copydesk.dev/schemas/{name}.schema.json"
    jsonschema_rs.meta.validate(document)


def test_versions_count_from_one() -> None:
    versions: dict[str, list[int]] = {}
    for name in NAMES:
        match = re.fullmatch(r"([a-z]+\.[a-z]+)\.v([1-9][0-9]*)", name)
        assert match, name
        versions.setdefault(match[1], []).append(int(match[2]))
    for subject, found in versions.items():
        assert sorted(found) == list(range(1, len(found) + 1)), subject


@pytest.mark.parametrize("name", NAMES)
def test_every_field_says_what_it_means(name: str) -> None:
    document = schema(name)

    def described(node: dict[str, Any]) -> bool:
        if "description" in node:
            return True
        return "$ref" in node and described(document["$defs"][node["$ref"].removeprefix("#/$defs/")])

    def properties(node: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key not in ("if", "then", "else", "not"):
                    if key == "properties":
                        yield from value.items()
                    yield from properties(value)

    assert [field for field, node in properties(document) if not described(node)] == []


def test_a_shared_definition_is_the_same_in_every_file() -> None:
    """The files are self-contained, so definitions are repeated; they must not drift apart."""
    seen: dict[str, Any] = {}
    for name in NAMES:
        for definition, node in schema(name).get("$defs", {}).items():
            if definition != "article":
                assert seen.setdefault(definition, node) == node, f"{definition} in {name}"


@pytest.mark.parametrize(
    ("earlier", "later"),
    [("article.cleaned.v1", "article.tagged.v1"), ("article.tagged.v1", "article.enriched.v1")],
)
def test_a_stage_adds_fields_and_changes_none(earlier: str, later: str) -> None:
    before, after = (schema(name)["$defs"]["article"] for name in (earlier, later))
    assert before["properties"].items() <= after["properties"].items()
    assert set(before["required"]) <= set(after["required"])


def test_every_schema_has_examples_and_every_example_a_schema() -> None:
    assert sorted(path.name for path in EXAMPLES.iterdir() if path != FAULTS) == NAMES
    for name in NAMES:
        folders = {path.name: list(path.glob("*.json")) for path in (EXAMPLES / name).iterdir()}
        assert set(folders) == {"valid", "invalid"}
        assert all(folders.values()), name


@pytest.mark.parametrize("path", VALID, ids=case)
def test_a_valid_example_is_accepted(path: Path) -> None:
    assert [error.message for error in errors(path.parent.parent.name, load(path))] == []


@pytest.mark.parametrize("path", INVALID, ids=case)
def test_an_invalid_example_is_refused_for_the_reason_in_its_name(path: Path) -> None:
    name = path.parent.parent.name
    pointer, keyword = load(FAULTS)[name][path.stem]
    assert (pointer, keyword) in lone_faults(errors(name, load(path)))


def test_every_listed_fault_has_an_example() -> None:
    listed = {(name, fault) for name, faults in load(FAULTS).items() for fault in faults}
    assert listed == {(path.parent.parent.name, path.stem) for path in INVALID}


def test_the_samples_are_raw_events_and_each_has_an_expected_fate() -> None:
    expected = load(SAMPLES / "expected.json")
    articles = [orjson.loads(line) for line in (SAMPLES / "articles.jsonl").read_bytes().splitlines()]
    assert [fate["url"] for fate in expected] == [article["url"] for article in articles]
    assert [fate["line"] for fate in expected] == list(range(1, len(articles) + 1))
    assert [error.message for article in articles for error in errors("article.raw.v1", article)] == []


ASYNCAPI: dict[str, Any] = yaml.safe_load((SCHEMAS / "asyncapi.yaml").read_text())


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(reference: str) -> Any:
    file, _, pointer = reference.partition("#")
    node: Any = load(SCHEMAS / file) if file else ASYNCAPI
    for part in pointer.split("/")[1:]:
        node = node[part]
    return node


@pytest.mark.parametrize("reference", sorted(set(references(ASYNCAPI))))
def test_an_asyncapi_reference_resolves(reference: str) -> None:
    assert resolve(reference)


def test_asyncapi_describes_every_topic_with_its_schema() -> None:
    payloads = {}
    for channel in ASYNCAPI["channels"].values():
        messages = {name: resolve(reference["$ref"]) for name, reference in channel["messages"].items()}
        erasure = messages.pop("erasure", None)
        assert (erasure is not None) == (channel["address"] in ("articles.tagged", "articles.enriched"))
        (message,) = messages.values()
        payloads[channel["address"]] = message["payload"].get("$ref")
    assert payloads == {topic: name and f"./{name}.schema.json" for topic, name in TOPICS.items()}


def test_asyncapi_uses_every_component() -> None:
    used = set(references(ASYNCAPI))
    defined = {f"#/components/{kind}/{name}" for kind, of in ASYNCAPI["components"].items() for name in of}
    assert defined - used == set()


@pytest.mark.parametrize(
    "topic", [*wanted(Settings()), progress_as_wanted(Settings())], ids=lambda topic: topic.name
)
def test_asyncapi_describes_a_topic_as_it_is_created_by_default(topic: Topic) -> None:
    (kafka,) = (
        channel["bindings"]["kafka"]
        for channel in ASYNCAPI["channels"].values()
        if channel["address"] == topic.name
    )
    documented = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in kafka["topicConfiguration"].items()
    }
    assert (kafka["partitions"], kafka["replicas"], documented) == (
        topic.partitions,
        topic.replication,
        topic.configs,
    )


@pytest.mark.parametrize(
    ("headers", "reasons"), [("rejectedHeaders", RejectReason), ("deadLetterHeaders", FailureReason)]
)
def test_asyncapi_lists_the_reasons_of_the_code(
    headers: str, reasons: type[RejectReason] | type[FailureReason]
) -> None:
    *_, own = ASYNCAPI["components"]["schemas"][headers]["allOf"]
    assert own["properties"]["reason"]["enum"] == [str(reason) for reason in reasons]
