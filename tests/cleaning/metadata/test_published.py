# ruff: noqa: E501 -- sample pages read best whole
"""When an article was published and changed, out of what its page says in several places."""

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.metadata import Metadata, read_metadata
from streams.cleaning.metadata.published import order_of
from streams.vocabulary import Precision

HEADING = "<h1>Bridge over the Tarn opens</h1>"
PROSE = "<p>" + "The bridge over the river was opened by the mayor in the morning. " * 4 + "</p>"


def read(head: str = "", body: str = "", url: str = "https://a.example/x", language: str = "en") -> Metadata:
    html = f"<html lang='{language}'><head>{head}</head><body>{body}</body></html>"
    return read_metadata(LexborHTMLParser(html), url)


def linked(**article: object) -> str:
    return f"<script type='application/ld+json'>{json.dumps({'@type': 'NewsArticle', 'headline': 'x', **article})}</script>"


@pytest.mark.parametrize(
    "tag",
    [
        "<meta property='article:published_time' content='2026-11-20'>",
        "<meta name='DC.date.issued' content='2026-11-20'>",
        "<meta name='dcterms.created' content='2026-11-20'>",
        "<meta name='citation_publication_date' content='2026/11/20'>",
        "<meta name='prism.publicationDate' content='2026-11-20'>",
        "<meta name='parsely-pub-date' content='2026-11-20'>",
        "<meta name='sailthru.date' content='Fri, 20 Nov 2026 10:00:00 +0000'>",
        "<meta name='cXenseParse:recs:publishtime' content='2026-11-20T10:00:00Z'>",
        "<meta name='bt:pubDate' content='2026-11-20'>",
        "<meta name='w-published-date' content='2026-11-20'>",
        "<meta itemprop='datePublished' content='2026-11-20'>",
        "<meta name='date' content='November 20, 2026'>",
        """<meta name="script:ld+json" content='{"@type": "Article", "headline": "x", "datePublished": "2026-11-20"}'>""",
    ],
)
def test_the_day_is_known_in_every_vocabulary(tag: str) -> None:
    said = read(tag)
    assert str(said.published)[:10] == "2026-11-20"
    assert said.dated == "article"


@pytest.mark.parametrize(
    ("dateline", "language"),
    [
        ("<p>Published on 20 November 2026</p>", "en"),
        ("<div>By Ann Example</div><div>November 20, 2026</div>", "en"),
        ("<span>Veröffentlicht am</span> <span>20.11.2026</span>", "de"),
        ("<p>Publié le 20 novembre 2026</p>", "fr"),
        ("<p>Publicado el 20/11/2026</p>", "es"),
        ("<p>公開日 2026年11月20日</p>", "ja"),
        ("<time datetime='2026-11-20'>Friday</time>", "en"),
        ("<time>20 Nov 2026</time>", "en"),
        ("<ul><li>Politics</li><li>20 Kasım 2026</li></ul>", "tr"),
        ("<p>Updated 21 November 2026</p><p>20 November 2026</p>", "en"),
        ("<p>20 November 2026, updated 21 November 2026</p>", "en"),
    ],
)
def test_a_dateline_below_the_headline_is_read(dateline: str, language: str) -> None:
    said = read(body=HEADING + dateline + PROSE, language=language)
    assert str(said.published)[:10] == "2026-11-20"
    assert said.dated == "guessed"


def test_a_date_above_the_headline_is_read_but_not_todays_in_the_sites_header() -> None:
    header = "<header><span>Saturday, November 21, 2026</span></header>"
    assert (
        str(read(body=f"{header}<div><span>20 November 2026</span>{HEADING}</div>").published)[:10]
        == "2026-11-20"
    )
    assert read(body=f"{header}<div>{HEADING}{PROSE}</div>").published is None


def test_a_date_behind_the_body_is_not_the_articles() -> None:
    assert read(body=HEADING + PROSE * 2 + "<p>20 November 2026</p>").published is None


def test_a_date_anywhere_counts_when_it_is_called_the_day_of_publication() -> None:
    said = read(body=HEADING + PROSE * 2 + "<p>Founded in 1999.</p><p>Posted on November 20, 2026</p>")
    assert str(said.published)[:10] == "2026-11-20"


def test_a_page_that_only_names_its_last_change_was_published_by_then() -> None:
    said = read(body=HEADING + "<p>Last updated: 20 November 2026</p>" + PROSE)
    assert str(said.published)[:10] == str(said.modified)[:10] == "2026-11-20"


def test_the_day_that_a_site_gives_to_every_page_is_told_apart() -> None:
    plugin = json.dumps({"@type": "WebPage", "datePublished": "2026-11-20T10:00:00Z"})
    said = read(f"<script type='application/ld+json'>{plugin}</script>")
    assert (str(said.published), said.dated) == ("2026-11-20T10:00:00Z", "page")
    assert said.declares_article is False


def test_the_day_in_the_path_counts_where_no_place_names_one() -> None:
    assert str(read(url="https://a.example/2026/11/20/bridge").published)[:10] == "2026-11-20"


def test_an_earlier_date_beside_the_headline_is_believed_against_the_day_a_site_moved() -> None:
    moved = linked(datePublished="2026-11-20T10:00:00Z")
    assert str(read(moved, HEADING + "<p>3 May 2019</p>" + PROSE).published)[:10] == "2019-05-03"
    assert str(read(moved, HEADING + "<p>Updated 3 May 2019</p>" + PROSE).published)[:10] == "2026-11-20"
    assert str(read(moved, HEADING + "<p>19 November 2026</p>" + PROSE).published)[:10] == "2026-11-20"


def test_the_time_of_day_comes_from_where_it_is_known() -> None:
    head = (
        linked(datePublished="2026-11-20")
        + "<meta property='article:published_time' content='2026-11-20T18:30:00+01:00'>"
    )
    said = read(head)
    assert (str(said.published), said.published and said.published.precision) == (
        "2026-11-20T17:30:00Z",
        Precision.SECOND,
    )


def test_a_time_without_a_zone_takes_the_offset_that_the_page_gives_elsewhere() -> None:
    said = read(linked(datePublished="2026-11-20T18:30:00", dateModified="2026-11-20T19:00:00+01:00"))
    assert str(said.published) == "2026-11-20T17:30:00Z"
    assert str(read(linked(datePublished="2026-11-20T18:30:00")).published) == "2026-11-20T18:30:00Z"


def test_midnight_stands_for_a_day_of_the_publishers_calendar() -> None:
    said = read(linked(datePublished="2026-11-20T00:00:00+08:00"))
    assert (str(said.published), said.published and said.published.precision) == (
        "2026-11-20T00:00:00Z",
        Precision.DAY,
    )


def test_a_change_long_before_the_publication_is_no_change() -> None:
    assert read(linked(datePublished="2026-11-20", dateModified="2026-11-01")).modified is None
    assert (
        str(read(linked(datePublished="2026-11-20", dateModified="2026-11-22")).modified)[:10] == "2026-11-22"
    )


@pytest.mark.parametrize(
    ("language", "url", "order"),
    [
        ("en-US", "https://a.example/", "mdy"),
        ("en", "https://a.gov/x", "mdy"),
        ("en-GB", "https://a.example/", "dmy"),
        ("en", "https://a.co.uk/x", "dmy"),
        ("en", "https://a.com.au:8080/x", "dmy"),
        ("de", "https://a.example/", "dmy"),
        ("pt_BR", "https://a.example/", "dmy"),
        ("en", "https://a.com/x", None),
        (None, "https://a.com/x", None),
    ],
)
def test_the_order_of_figures_follows_language_and_country(
    language: str | None, url: str, order: str | None
) -> None:
    assert order_of(language, url) == order


def test_figures_that_can_be_two_days_are_none_unless_the_page_names_one_of_them_elsewhere() -> None:
    dateline = HEADING + "<p>03/04/2026</p>" + PROSE
    assert read(body=dateline).published is None
    assert str(read(body=dateline, language="fr").published)[:10] == "2026-04-03"
    assert str(read(body=dateline, language="en-US").published)[:10] == "2026-03-04"
    changed = "<meta property='article:modified_time' content='2026-04-03T10:00:00Z'>"
    assert str(read(changed, dateline).published)[:10] == "2026-04-03"
