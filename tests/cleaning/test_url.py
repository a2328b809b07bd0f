# ruff: noqa: E501 -- sample texts and tables read best whole
"""The canonical URL and the id made of it. The golden vectors are frozen: consumers keep these ids for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.cleaning.url import article_id, canonical_url, registrable_domain, section_in_path

GOLDEN = [
    ("https://news.example/a/b", "https://news.example/a/b", "eca69331f05e89bc951166aa2eda2923"),
    ("HTTPS://News.Example:443/a/b#part", "https://news.example/a/b", "eca69331f05e89bc951166aa2eda2923"),
    ("http://news.example:80/a/b", "http://news.example/a/b", "307b12af1951bad0dcd010963f07a0c5"),
    ("http://news.example:8080/a/b", "http://news.example:8080/a/b", "130971bcddc7eb08bdaf3f911773c9d5"),
    ("https://reader:secret@news.example/a/b", "https://news.example/a/b", "eca69331f05e89bc951166aa2eda2923"),
    ("https://news.example.", "https://news.example/", "4366e5a4348443459e63ca67707a5f00"),
    ("https://news.example?", "https://news.example/", "4366e5a4348443459e63ca67707a5f00"),
    ("https://news.example/a/b/", "https://news.example/a/b/", "8206f37f02689ef0f5d29730fc1e3de2"),
    ("https://news.example/A/b", "https://news.example/A/b", "29905f611ba321cd24b95ca89a52aea7"),
    ("https://news.example/a/./b/../c", "https://news.example/a/c", "0a32280e772ed42578dacd03a20abaa1"),
    ("https://news.example/a//b", "https://news.example/a//b", "726f1d7dc8213e7d72cbdcc4c218df6a"),
    ("https://news.example/%7euser/caf%c3%a9", "https://news.example/~user/caf%C3%A9", "fdcdf21e3b4646ee7108767a20d7fbfa"),
    ("https://news.example/~user/café", "https://news.example/~user/caf%C3%A9", "fdcdf21e3b4646ee7108767a20d7fbfa"),
    ("https://news.example/a b", "https://news.example/a%20b", "c5a5613b63ce4026414f631719f90f54"),
    ("https://news.example/100%", "https://news.example/100%25", "292f4c9b8db046a0237a7de01f66db63"),
    ("https://bücher.example/a", "https://xn--bcher-kva.example/a", "ccfcb0dcb58c2eb5b6ad3a7c1792c53c"),
    ("https://straße.example/a", "https://xn--strae-oqa.example/a", "f8281132e98b4452cefaf2a65b8b7b59"),
    ("https://新闻.example/新闻/1", "https://xn--efvy88h.example/%E6%96%B0%E9%97%BB/1", "c15f54996f834a6116b921f97edd22f3"),
    ("https://news.example/a?utm_source=x&id=7&utm_medium=y&page=2", "https://news.example/a?id=7&page=2", "ef63c5a10947ce7d43c0a9ce6fc017ea"),
    ("https://news.example/a?b=2&a=1", "https://news.example/a?b=2&a=1", "c1382812c7df8e37b8ec1ef6eb7b9654"),
    ("https://news.example/a?fbclid=1", "https://news.example/a", "f65cc979f2fa2d3a0b030e7616628033"),
    ("https://news.example/a?UTM_Campaign=x&GCLID=2", "https://news.example/a", "f65cc979f2fa2d3a0b030e7616628033"),
    ("https://news.example/a?id", "https://news.example/a?id", "073c2c0a9bcf37d7b63c848e6690cc40"),
    ("https://news.example/a?&&id=7&", "https://news.example/a?id=7", "59a00b1d11d929f55300398d492ff5d9"),
    ("https://news.example/a;jsessionid=AB12?id=7", "https://news.example/a?id=7", "59a00b1d11d929f55300398d492ff5d9"),
    ("https://news.example/a?q=a+b%2fc&ref=home", "https://news.example/a?q=a+b%2Fc&ref=home", "e42c3f1761ac3e98891ccb6c0b64fb82"),
    ("https://news.example/a?q=ä", "https://news.example/a?q=%C3%A4", "f8a37a8179ae877c757f08f66ffa00ed"),
    ("https://news.example/a#!/story/7", "https://news.example/a", "f65cc979f2fa2d3a0b030e7616628033"),
    ("  https://news.example/a\n", "https://news.example/a", "f65cc979f2fa2d3a0b030e7616628033"),
    ("https://[2001:DB8::1]:443/a", "https://[2001:db8::1]/a", "eed288117ab8b5c57928f24c2bcbacbf"),
    ("https:\\\\news.example\\a", "https://news.example/a", "f65cc979f2fa2d3a0b030e7616628033"),
    ("local.invalid/no-scheme", "local.invalid/no-scheme", "7b7d782fc72c03b9b9be469b4b2ee142"),
    ("https://news.example/a#:~:text=flood", "https://news.example/a", "f65cc979f2fa2d3a0b030e7616628033"),
    ("https://a@b@news.example/a", "https://news.example/a", "f65cc979f2fa2d3a0b030e7616628033"),
    ("https://news.example:/a", "https://news.example/a", "f65cc979f2fa2d3a0b030e7616628033"),
    ("https://news.example/a%2Fb", "https://news.example/a%2Fb", "52d92034797f6417eb2bd4f21b2425dd"),
    ("https://news.example/a%252Fb", "https://news.example/a%252Fb", "fdf9c14a21dc573c7282703415bfa974"),
    ("https://news.example/amp/a", "https://news.example/amp/a", "827fd1a064a2f192cd8c2f85448837e3"),
    ("https://news.example/a?amp=1", "https://news.example/a?amp=1", "b342f771b3a56429a1cc8190acc8f621"),
    ("https://news.example/a?page=2", "https://news.example/a?page=2", "4585166afa110c5815a0890fafd20f7d"),
    ("http://192.168.01.1/a", "http://192.168.01.1/a", "9af0b6e05f9d54b6b7d1704e29a86c6a"),
    ("http://１.1.1.1/a", "http://1.1.1.1/a", "5490fb5f99219aee13d2ccc895a0b91b"),
    ("http://]", "http://]", "6ac4e96f60db364974df37670317dea3"),
    ("http://[::1", "http://[::1", "ac05ec0b7d24d8a1609d3886ffac9dd6"),
    ("http://news.example:x/a", "http://news.example:x/a", "e68247aaf2044cf99192e4a243c4df42"),
    ("https://local.invalid/page.html", "https://local.invalid/page.html", "f3d626840a1f88e4a8d62574c0bcfbf9"),
]  # fmt: skip
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
    ("https://www.news.example/river-floods-town/amp/", "https://www.news.example/river-floods-town/", True),
    ("https://m.news.example/river-floods-town/", "https://www.news.example/river-floods-town/", True),
    ("https://www.news.example/politics/", "https://www.news.example/", False),
    ("https://www.news.example/river-floods-town.amp.html", "https://www.news.example/river-floods-town.html", True),
    ("https://amp.news.example/river-floods-town", "https://www.news.example/river-floods-town", True),
    ("https://www.news.example/print/river-floods-town", "https://www.news.example/river-floods-town", True),
    ("https://www.news.example/print.php?id=4711", "https://www.news.example/river-floods-town-4711", False),
    ("http://www.news.example/river-floods-town", "https://www.news.example/river-floods-town", True),
    ("https://www.news.example/river-floods-town", "//www.news.example/world/river-floods-town", True),
    ("https://www.news.example/world/river-floods-town", "../uk/river-floods-town", True),
    ("https://www.bücher.example/river-floods-town", "https://xn--bcher-kva.example/river-floods-town", True),
    ("http://10.0.0.1/river-floods-town", "http://10.0.0.2/river-floods-town", False),
    ("http://256.1.1.1/river-floods-town", "http://256.2.1.1/river-floods-town", False),
    ("https://www.news.example/river-floods-town", "http://]", False),
    ("https://www.news.example/river-floods-town", "https://www.news.example/404", False),
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
        ("http://192.168.01.1/", "192.168.01.1"),
        ("http://256.1.1.1/", "256.1.1.1"),
        ("http://0x7f.0.0.1/", "0x7f.0.0.1"),
        ("http://]", None),
        ("https://co.uk/a", "co.uk"),
        ("https://www.bbc.co.uk%2Fnews", "bbc.co.uk"),
        ("https://www。bbc.co.uk。/news", "bbc.co.uk"),
        ("http://localhost/", "localhost"),
        ("mailto:a@b.example", None),
    ],
)
def test_the_registrable_domain(url: str, domain: str | None) -> None:
    assert registrable_domain(url) == domain


@pytest.mark.parametrize(
    ("url", "section"),
    [
        ("https://news.example/world/river-floods-town", "world"),
        ("https://news.example/us-news/2026/11/20/river-floods-town", "us news"),
        ("https://news.example/articles/river-floods-town", None),
        ("https://news.example/de/river-floods-town", None),
        ("https://news.example/2026/11/river-floods-town", None),
        ("https://news.example/river-floods-town", None),
        ("http://]", None),
    ],
)
def test_the_first_word_of_a_path_is_a_guess_at_the_section(url: str, section: str | None) -> None:
    assert section_in_path(url) == section


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_canonical_form_is_idempotent_and_never_raises(host: str, path: str, declared: str) -> None:
    for url in (f"https://{host}.example/{path}", f"http://news.example/{path}?{declared}", host):
        once = canonical_url(url, declared)
        assert canonical_url(once) == once
        registrable_domain(url)
