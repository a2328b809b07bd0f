"""What is an article and what is not."""

import pytest
from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.metadata import Metadata, read_metadata
from streams.cleaning.verdict import BARE, DECLARED, NOT_ARTICLE, NOT_INDEXED, refuse_body, refuse_page
from streams.vocabulary import RejectReason


@pytest.mark.parametrize("text", ["渡轮" * 30, "word " * 30])
def test_length_is_measured_in_words_of_any_script(text: str) -> None:
    assert refuse_body((text,)) is None
    assert refuse_body((text[: len(text) // 3],)) is not None


def test_a_page_is_refused_below_the_threshold_and_not_at_it() -> None:
    refused = refuse_page(NOT_ARTICLE - 0.01, said("<p>x"), share=0.5)
    assert refused is not None
    assert refused.reason is RejectReason.NOT_ARTICLE
    assert refuse_page(NOT_ARTICLE, said("<p>x"), share=0.5) is None


def test_a_page_that_asks_not_to_be_indexed_must_be_likelier() -> None:
    """Consent and error pages in the article's place."""
    page = "<html><head><meta name='robots' content='noindex, follow'></head></html>"
    assert refuse_page(NOT_INDEXED - 0.01, said(page), share=0.5) is not None
    assert refuse_page(NOT_INDEXED, said(page), share=0.5) is None


def test_a_page_that_declares_an_article_with_its_day_is_believed_longer() -> None:
    page = """<html><head><script type="application/ld+json">{"@type": "NewsArticle", "headline": "A ferry",
    "datePublished": "2026-11-20T18:30:00Z"}</script></head></html>"""
    assert refuse_page(DECLARED, said(page), share=0.5) is None
    assert refuse_page(DECLARED - 0.01, said(page), share=0.5) is not None


def test_a_bare_article_is_not_judged_by_what_it_lacks() -> None:
    assert refuse_page(0.0, said("<p>x"), share=BARE) is None
    assert refuse_page(0.0, said("<p>x"), share=BARE - 0.01) is not None


def test_a_page_that_says_what_it_is_is_not_bare() -> None:
    page = "<html><head><meta property='og:type' content='website'></head></html>"
    assert refuse_page(0.0, said(page), share=BARE) is not None


def said(page: str) -> Metadata:
    return read_metadata(LexborHTMLParser(page), "https://a.example/x")
