"""What cleaning did, line by line."""

import pytest

from streams import cleaning
from streams.cleaning import clean
from streams.cleaning.explain import Asked, Explanation, Late, Line, explain
from streams.cleaning.page import extract
from streams.cleaning.page.body import Verdict
from streams.events import Failed, RawArticle, Rejected
from streams.vocabulary import RejectReason
from tests.cleaning.samples import AGGREGATED, HEADLINE, PAGE, PARAGRAPHS, cleaned, raw

TABLE = (
    "<table><tr><td>Adults</td><td>4 crowns</td></tr>"
    "<tr><td>Children on weekdays</td><td>free</td></tr></table>"
)
PAGES = {
    "article": PAGE,
    "table": PAGE.replace("</article>", f"{TABLE}<p>{PARAGRAPHS[0]} And so on.</p></article>"),
    "repeated": PAGE.replace("</article>", f"<p>{PARAGRAPHS[1]}</p></article>"),
    "headline within": PAGE.replace(
        "</article>", f"<p>{HEADLINE}</p><p>{PARAGRAPHS[2]} Twice.</p></article>"
    ),
    "text": AGGREGATED,
}


def kept(explanation: Explanation) -> str:
    return "\n\n".join(line.text for line in explanation.lines if line.reason is None)


@pytest.mark.parametrize("content", PAGES.values(), ids=list(PAGES))
@pytest.mark.parametrize("doubtful", [0.0, 2.0])
def test_the_kept_lines_are_the_events_text(
    content: str, doubtful: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever had the last word."""
    monkeypatch.setattr(extract, "DOUBTFUL", doubtful)
    explanation = explain(raw(content))
    assert explanation.outcome == clean(raw(content))
    assert kept(explanation) == cleaned(explanation.outcome).text


def test_every_block_of_a_page_is_a_line_in_its_place() -> None:
    lines = explain(raw(PAGE)).lines
    texts = [line.text for line in lines]
    assert texts[:3] == ["Home", "Local", "Sport"] or texts[0] == "HomeLocalSport"
    assert texts[-1] == "© 2026 Harbour Post. All rights reserved."
    assert all(line.probability is not None for line in lines)
    assert lines[-1].reason is Verdict.UNLIKELY


def test_every_removed_line_of_a_text_is_told_once() -> None:
    explanation = explain(raw(AGGREGATED))
    removed = [(line.text, line.reason) for line in explanation.lines if line.reason is not None]
    assert removed == [(line.text, line.reason) for line in cleaned(explanation.outcome).removed]
    assert explanation.asked is None


def test_who_had_the_last_word_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert explain(raw(PAGE)).asked is Asked.NOT
    monkeypatch.setattr(extract, "DOUBTFUL", 2.0)
    monkeypatch.setattr("streams.cleaning.explain.DOUBTFUL", 2.0)
    assert explain(raw(PAGE)).asked is Asked.TAKEN
    monkeypatch.setattr(extract, "_trafilatura", lambda _: (PARAGRAPHS[0], PARAGRAPHS[3]))
    taken = explain(raw(PAGE))
    left_out = {line.text for line in taken.lines if line.reason is Late.TRAFILATURA}
    assert left_out >= set(PARAGRAPHS[1:3])
    monkeypatch.setattr(extract, "_trafilatura", lambda _: ())
    assert explain(raw(PAGE)).asked is Asked.NOT_TAKEN
    for module in ("streams.cleaning", "streams.cleaning.explain"):
        monkeypatch.setattr(f"{module}.may_fall_back", lambda _: False)
    assert explain(raw(PAGE)).asked is Asked.TOO_COSTLY


def test_what_did_not_fit_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    size = len("\n\n".join(PARAGRAPHS[:2]).encode()) + 20
    monkeypatch.setattr(cleaning, "MAX_TEXT", size)
    explanation = explain(raw(PAGE))
    assert kept(explanation) == cleaned(explanation.outcome).text
    assert Line(PARAGRAPHS[3], Late.TRUNCATED) in [Line(line.text, line.reason) for line in explanation.lines]


def test_of_a_refused_page_what_was_read_is_told() -> None:
    explanation = explain(raw("<html><p>Please wait while the page is loading.</p></html>"))
    assert isinstance(explanation.outcome, Rejected)
    assert explanation.outcome.reason is RejectReason.TOO_SHORT
    assert [line.text for line in explanation.lines] == ["Please wait while the page is loading."]


@pytest.mark.parametrize("article", [raw("<html>" + "<div>" * 5_000), raw(" "), raw("\ud800")])
def test_what_was_not_read_has_no_lines(article: RawArticle) -> None:
    explanation = explain(article)
    assert isinstance(explanation.outcome, Rejected | Failed)
    assert explanation.lines == ()
