# ruff: noqa: E501 -- tables read best whole
"""Whatever goes into the stage, an event that keeps the contract or a reason comes out, the same each time."""

from pathlib import Path

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.cleaning import clean, decode_page
from streams.events import CleanedArticle
from tests.cleaning.held import held
from tests.cleaning.samples import AGGREGATED, PAGE, PARAGRAPHS, raw
from tests.cleaning.soups import soup

SAMPLES = Path(__file__).parents[2] / "streams" / "samples" / "articles.jsonl"
_EVENTS = [orjson.loads(line) for line in SAMPLES.read_bytes().splitlines()]
CONTENTS = [PAGE, AGGREGATED, *(event["content"] for event in _EVENTS if "content" in event)]

_HEADS = (
    "<title>", "</title>", "<meta name=author content='", "<meta property=og:title content='", "'>", "<html lang=de>",
    "<link rel=canonical href='/ferry'>", "<time datetime='2026-11-", "20T10:00:00Z'>", "<p class=byline>By ",
    "<script type='application/ld+json'>", '{"@type":"NewsArticle","headline":"', '","author":[{"name":"', '"}]}',
    "</script>", "<div class='comments related'>", "</div>", "<article>", "</article>", "<h1>", "</h1>", "<body>",
)  # fmt: skip
_LINES = (
    "By Nora Quill", "By ", "(Photo: Lena Brandt / AP)", "Sign up to our newsletter", "17 November 2026, 11:20",
    "Related", "Share", "Read more: ", "© 2026 The Ledger", "REUTERS", "World", "“We never ", "said.", "https://a.example",
    "@quill", "nora@post.example", "5 min read", "Advertisement", "Comments", "1.", "•", "—", "|",
)  # fmt: skip
_ODD = (
    "\n",
    "\n\n",
    " ",
    "\t",
    "\u00a0",
    "\x00",
    "\u202e",
    "\u200b",
    "\u0301" * 40,
    "&amp;",
    "&#0;",
    "中文",
    "é",
    "👩‍🚒",
)

texts = st.text(st.characters(codec="utf-8"), max_size=30)
pieces = st.sampled_from([*_LINES, *_ODD, *PARAGRAPHS, *PARAGRAPHS]) | texts
flattened = st.lists(pieces | st.just("\n\n"), max_size=40).map("".join)
heads = st.lists(st.sampled_from(_HEADS) | texts, max_size=20).map("".join)
bodies = st.lists(soup() | st.sampled_from(PARAGRAPHS).map("<p>{}</p>".format) | pieces, max_size=10).map(
    "".join
)
pages = st.builds("<html>{}{}".format, heads, bodies)
slow = settings(max_examples=400, suppress_health_check=list(HealthCheck))


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A sample with some of its bytes replaced, doubled or taken out."""
    data = bytearray(draw(st.sampled_from(CONTENTS)).encode())
    for _ in range(draw(st.integers(1, 12))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        size = draw(st.sampled_from([0, 1, 2, 10, 500]))
        data[at : at + size] = draw(st.binary(max_size=4) | st.just(bytes(data[at : at + 2 * size])))
    return bytes(data)


@slow
@given(pages)
def test_any_page_keeps_the_contract(content: str) -> None:
    result = clean(raw(content, content_type="text/html"))
    held(result)
    assert clean(raw(content, content_type="text/html")) == result


@slow
@given(flattened, st.lists(texts, max_size=3).map(tuple), st.none() | texts)
def test_any_text_keeps_the_contract(content: str, authors: tuple[str, ...], hint: str | None) -> None:
    article = raw(content, content_type="text/plain", authors=authors, headline=hint, publisher=hint)
    result = clean(article)
    held(result)
    assert clean(article) == result


@slow
@given(mutations())
def test_any_damage_to_a_sample_keeps_the_contract(data: bytes) -> None:
    content = decode_page(data)
    if content is not None:
        held(clean(raw(content)))


@slow
@given(st.lists(st.sampled_from(PARAGRAPHS), min_size=2, unique=True))
def test_text_that_was_cleaned_stays_as_it_is(paragraphs: list[str]) -> None:
    """Whole paragraphs in any order are an article: cleaned, and cleaned again, it loses nothing."""
    text = "\n\n".join(paragraphs)
    result = clean(raw(text, content_type="text/plain"))
    assert isinstance(result, CleanedArticle)
    assert result.text == text
