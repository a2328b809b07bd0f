"""What the steps emit on the samples is valid; whatever comes in, `run` comes back with an outcome."""

import subprocess
import sys
from collections.abc import Callable, Generator
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams import contract
from streams.dedup import Arrival, DedupIndex, Fingerprint, decide
from streams.events import EnrichedArticle, Failed, Rejected, TaggedArticle, Withdrawal
from streams.parts import Parts
from streams.pipeline import (
    CLEAN,
    DEDUP,
    FINGERPRINT,
    STEPS,
    TAG,
    WITHDRAWN,
    Outcome,
    Output,
    Record,
    Step,
    enriched,
    run,
    together,
)
from streams.vocabulary import FailureReason

SAMPLES = Path(contract.__file__).parent / "samples"
RECEIVED = "2026-11-22T10:00:00.000Z"

TEXT = st.text(max_size=40)
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats()
    | TEXT
    | st.sampled_from(
        [
            "",
            "withdrawn",
            "usable",
            "text/html",
            "text/plain",
            "en",
            "0000-00-00",
            "9999-12-31T23:59:59.9999Z",
        ]
    )
    | st.sampled_from(["https://post.example/a", "http://", "https://[", "https://post.example:99999/%ff?%"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
CONTENT = st.one_of(
    ODD,
    st.text(max_size=400),
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div>",
                "<!--",
                "<![CDATA[",
                "&#xD800;",
                "&#0;",
                "\x00",
                "It rained on Monday. ",
                "\n\n",
            ]
        )
        | TEXT,
        max_size=60,
    ).map("".join),
)


def objects(schema: str) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with the known names of a topic's events, and anything for a value."""
    document = contract.schema(schema)
    article = document.get("$defs", {}).get("article", document)
    names = dict.fromkeys(article["properties"], ODD)
    return st.fixed_dictionaries({}, optional=names | {"content": CONTENT, "text": CONTENT})


def event_bytes(event: dict[str, Any]) -> bytes:
    # The standard library's json writes what orjson refuses: NaN, lone surrogates, large integers.
    import json

    return json.dumps(event).encode()


@cache
def through_the_samples() -> tuple[list[Outcome], list[Output], list[Output], list[bytes]]:
    """Outcomes of cleaning, and the outputs of cleaning, tagging and de-duplication."""
    index = DedupIndex()
    cleaned, tagged, done = [], [], []
    fates = [
        run(CLEAN, Record(line, RECEIVED)) for line in (SAMPLES / "articles.jsonl").read_bytes().splitlines()
    ]
    for fate in fates:
        if not isinstance(fate, Output):
            continue
        cleaned.append(fate)
        out = run(TAG, Record(fate.value, fate.received_at))
        assert isinstance(out, Output), out
        assert out.fingerprint is not None
        tagged.append(out)
        effects = decide(
            index, Arrival(len(tagged) - 1, bytes.fromhex(out.id), Fingerprint.unpack(out.fingerprint))
        )
        index.apply(effects.rows)
        done += [enriched(tagged[emission.place].value, emission) for emission in effects.emissions]
    return fates, cleaned, tagged, done


def test_what_a_stage_emits_is_valid_by_its_schema() -> None:
    _, cleaned, tagged, _ = through_the_samples()
    for topic, outputs in ((contract.CLEANED, cleaned), (contract.TAGGED, tagged)):
        assert len(outputs) > 20
        for out in outputs:
            assert contract.schema_error(topic, orjson.loads(out.value)) is None


def test_enriched_events_are_valid_by_their_schema() -> None:
    values = through_the_samples()[3]
    assert len(values) > 20
    assert [contract.schema_error(contract.ENRICHED, orjson.loads(value)) for value in values] == [
        None
    ] * len(values)


def test_enriched_events_decode_to_what_was_tagged_and_decided() -> None:
    _, _, tagged, done = through_the_samples()
    seen = 0
    for value in done:
        event = contract.decode_enriched(value)
        if isinstance(event, EnrichedArticle):
            source = next(
                out for out in tagged if (out.id, out.content_hash) == (event.id, event.content_hash)
            )
            before = contract.decode_tagged(source.value, "unused")
            assert isinstance(before, TaggedArticle)
            names = TaggedArticle.__dataclass_fields__
            assert {n: getattr(event, n) for n in names if n not in ("url", "received_at")} == {
                n: getattr(before, n) for n in names if n not in ("url", "received_at")
            }
            seen += 1
        else:
            assert isinstance(event, Withdrawal)
    assert seen > 20


def test_an_output_says_of_itself_what_its_event_says() -> None:
    for step_outputs in through_the_samples()[1:3]:
        for out in step_outputs:
            assert isinstance(out, Output)
            event = orjson.loads(out.value)
            assert (out.id, out.received_at) == (event["id"], event["received_at"])
            if event.get("status") == "withdrawn":
                assert (out.content_hash, out.language) == (WITHDRAWN, "")
            else:
                assert (out.content_hash, out.language) == (event["content_hash"], event["language"]["code"])


def test_every_mention_and_value_slices_back() -> None:
    for out in through_the_samples()[2]:
        event = contract.decode_tagged(out.value, "unused")
        if isinstance(event, TaggedArticle):
            fields = {"headline": event.headline or "", "text": event.text}
            for mention in (m for entity in event.entities for m in entity.mentions):
                assert fields[mention.where][mention.start : mention.end] == mention.text
            for value in event.values:
                assert event.text[value.start : value.end] == value.text


@pytest.mark.parametrize(
    "fate", orjson.loads((SAMPLES / "expected.json").read_bytes()), ids=lambda fate: f"line-{fate['line']}"
)
def test_a_sample_is_refused_only_for_the_reason_a_reader_expects(fate: dict[str, Any]) -> None:
    outcome = through_the_samples()[0][fate["line"] - 1]
    reason = outcome.reason if isinstance(outcome, Rejected | Failed) else None
    assert reason == fate.get("reason")


def test_a_repeated_record_gives_the_same_bytes() -> None:
    """Redelivery after a crash must not look like news."""
    fates, _, tagged, _ = through_the_samples()
    lines = (SAMPLES / "articles.jsonl").read_bytes().splitlines()
    again = [run(CLEAN, Record(line, RECEIVED)) for line in lines[:6]]
    assert again == fates[:6]
    assert [
        run(TAG, Record(out.value, out.received_at)) for out in again if isinstance(out, Output)
    ] == tagged[:6]


def test_the_fingerprint_of_a_tagged_event_is_the_one_the_tag_step_made() -> None:
    for out in through_the_samples()[2]:
        assert run(FINGERPRINT, Record(out.value, out.received_at)) == out


def test_each_step_reads_what_the_one_before_it_writes() -> None:
    assert [step.source for step in STEPS[1:]] == [step.target for step in STEPS[:-1]]


@settings(max_examples=300)
@given(st.binary(max_size=200), st.sampled_from([CLEAN, TAG, FINGERPRINT]))
def test_run_never_raises_on_bytes(value: bytes, step: Step) -> None:
    assert isinstance(run(step, Record(value, RECEIVED)), Rejected | Failed)


@pytest.mark.parametrize("url", [None, 7, "", "x y", ["https://a.example/"]])
@pytest.mark.parametrize("status", ["usable", "withdrawn"])
def test_what_has_no_url_is_no_article_whether_its_event_is_held_to_the_schema_or_not(
    url: object, status: str
) -> None:
    event = event_bytes({"url": url, "status": status, "content": "The quay opens in March. " * 20})
    for validate in (True, False):
        outcome = run(CLEAN, Record(event, RECEIVED, validate=validate))
        assert isinstance(outcome, Failed)
        assert (outcome.reason, outcome.detail[:4]) == (FailureReason.SCHEMA, "url:")


def test_an_event_that_is_not_held_to_the_schema_needs_a_url_alone() -> None:
    text = "The harbour master said in March that the new quay would open to ferries before the summer. " * 4
    event = event_bytes({"url": "https://a.example/", "content": text, "headline": 7})
    assert isinstance(run(CLEAN, Record(event, RECEIVED)), Failed)
    assert isinstance(run(CLEAN, Record(event, RECEIVED, validate=False)), Output)


@settings(max_examples=300)
@given(objects(contract.RAW), st.booleans())
def test_cleaning_never_raises_and_never_fails_for_an_internal_reason(
    event: dict[str, Any], validate: bool
) -> None:
    outcome = run(CLEAN, Record(event_bytes(event), RECEIVED, validate=validate))
    assert not (validate and isinstance(outcome, Failed) and outcome.reason is FailureReason.INTERNAL), (
        outcome
    )
    if isinstance(outcome, Output):
        assert contract.schema_error(contract.CLEANED, orjson.loads(outcome.value)) is None


@settings(max_examples=300)
@given(objects(contract.TAGGED), st.sampled_from([TAG, FINGERPRINT]))
def test_later_steps_never_raise_and_their_outputs_have_sound_times(
    event: dict[str, Any], step: Step
) -> None:
    """The shell measures freshness by received_at: an output whose time is none must not get that far."""
    outcome = run(step, Record(event_bytes(event), RECEIVED))
    if isinstance(outcome, Output):
        datetime.fromisoformat(outcome.received_at).timestamp()


@settings(max_examples=200, deadline=None)  # the first loads the stage
@given(CONTENT, st.sampled_from(["text/html", "text/plain", None]))
def test_any_content_is_judged(content: Any, kind: str | None) -> None:
    event = {"url": "https://post.example/2026/11/rain", "content": content, "content_type": kind}
    outcome = run(CLEAN, Record(event_bytes({k: v for k, v in event.items() if v is not None}), RECEIVED))
    assert not (isinstance(outcome, Failed) and outcome.reason is FailureReason.INTERNAL), outcome


@settings(max_examples=60)
@given(
    st.sampled_from(range(20)), st.sampled_from(["received_at", "id", "published_at", "content_hash"]), ODD
)
def test_a_cleaned_event_with_one_odd_field_is_tagged_or_fails(nth: int, name: str, odd: Any) -> None:
    event = orjson.loads(through_the_samples()[1][nth].value)
    outcome = run(TAG, Record(event_bytes({**event, name: odd}), RECEIVED))
    if isinstance(outcome, Output):
        outcome.id.encode()
        datetime.fromisoformat(outcome.received_at).timestamp()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (MemoryError(), FailureReason.CRASHED),
        (RecursionError(), FailureReason.NESTING),
        (KeyError("field"), FailureReason.INTERNAL),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), FailureReason.INTERNAL),
    ],
)
def test_what_a_stage_raises_becomes_a_failure_with_its_reason(
    error: Exception, reason: FailureReason
) -> None:
    outcome = run(_raising(error), Record(b"{}", RECEIVED))
    assert isinstance(outcome, Failed)
    assert outcome.reason is reason
    assert len(outcome.detail) <= 300


def test_deduplication_is_not_run_record_by_record() -> None:
    outcome = run(DEDUP, Record(b"{}", RECEIVED))
    assert isinstance(outcome, Failed)
    assert outcome.reason is FailureReason.INTERNAL


def test_a_withdrawal_is_enriched_by_its_number_alone() -> None:
    value = run(CLEAN, Record(b'{"url":"https://post.example/a","status":"withdrawn"}', RECEIVED))
    assert isinstance(value, Output)
    out = run(TAG, Record(value.value, RECEIVED))
    assert isinstance(out, Output)
    assert out.fingerprint is not None
    (emission,) = _decided(out.id, out.fingerprint).emissions
    event = orjson.loads(enriched(out.value, emission))
    assert event == {**orjson.loads(out.value), "decision": 1}
    assert contract.schema_error(contract.ENRICHED, event) is None


def _decided(identifier: str, fingerprint: bytes) -> Any:
    return decide(DedupIndex(), Arrival(0, bytes.fromhex(identifier), Fingerprint.unpack(fingerprint)))


def _raising(error: Exception) -> Step:
    def stage(_record: Record) -> Outcome:
        raise error

    work: Callable[[Record], Outcome] = stage
    return Step("test", source=contract.RAW, target=contract.CLEANED, stage=work)


def test_a_warm_process_has_the_kernels_of_other_languages_too() -> None:
    """Under load a compilation would outlast the time that an article has."""
    ask = (
        "from streams.warming import warm_up; from streams.tagging.phrasebook import match; "
        "warm_up(); assert match.signatures"
    )
    subprocess.run([sys.executable, "-c", ask], check=True, cwd=Path(__file__).parents[1])


def in_parts(seen: list[bytes], record: Record) -> Parts[Outcome]:
    """Three parts; the value says in which of them it fails, and how."""
    value = record.value or b""
    for part in (b"1", b"2", b"3"):
        seen.append(value[:1] + part)
        if value.endswith(b"fails in " + part):
            raise KeyError(part)
        if value.endswith(b"eats in " + part):
            raise MemoryError
        if value.endswith(b"ends in " + part):
            break
        yield
    return Output("id", "hash", record.received_at, "en", value)


def parts_of(*values: bytes) -> tuple[list[bytes], list[Outcome]]:
    """What the parts saw, in their order, and the outcomes."""
    seen: list[bytes] = []
    step = Step("parts", source="a", target="b", stage=partial(in_parts, seen))
    return seen, [outcome for outcome, _ in together(step, [Record(value, RECEIVED) for value in values])]


def test_each_part_of_a_step_is_done_for_all_records_before_the_next() -> None:
    seen, outcomes = parts_of(b"a", b"b ends in 2", b"c")
    assert seen == [b"a1", b"b1", b"c1", b"a2", b"b2", b"c2", b"a3", b"c3"]
    assert [outcome.value for outcome in outcomes if isinstance(outcome, Output)] == [
        b"a",
        b"b ends in 2",
        b"c",
    ]


def test_a_record_that_fails_in_any_part_fails_alone() -> None:
    seen, outcomes = parts_of(b"a fails in 1", b"b", b"c fails in 3")
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Failed)] == [
        FailureReason.INTERNAL,
        FailureReason.INTERNAL,
    ]
    assert isinstance(outcomes[1], Output)
    assert seen == [b"a1", b"b1", b"c1", b"b2", b"c2", b"b3", b"c3"]


def test_memory_that_is_short_in_one_part_ends_the_work_on_all() -> None:
    with pytest.raises(MemoryError, match="out of memory"):
        parts_of(b"a", b"b eats in 2")
    step = Step("parts", source="a", target="b", stage=partial(in_parts, []))
    with pytest.raises(MemoryError) as caught:
        together(step, [Record(b"b eats in 2", RECEIVED)])
    assert caught.value.__context__ is None, "it holds what has filled the memory"
    alone = run(step, Record(b"b eats in 2", RECEIVED))
    assert isinstance(alone, Failed)
    assert alone.reason is FailureReason.CRASHED


def test_no_records_are_taken_through_too() -> None:
    assert together(TAG, ()) == []


@pytest.mark.parametrize("step", [CLEAN, TAG])
def test_a_stage_gives_way_to_other_texts_between_its_parts(step: Step) -> None:
    value = next(out.value for out in through_the_samples()[1])
    if step is CLEAN:
        value = (SAMPLES / "articles.jsonl").read_bytes().splitlines()[0]
    assert step.stage is not None
    work = step.stage(Record(value, RECEIVED))
    assert isinstance(work, Generator)
    assert len(list(work)) > 1


@pytest.mark.parametrize("step", [CLEAN, TAG, FINGERPRINT])
def test_records_side_by_side_come_out_as_each_alone(step: Step) -> None:
    """The samples as a step finds them on its topic, with values that are none among them."""
    values = (SAMPLES / "articles.jsonl").read_bytes().splitlines()
    for before in STEPS[: {CLEAN: 0, TAG: 1, FINGERPRINT: 2}[step]]:
        outcomes = [run(before, Record(value, RECEIVED)) for value in values]
        values = [outcome.value for outcome in outcomes if isinstance(outcome, Output)]
    records = [Record(value, RECEIVED) for value in [*values, None, b"{", *values]]
    assert [outcome for outcome, _ in together(step, records)] == [run(step, record) for record in records]
