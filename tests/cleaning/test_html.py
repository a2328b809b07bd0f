"""The body of a page."""

import logging

import pytest

from streams.cleaning.html import extract_body
from tests.cleaning.samples import PAGE, PARAGRAPHS


def test_comments_and_navigation_are_not_body() -> None:
    comments = (
        "<div class='comments' id='comments'><p>First! I crossed the river myself, and it was cold.</p></div>"
    )
    body = extract_body(PAGE.replace("<aside>", comments + "<aside>"), declares_article=True)
    assert body.paragraphs[-len(PARAGRAPHS) :] == PARAGRAPHS


def test_list_items_come_without_their_bullets() -> None:
    items = "<ul><li>Adults pay four crowns a crossing.</li><li>Children travel free on Sundays.</li></ul>"
    body = extract_body(PAGE.replace("</article>", items + "</article>"), declares_article=True)
    assert "Adults pay four crowns a crossing." in body.paragraphs


def test_what_the_page_says_of_itself_moves_the_confidence() -> None:
    sure, unsure = (extract_body(PAGE, declares_article=declared).confidence for declared in (True, False))
    assert 0 < unsure < sure <= 1


def test_a_page_without_text_has_no_paragraphs_and_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        body = extract_body("<html></html>", declares_article=None)
    assert (body.paragraphs, body.confidence) == ((), 0.0)
    assert not caplog.records
