# ruff: noqa: E501 -- sample texts and tables read best whole
"""What a page says about its article, and which of its voices counts."""

import json

import pytest

from streams.cleaning.jsonld import people, read_jsonld
from streams.cleaning.metadata import read_metadata
from tests.cleaning.samples import HEADLINE, PAGE, URL


def page(head: str = "", body: str = "") -> str:
    return f"<html><head>{head}</head><body>{body}</body></html>"


def test_json_ld_comes_before_opengraph() -> None:
    said = read_metadata(
        PAGE.replace("<head>", "<head><meta property='article:published_time' content='2001-01-01'>"), URL
    )
    assert str(said.published) == "2026-11-20T17:30:00Z"
    assert said.headline == HEADLINE
    assert said.declares_article is True


def test_opengraph_speaks_where_json_ld_is_silent() -> None:
    head = (
        "<meta property='og:title' content='A bridge is built'><meta property='article:published_time' content='2026-11-20'>"
        "<meta name='author' content='By Ann Example and Bo Sample'><meta property='og:site_name' content='Post'>"
    )
    said = read_metadata(page(head), "https://a.example/x")
    assert (said.headline, said.publisher) == ("A bridge is built", "Post")
    assert said.authors == ("Ann Example", "Bo Sample")
    assert str(said.published) == "2026-11-20T00:00:00Z"


def test_the_h1_is_the_headline_when_it_says_what_the_title_says() -> None:
    head = "<title>Bridge over the Tarn opens early: five facts | Post</title>"
    assert read_metadata(page(head, "<h1>Bridge over the Tarn opens early</h1>"), URL).headline == (
        "Bridge over the Tarn opens early"
    )
    assert read_metadata(page(head, "<h1>The Harbour Post</h1>"), URL).headline == head[7:-8]


def test_visible_dates_and_bylines_fill_the_gaps() -> None:
    body = "<p class='byline'>By Ann Example</p><span class='post-date'>20 November 2026</span>"
    said = read_metadata(page(body=body), "https://a.example/x")
    assert said.authors == ("Ann Example",)
    assert str(said.published) == "2026-11-20T00:00:00Z"
    assert said.declares_article is None


def test_two_different_canonicals_are_none() -> None:
    links = "<link rel=canonical href=/a><link rel=canonical href=/b>"
    assert read_metadata(page(links), URL).canonical is None
    assert read_metadata(page(links[: len(links) // 2]), URL).canonical == "/a"


def test_a_canonical_in_the_body_is_not_the_publishers() -> None:
    assert read_metadata(page(body="<p>x<link rel=canonical href=/a>"), URL).canonical is None


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{",
        "[" * 100_000,
        "//<![CDATA[\n{}\n//]]>",
        "null",
        '{"@type": 7}',
        '{"@type": "NewsArticle", "headline": [[]]}',
        " " * 1_000_000 + "x",
    ],
)
def test_broken_structured_data_is_passed_over(script: str) -> None:
    assert read_jsonld([script]).headline is None


def test_hidden_and_nested_structured_data_is_found() -> None:
    article = {"@graph": [{"@type": "WebSite"}, {"@type": ["NewsArticle"], "headline": "Q&amp;amp;A"}]}
    said = read_jsonld([f"<!-- {json.dumps(article)} -->;"])
    assert said.headline == "Q&A"
    assert "website" in said.types


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("By Ann Example", ("Ann Example",)),
        ("Ann Example, Bo Sample and Cy Model", ("Ann Example", "Bo Sample", "Cy Model")),
        ([{"name": "Ann Example"}, {"name": "Ann Example"}, "https://a.example/ann"], ("Ann Example",)),
        ({"name": ["Ann Example", "Bo Sample"]}, ("Ann Example", "Bo Sample")),
        ("ann@a.example", ()),
        (None, ()),
        (7, ()),
    ],
)
def test_author_fields_in_all_their_forms(field: object, names: tuple[str, ...]) -> None:
    assert people(field) == names
