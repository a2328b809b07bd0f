"""Both sides of a diff on disk: what is kept of an article, and which link counts."""

from dataclasses import replace

from streams.shell.replay.sheet import Sheet
from streams.shell.replay.sides import Link, Side

SIDE = Side(
    7, "usable", b"\x00\xff" * 8, Link("near", "b", "a", (0.5, None, 1.0)), "articles.raw/0/1", 10, "r"
)
ORIGINAL = Link("original", None, "a", (None, None, None))


def test_a_side_comes_back_as_it_was_and_articles_come_by_id() -> None:
    erased = replace(SIDE, status="erased", hashes=b"", link=None, replay="")
    with Sheet() as sheet:
        sheet.keep("run", "b", SIDE)
        sheet.keep("within", "b", erased)
        back = replace(SIDE, sent_back=True)
        sheet.keep("later", "a", back)
        assert list(sheet.articles()) == [("a", None, None, back), ("b", SIDE, erased, None)]


def test_of_an_article_the_last_by_time_is_kept_and_of_equal_times_the_last_that_came() -> None:
    with Sheet() as sheet:
        for received_ms, place in ((10, 1), (12, 2), (11, 3), (12, 4)):
            sheet.keep("run", "a", replace(SIDE, received_ms=received_ms, place=place))
        [(_, side, _, _)] = sheet.articles()
        assert side is not None
        assert (side.place, sheet.received("run", "a"), sheet.received("within", "a")) == (4, 12, None)


def test_a_link_that_was_told_counts_before_that_of_the_event_and_after_the_run_s_own() -> None:
    with Sheet() as sheet:
        sheet.keep("within", "a", SIDE)
        assert sheet.their_links().get("a") == sheet.our_links().get("a") == SIDE.link
        sheet.tell("a", ORIGINAL)
        assert sheet.their_links().get("a") == sheet.our_links().get("a") == ORIGINAL
        sheet.keep("run", "a", replace(SIDE, link=None))
        assert sheet.our_links().get("a") is None
        assert sheet.their_links().get("c") is None


def test_links_differ_where_the_run_has_another_one_of_an_article_that_production_has_linked() -> None:
    with Sheet() as sheet:
        sheet.keep("run", "a", SIDE)
        sheet.keep("run", "only", SIDE)
        sheet.keep("within", "a", SIDE)
        sheet.keep("within", "removed", replace(SIDE, link=None))
        sheet.keep("run", "removed", SIDE)
        assert not sheet.links_differ()
        sheet.keep("run", "a", replace(SIDE, link=None))
        assert sheet.links_differ()
