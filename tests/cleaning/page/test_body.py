"""Which blocks are the body, given how likely each is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streams.cleaning.page.body import FEW_WORDS, KEEP, Judgement, Verdict, decide, judge
from streams.cleaning.page.features import features
from tests.cleaning.page.outlines import by_words, outline
from tests.cleaning.page.pages import ARTICLE, HEADLINE, LEAD, REST

PARAGRAPHS = "".join(f"<p>{text}</p>" for text in LEAD)
MORE = f"<p>{REST[0]}</p>"
CUT = [
    pytest.param("<div class='comments'>{}</div>", Verdict.COMMENT, id="comments"),
    pytest.param("<figure><figcaption>{}</figcaption></figure>", Verdict.FIGURE, id="figures"),
    pytest.param("<div id='cookie-consent'>{}</div>", Verdict.CONSENT, id="consent"),
]


def decided(page: str, *probability: float) -> Judgement:
    """The judgement of a page whose blocks have these probabilities; one for all, or one for each."""
    of = outline(page)
    words = features(of, None)[1]
    given_ = np.full(len(words), probability[0]) if len(probability) == 1 else np.array(probability)
    return decide(given_, words, of)


@pytest.mark.parametrize(("around", "verdict"), CUT)
def test_comments_figures_and_consent_are_cut_however_likely(around: str, verdict: Verdict) -> None:
    page = PARAGRAPHS + around.format(MORE) + f"<p>{REST[1]}</p>"
    assert decided(page, 1.0).verdict.tolist() == [0, 0, 0, verdict, 0]


@pytest.mark.parametrize(("around", "verdict"), CUT)
def test_they_are_kept_where_hardly_anything_else_is(around: str, verdict: Verdict) -> None:
    page = "<p>A few words.</p>" + around.format(PARAGRAPHS)
    assert verdict not in decided(page, 1.0).verdict.tolist()
    assert decided(page, 1.0).verdict.tolist() == [Verdict.KEPT] * 4


def test_hardly_anything_is_less_than_forty_words() -> None:
    comments = f"<div class='comments'>{MORE}</div>"
    few, enough = (f"<p>{'word ' * n}</p>{comments}" for n in (FEW_WORDS - 1, FEW_WORDS))
    assert decided(few, 1.0).verdict.tolist() == [Verdict.KEPT, Verdict.KEPT]
    assert decided(enough, 1.0).verdict.tolist() == [Verdict.KEPT, Verdict.COMMENT]


def test_a_repeated_block_is_kept_once_where_it_stands_first() -> None:
    page = f"<p>{LEAD[0]}</p><p>{LEAD[1]}</p><p>{LEAD[0]}</p>"
    assert decided(page, 1.0).verdict.tolist() == [Verdict.KEPT, Verdict.KEPT, Verdict.REPEATED]


def test_a_repeated_block_that_was_not_kept_before_is_kept() -> None:
    page = f"<p>{LEAD[0]}</p><p>{LEAD[1]}</p><p>{LEAD[0]}</p>"
    assert decided(page, 0.1, 0.9, 0.9).verdict.tolist() == [Verdict.UNLIKELY, Verdict.KEPT, Verdict.KEPT]


def test_short_blocks_may_repeat() -> None:
    assert decided(f"<p>He laughed.</p>{PARAGRAPHS}<p>He laughed.</p>", 1.0).verdict.tolist() == [0] * 5


def test_likely_blocks_apart_from_the_run_are_above_or_below_it() -> None:
    page = "".join(f"<p>{text}</p>" for text in ("One two three.", *REST, *LEAD, "Four five six."))
    unlikely = [0.0] * 4
    verdict = decided(page, 0.9, *unlikely, 0.9, 0.9, 0.9, 0.9).verdict.tolist()
    assert verdict == [Verdict.ABOVE, *[Verdict.UNLIKELY] * 4, *[Verdict.KEPT] * 4]
    verdict = decided(page, 0.9, 0.9, 0.9, 0.9, 0.9, 0.0, 0.0, 0.0, 0.9).verdict.tolist()
    assert verdict == [*[Verdict.KEPT] * 5, *[Verdict.UNLIKELY] * 3, Verdict.BELOW]


@settings(max_examples=200)
@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, 60)), min_size=1, max_size=30))
def test_the_body_is_one_run_of_blocks_of_which_the_likely_are_kept(blocks: list[tuple[float, int]]) -> None:
    page = "".join(f"<p>{i} {'word ' * words}</p>" for i, (_, words) in enumerate(blocks))
    judgement = decided(page, *(p for p, _ in blocks)) if len(blocks) > 1 else decided(page, blocks[0][0])
    likely = [Verdict(v) for v, (p, _) in zip(judgement.verdict, blocks, strict=True) if p >= KEEP]
    assert likely == sorted(likely, key=[Verdict.ABOVE, Verdict.KEPT, Verdict.REPEATED, Verdict.BELOW].index)
    assert all(v == Verdict.UNLIKELY for v, (p, _) in zip(judgement.verdict, blocks, strict=True) if p < KEEP)
    assert 0 <= judgement.confidence <= 1


def test_confidence_is_the_f1_to_expect() -> None:
    page = f"<p>{'word ' * 30}</p><p>{'other ' * 10}</p>"
    assert decided(page, 1.0).confidence == 1.0
    assert decided(page, 0.8).confidence == pytest.approx(2 * 32 / (40 + 32))
    assert decided(page, 1.0, 0.5).confidence == pytest.approx(2 * 30 / (30 + 35))
    assert decided(page, 0.0).confidence == 0.0


def test_a_page_without_blocks_has_no_body_and_no_confidence() -> None:
    judgement = judge(outline("<p></p>"), "Title", by_words(5, 0.1, 0.9))
    assert len(judgement.probability) == len(judgement.words) == len(judgement.verdict) == 0
    assert judgement.confidence == 0.0


def test_a_block_is_judged_by_the_second_ensemble() -> None:
    of = outline(f"<p>short</p><p>{LEAD[0]}</p>")
    assert judge(of, None, by_words(5, 0.1, 0.9)).probability.tolist() == pytest.approx([0.1, 0.9])


def test_the_shipped_ensembles_fit_the_columns() -> None:
    judgement = judge(outline(ARTICLE), HEADLINE)
    assert judgement.confidence > 0.8
    assert (judgement.probability[judgement.verdict == Verdict.KEPT] >= KEEP).all()
