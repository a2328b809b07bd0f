# ruff: noqa: E501 -- tables read best whole
"""Which title is the headline."""

import pytest

from streams.cleaning.metadata.headline import choose, without_site
from streams.cleaning.names import House

HOUSE = House.of("The Harbour Post", "harbourpost.example", "harbourpost")


@pytest.mark.parametrize(
    ("title", "headline"),
    [
        ("Bridge opens early | The Harbour Post", "Bridge opens early"),
        ("Bridge opens early - The Harbour Post", "Bridge opens early"),
        ("Bridge opens early – World – The Harbour Post", "Bridge opens early – World"),
        ("Bridge opens early | World | Harbour Post", "Bridge opens early"),
        ("Brücke öffnet früher – „endlich“", "Brücke öffnet früher – „endlich“"),
        ("Bridge opens early", "Bridge opens early"),
        ("The Harbour Post", "The Harbour Post"),
        ("| |", "| |"),
        ("", ""),
    ],
)
def test_the_sites_name_is_cut_off_a_title(title: str, headline: str) -> None:
    assert without_site(title, HOUSE) == headline


@pytest.mark.parametrize(
    ("headings", "titles", "slug", "chosen"),
    [
        (["The Harbour Post", "Bridge over the Tarn opens early"], ["Bridge over the Tarn opens early: five facts"], "", 1),
        (["Bridge opens"], ["Brücke öffnet früher"], "", None),
        (["Robots mow which lawn best?"], ["Robotshop"], "robots mow which lawn", 0),
        (["Learn all about the bridge over the Tarn, how it was built, who paid for it and why it opens early this time"], ["Bridge over the Tarn"], "", None),
        ([], ["Bridge"], "", None),
    ],
)  # fmt: skip
def test_the_h1_that_says_what_the_title_or_the_url_says_is_the_headline(
    headings: list[str], titles: list[str], slug: str, chosen: int | None
) -> None:
    assert choose(headings, titles, frozenset(slug.split()), HOUSE) == chosen
