"""Bytes into events and back: nothing is lost, nothing unsound gets in, every refusal has its reason."""

import tracemalloc
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import contract
from streams.contract import MAX_EVENT_BYTES, MAX_RAW_BYTES, rfc3339, utc
from streams.events import (
    CleanedArticle,
    Duplicate,
    EnrichedArticle,
    Entity,
    Failed,
    Geo,
    Ids,
    Language,
    Link,
    Mention,
    Publisher,
    RawArticle,
    Rejected,
    Removed,
    TaggedArticle,
    Tagger,
    Value,
    Version,
    Withdrawal,
    Withdrawn,
)
from streams.structuring import UNKNOWN
from streams.vocabulary import Completeness, FailureReason, Flag, RejectReason, Relation, Status

RECEIVED = "2026-11-22T10:00:00.000Z"
EARLIEST, LATEST = -62_135_596_800_000, 253_402_300_799_999  # the years 1 and 9999, ms

# JSON has no lone surrogates, no NaN and no infinities; orjson refuses them both ways.
st.register_type_strategy(str, st.text(st.characters(codec="utf-8"), max_size=20))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
st.register_type_strategy(int, st.integers(-(2**53), 2**53))
WITHDRAWN = st.builds(Withdrawn, status=st.just(Status.WITHDRAWN))
WITHDRAWALS = st.builds(Withdrawal, status=st.just(Status.WITHDRAWN))
ENRICHED = st.builds(EnrichedArticle, status=st.just(Status.USABLE))


def raw(**fields: object) -> bytes:
    return orjson.dumps({"url": "https://post.example/a", "content": "It rained.", **fields})


def refused(value: bytes | None) -> RejectReason | FailureReason:
    outcome = contract.decode_raw(value, RECEIVED)
    assert isinstance(outcome, Rejected | Failed), outcome
    return outcome.reason


@given(st.builds(CleanedArticle) | WITHDRAWALS)
def test_a_cleaned_event_survives_its_bytes(event: CleanedArticle | Withdrawal) -> None:
    assert contract.decode_cleaned(contract.encode(event), "unused") == event


@settings(max_examples=50)
@given(st.builds(TaggedArticle) | WITHDRAWALS)
def test_a_tagged_event_survives_its_bytes(event: TaggedArticle | Withdrawal) -> None:
    assert contract.decode_tagged(contract.encode(event), "unused") == event


@settings(max_examples=50)
@given(ENRICHED | WITHDRAWN)
def test_an_enriched_event_survives_its_bytes(event: EnrichedArticle | Withdrawn) -> None:
    assert contract.decode_enriched(contract.encode(event)) == event


@given(st.builds(CleanedArticle))
def test_what_is_unknown_is_absent_from_the_bytes(event: CleanedArticle) -> None:
    """No field stands in the bytes with a null, an empty list or an empty object for "unknown"."""
    written = orjson.loads(contract.encode(event))
    assert None not in written.values()
    assert [
        name for name in ("authors", "flags", "credits", "removed", "provenance") if written.get(name) == []
    ] == []


def test_python_keeps_in_for_itself_and_the_wire_does_not() -> None:
    event = tagged_with_every_field()
    mention = orjson.loads(contract.encode(event))["entities"][0]["mentions"][0]
    assert mention["in"] == "text"
    assert "where" not in mention


@settings(max_examples=50)
@given(st.builds(TaggedArticle), st.builds(Version), st.builds(Duplicate), st.integers(1, 1000))
def test_enriching_adds_the_decision_and_changes_nothing_else(
    tagged: TaggedArticle, version: Version, duplicate: Duplicate, decision: int
) -> None:
    enriched = contract.decode_enriched(
        contract.enrich(contract.encode(tagged), version, duplicate, decision)
    )
    given_fields = {name: getattr(tagged, name) for name in orjson_fields(tagged)}
    assert enriched == EnrichedArticle(
        **given_fields, version=version, duplicate=duplicate, decision=decision, status=Status.USABLE
    )


@given(WITHDRAWALS, st.integers(1, 1000))
def test_an_enriched_withdrawal_is_the_withdrawal_and_its_decision(event: Withdrawal, decision: int) -> None:
    value = contract.enrich_withdrawal(contract.encode(event), decision)
    assert orjson.loads(value) == {**orjson.loads(contract.encode(event)), "decision": decision}
    assert contract.decode_enriched(value) == Withdrawn(
        **{name: getattr(event, name) for name in orjson_fields(event)}, decision=decision
    )


def test_a_value_that_a_closed_list_does_not_have_yet_stops_no_consumer() -> None:
    """It equals its text and is none of the known ones; what is no text is still refused."""
    value = orjson.loads(
        contract.enrich(
            contract.encode(tagged_with_every_field()),
            Version(number=1, first_received_at=RECEIVED),
            Duplicate(relation=Relation.ORIGINAL, group="2" * 32),
            1,
        )
    )
    value["duplicate"]["relation"] = "translated"
    value["entities"][0]["type"] = "ship"
    value["entities"][0]["mentions"][0]["in"] = "caption"
    value["flags"] = ["text_truncated", "of_the_future"]
    event = contract.decode_enriched(orjson.dumps(value))
    assert isinstance(event, EnrichedArticle), event
    assert (event.duplicate.relation, event.duplicate.relation.name) == ("translated", UNKNOWN)
    assert event.duplicate.relation not in list(Relation)
    assert (event.entities[0].type.value, event.entities[0].mentions[0].where) == ("ship", "caption")
    assert event.flags == (Flag.TEXT_TRUNCATED, "of_the_future")
    assert orjson.loads(contract.encode(event)) == value

    value["duplicate"]["relation"] = 7
    assert isinstance(contract.decode_enriched(orjson.dumps(value)), Failed)


def test_an_erasure_is_read_as_nothing() -> None:
    assert contract.decode_enriched(None) is None


def test_an_enriched_event_with_every_field_is_valid_by_its_schema() -> None:
    value = contract.enrich(
        contract.encode(tagged_with_every_field()),
        Version(number=2, first_received_at=RECEIVED, previous_hash="0" * 32),
        Duplicate(
            relation=Relation.NEAR, of="1" * 32, group="2" * 32, jaccard=0.5, containment=0.5, score=0.5
        ),
        3,
    )
    assert contract.schema_error(contract.ENRICHED, orjson.loads(value)) is None


def test_a_raw_event_keeps_every_field_it_gives() -> None:
    fields = {
        "content_type": "text/html",
        "publisher": "Post",
        "headline": "Rain",
        "authors": ["Nora Quill"],
        "section": "Weather",
        "language": "en",
        "published_at": "2026-11-20",
        "fetched_at": "2026-11-21T08:00:00+01:00",
    }
    article = contract.decode_raw(raw(**fields), RECEIVED)
    assert isinstance(article, RawArticle)
    assert article.authors == ("Nora Quill",)
    assert {name: getattr(article, name) for name in fields if name != "authors"} == {
        name: value for name, value in fields.items() if name != "authors"
    }
    assert article.received_at == RECEIVED


def test_the_record_says_when_it_was_received_and_not_the_producer() -> None:
    article = contract.decode_raw(raw(received_at="1999-01-01T00:00:00Z"), RECEIVED)
    assert isinstance(article, RawArticle)
    assert article.received_at == RECEIVED


def test_in_file_mode_the_time_of_fetching_counts() -> None:
    article = contract.decode_raw(raw(fetched_at="2026-11-21T08:00:00+01:00"), RECEIVED, fetched_counts=True)
    assert isinstance(article, RawArticle)
    assert article.received_at == "2026-11-21T07:00:00.000Z"


def test_a_withdrawal_needs_no_content() -> None:
    article = contract.decode_raw(b'{"url":"https://post.example/a","status":"withdrawn"}', RECEIVED)
    assert isinstance(article, RawArticle)
    assert article.status is Status.WITHDRAWN


@pytest.mark.parametrize("value", [None, b""])
def test_a_record_without_a_value_is_rejected_as_empty(value: bytes | None) -> None:
    assert refused(value) is RejectReason.EMPTY


@pytest.mark.parametrize("value", [b"nothing", b"{", b'{"url":', b" ", b"\x00", b'{"url":"\\ud800"}'])
def test_what_is_no_json_fails_as_not_json(value: bytes) -> None:
    assert refused(value) is FailureReason.NOT_JSON


@pytest.mark.parametrize(
    "value", [b"[]", b"3", b'"text"', b"null", b"true", b"{}", raw(url="ftp://post.example/a")]
)
def test_json_of_another_shape_fails_as_schema(value: bytes) -> None:
    assert refused(value) is FailureReason.SCHEMA


@pytest.mark.parametrize("value", [b'{"url":"\xff"}', b"\xfe\xff", b'{"url":"\xed\xa0\x80"}'])
def test_bytes_that_are_not_utf8_fail_as_encoding(value: bytes) -> None:
    assert refused(value) is FailureReason.ENCODING


def test_json_nested_too_deep_fails_as_nesting() -> None:
    assert refused(b'{"url":' + b"[" * 2000 + b"]" * 2000 + b"}") is FailureReason.NESTING


def test_a_record_above_the_cap_fails_before_it_is_parsed() -> None:
    """What it holds is no JSON, but that is not found out any more."""
    assert refused(b"x" * (MAX_RAW_BYTES + 1)) is FailureReason.TOO_LARGE
    assert refused(b"x" * MAX_RAW_BYTES) is FailureReason.NOT_JSON


def test_our_own_events_have_a_cap_too() -> None:
    outcome = contract.decode_tagged(b"x" * (MAX_EVENT_BYTES + 1), RECEIVED)
    assert isinstance(outcome, Failed)
    assert outcome.reason is FailureReason.TOO_LARGE


def test_a_schema_error_names_the_field_and_is_short() -> None:
    outcome = contract.decode_raw(raw(authors=["x", ""], content="y" * 100_000), RECEIVED)
    assert isinstance(outcome, Failed)
    assert outcome.detail.startswith("authors/1: ")
    outcome = contract.decode_raw(raw(content=["y" * 100_000]), RECEIVED)
    assert isinstance(outcome, Failed)
    assert len(outcome.detail) < 400


def test_the_bytes_of_an_event_take_no_more_memory_than_they_are_long() -> None:
    """A chunk of them is in a stage process at once."""
    article = CleanedArticle(
        id="0" * 32,
        url="https://post.example/a",
        canonical_url="https://post.example/a",
        received_at=RECEIVED,
        language=Language("en", 1.0),
        text="It rained. " * 600,
        content_hash="0" * 32,
        completeness=Completeness.FULL,
        confidence=1.0,
    )
    contract.encode(article)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        value = contract.encode(article)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < len(value) + 1000


@given(
    st.dictionaries(
        st.text(st.characters(codec="utf-8"), min_size=1, max_size=10).map(lambda name: f"x-{name}"),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers(-(2**63), 2**63 - 1)
            | st.text(st.characters(codec="utf-8")),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("k"), inner, max_size=2),
        ),
        max_size=3,
    )
)
def test_unknown_fields_change_nothing(unknown: dict[str, Any]) -> None:
    assert contract.decode_raw(raw(**unknown), RECEIVED) == contract.decode_raw(raw(), RECEIVED)
    known = contract.encode(tagged_with_every_field())
    more = orjson.dumps({**orjson.loads(known), **unknown})
    assert contract.decode_tagged(more, RECEIVED) == contract.decode_tagged(known, RECEIVED)


def test_an_unknown_field_may_be_nested_as_deep_as_the_parser_goes() -> None:
    value = b'{"url":"https://post.example/a","content":"x","more":' + b"[" * 1000 + b"]" * 1000 + b"}"
    assert isinstance(contract.decode_raw(value, RECEIVED), RawArticle)


@pytest.mark.parametrize("validate", [True, False])
def test_without_the_schema_wrong_types_are_still_refused(validate: bool) -> None:
    outcome = contract.decode_raw(raw(authors=7), RECEIVED, validate=validate)
    assert isinstance(outcome, Failed)
    assert outcome.reason is FailureReason.SCHEMA


def test_a_cleaned_event_without_its_time_takes_the_records() -> None:
    event = orjson.loads(contract.encode(tagged_with_every_field()))
    del event["received_at"]
    decoded = contract.decode_cleaned(orjson.dumps(event), RECEIVED)
    assert isinstance(decoded, CleanedArticle)
    assert decoded.received_at == RECEIVED


@given(st.integers(EARLIEST, LATEST))
def test_milliseconds_survive_their_text(milliseconds: int) -> None:
    text = rfc3339(milliseconds)
    assert text.endswith("Z")
    assert len(text) == len("2026-11-22T10:00:00.123Z")
    assert utc(text) == text
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    assert since // timedelta(milliseconds=1) == milliseconds


@given(st.integers(0, LATEST - 1), st.integers(1, 10**9))
def test_texts_sort_as_their_times(milliseconds: int, later: int) -> None:
    assert rfc3339(milliseconds) < rfc3339(min(LATEST, milliseconds + later))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_the_same_moment_with_any_offset_is_the_same_text(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert utc(elsewhere.isoformat()) == utc(moment.isoformat())


@given(st.text())
def test_any_text_is_a_time_or_none(text: str) -> None:
    form = utc(text)
    assert form is None or utc(form) == form


@pytest.mark.parametrize(
    "text", [None, "", "soon", "2026-11-22", "2026-11-22T10:00:00", "2026-13-01T00:00:00Z"]
)
def test_what_is_no_moment_is_none(text: str | None) -> None:
    assert utc(text) is None


@pytest.mark.parametrize("milliseconds", [-(2**63), EARLIEST - 1, LATEST + 1, 2**63 - 1])
def test_a_timestamp_beyond_the_calendar_is_its_nearest_end(milliseconds: int) -> None:
    """Any client can write one to a topic that keeps the producer's time; a worker must get past it."""
    assert rfc3339(milliseconds) == rfc3339(EARLIEST if milliseconds < 0 else LATEST)


def orjson_fields(event: object) -> list[str]:
    return list(type(event).__dataclass_fields__)  # type: ignore[attr-defined]


def tagged_with_every_field() -> TaggedArticle:
    text = "Ada Marlow paid £5 in Oldhaven."
    mention = Mention(start=0, end=10, where="text", text="Ada Marlow", kind="full")  # type: ignore[arg-type]
    return TaggedArticle(
        id="a" * 32,
        url="https://post.example/a",
        canonical_url="https://post.example/a",
        received_at=RECEIVED,
        publisher=Publisher(name="Post", domain="post.example"),
        section="Weather",
        headline="Rain",
        standfirst="It rained.",
        authors=("Nora Quill",),
        published_at="2026-11-20T00:00:00Z",
        published_precision="day",  # type: ignore[arg-type]
        modified_at=RECEIVED,
        fetched_at=RECEIVED,
        flags=("published_clamped",),  # type: ignore[arg-type]
        language=Language("en", 0.5),
        text=text,
        content_hash="b" * 32,
        completeness="full",  # type: ignore[arg-type]
        credits=("Wire",),
        removed=(Removed("Sign in", "navigation"),),  # type: ignore[arg-type]
        confidence=0.5,
        provenance={"clean": "1", "tag": "1"},
        entities=(
            Entity(
                id="wikidata:Q1",
                type="person",  # type: ignore[arg-type]
                name="Ada Marlow",
                ids=Ids(wikidata="Q1", geonames="2", iso3166="GB"),
                link=Link(status="linked", confidence=0.5),  # type: ignore[arg-type]
                geo=Geo(lat=0.5, lon=0.5, country="GB"),
                salience=0.5,
                mentions=(mention,),
            ),
        ),
        values=(Value(kind="money", start=16, end=18, text="£5", value=5.0, unit="GBP"),),  # type: ignore[arg-type]
        tagger=Tagger("rules", "full"),  # type: ignore[arg-type]
    )


def test_a_machine_that_is_short_of_memory_is_no_fault_of_the_json(monkeypatch: pytest.MonkeyPatch) -> None:
    def short(_value: bytes) -> object:
        raise orjson.JSONDecodeError("Not enough memory to allocate buffer for parsing", "", 0)

    monkeypatch.setattr(orjson, "loads", short)
    with pytest.raises(MemoryError):
        contract.decode_cleaned(b"{}", RECEIVED)
