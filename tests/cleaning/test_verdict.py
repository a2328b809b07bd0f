"""What is an article and what is not."""

import pytest

from streams.cleaning.metadata import read_metadata
from streams.cleaning.verdict import refuse_body, refuse_page
from streams.vocabulary import RejectReason
from tests.cleaning.samples import PAGE, PARAGRAPHS, URL

HUB = "<html><head><meta property='og:type' content='website'></head></html>"


def test_a_page_that_declares_an_article_is_one_however_little_it_says() -> None:
    assert refuse_page(PARAGRAPHS[:1], read_metadata(PAGE, URL), "https://a.example/") is None


def test_a_hub_needs_prose_to_be_an_article() -> None:
    metadata = read_metadata(HUB, "https://a.example/x")
    refused = refuse_page(PARAGRAPHS[:1], metadata, "https://a.example/x")
    assert refused is not None
    assert refused.reason is RejectReason.NOT_ARTICLE
    assert refuse_page(PARAGRAPHS * 3, metadata, "https://a.example/x") is None


def test_a_page_that_declares_nothing_is_not_refused_for_it() -> None:
    assert (
        refuse_page(PARAGRAPHS[:1], read_metadata("<p>x", "https://a.example/x"), "https://a.example/x")
        is None
    )


@pytest.mark.parametrize("text", ["渡轮" * 30, "word " * 30])
def test_length_is_measured_in_words_of_any_script(text: str) -> None:
    assert refuse_body((text,)) is None
    assert refuse_body((text[: len(text) // 3],)) is not None


def test_a_short_page_that_asks_not_to_be_indexed_and_declares_nothing_is_no_article() -> None:
    """Consent and error pages in the article's place."""
    page = "<html><head><meta name='robots' content='noindex, follow'></head></html>"
    metadata = read_metadata(page, "https://a.example/x")
    refused = refuse_page(PARAGRAPHS[:1], metadata, "https://a.example/x")
    assert refused is not None
    assert refused.reason is RejectReason.NOT_ARTICLE
