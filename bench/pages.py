# ruff: noqa: E501 -- templates read best whole
"""Made-up pages for bench/cleaning.py: our own sample texts in the surroundings that news sites put round them.

The gold text of a page is what was put into its body, so nobody had to label it. Four layouts, from a plain
article element to a portal without a single telling class name, with menus, teasers of full sentences,
newsletters and related stories between the paragraphs, comments, and as many scripts as pages have.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from pathlib import Path

import orjson

SAMPLES = Path(__file__).resolve().parents[1] / "streams" / "samples" / "articles.jsonl"
PARAGRAPH_WORDS = 20  # of a sample's line that is text beyond doubt
MIN_PARAGRAPHS = 4
TEASER_WORDS = 22
SCRIPT_BYTES = 70_000  # of a page: half of a real page's bytes are no text


@dataclass(frozen=True, slots=True)
class Page:
    url: str
    html: str
    gold: str
    source: str


@dataclass(frozen=True, slots=True)
class _Story:
    slug: str
    headline: str
    paragraphs: tuple[str, ...]


def made_up_pages() -> list[Page]:
    """Every sample text in every layout; the same each time."""
    stories = _stories()
    pages = []
    for nth, story in enumerate(stories):
        others = [*stories[nth + 1 :], *stories[:nth]]
        pages += [_page(story, others, name) for name in LAYOUTS]
    return pages


def page_of(slug: str, paragraphs: Sequence[str]) -> Page:
    """Paragraphs of one's own in the plainest layout, with 87 kB round them."""
    return _page(_Story(slug, slug.replace("-", " ").capitalize(), tuple(paragraphs)), _stories(), "article")


def _page(story: _Story, others: list[_Story], name: str) -> Page:
    url = f"https://www.{name}-post.example/news/2026/11/17/{story.slug}"
    head = _head(story, f"The {name.capitalize()} Post", url)
    html = f"<!doctype html><html lang=en>{head}<body>{LAYOUTS[name](story, others)}</body></html>"
    return Page(url, html, "\n".join(story.paragraphs), f"made up: {name}")


@cache
def _stories() -> list[_Story]:
    stories: dict[str, _Story] = {}
    for row in map(orjson.loads, SAMPLES.read_bytes().splitlines()):
        if row.get("content_type") != "text/plain":
            continue
        lines = [line.strip() for line in row["content"].split("\n")]
        texts = tuple(dict.fromkeys(line for line in lines if len(line.split()) >= PARAGRAPH_WORDS))
        slug = row["url"].rstrip("/").rpartition("/")[2]
        if len(texts) >= MIN_PARAGRAPHS:
            stories.setdefault(texts[0], _Story(slug, slug.replace("-", " ").capitalize(), texts))
    return list(stories.values())


def _head(story: _Story, outlet: str, url: str) -> str:
    said = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": story.headline, "datePublished": "2026-11-17T08:30:00Z",
            "author": [{"@type": "Person", "name": "Nora Quill"}], "publisher": {"@type": "Organization", "name": outlet}}  # fmt: skip
    script = "(function(w,d){var q=w.queue||[];q.push(['page',d.title,{depth:%d}]);if(q.length>9){w.send('<div>'+q.join()+'</div>')}})(window,document);"
    scripts = "".join(script % n for n in range(SCRIPT_BYTES // len(script)))
    style = "".join(f".c{n}{{margin:{n}px;color:#{n:03x}}}" for n in range(400))
    return (
        f'<head><meta charset=utf-8><title>{story.headline} | {outlet}</title><link rel=canonical href="{url}"><meta property="og:type" content="article">'
        f'<meta property="og:title" content="{story.headline}"><meta property="og:site_name" content="{outlet}"><meta property="article:section" content="World">'
        f'<script type="application/ld+json">{orjson.dumps(said).decode()}</script><style>{style}</style><script>{scripts}</script></head>'
    )


def _links(names: str, wrap: str = "li") -> str:
    return "".join(f'<{wrap}><a href="/{name.lower()}">{name}</a></{wrap}>' for name in names.split())


def _menu(length: int) -> str:
    sections = "News World Politics Business Markets Sport Football Cricket Culture Books Film Travel Weather Opinion Science Climate Health Letters Crosswords Archive"
    return f"<ul>{_links(' '.join(islice(cycle(sections.split()), length)))}</ul>"


def _teasers(others: list[_Story], count: int, template: str) -> str:
    """Other stories as a headline and how they begin; `template` has {slug}, {headline} and {lead}."""
    return "".join(
        template.format(slug=other.slug, headline=other.headline, lead=_beginning(other.paragraphs[n % 3]))
        for n, other in enumerate(islice(cycle(others), count))
    )


def _beginning(text: str) -> str:
    return " ".join(text.split()[:TEASER_WORDS]) + " ..."


def _comments(others: list[_Story], count: int, template: str) -> str:
    said = (f"I read that {other.paragraphs[-1][:180]} and I still doubt it." for other in cycle(others))
    return "".join(template.format(who=f"reader{n}", text=text) for n, text in enumerate(islice(said, count)))


def _body(story: _Story, between: tuple[str, ...] = (), mark: str = "p") -> str:
    """The paragraphs, with something between the second and third, the third and fourth ..."""
    out = []
    for n, paragraph in enumerate(story.paragraphs):
        out.append(f"<{mark}>{paragraph}</{mark}>")
        out.append(between[n - 1] if 1 <= n <= len(between) else "")
    return "".join(out)


NEWSLETTER = "<div class=newsletter><h3>The Morning Tide</h3><p>The stories that matter, in your inbox before breakfast.</p><form><input type=email><button>Sign up</button></form></div>"
CONSENT = "<div class=cookie-bar role=dialog><p>We and our 214 partners use cookies to show you advertising that suits you and to measure it.</p><button>Accept all</button></div>"
FOOTER = "<footer><p>© 2026 The Post Ltd. Registered in England. All rights reserved.</p><a href=/terms>Terms</a> <a href=/privacy>Privacy</a> <a href=/contact>Contact us</a></footer>"
FIGURE = "<figure><img src=/1.jpg alt=''><figcaption>The quay in the morning, seen from the old lighthouse. Photograph: Mikael Sund</figcaption></figure>"
BYLINE = "By <a rel=author href=/by/nora-quill>Nora Quill</a> <time datetime=2026-11-17T08:30:00Z>17 November 2026</time>"


def _article(story: _Story, others: list[_Story]) -> str:
    teaser = "<li><a href=/{slug}>{headline}</a></li>"
    return (
        f"{CONSENT}<header><nav>{_menu(30)}</nav></header><main><article><h1>{story.headline}</h1><div class=byline>{BYLINE}</div>{FIGURE}"
        f"<div class=article-body>{_body(story, (NEWSLETTER,))}</div></article><aside class=related><h2>More on this story</h2>"
        f"<ul>{_teasers(others, 20, teaser)}</ul></aside></main>{FOOTER}"
    )


def _weblog(story: _Story, others: list[_Story]) -> str:
    comment = "<li class=comment><div class=vcard>{who} says:</div><div class=comment-content><p>{text}</p></div><a class=reply href=#r>Reply</a></li>"
    widget = "<li><a href=/{slug}>{headline}</a><p class=excerpt>{lead}</p></li>"
    return (
        f"<div id=page><div class=menu>{_menu(15)}</div><div id=primary><div class='post hentry'><h1 class=entry-title>{story.headline}</h1>"
        f"<div class=entry-meta>{BYLINE}</div><div class=entry-content>{_body(story)}</div><div class=tags>{_links('Ships Ports Strikes', 'span')}</div></div>"
        f"<div id=comments><h3>4 responses</h3><ol class=commentlist>{_comments(others, 4, comment)}</ol></div></div>"
        f"<div id=secondary class=sidebar><h3>Recent posts</h3><ul>{_teasers(others, 12, widget)}</ul></div>{FOOTER}</div>"
    )


def _nameless(story: _Story, others: list[_Story]) -> str:
    """No class or tag says what is what."""
    teaser = (
        "<div class=c12><div class=c13><a href=/{slug}>{headline}</a></div><div class=c14>{lead}</div></div>"
    )
    link = "<div class=c15><a href=/{slug}>{headline}</a></div>"
    return (
        f"<div class=c1>{_links('News World Business Sport Culture Weather Opinion Science', 'span')}</div><div class=c2><div class=c3>"
        f"<div class=c4>{story.headline}</div><div class=c5>{BYLINE}</div><div class=c6>{_body(story, mark='div')}</div></div>"
        f"<div class=c11>{_teasers(others, 6, teaser)}{_teasers(others[6:], 30, link)}</div></div><div class=c20>© 2026 The Post Ltd <a href=/terms>Terms</a></div>"
    )


def _portal(story: _Story, others: list[_Story]) -> str:
    teaser = "<div class='card x-{slug}'><a href=/{slug}><img src=/t.jpg alt=''><h3>{headline}</h3></a><p>{lead}</p><span>4 hours ago</span></div>"
    card = "<div class='card x-{slug}'><a href=/{slug}><img src=/t.jpg alt=''><h3>{headline}</h3></a><span>4 hours ago</span></div>"
    box = "<div class=inline-box><h4>Read more</h4><a href=/{slug}><strong>{headline}</strong></a></div>"
    comment = "<div class=c-item><b>{who}</b><p>{text}</p><button>Like</button></div>"
    boxes = tuple(_teasers(others[n:], 1, box) for n in range(2))
    menus = "".join(f"<div class=mega><h5>Section {n}</h5>{_menu(20)}</div>" for n in range(10))
    return (
        f"{CONSENT}<header>{menus}</header><div class=grid><div class=col-8><div class=kicker>World</div><h1>{story.headline}</h1><p class=meta>{BYLINE}</p>{FIGURE}"
        f"<div class=story>{_body(story, (*boxes, NEWSLETTER))}</div><div class=discussion>{_comments(others, 5, comment)}</div></div>"
        f"<div class=col-4>{_teasers(others, 6, teaser)}</div></div><div class=grid>{_teasers(others[6:], 50, card)}</div>{FOOTER}"
    )


LAYOUTS: dict[str, Callable[[_Story, list[_Story]], str]] = {
    "article": _article,
    "weblog": _weblog,
    "nameless": _nameless,
    "portal": _portal,
}
