"""What hostile pages and texts become: an event that keeps the contract, or a reason; never an exception."""

import pytest

from streams.cleaning import clean
from streams.events import CleanedArticle, Failed, RawArticle
from tests.cleaning.held import held
from tests.cleaning.hostile import HELD, KEPT, PAGES, TEXTS, Hostile
from tests.cleaning.samples import PARAGRAPHS, URL, raw


def check(article: RawArticle, hostile: Hostile) -> None:
    result = clean(article)
    held(result)
    assert clean(article) == result
    if hostile.outcome == KEPT:
        assert isinstance(result, CleanedArticle), result
        missing = [paragraph for paragraph in PARAGRAPHS if paragraph not in result.text.split("\n\n")]
        assert not missing
    elif hostile.outcome != HELD:
        assert isinstance(result, Failed), type(result)
        assert result.reason is hostile.outcome


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_keeps_the_contract(name: str) -> None:
    hostile = PAGES[name]
    check(raw(hostile.make(), content_type=hostile.content_type), hostile)


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_keeps_the_contract(name: str) -> None:
    hostile = TEXTS[name]
    check(raw(hostile.make(), content_type=hostile.content_type), hostile)


@pytest.mark.parametrize(
    "url",
    [
        f"{URL}?a={'b' * 3_000}",
        f"{URL}{'/..' * 1_000}",
        f"{URL}?{'&' * 3_500}",
        "https://" + "a." * 1_900 + "example/x",
        "https://[::1/x",
        "https://a.example:99999999999/%%%41%zz",
        "https://ｅｘａｍｐｌｅ.com/\u202ea",
        "https://xn--a.example/" + "%f0%9f" * 500,
    ],
)
def test_a_hostile_url_keeps_the_contract(url: str) -> None:
    hostile = Hostile(lambda: "", KEPT)
    check(raw("\n\n".join(PARAGRAPHS), url=url), hostile)
