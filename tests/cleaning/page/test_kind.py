"""Whether a page is an article."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from streams.cleaning import clean
from streams.cleaning.explain import Asked, explain
from streams.cleaning.metadata import read_metadata
from streams.cleaning.page.body import judge
from streams.cleaning.page.kind import COLUMNS, article_probability, row
from streams.cleaning.page.outline import outline_of
from streams.cleaning.verdict import NOT_ARTICLE
from streams.events import CleanedArticle, Rejected
from streams.vocabulary import RejectReason
from tests.cleaning.page.pages import ARTICLE, OTHERS, TEXTS, URL, news_page
from tests.cleaning.samples import PAGE, raw
from tests.cleaning.samples import URL as PAGE_URL
from tests.cleaning.soups import soup

NEWS = {
    "article": (ARTICLE, URL),
    "plain": (PAGE, PAGE_URL),
    **{
        name: (news_page(name), f"https://news.example/{name}/2026/11/20/old-ferry-returns.html")
        for name in TEXTS
    },
}


def columns(page: str, url: str) -> dict[str, float]:
    tree = LexborHTMLParser(page)
    metadata = read_metadata(tree, url)
    outline = outline_of(tree)
    found = row(outline, judge(outline, metadata.headline), metadata, url)
    return dict(zip(COLUMNS, found.tolist(), strict=True))


def probability(page: str, url: str) -> float:
    tree = LexborHTMLParser(page)
    metadata = read_metadata(tree, url)
    outline = outline_of(tree)
    return article_probability(outline, judge(outline, metadata.headline), metadata, url)


@pytest.mark.parametrize("name", sorted(NEWS))
def test_news_in_any_language_is_an_article(name: str) -> None:
    page, url = NEWS[name]
    assert isinstance(clean(raw(page, url=url)), CleanedArticle)


@pytest.mark.parametrize("name", ["home", "forum", "shop"])
def test_shops_forums_and_home_pages_are_no_articles(name: str) -> None:
    page, url = OTHERS[name]
    result = clean(raw(page, url=url))
    assert isinstance(result, Rejected)
    assert result.reason is RejectReason.NOT_ARTICLE


@pytest.mark.parametrize("name", ["home", "forum", "shop"])
def test_what_is_no_article_needs_no_second_opinion_of_its_body(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.cleaning.page.extract.DOUBTFUL", 2.0)
    page, url = OTHERS[name]
    explained = explain(raw(page, url=url))
    assert isinstance(explained.outcome, Rejected)
    assert explained.asked is Asked.NOT


def test_every_article_is_likelier_one_than_every_other_page() -> None:
    least = min(probability(*page) for page in NEWS.values())
    most = max(probability(*page) for page in OTHERS.values())
    assert 0 < most < NOT_ARTICLE < least < 1


def test_the_columns_say_what_the_page_says_of_itself() -> None:
    page = columns(ARTICLE, f"{URL}-2026.html?page=2")
    assert (page["og_article"], page["og_website"], page["authors"] > 0) == (1, 0, True)
    assert (page["segments"], page["root"], page["extension"], page["path_digits"]) == (2, 0, 1, 4)
    assert page["query"] == len("page=2")
    assert page["h1"] == 1
    assert columns(PAGE, PAGE_URL)["ld_article"] == 1
    assert columns(PAGE, "https://a.example/")["root"] == 1


def test_the_columns_count_what_shops_and_listings_have_much_of() -> None:
    shop, home, article = (columns(*page) for page in (OTHERS["shop"], OTHERS["home"], (ARTICLE, URL)))
    assert shop["prices"] == 10
    assert shop["inputs"] == 2
    assert shop["below_product"] > 0.5
    assert home["articles_marked"] == 10
    assert home["linked_headings"] == 10
    assert article["articles_marked"] == 1
    assert article["linked_headings"] == 3  # the teasers below
    assert article["prices"] == 0
    assert (shop["body_listing"], article["body_listing"]) == (1, 0)


def test_the_columns_tell_prose_from_scraps() -> None:
    shop, article = columns(*OTHERS["shop"]), columns(ARTICLE, URL)
    assert article["kept_prose"] > shop["kept_prose"]
    assert article["prose_blocks"] >= 7
    assert 0 < article["kept_share"] < 1


@pytest.mark.parametrize(
    "url", ["https://[not-an-address/", "", "no url at all", "https://a.example/%zz/é?ü"]
)
def test_odd_urls_are_no_trouble(url: str) -> None:
    tree = LexborHTMLParser(ARTICLE)
    metadata = read_metadata(tree, URL)
    outline = outline_of(tree)
    assert np.isfinite(row(outline, judge(outline, None), metadata, url)).all()


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(soup(), st.sampled_from([URL, "https://a.example/", "https://a.example/2026/1/2/x-y-z?p=1"]))
def test_every_column_of_any_soup_is_a_number(page: str, url: str) -> None:
    found = columns(page, url)
    assert len(found) == len(COLUMNS)
    assert np.isfinite(list(found.values())).all()
