# ruff: noqa: E501, ISC004 -- sample texts and tables read best whole
"""Invented pages in the shapes that real ones have."""

from pathlib import Path

from streams.events import CleanedArticle, RawArticle
from streams.vocabulary import Status

RECEIVED = "2026-11-22T10:00:00.000Z"
URL = "https://www.harbour-post.example/2026/11/20/river-ferry-returns"
HEADLINE = "River ferry returns after eleven winters"
PARAGRAPHS = (
    "The ferry between Oldhaven and Marsh Point carried its first passengers in eleven years on Friday, the harbour"
    " office said.",
    "About two hundred people waited in the rain to cross, some of them since before dawn, and the band of the fire"
    " brigade played on the quay.",
    "“We never believed that they would sell the last boat,” said Ida Marlow, who ran the ticket office until it"
    " closed.",
    "The council will decide in March whether the line is to run in winter as well, and what a crossing may cost.",
)
PAGE = f"""<!doctype html>
<html lang="en-GB"><head>
<title>{HEADLINE} | Harbour Post</title>
<link rel="canonical" href="https://www.harbour-post.example/2026/11/20/river-ferry-returns">
<meta property="og:site_name" content="Harbour Post">
<meta property="og:type" content="article">
<meta property="article:section" content="Local">
<script type="application/ld+json">
{{"@context": "https://schema.org", "@type": "NewsArticle", "headline": "{HEADLINE}",
"author": [{{"@type": "Person", "name": "Nora Quill"}}], "datePublished": "2026-11-20T18:30:00+01:00",
"dateModified": "2026-11-21T08:00:00Z", "description": "Two hundred people crossed on the first day."}}
</script></head><body>
<nav><a href="/">Home</a><a href="/local">Local</a><a href="/sport">Sport</a></nav>
<article><h1>{HEADLINE}</h1><p class="standfirst">Two hundred people crossed on the first day.</p>{"".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)}</article>
<aside><a href="/a">Bridge toll to rise</a><a href="/b">Market square closed</a></aside>
<footer>© 2026 Harbour Post. All rights reserved.</footer>
</body></html>"""
AGGREGATED = (Path(__file__).parent / "aggregator.txt").read_text(encoding="utf-8")


def raw(content: str | None, **fields: object) -> RawArticle:
    """A raw article of invented origin."""
    known = {"url": URL, "received_at": RECEIVED, "content": content, "status": Status.USABLE, **fields}
    return RawArticle(**known)  # type: ignore[arg-type]


def cleaned(result: object) -> CleanedArticle:
    """The result, which must be a cleaned article."""
    assert isinstance(result, CleanedArticle), result
    return result
