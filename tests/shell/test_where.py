"""`copydesk tail --where`: which records an expression means, and how a wrong one is told."""

from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from streams import contract
from streams.shell.exits import Exit, Fatal
from streams.shell.where import where_of

EVENT = {
    "headline": 'Ferry "Aurora" leaves',
    "publisher": {"name": "The Gazette", "domain": "gazette.example"},
    "language": {"code": "en", "confidence": 0.5},
    "text": "The Ferry left.",
    "entities": [
        {"id": "wikidata:Q42", "name": "Douglas Adams", "ids": {"wikidata": "Q42"}, "type": "person"},
        {"id": "local:person:kirby", "name": "Kirby", "type": "person"},
    ],
    "provenance": {"clean": "2"},
    "duplicate": {"relation": "near", "score": 0.75},
    "decision": 12,
}


def record(value: bytes | None = None, headers: tuple[tuple[str, bytes | None], ...] = ()) -> Any:
    return SimpleNamespace(key=b"abc", value=value, headers=headers)


SAID = record(orjson.dumps(EVENT), (("reason", b"of the producer"), ("reason", b"too_short")))


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "publisher.domain=gazette.example",
        "  entity=Q42   language.code=en ",
        "entity=wikidata:Q42 entity=Kirby",
        "entity~KIRB",
        "entities.type=person",
        "entities.type!=place",
        "section!=Sport",
        "relation=near",
        "text~ferry",
        'headline="Ferry \\"Aurora\\" leaves"',
        "headline='Ferry \"Aurora\" leaves'",
        "publisher.name~'the gazette'",
        "decision=12 duplicate.score=0.75",
        "provenance.clean=2",
        "key=abc header.reason=too_short",
    ],
)
def test_a_record_for_which_all_terms_hold_is_meant(expression: str) -> None:
    assert where_of(expression, contract.ENRICHED).holds(SAID)


@pytest.mark.parametrize(
    "expression",
    [
        "publisher.domain=gazette",
        "publisher.domain=Gazette.example",
        "entity=Q4",
        "entity!=Kirby",
        "language.code=en relation=exact",
        "section=Sport",
        "publisher=gazette.example",
        "text=ferry",
        'header.reason="of the producer"',
    ],
)
def test_a_record_for_which_a_term_does_not_hold_is_not_meant(expression: str) -> None:
    assert not where_of(expression, contract.ENRICHED).holds(SAID)


@pytest.mark.parametrize("value", [None, b"", b"\xff", b"[1]", b'"ferry"'])
def test_a_value_that_is_no_event_has_no_fields(value: bytes | None) -> None:
    assert not where_of("headline~ferry", contract.RAW).holds(record(value))
    assert where_of("headline!=ferry key=abc", contract.RAW).holds(record(value))


@pytest.mark.parametrize(
    ("expression", "says"),
    [
        ("=x", "character 1: a field is expected"),
        ("publisher.domain", "character 17: =, != or ~ is expected after publisher.domain: it ends here"),
        ("relation=near text >x", "character 19: =, != or ~ is expected after text:  >x"),
        ("relation=near text~", "character 20: a value is expected after ~"),
        (
            'headline~"a b',
            'character 10: a value is expected after ~, in quotes where it has spaces or quotes: "a b',
        ),
        ('headline~"a"b', "character 10: a value is expected"),
        ("section=Sport publihser.domain=x", "character 15: articles.enriched has no field publihser.domain"),
        ("text.code=x", "character 1: articles.enriched has no field text.code"),
    ],
)
def test_a_wrong_expression_is_told_with_its_place(expression: str, says: str) -> None:
    with pytest.raises(Fatal) as raised:
        where_of(expression, contract.ENRICHED)
    assert raised.value.code is Exit.USAGE
    assert str(raised.value).startswith("--where, ")
    assert says in str(raised.value)


def test_fields_are_those_of_the_topic_and_a_topic_without_a_schema_may_have_any() -> None:
    with pytest.raises(Fatal, match=r"articles\.raw has no field entity"):
        where_of("entity=Q42", contract.RAW)
    assert where_of("anything.at.all=x", contract.DEADLETTER)
