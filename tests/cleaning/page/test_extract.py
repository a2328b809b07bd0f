"""Pages as paragraphs, with the ensembles that ship."""

import logging
import re

import pytest
from selectolax.lexbor import LexborHTMLParser
from trafilatura.utils import line_processing, trim

from streams.cleaning.page.body import Model
from streams.cleaning.page.extract import Body, extract_body
from tests.cleaning.page.outlines import by_words
from tests.cleaning.page.pages import (
    ARTICLE,
    BODY,
    CAPTION,
    COMMENTS,
    CONSENT,
    FOOTER,
    HEADLINE,
    HEADLINES,
    ITEMS,
    LEAD,
    MENU,
    NEWSLETTER,
    RELATED,
    REST,
    ROWS,
    STANDFIRST,
    SUBHEAD,
    TEASERS,
    TEXTS,
    news_page,
)
from tests.cleaning.samples import HEADLINE as FERRY
from tests.cleaning.samples import PAGE, PARAGRAPHS

LONG_BLOCKS = by_words(8, 0.02, 0.98)  # a model that takes every block of more words for body, and is sure
DOUBTFUL = by_words(8, 0.02, 0.6)  # and one that is not
PLAIN = re.sub('<p class="standfirst">.*?</p>', "", PAGE)
PARAGRAPHS_OF_LEAD = "".join(f"<p>{text}</p>" for text in LEAD)


def extracted(
    page: str,
    *,
    title: str | None = None,
    description: str | None = None,
    may_fall_back: bool = False,
    using: Model | None = None,
) -> Body:
    return extract_body(
        LexborHTMLParser(page),
        title=title,
        description=description,
        may_fall_back=may_fall_back,
        using=using,
    )


def body_of_article() -> Body:
    return extracted(ARTICLE, title=HEADLINE, description=STANDFIRST, may_fall_back=True)


def without(headline: str, body: Body) -> tuple[str, ...]:
    """The paragraphs; the stage takes out the headline, which metadata have. The ensembles may take the
    standfirst for the first paragraph: then it is no standfirst. It is never both, and never lost."""
    above = [body.standfirst] if body.standfirst is not None else []
    return (*above, *(line for line in body.paragraphs if line != headline))


def test_all_paragraphs_subheads_and_list_items_are_kept_in_order_and_nothing_else() -> None:
    assert without(HEADLINE, body_of_article()) == (STANDFIRST, *BODY)


@pytest.mark.parametrize(
    "furniture",
    [
        pytest.param(MENU, id="navigation"),
        pytest.param(COMMENTS, id="comments"),
        pytest.param([text for teaser in TEASERS for text in teaser], id="teasers"),
        pytest.param([CAPTION], id="caption"),
        pytest.param([CONSENT], id="cookie banner"),
        pytest.param([NEWSLETTER, "Stay in touch", "Sign up"], id="newsletter"),
        pytest.param([*RELATED, "Read more"], id="related links"),
        pytest.param([FOOTER, "Imprint"], id="footer"),
        pytest.param(["By Nora Quill", "17 November 2026"], id="byline and date"),
    ],
)
def test_furniture_is_cut(furniture: list[str]) -> None:
    assert all(line in ARTICLE for line in furniture if line != "By Nora Quill")
    assert not set(furniture) & set(body_of_article().paragraphs)


@pytest.mark.parametrize("language", sorted(TEXTS))
def test_a_page_without_telling_class_names_gives_its_paragraphs_in_any_language(language: str) -> None:
    headline = HEADLINES[language]
    found = without(headline, extracted(news_page(language), title=headline))
    # a bare date that is kept is cut later, by clean()
    assert tuple(line for line in found if any(map(str.isalpha, line))) == TEXTS[language]


def test_a_page_that_reads_from_right_to_left_is_cut_the_same_way() -> None:
    arabic = news_page("ar").replace("<html", "<html dir='rtl'")
    assert extracted(arabic).paragraphs == extracted(news_page("ar")).paragraphs


def test_the_plain_sample_page_gives_its_paragraphs() -> None:
    assert without(FERRY, extracted(PLAIN, title=FERRY, may_fall_back=True)) == PARAGRAPHS


def test_comments_below_a_plain_page_are_cut() -> None:
    comments = f"<div class='comments' id='comments'><p>{COMMENTS[0]}</p><p>{COMMENTS[1]}</p></div>"
    page = PLAIN.replace("<aside>", comments + "<aside>")
    assert without(FERRY, extracted(page, title=FERRY)) == PARAGRAPHS


def test_list_items_come_without_bullets() -> None:
    items = f"<ul>{''.join(f'<li>{item}</li>' for item in ITEMS)}</ul>"
    body = extracted(PAGE.replace("</article>", items + "</article>"))
    assert set(ITEMS) <= set(body.paragraphs)


def test_cells_of_a_row_make_one_paragraph() -> None:
    rows = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS)
    page = f"<article>{PARAGRAPHS_OF_LEAD}<table>{rows}</table><p>{REST[0]}</p></article>"
    found = extracted(page, using=by_words(0, 0.02, 0.98)).paragraphs
    assert found == (*LEAD, *(" | ".join(row) for row in ROWS), REST[0])


def test_blocks_within_one_cell_are_paragraphs_of_their_own() -> None:
    page = f"<table><tr><td>{PARAGRAPHS_OF_LEAD}{LEAD[0]}<br>{REST[0]}</td></tr></table>"
    assert extracted(page, using=LONG_BLOCKS).paragraphs == (*LEAD, REST[0])


def test_line_breaks_divide_paragraphs() -> None:
    page = f"<div>{'<br><br>'.join(LEAD)}</div>"
    assert extracted(page, using=LONG_BLOCKS).paragraphs == LEAD


def test_paragraphs_are_normalised() -> None:
    page = (
        "<p>The cafe\u0301 by the ri\u00advers\u200bide opened\u00a0again, the coun\u00adcil said there.</p>"
    )
    expected = "The café by the riverside opened again, the council said there."
    assert extracted(page, using=LONG_BLOCKS).paragraphs == (expected,)


@pytest.mark.parametrize(
    ("above", "description", "found"),
    [
        pytest.param(f"<p class='standfirst'>{ITEMS[0]}</p>", None, ITEMS[0], id="marked as one"),
        pytest.param(f"<h2 class='article-dek'>{ITEMS[0]}</h2>", None, ITEMS[0], id="marked as a deck"),
        pytest.param(f"<p>{ITEMS[0]}</p>", ITEMS[0], ITEMS[0], id="the page's description"),
        pytest.param(f"<p>{ITEMS[0]}</p>", f"{ITEMS[0].upper()} …", ITEMS[0], id="the same letters"),
        pytest.param(f"<p>{ITEMS[0]}</p>", ITEMS[1], None, id="another description"),
        pytest.param(f"<p>{ITEMS[0]}</p>", None, None, id="no description"),
        pytest.param("", ITEMS[0], None, id="a description that is not shown"),
        pytest.param("<p class='standfirst'>Too short.</p>", None, None, id="too short"),
        pytest.param(f"<p class='standfirst'><a href='/'>{ITEMS[0]}</a></p>", None, None, id="a link"),
    ],
)
def test_a_standfirst_is_found_where_the_page_shows_one(
    above: str, description: str | None, found: str | None
) -> None:
    page = f"<h1>{HEADLINE}</h1>{above}{PARAGRAPHS_OF_LEAD}"
    body = extracted(page, description=description, using=by_words(14, 0.02, 0.98))
    assert body.paragraphs == LEAD
    assert body.standfirst == found


def test_a_standfirst_below_the_body_is_none() -> None:
    page = f"{PARAGRAPHS_OF_LEAD}<p class='standfirst'>{ITEMS[0]}</p>"
    assert extracted(page, description=ITEMS[0], using=by_words(14, 0.02, 0.98)).standfirst is None


def test_a_doubtful_page_goes_to_trafilatura_when_it_may() -> None:
    own = extracted(ARTICLE, using=DOUBTFUL)
    asked = extracted(ARTICLE, using=DOUBTFUL, may_fall_back=True)
    assert (own.second, asked.second) == (False, True)
    assert CONSENT in own.paragraphs or FOOTER in own.paragraphs or NEWSLETTER in own.paragraphs
    assert asked.paragraphs != own.paragraphs
    assert set(LEAD) <= set(asked.paragraphs)
    assert not any(re.match(r"\s*- ", line) for line in asked.paragraphs)


def test_trafilatura_keeps_nothing_of_a_page() -> None:
    """It remembers 1,024 texts, however long: pages made for it would fill gigabytes."""
    assert extracted(ARTICLE, using=DOUBTFUL, may_fall_back=True).asked
    assert [cache.cache_info().currsize for cache in (line_processing, trim)] == [0, 0]


def test_a_page_that_is_in_no_doubt_does_not_go_to_trafilatura(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("trafilatura was asked")

    monkeypatch.setattr("streams.cleaning.page.extract.bare_extraction", refuse)
    assert not extracted(PAGE, using=LONG_BLOCKS, may_fall_back=True).second
    assert not extracted(PAGE, using=DOUBTFUL, may_fall_back=False).second


def test_an_answer_of_far_more_words_than_are_to_be_expected_is_not_taken() -> None:
    body = extracted(ARTICLE, using=by_words(8, 0.02, 0.1), may_fall_back=True)
    assert (body.asked, body.second) == (True, False)
    assert body.paragraphs == ()


def test_trafilatura_is_not_asked_for_what_would_be_too_short_whatever_it_said() -> None:
    brief = " ".join(LEAD[0].split()[:20])
    body = extracted(f"<p>{brief}</p>", using=by_words(8, 0.02, 0.6), may_fall_back=True)
    assert body.paragraphs == (brief,)
    assert not body.asked


@pytest.mark.parametrize("page", ["", "<html></html>", "<body><img src=a><script>x</script></body>"])
def test_a_page_without_text_has_no_paragraphs_and_logs_nothing(
    page: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        body = extracted(page, may_fall_back=True)
    assert (body.paragraphs, body.standfirst, body.confidence) == ((), None, 0.0)
    assert not caplog.records


def test_the_same_page_gives_the_same_body_whatever_came_before() -> None:
    first = [body_of_article(), extracted(ARTICLE, using=DOUBTFUL, may_fall_back=True)]
    for language in TEXTS:
        extracted(news_page(language), using=DOUBTFUL, may_fall_back=True)
    again = [body_of_article(), extracted(ARTICLE, using=DOUBTFUL, may_fall_back=True)]
    for one, other in zip(first, again, strict=True):
        assert one.paragraphs == other.paragraphs
        assert one.confidence == other.confidence
        assert one.judgement.probability.tolist() == other.judgement.probability.tolist()


def test_a_subhead_is_a_paragraph_of_its_own() -> None:
    assert body_of_article().paragraphs.count(SUBHEAD) == 1
