# ruff: noqa: E501 -- sample pages read best whole
"""What a page says about its article, and which of its voices counts."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.metadata import Metadata, read_metadata
from tests.cleaning.samples import HEADLINE, PAGE, URL


def page(head: str = "", body: str = "", language: str = "en") -> str:
    return f"<html lang='{language}'><head>{head}</head><body>{body}</body></html>"


def metadata_of(html: str, url: str = "https://a.example/x") -> Metadata:
    return read_metadata(LexborHTMLParser(html), url)


def linked(**article: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', **article})}</script>"


def test_json_ld_comes_before_opengraph() -> None:
    said = metadata_of(
        PAGE.replace("<head>", "<head><meta property='article:published_time' content='2001-01-01'>"), URL
    )
    assert str(said.published) == "2026-11-20T17:30:00Z"
    assert said.headline == HEADLINE
    assert said.declares_article is True
    assert (said.dated, said.articles) == ("article", 1)


def test_opengraph_speaks_where_json_ld_is_silent() -> None:
    head = (
        "<meta property='og:title' content='A bridge is built'><meta property='article:published_time' content='2026-11-20'>"
        "<meta name='author' content='By Ann Example and Bo Sample'><meta property='og:site_name' content='Post'>"
    )
    said = metadata_of(page(head))
    assert (said.headline, said.publisher) == ("A bridge is built", "Post")
    assert said.authors == ("Ann Example", "Bo Sample")
    assert str(said.published) == "2026-11-20T00:00:00Z"


@pytest.mark.parametrize(
    "name",
    [
        "parsely-author",
        "sailthru.author",
        "DC.creator",
        "dcterms.creator",
        "citation_author",
        "article:author",
        "byl",
        "cXenseParse:author",
        "bt:author",
        "vr:author",
    ],
)
def test_authors_are_known_in_every_vocabulary(name: str) -> None:
    assert metadata_of(page(f"<meta name='{name}' content='Ann Example'>")).authors == ("Ann Example",)


@pytest.mark.parametrize("label", ["Written by", "Verfasst von", "Écrit par", "Escrito por", "Scritto da"])
def test_the_card_for_twitter_names_the_author_in_the_pages_language(label: str) -> None:
    head = f"<meta name='twitter:label1' content='{label}'><meta name='twitter:data1' content='Ann Example'>"
    assert metadata_of(page(head)).authors == ("Ann Example",)


def test_all_authors_of_a_paper_are_named_given_name_first() -> None:
    head = (
        "<meta name=citation_author content='Example, Ann'><meta name=citation_author content='Sample, Bo'>"
    )
    assert metadata_of(page(head)).authors == ("Ann Example", "Bo Sample")


def test_the_byline_near_the_headline_names_the_person_where_the_data_name_the_publisher() -> None:
    head = "<meta property='og:site_name' content='Harbour Post'>" + linked(
        headline="Bridge opens", author={"name": "Harbour Post"}
    )
    said = metadata_of(page(head, "<h1>Bridge opens</h1><div>By <a href=/ann>Ann Example</a></div>"))
    assert said.authors == ("Ann Example",)
    assert metadata_of(page(head, "<h1>Bridge opens</h1>")).authors == ("Harbour Post",)


def test_names_far_from_the_headline_count_only_if_they_agree() -> None:
    head = linked(headline="Bridge opens", author={"name": "Post Team"})
    one = "<h1>Bridge opens</h1><p>Text.</p>" + "<span class=author>Ann Example</span>" * 2
    assert metadata_of(page(head, one)).authors == ("Ann Example",)
    several = one + "<span class=author>Bo Sample</span>"
    assert metadata_of(page(head, several)).authors == ("Post Team",)


def test_agencies_in_the_byline_are_credits() -> None:
    said = metadata_of(
        page(linked(headline="Bridge opens", author=[{"name": "Ann Example"}, {"name": "dpa"}]))
    )
    assert (said.authors, said.credits) == (("Ann Example",), ("dpa",))
    said = metadata_of(page(linked(headline="Bridge opens", author={"name": "Reuters"})))
    assert (said.authors, said.credits) == (("Reuters",), ("Reuters",))


def test_the_h1_is_the_headline_when_it_says_what_the_title_says() -> None:
    head = "<title>Bridge over the Tarn opens early: five facts | Post</title>"
    assert (
        metadata_of(page(head, "<h1>Bridge over the Tarn opens early</h1>")).headline
        == "Bridge over the Tarn opens early"
    )
    assert (
        metadata_of(page(head, "<h1>The Harbour Post</h1>")).headline
        == "Bridge over the Tarn opens early: five facts"
    )


def test_the_words_of_an_h1_are_kept_apart() -> None:
    said = metadata_of(page("", "<h1><span>Tarn bridge:</span><span>It opens early</span></h1>"))
    assert said.headline == "Tarn bridge: It opens early"


def test_visible_dates_and_bylines_fill_the_gaps() -> None:
    body = "<p class='byline'>By Ann Example</p><span class='post-date'>20 November 2026</span>"
    said = metadata_of(page(body=body))
    assert said.authors == ("Ann Example",)
    assert str(said.published) == "2026-11-20T00:00:00Z"
    assert said.declares_article is None
    assert said.dated == "guessed"


def test_the_publisher_is_the_sites_name_and_not_its_host() -> None:
    head = "<meta property='og:site_name' content='www.post.example'>" + linked(
        headline="x", publisher={"name": "The Post"}
    )
    assert metadata_of(page(head)).publisher == "The Post"
    assert (
        metadata_of(page("<meta property='og:site_name' content='www.post.example'>")).publisher
        == "www.post.example"
    )


@pytest.mark.parametrize(
    ("head", "section"),
    [
        (linked(headline="x", articleSection=["World", "Europe"]), "World"),
        ("<meta property='article:section' content='World'>", "World"),
        ("<meta name='parsely-section' content='World'>", "World"),
        ("", "politics"),
    ],
)
def test_the_section_comes_from_the_data_before_the_path(head: str, section: str) -> None:
    assert metadata_of(page(head), "https://a.example/politics/bridge-opens").section == section


def test_two_different_canonicals_are_none() -> None:
    links = "<link rel=canonical href=/a><link rel=canonical href=/b>"
    assert metadata_of(page(links), URL).canonical is None
    assert metadata_of(page(links[: len(links) // 2]), URL).canonical == "/a"


def test_a_canonical_in_the_body_is_not_the_publishers() -> None:
    assert metadata_of(page(body="<p>x<link rel=canonical href=/a>"), URL).canonical is None


def test_what_the_page_calls_itself_is_told() -> None:
    head = "<meta property='og:type' content='product'><meta name=robots content='noindex'>" + linked(
        headline="x"
    )
    said = metadata_of(page(head, "<h1>One heading</h1><h1>Another</h1><time>noon</time>"))
    assert (said.og_type, said.robots, said.types) == ("product", "noindex", frozenset({"newsarticle"}))
    assert (said.articles, said.headings, said.times) == (1, 2, 1)


def test_the_tree_stays_as_it_is() -> None:
    tree = LexborHTMLParser(PAGE)
    before = tree.html
    read_metadata(tree, URL)
    assert tree.html == before


@pytest.mark.parametrize(
    "html",
    [
        "<meta property='article:author' content='Ann Example and'>" * 10_000,
        "<meta name='published-date' content='tomorrow'>" * 10_000,
        "<h1>A heading of the page</h1>" * 10_000,
        "<div class='author date' itemprop=headline>" * 400 + "word " * 100_000,
        "<script type='application/ld+json'>{x</script>" * 10_000,
        "<title>" + "| " * 100_000,
        "<p>" + "Published 2026 " * 100_000,
        "<h1>A heading of the page</h1>" + "<b>x</b> " * 20_000,
        "<h1>By</h1>" + "<p>by </p>" * 20_000,
    ],
    ids=range(9),
)
def test_a_page_of_nothing_but_metadata_says_nothing_and_ends(html: str) -> None:
    assert metadata_of(html).published is None


@given(
    st.lists(
        st.sampled_from(
            [
                "<h1>",
                "</h1>",
                "By ",
                "Ann Example",
                "<time>",
                "2026-11-20",
                "<p>",
                "</div>",
                "<meta content=x name=author>",
                "\0",
                "<span class=date>",
                "é",
            ]
        ),
        max_size=20,
    )
)
def test_reading_metadata_never_raises(parts: list[str]) -> None:
    metadata_of("".join(parts))
