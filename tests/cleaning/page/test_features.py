"""What the ensembles see of a block."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.cleaning.page.context import CONTEXT, context
from streams.cleaning.page.features import FEATURES, NO_TITLE, features
from streams.cleaning.page.surroundings import SURROUNDINGS
from tests.cleaning.languages import BODIES
from tests.cleaning.page.outlines import outline, texts
from tests.cleaning.page.pages import ARTICLE, HEADLINE, LEAD, news_page
from tests.cleaning.soups import soup

slow = settings(max_examples=200, suppress_health_check=list(HealthCheck))


def column(page: str, name: str, title: str | None = None) -> list[float]:
    """One column, rounded."""
    return [round(float(value), 3) for value in features(outline(page), title)[0][:, FEATURES.index(name)]]


@slow
@given(soup(), st.none() | st.text(max_size=40), st.integers(0, 2**32 - 1))
def test_every_column_of_any_soup_is_a_number(page: str, title: str | None, seed: int) -> None:
    of = outline(page)
    rows, words = features(of, title)
    assert rows.shape == (len(of.blocks.start), len(FEATURES))
    assert np.isfinite(rows).all()
    assert (words >= 0).all()
    if len(rows):
        probability = np.random.default_rng(seed).random(len(rows))
        wide = context(probability, words, rows, of.blocks, of.elements)
        assert wide.shape == (len(rows), len(CONTEXT) + len(FEATURES))
        assert np.isfinite(wide).all()


def test_names_of_columns_are_distinct() -> None:
    names = (*CONTEXT, *FEATURES)
    assert len(set(names)) == len(names)
    assert set(SURROUNDINGS) <= set(FEATURES)


def test_the_same_page_gives_the_same_columns() -> None:
    first, second = (features(outline(ARTICLE), HEADLINE)[0] for _ in range(2))
    assert np.array_equal(first, second)


def test_words_are_counted_in_scripts_with_and_without_spaces() -> None:
    page = "<p>Two hundred people waited.</p><p>大约两百人在雨中排队。</p><p>انتظر نحو مئتي شخص</p>"
    assert column(page, "words") == [4, 6, 4]


def test_a_character_of_a_script_without_spaces_weighs_as_three_letters() -> None:
    assert column("<p>渡轮恢复</p><p>ferry</p>", "length") == [12, 5]


def test_the_ends_of_sentences_are_known_in_every_script() -> None:
    page = "".join(f"<p>{texts_[0]}</p>" for texts_ in BODIES.values()) + "<p>No end</p><p>Read more:</p>"
    assert column(page, "ends") == [1] * len(BODIES) + [0, 0]


def test_marks_that_divide_menus_and_addresses_are_known() -> None:
    blocks = ["Home | News", "Home » News", "desk@news.example", "https://news.example", "and/or: maybe"]
    page = "".join(f"<p>{block}</p>" for block in blocks)
    assert column(page, "mark") == [1, 1, 0, 0, 0]
    assert column(page, "address") == [0, 0, 1, 1, 0]


def test_the_share_of_a_block_in_links_is_between_none_and_all() -> None:
    page = "<p>No link</p><p><a href='/'>All of it</a></p><p>Half <a href='/'>half</a></p>"
    assert column(page, "linked") == [0, 1, round(5 / 9, 3)]


def test_a_block_that_stands_twice_is_marked_in_both_places() -> None:
    page = f"<p>{LEAD[0]}</p><p>{LEAD[1]}</p><p>{LEAD[0]}</p>"
    assert column(page, "repeated") == [1, 0, 1]


def test_blocks_are_counted_from_the_one_that_is_the_title() -> None:
    page = f"<p>Menu</p><div>{HEADLINE.upper()}!</div><p>one</p><h1>The Valley Courier</h1>"
    assert column(page, "from_title", HEADLINE) == [-1, 0, 1, 2]


def test_without_a_title_blocks_are_counted_from_the_first_h1() -> None:
    page = "<p>Menu</p><h1>A headline of the page</h1><p>one</p>"
    assert column(page, "from_title") == [-1, 0, 1]


def test_a_page_with_neither_has_no_place_to_count_from() -> None:
    assert column("<p>one</p>", "from_title") == [NO_TITLE]


def test_the_container_of_most_paragraphs_is_the_main_one() -> None:
    page = f"<div><p>Menu</p></div><div>{''.join(f'<p>{p}</p>' for p in LEAD)}</div><div><p>Foot</p></div>"
    assert column(page, "main_in") == [0, 1, 1, 1, 0]
    assert column(page, "main_before") == [1, 0, -1, -2, -3]


def test_paragraphs_in_footers_and_consent_boxes_are_no_good_ones() -> None:
    page = (
        f"<div class='cookie-consent'><p>{LEAD[0]}</p></div><p>{LEAD[1]}</p><footer><p>{LEAD[2]}</p></footer>"
    )
    assert column(page, "in_region") == [0, 1, 0]


def test_outermost_articles_are_counted() -> None:
    page = "<article><p>one</p><article><p>comment</p></article></article><article><p>two</p></article>"
    assert column(page, "articles") == [2, 2, 2]


def test_the_heading_above_a_block_is_the_nearest() -> None:
    page = "<p>none</p><h1>Title</h1><p>one</p><p>two</p><h3>Sub</h3><p>three</p>"
    assert column(page, "heading_distance") == [-1, -1, 1, 2, 3, 1]
    assert column(page, "heading_kind") == [-1, -1, 3, 3, 3, 5]


def test_pictures_are_counted_at_a_block_and_in_its_ancestors() -> None:
    page = "<div><img><p>one</p><p>two</p></div><div><img><img><p>three</p></div>"
    assert column(page, "images") == [1, 0, 2]
    assert column(page, "a1_images") == [1, 1, 3]


def test_language_does_not_matter_to_where_a_block_stands() -> None:
    """Translated pages give the same tree: all columns about depth, kind and landmarks are equal."""
    names = (
        "kind",
        "depth",
        "index",
        "in_li",
        "main_in",
        "main_up",
        "style_blocks",
        "kind-1",
        "heading_distance",
    )
    one, other = (features(outline(news_page(language)), None)[0] for language in ("de", "zh"))
    assert len(texts(news_page("de"))) == len(texts(news_page("zh")))
    for name in names:
        assert np.array_equal(one[:, FEATURES.index(name)], other[:, FEATURES.index(name)]), name


def test_context_knows_what_the_first_ensemble_said_of_the_neighbours() -> None:
    of = outline("<p>one</p><p>two</p><p>three</p>")
    rows, words = features(of, None)
    wide = context(np.array([0.1, 0.9, 0.2]), words, rows, of.blocks, of.elements)
    shown = {name: [round(float(v), 2) for v in wide[:, CONTEXT.index(name)]] for name in CONTEXT}
    assert shown["first"] == [0.1, 0.9, 0.2]
    assert shown["first-1"] == [-0.1, 0.1, 0.9]
    assert shown["first+1"] == [0.9, 0.2, -0.1]
    assert shown["page_best"] == [0.9] * 3
    assert shown["from_first_sure"] == [-1, 0, 1]
    assert np.array_equal(wide[:, len(CONTEXT) :], rows)
