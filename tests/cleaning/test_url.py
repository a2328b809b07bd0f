"""The canonical URL and the id made of it. The golden vectors are frozen: consumers keep these ids for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.url import article_id, canonical_url, registrable_domain

GOLDEN = [
    ("https://news.example/a/b", "https://news.example/a/b", "GOLDEN0"),
]
DECLARED = [
    # received, declared, canonical
    ("https://m.news.example/2024/05/01/river-floods-town?utm_source=x", "https://www.news.example/2024/05/01/river-floods-town", True),
    ("https://www.news.example/amp/river-floods-town", "/river-floods-town", True),
    ("https://www.news.example/river-floods-town", "https://www.news.example/", False),
    ("https://www.news.example/river-floods-town", "https://www.news.example", False),
    ("https://www.news.example/river-floods-town", "https://www.news.example/politics/", False),
    ("https://www.news.example/river-floods-town", "https://other.example/river-floods-town", False),
    ("https://www.news.co.uk/river-floods-town", "https://www.other.co.uk/river-floods-town", False),
    ("https://ann.blogspot.com/river-floods-town", "https://bob.blogspot.com/river-floods-town", False),
    ("https://www.news.example/a/story.html", "https://www.news.example/index.html", False),
    ("https://www.news.example/4711", "https://www.news.example/politics/a-long-headline-4711", True),
    ("https://www.news.example/story.php?id=7", "https://www.news.example/story.php", False),
    ("https://www.news.example/story.php?id=7", "https://www.news.example/story.php?id=7&utm_medium=mail", True),
    ("https://www.news.example/river-floods-town?page=2", "https://www.news.example/river-floods-town", True),
    ("https://www.news.example/river-floods-town", "javascript:void(0)", False),
    ("https://www.news.example/river-floods-town", "http://[broken", False),
    ("https://www.news.example/river-floods-town", "  ", False),
    ("https://www.news.example/a-b", "https://www.news.example/b-a", False),
]  # fmt: skip


@pytest.mark.parametrize(("url", "canonical", "identity"), GOLDEN, ids=[row[0] for row in GOLDEN])
def test_golden_vectors_never_change(url: str, canonical: str, identity: str) -> None:
    assert canonical_url(url) == canonical
    assert article_id(canonical) == identity


@pytest.mark.parametrize(("received", "declared", "believed"), DECLARED)
def test_a_declared_canonical_is_believed_only_when_it_can_name_the_article(
    received: str, declared: str, believed: bool
) -> None:
    assert (canonical_url(received, declared) != canonical_url(received)) is (
        believed and canonical_url(received) != canonical_url(declared)
    )


def test_a_believed_canonical_is_itself_brought_into_canonical_form() -> None:
    declared = "HTTPS://WWW.News.example:443/river-floods-town?fbclid=1#comments"
    assert (
        canonical_url("https://m.news.example/river-floods-town", declared)
        == "https://www.news.example/river-floods-town"
    )


def test_pages_that_all_name_the_home_page_keep_their_own_ids() -> None:
    urls = [f"https://news.example/story-number-{n}" for n in range(20)]
    assert len({article_id(canonical_url(url, "https://news.example/")) for url in urls}) == 20


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.bbc.co.uk/news", "bbc.co.uk"),
        ("https://someone@news.example:8443/a", "news.example"),
        ("https://a.b.unknowntld/x", "b.unknowntld"),
        ("https://a.github.io/x", "a.github.io"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("http://[::1]/", "[::1]"),
        ("http://localhost/", "localhost"),
        ("mailto:a@b.example", None),
    ],
)
def test_the_registrable_domain(url: str, domain: str | None) -> None:
    assert registrable_domain(url) == domain


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_canonical_form_is_idempotent_and_never_raises(host: str, path: str, declared: str) -> None:
    for url in (f"https://{host}.example/{path}", f"http://news.example/{path}?{declared}", host):
        once = canonical_url(url, declared)
        assert canonical_url(once) == once
        registrable_domain(url)
