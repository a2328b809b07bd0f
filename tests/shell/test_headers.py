"""Headers: CloudEvents on what goes on, reasons on what does not, and nobody else's word for ours."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.contract import CLEANED, TAGGED
from streams.events import Failed, Rejected
from streams.shell.headers import OTHERS_LIMIT_BYTES, carry, event_headers, refusal_headers
from streams.vocabulary import FailureReason, RejectReason

PLACE = "articles.raw/3/42"
TRACE = b"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
HEADERS = st.lists(st.tuples(st.text(max_size=20), st.none() | st.binary(max_size=200)), max_size=30)


def test_an_event_says_what_it_is_in_cloudevents() -> None:
    listed = event_headers(
        prefix="desk",
        topic=CLEANED,
        ce_id="id:hash",
        subject="id",
        received_at="2026-11-22T10:00:00.000Z",
        carried=[("traceparent", TRACE)],
    )
    assert dict(listed) == {
        "ce_specversion": b"1.0",
        "ce_id": b"id:hash",
        "ce_source": b"/copydesk/desk",
        "ce_type": b"copydesk.article.cleaned.v1",
        "ce_subject": b"id",
        "ce_time": b"2026-11-22T10:00:00.000Z",
        "ce_dataschema": b"https://copydesk.dev/schemas/article.cleaned.v1.schema.json",
        "content-type": b"application/json",
        "traceparent": TRACE,
    }


def test_an_erasure_has_no_value_to_describe() -> None:
    listed = event_headers(
        prefix="desk",
        topic=TAGGED,
        ce_id="id:erased",
        subject="id",
        received_at=None,
        carried=[("traceparent", TRACE)],
        erasure=True,
    )
    assert dict(listed) == {
        "ce_specversion": b"1.0",
        "ce_id": b"id:erased",
        "ce_source": b"/copydesk/desk",
        "ce_type": b"copydesk.article.erased.v1",
        "ce_subject": b"id",
        "traceparent": TRACE,
    }


FORGED = [
    ("copydesk-source", b"articles.raw/0/0"),
    ("copydesk-replay", b"of-mine"),
    ("copydesk-attempts", b"9"),
    ("copydesk-fp", b"x"),
    ("copydesk-anything", b"x"),
    ("ce_id", b"x"),
    ("ce_type", b"x"),
    ("content-type", b"text/evil"),
]


def test_on_a_raw_record_our_names_are_not_trusted() -> None:
    carried = carry([*FORGED, ("shard", b"7")], PLACE, raw=True)
    assert [name for name, _ in carried] == ["traceparent", "copydesk-source", "shard"]
    assert dict(carried)["copydesk-source"] == PLACE.encode()


def test_a_raw_record_that_is_known_to_be_sent_back_says_so_whatever_number_it_claims() -> None:
    carried = carry(FORGED, PLACE, raw=True, sent_back=True)
    assert dict(carried)["copydesk-attempts"] == b"1"


def test_later_records_hand_on_where_they_come_from_and_nothing_else_of_ours() -> None:
    carried = carry([*FORGED, ("shard", b"7")], PLACE, raw=False)
    assert carried[1:] == [
        ("copydesk-source", b"articles.raw/0/0"),
        ("copydesk-replay", b"of-mine"),
        ("copydesk-attempts", b"9"),
        ("shard", b"7"),
    ]


def test_a_trace_is_handed_on() -> None:
    assert carry([("traceparent", TRACE)], PLACE, raw=True)[0] == ("traceparent", TRACE)


@pytest.mark.parametrize(
    "given_trace", [None, b"", b"not a trace", b"\xff" * 55, TRACE * 1000, TRACE.upper()]
)
def test_where_there_is_no_sound_trace_one_is_begun_that_is_the_same_again(given_trace: bytes | None) -> None:
    """A repeated output must be the same byte for byte."""
    name, begun = carry([("traceparent", given_trace)], PLACE, raw=True)[0]
    assert name == "traceparent"
    assert re.fullmatch(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-01", begun)
    assert carry([], PLACE, raw=True)[0] == (name, begun)
    assert carry([], "articles.raw/3/43", raw=True)[0] != (name, begun)


@given(HEADERS, st.booleans())
def test_a_producers_headers_are_passed_on_in_order_up_to_their_limit(
    headers: list[tuple[str, bytes | None]], raw: bool
) -> None:
    carried = carry(headers, PLACE, raw=raw)
    others = [(name, value) for name, value in carried if not name.startswith(("copydesk-", "traceparent"))]
    assert sum(len(name.encode()) + len(value) for name, value in others) <= OTHERS_LIMIT_BYTES
    assert others == [pair for pair in headers if pair in others][: len(others)]
    assert [name for name, _ in others if name.startswith("ce_") or name == "content-type"] == []


def test_a_header_too_many_is_left_out_with_all_that_follow() -> None:
    headers = [("a", b"x" * 1000), ("b", b"x" * 1000), ("c", b"x" * 1000), ("d", b"x")]
    assert [name for name, _ in carry(headers, PLACE, raw=False)] == ["traceparent", "a", "b"]


def test_a_refusal_keeps_the_original_headers_and_says_why() -> None:
    original = [("shard", b"7"), ("reason", b"the producer's own"), ("empty", None)]
    rejected = Rejected(RejectReason.TOO_SHORT, "12 words")
    listed = refusal_headers(original, "clean", rejected, "articles.raw", 3, 42, 1_000)
    assert listed[:3] == original
    assert dict(listed[3:]) == {
        "stage": b"clean",
        "reason": b"too_short",
        "error": b"12 words",
        "topic": b"articles.raw",
        "partition": b"3",
        "offset": b"42",
        "at": b"1970-01-01T00:00:01.000Z",
    }


def test_a_long_error_is_cut_and_one_that_is_no_unicode_is_written_all_the_same() -> None:
    failed = Failed(FailureReason.INTERNAL, "\ud800" + "x" * 10_000)
    error = dict(refusal_headers([], "clean", failed, "articles.raw", 0, 0, 0))["error"]
    assert error is not None
    assert error.startswith(b"?xx")
    assert len(error) == 500
