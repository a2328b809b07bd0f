"""What a diff says of an article, from both of its events."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from streams.shell import headers
from streams.shell.replay.sides import Link, Side, changed_fields, family, same_link, side_of
from streams.shell.replay.verdicts import judged

ORIGINAL = {"relation": "original", "group": "a"}
AT = "2026-11-22T10:00:00.000Z"
LATER = "2026-11-22T10:00:05.000Z"


def record(event: dict[str, Any] | None, at: str = AT, source: str = "articles.raw/0/1") -> Any:
    listed = [(headers.TIME, at.encode()), (headers.SOURCE, source.encode())]
    value = None if event is None else orjson.dumps(event)
    return SimpleNamespace(partition=1, offset=5, key=b"a", value=value, headers=listed, timestamp=0)


def side(at: str = AT, **more: Any) -> Side:
    event = {"id": "a", "text": "t", "duplicate": ORIGINAL, "decision": 1, "status": "usable", **more}
    found = side_of(record(event, at))
    assert found is not None
    return found


GONE = side_of(record({"id": "a", "status": "withdrawn", "decision": 2}, LATER))
ERASED = side_of(record(None, LATER))
assert GONE is not None
assert ERASED is not None


def verdict(
    ours: Side | None, theirs: Side | None, within: Side | None = None, *, whole: bool = True
) -> tuple[str | None, list[str]]:
    within = within or theirs
    our_links = {"a": ours.link} if ours else {}
    their_links = {"a": within.link} if within else {}
    return judged("a", ours, theirs, within, our_links, their_links, whole=whole)


def test_only_what_a_replay_numbers_itself_is_left_out() -> None:
    one = side(provenance={"clean": "1"}, decision=1, headline="h")
    assert changed_fields(one, side(provenance={"clean": "2"}, decision=7, headline="h")) == []
    assert changed_fields(one, side(headline="H")) == ["headline"]
    assert changed_fields(one, side()) == ["headline"], "a field that is not there"
    assert changed_fields(one, side(headline="h", version={"number": 2})) == ["version"]
    assert changed_fields(one, side(headline="h", invented=1)) == ["other fields"]


def test_what_a_run_has_promoted_itself_differs_no_longer_by_its_version() -> None:
    one, other = side(version={"number": 1}), side(version={"number": 2})
    assert changed_fields(replace(other, replay="r"), replace(one, replay="r")) == []
    assert changed_fields(replace(other, replay="q"), replace(one, replay="r")) == ["version"]


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        (side(), side(), "same"),
        (side(text="u"), side(), "changed"),
        (side(), None, "added"),
        (None, side(), "missing"),
        (None, GONE, "same"),
        (None, ERASED, "same"),
        (GONE, GONE, "same"),
        (GONE, None, "same"),
        (side(), GONE, "removed"),
        (side(), ERASED, "removed"),
        (GONE, ERASED, "changed"),
        (GONE, side(), "changed"),
    ],
)
def test_the_class_of_an_article(ours: Side | None, theirs: Side | None, kind: str) -> None:
    assert verdict(ours, theirs)[0] == kind


def test_a_later_text_in_production_is_no_difference_of_the_run() -> None:
    """Compared is what production had of the range, where compaction has left it."""
    newer = side(LATER, text="newer")
    assert verdict(side(), newer, side()) == ("same", [])
    assert verdict(side(text="u"), newer, side()) == ("superseded", [])
    assert judged("a", side(), newer, None, {}, {}, whole=True) == ("superseded", [])


def test_another_link_is_a_change_but_where_the_log_no_longer_tells() -> None:
    copy = side(duplicate={"relation": "exact", "of": "b", "group": "b", "score": 1.0})
    assert verdict(copy, side()) == ("changed", ["duplicate"])
    assert verdict(copy, side(), whole=False) == ("untold", [])
    assert verdict(side(text="u", duplicate=copy_of("b")), side()) == ("changed", ["text", "duplicate"])


def copy_of(parent: str, group: str | None = None) -> dict[str, object]:
    return {"relation": "exact", "of": parent, "group": group or parent, "score": 1.0}


def link(parent: str | None, group: str) -> Link:
    return Link("exact" if parent else "original", parent, group, (None, None, None))


def test_pointers_to_different_ancestors_of_one_family_are_the_same() -> None:
    """Which of them `group` names depends on the order in which articles came."""
    links = {"c": link("b", "b"), "b": link("a", "a"), "a": link(None, "a")}
    assert family("c", links) == "a"
    assert same_link("c", link("b", "b"), link("b", "a"), links, links)
    assert not same_link("c", link("b", "b"), link("a", "a"), links, links), "another parent"
    assert not same_link(
        "c", link("b", "b"), link("b", "x"), links, {"c": link("b", "x"), "b": link("x", "x")}
    )


def test_parents_in_a_circle_end() -> None:
    links = {"a": link("b", "b"), "b": link("a", "a")}
    assert family("a", links) in links


@pytest.mark.parametrize(
    "value",
    [
        b"[]",
        b"no json",
        b'{"duplicate": {}}',
        b'{"duplicate": 3}',
        b'{"duplicate": {"relation": "near", "group": "a", "score": []}}',
    ],
)
def test_what_is_no_event_of_ours_is_no_side(value: bytes) -> None:
    damaged = record({})
    damaged.value = value
    assert side_of(damaged) is None
