"""Whether a page is an article at all, or a home page, a listing, a shop's, a forum's, a company's page.

Boosted trees over what the body looks like, what lies around it, what the page says of itself and how its URL
is built. Learned in training/kind.py, which prints what is refused at which price.
"""

import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.metadata import Metadata
from streams.cleaning.page.ancestry import outermost_articles
from streams.cleaning.page.blocks import Blocks, Elements
from streams.cleaning.page.body import KEPT, STANDFIRST, Judgement
from streams.cleaning.page.characters import CHARACTERS, ENDS, PLANE, Characters
from streams.cleaning.page.markup import GROUP, H1, LAST_HEADING
from streams.cleaning.page.outline import Outline
from streams.cleaning.trees import MODELS, Trees, load
from streams.compiled import compiled

PROSE_WORDS = 15  # of a block that is a paragraph
TEASER_WORDS = 4  # of a block that is but a link
LINK, MOSTLY = 0.9, 0.5  # share of a block in links above which it is but a link, or mostly one
_BODY = (
    "kept_words kept_share kept_blocks kept_mean kept_linked kept_prose prose_blocks expected_words "
    "confidence best spread longest other_prose"
)
_PAGE = "blocks words linked headings linked_headings teasers inputs images prices articles_marked"
# Groups of class words: the share of blocks below such a class, and whether the body itself has one.
_OF_KIND = ("article", "card", "comment", "product", "listing", "docs", "forum", "service", "newsletter")
_SAID = (
    "dated authors og_article og_website og_product ld_article ld_product ld_list ld_forum ld_faq ld_local "
    "ld_service ld_video articles times h1 modified section free standfirst noindex"
)
_URL = "segments last_length last_hyphens last_digits path_digits query root extension"
COLUMNS = (
    *_BODY.split(),
    *_PAGE.split(),
    *(f"below_{name}" for name in _OF_KIND),
    *(f"body_{name}" for name in _OF_KIND),
    *_SAID.split(),
    *_URL.split(),
)
_BELOW, _IN_BODY, _SAYS = (COLUMNS.index(name) for name in ("below_article", "body_article", "dated"))
_PRICES = np.array([ord(c) for c in "$€£¥₹₽₩"], np.uint32)
_DOLLAR, _LAST_ASCII = ord("$"), 127
_GROUPS = np.array([GROUP[name] for name in _OF_KIND])
_DIGITS = re.compile(r"\d")
_LD = (
    ("article", "posting", "report"),
    ("product", "offer", "aggregateoffer"),
    ("itemlist", "collectionpage", "searchresultspage", "productcollection"),
    ("qapage", "discussionforumposting", "question"),
    ("faqpage",),
    ("localbusiness", "store", "restaurant", "professionalservice"),
    ("service", "softwareapplication", "webapplication"),
    ("videoobject",),
)


def article_probability(outline: Outline, judgement: Judgement, metadata: Metadata, url: str) -> float:
    """How likely a page is an article, 0 to 1."""
    return float(_model().predict(row(outline, judgement, metadata, url)[None, :])[0])


def row(outline: Outline, judgement: Judgement, metadata: Metadata, url: str) -> NDArray[np.float32]:
    """The COLUMNS of a page."""
    out = np.zeros(len(COLUMNS), np.float32)
    if len(judgement.words):
        _count(out, outline.codes, outline.blocks, outline.elements, judgement, CHARACTERS)
    types = metadata.types
    og_type = (metadata.og_type or "").lower()
    said: list[Any] = [
        {None: 0, "guessed": 1, "page": 2, "article": 3}[metadata.dated],
        len(metadata.authors),
        "article" in og_type,
        og_type == "website",
        "product" in og_type,
        *(any(name.endswith(words) for name in types) for words in _LD),
        metadata.articles,
        metadata.times,
        metadata.headings,
        metadata.modified is not None,
        metadata.section is not None,
        {None: 0, True: 1, False: 2}[metadata.free],
        len(metadata.standfirst or ""),
        "noindex" in (metadata.robots or "").lower(),
    ]
    try:
        parts = urlsplit(url)
    except ValueError:  # an address in brackets that is none
        parts = urlsplit("")
    segments = [segment for segment in parts.path.split("/") if segment]
    last = segments[-1] if segments else ""
    written: list[Any] = [
        len(segments),
        len(last),
        last.count("-") + last.count("_"),
        len(_DIGITS.findall(last)),
        len(_DIGITS.findall(parts.path)),
        len(parts.query),
        not segments,
        "." in last,
    ]
    out[_SAYS:] = [*said, *written]
    return out


@cache
def _model() -> Trees:
    return load(MODELS / "kind.npz", "kind")


@compiled
def _count(
    out: NDArray[np.float32],
    codes: NDArray[np.uint32],
    blocks: Blocks,
    elements: Elements,
    judgement: Judgement,
    characters: Characters,
) -> None:
    """Fills the columns about the body and the page, in the order of _BODY, _PAGE and _OF_KIND."""
    n = len(judgement.words)
    words = judgement.words
    total = max(words.sum(), 1.0)
    kept_words = kept_linked = kept_prose = other_prose = best = longest = expected = linked = 0.0
    kept = prose = headings = linked_headings = teasers = prices = 0
    first, last = -1, -1
    for i in range(n):
        a, b = blocks.start[i], blocks.end[i]
        share = min(blocks.linked[i], b - a) / (b - a)
        ends = characters.kinds[min(codes[b - 1], PLANE)] & ENDS > 0
        is_prose = words[i] >= PROSE_WORDS and ends and share < MOSTLY
        outer = blocks.outer[i]
        linked += words[i] * share
        expected += words[i] * judgement.probability[i]
        best = max(best, judgement.probability[i])
        if outer >= 0 and H1 <= elements.kind[outer] <= LAST_HEADING:
            headings += 1
            linked_headings += share > MOSTLY
        teasers += share > LINK and words[i] >= TEASER_WORDS
        if judgement.verdict[i] == KEPT or judgement.verdict[i] == STANDFIRST:
            kept += 1
            kept_words += words[i]
            kept_linked += words[i] * share
            kept_prose += words[i] * is_prose
            prose += is_prose
            longest = max(longest, words[i])
            first = i if first < 0 else first
            last = i
        else:
            other_prose += words[i] * is_prose
    for code in codes:
        if code == _DOLLAR or code > _LAST_ASCII:  # few are either
            for sign in _PRICES:
                prices += code == sign
    out[0], out[1], out[2] = kept_words, kept_words / total, kept
    out[3], out[4] = kept_words / max(kept, 1), kept_linked / max(kept_words, 1.0)
    out[5], out[6], out[7] = kept_prose / max(kept_words, 1.0), prose, expected
    out[8], out[9] = judgement.confidence, best
    out[10] = (last - first + 1) / max(kept, 1)
    out[11], out[12] = longest, other_prose
    out[13], out[14], out[15] = n, total, linked / total
    out[16], out[17], out[18] = headings, linked_headings, teasers
    out[19], out[20], out[21] = blocks.inputs.sum(), blocks.images.sum(), prices
    out[22] = outermost_articles(elements).sum()
    for k in range(len(_GROUPS)):
        for i in range(n):
            out[_BELOW + k] += elements.any_words[blocks.inner[i]] & _GROUPS[k] > 0
        out[_BELOW + k] /= n
        out[_IN_BODY + k] = elements.words[0] & _GROUPS[k] > 0
