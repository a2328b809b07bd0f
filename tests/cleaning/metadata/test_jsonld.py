# ruff: noqa: E501 -- tables read best whole
"""Structured data in the states that pages leave it in."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.metadata.authors import people
from streams.cleaning.metadata.jsonld import clean_text, read_jsonld

URL = "https://www.post.example/world/bridge-opens-early"
ARTICLE = {"@type": "NewsArticle", "headline": "Bridge opens early", "datePublished": "2026-11-20"}


def test_hidden_and_nested_structured_data_is_found() -> None:
    article = {"@graph": [{"@type": "WebSite"}, {"@type": ["NewsArticle"], "headline": "Q&amp;amp;A"}]}
    said = read_jsonld([f"<!-- {json.dumps(article)} -->;"])
    assert said.headline == "Q&A"
    assert "website" in said.types


def test_the_article_of_this_url_counts_among_several() -> None:
    other = {**ARTICLE, "headline": "Another", "author": "Bo Sample", "url": "https://www.post.example/other"}
    own = {**ARTICLE, "mainEntityOfPage": {"@id": "http://m.post.example/world/bridge-opens-early/?x=1"}}
    assert read_jsonld([json.dumps([other, own])], URL).headline == "Bridge opens early"


def test_without_urls_the_article_that_the_page_is_titled_with_counts() -> None:
    teasers = [{**ARTICLE, "headline": f"Teaser {i}", "author": "Bo Sample"} for i in range(3)]
    said = read_jsonld([json.dumps([*teasers, ARTICLE])], URL, "Bridge opens early | Post")
    assert said.headline == "Bridge opens early"
    assert said.articles == 4


def test_references_to_persons_and_organisations_are_followed() -> None:
    graph = [
        {**ARTICLE, "author": [{"@id": "#ann"}], "publisher": {"@id": "#post"}},
        {"@type": "Person", "@id": "#ann", "name": "Ann Example"},
        {"@type": "Organization", "@id": "#post", "name": "The Post"},
    ]
    said = read_jsonld([json.dumps({"@graph": graph})])
    assert people(said.author) == ("Ann Example",)
    assert said.publisher == "The Post"
    assert said.houses == ("The Post",)


def test_the_page_dates_its_article_where_no_article_is_described() -> None:
    said = read_jsonld(
        [json.dumps({"@type": "WebPage", "datePublished": "2026-11-20", "dateModified": "2026-11-21"})]
    )
    assert (said.page_published, said.modified, said.articles) == ("2026-11-20", "2026-11-21", 0)


def test_the_section_is_the_last_step_but_one_of_a_trail() -> None:
    steps = [{"@type": "ListItem", "name": name} for name in ("Home", "World", "Bridge opens early")]
    assert read_jsonld([json.dumps({"@type": "BreadcrumbList", "itemListElement": steps})]).section == "World"
    assert (
        read_jsonld([json.dumps({"@type": "BreadcrumbList", "itemListElement": steps[:2]})]).section is None
    )


BROKEN = {
    "raw line breaks": '{"@type": "NewsArticle", "headline": "Bridge\nopens early", "author": "Ann Example"}',
    "trailing commas": '{"@type": "NewsArticle", "headline": "Bridge opens early", "author": ["Ann Example",],}',
    "comments": '{"@type": "NewsArticle", /* our */ "headline": "Bridge opens early", // more\n "author": "Ann Example"}',
    "escaped for HTML": "{&quot;@type&quot;: &quot;NewsArticle&quot;, &quot;headline&quot;: &quot;Bridge opens early&quot;, &quot;author&quot;: &quot;Ann Example&quot;}",
    "bad escapes": r'{"@type": "NewsArticle", "headline": "Bridge opens early", "author": "Ann Example", "x": "it\'s"}',
    "one after another": '{"@type": "WebSite"}{"@type": "NewsArticle", "headline": "Bridge opens early", "author": "Ann Example"}',
    "cut off": '{"@type": "NewsArticle", "headline": "Bridge opens early", "author": {"name": "Ann Example"}, "image": [{"url":',
    "quotes inside": '{"@type": "NewsArticle", "description": "A "great" bridge", "headline": "Bridge opens early", "author": [{"@type": "Person", "name": "Ann Example"}]}',
    "a list of one": '[{"@type": "http://schema.org/NewsArticle", "headline": "Bridge opens early", "author": {"name": "Ann Example"}}]',
    "CDATA": '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Bridge opens early", "author": "Ann Example"}\n//]]>',
}  # fmt: skip


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN.keys())
def test_broken_structured_data_is_read_as_far_as_it_goes(script: str) -> None:
    said = read_jsonld([script])
    assert said.headline == "Bridge opens early"
    assert people(said.author) == ("Ann Example",)
    assert "newsarticle" in said.types


@pytest.mark.parametrize(
    "script",
    [
        "",
        "{",
        "[" * 100_000,
        '{"author": ' * 50_000,
        '{"a": "' + '\\"' * 100_000,
        "{" + "/*" * 100_000,
        "{" + '"url" : "x\n' * 20_000,
        "//<![CDATA[\n{}\n//]]>",
        "null",
        '{"@type": 7}',
        '{"@type": "NewsArticle", "headline": [[]]}',
        '{"@type": "NewsArticle", "headline": {"name": {"name": "x"}}}',
        " " * 1_000_000 + "x",
    ],
    ids=range(13),
)
def test_structured_data_beyond_repair_is_passed_over(script: str) -> None:
    assert read_jsonld([script]).headline is None


def test_lone_surrogates_do_not_leave_the_text() -> None:
    said = read_jsonld(['{"@type": "NewsArticle", "headline": "Bridge \\ud83d opens"}'])
    assert said.headline == "Bridge opens"
    assert clean_text("a\ud800b&nbsp; c") == "ab c"


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["@type", "@id", "name", "author", "headline", "publisher", "itemListElement", "url"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.integers(0, 60))
def test_reading_structured_data_never_raises(value: Any, end: int) -> None:
    text = json.dumps(value)
    for script in (
        text,
        text[:end],
        json.dumps({"@type": "Article", "headline": "x", "author": value, "publisher": value}),
    ):
        people(read_jsonld([script], URL, "x").author)
