"""What producers say of an article, in the states that feeds leave it in."""

import pytest

from streams.cleaning import clean
from streams.cleaning.hints import with_plain_hints
from streams.events import CleanedArticle, RawArticle

BODY = "The bridge over the river was opened a week early, the council said on Monday. " * 4


def raw(headline: str | None = None, authors: tuple[str, ...] = ()) -> RawArticle:
    return RawArticle(
        url="https://post.example/bridge",
        received_at="2026-11-20T08:00:00Z",
        content=BODY,
        content_type="text/plain",
        headline=headline,
        authors=authors,
    )


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("<b>Bridge</b> opens <a href='/x'>early</a>", "Bridge opens early"),
        ("&lt;i&gt;Bridge&lt;/i&gt; opens early", "Bridge opens early"),
        ("Bridges &amp;amp; tunnels", "Bridges & tunnels"),
        ("How <video> came to the web", "How <video> came to the web"),
        ("Is 3 < 4 and 5 > 4?", "Is 3 < 4 and 5 > 4?"),
        ("<br/>", None),
    ],
)
def test_a_headline_is_text(given: str, plain: str | None) -> None:
    assert with_plain_hints(raw(given)).headline == plain


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (("By Ann Example",), ("Ann Example",)),
        (("<span class='by'>By Ann Example</span>",), ("Ann Example",)),
        (("Ann Example and Bo Sample",), ("Ann Example", "Bo Sample")),
        (("Ann Example", "Bo Sample"), ("Ann Example", "Bo Sample")),
        ((), ()),
    ],
)
def test_authors_are_names(given: tuple[str, ...], names: tuple[str, ...]) -> None:
    assert with_plain_hints(raw(authors=given)).authors == names


def test_cleaning_reads_hints_so() -> None:
    article = clean(raw("<b>Bridge opens early</b>", ("By Ann Example",)))
    assert isinstance(article, CleanedArticle)
    assert (article.headline, article.authors) == ("Bridge opens early", ("Ann Example",))
