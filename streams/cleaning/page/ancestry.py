"""Where a block stands in the tree: its ancestors, the page's main container, and what they hold.

Each kernel fills its columns of (columns, blocks), from `column` on, in the order of the names above it.
"""

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.page.blocks import Elements
from streams.cleaning.page.markup import LANDMARK
from streams.cleaning.page.measures import Measures, Sums, sums
from streams.compiled import compiled

LEVELS = 4  # ancestors that are looked at, each the next that holds more blocks
VOTES = (1.0, 0.6, 0.36)  # what a paragraph gives to its parent, grandparent and great-grandparent
_COUNTED_LEVELS = 3  # ancestors in which pictures and form fields are counted
_ARTICLE = LANDMARK["article"]


@compiled
def wider(elements: Elements, element: int) -> int:
    """The next ancestor that holds more blocks; the body's own at the top."""
    size = elements.last[element] - elements.first[element]
    while elements.parent[element] >= 0 and elements.last[element] - elements.first[element] <= size:
        element = elements.parent[element]
    return element


ANCESTORS = tuple(
    f"a{level}_{name}" for level in range(LEVELS) for name in ("good", "linked", "blocks", "mean", "share")
)


@compiled
def fill_ancestors(
    out: NDArray[np.float32], column: int, outer: NDArray[np.int32], elements: Elements, page: Sums
) -> None:
    """What each ancestor holds: paragraphs, links, blocks, their mean length, its share of the page."""
    length, linked, good = page
    all_, all_good = length[-1], good[-1] + 1.0
    for i in range(len(outer)):
        e = outer[i]
        c = column
        for _ in range(LEVELS):
            a, b = elements.first[e], elements.last[e]
            out[c, i] = (good[b] - good[a]) / all_good
            out[c + 1, i] = (linked[b] - linked[a]) / max(length[b] - length[a], 1.0)
            out[c + 2, i] = b - a
            out[c + 3, i] = (length[b] - length[a]) / max(b - a, 1)
            out[c + 4, i] = (length[b] - length[a]) / all_
            c += 5
            e = wider(elements, e)


MAIN = (
    *(
        "main_in",
        "main_before",
        "main_after",
        "main_shared",
        "main_up",
        "main_below",
        "main_good",
        "main_linked",
    ),
    *("articles", "article_good"),
)


@compiled
def fill_main(
    out: NDArray[np.float32],
    column: int,
    outer: NDArray[np.int32],
    elements: Elements,
    m: Measures,
    page: Sums,
) -> None:
    """The container that the page's paragraphs vote for, how far each block lies from it, and <article>s."""
    length, linked, good = page
    n = len(outer)
    main = _main_container(outer, elements, m, page)
    shared, steps = _shared_depth(elements, main)
    articles, article_good = _articles(n, elements, good)
    a, b = elements.first[main], elements.last[main]
    for i in range(n):
        s = shared[outer[i]]
        out[column, i] = a <= i < b
        out[column + 1, i], out[column + 2, i] = a - i, i - b
        out[column + 3, i], out[column + 4, i] = s / steps, steps - s
        out[column + 5, i] = elements.depth[outer[i]] - s
        out[column + 6, i] = (good[b] - good[a]) / (good[n] + 1.0)
        out[column + 7, i] = (linked[b] - linked[a]) / max(length[b] - length[a], 1.0)
        out[column + 8, i], out[column + 9, i] = articles, article_good[i]


@compiled
def _main_container(outer: NDArray[np.int32], elements: Elements, m: Measures, page: Sums) -> int:
    """The element with the most votes of the paragraphs in it, less for links in it (as readability does)."""
    votes = np.zeros(len(elements.parent))
    for i in range(len(outer)):
        p = max(elements.parent[outer[i]], 0)
        for weight in VOTES:
            votes[p] += m.good[i] * weight
            p = max(elements.parent[p], 0)
    main, most = 0, -1.0
    for e in range(len(votes)):
        a, b = elements.first[e], elements.last[e]
        vote = votes[e] * (
            1.0 - (page.linked[b] - page.linked[a]) / max(page.length[b] - page.length[a], 1.0)
        )
        if vote > most:
            main, most = e, vote
    return main


@compiled
def _shared_depth(elements: Elements, main: int) -> tuple[NDArray[np.int64], int]:
    """How many ancestors each element (itself included) shares with `main`; how many `main` has."""
    chain = np.zeros(len(elements.parent), np.bool_)
    e, steps = main, 0
    while e >= 0:
        chain[e] = True
        steps += 1
        e = elements.parent[e]
    shared = np.zeros(len(chain), np.int64)
    for e in range(len(chain)):
        p = elements.parent[e]
        shared[e] = (shared[p] if p >= 0 else 0) + chain[e]
    return shared, steps


@compiled
def _articles(n: int, elements: Elements, good: NDArray[np.float64]) -> tuple[int, NDArray[np.float64]]:
    """How many outermost <article>s there are; for each block, what of the page's `good` its article has."""
    out, articles = np.zeros(n), 0
    outermost = outermost_articles(elements)
    for e in range(len(outermost)):
        if outermost[e]:
            articles += 1
            a, b = elements.first[e], elements.last[e]
            for i in range(a, b):
                out[i] = (good[b] - good[a]) / (good[n] + 1.0)
    return articles, out


@compiled
def outermost_articles(elements: Elements) -> NDArray[np.bool_]:
    """Which elements are an <article> that is in no other: landmarks are handed down."""
    out = elements.landmarks & _ARTICLE > 0
    for e in range(1, len(out)):
        if elements.landmarks[elements.parent[e]] & _ARTICLE:
            out[e] = False
    return out


THINGS = tuple(
    name
    for thing in ("images", "inputs")
    for name in (thing, *(f"a{level}_{thing}" for level in range(_COUNTED_LEVELS)))
)


@compiled
def fill_things(
    out: NDArray[np.float32],
    column: int,
    things: NDArray[np.int32],
    outer: NDArray[np.int32],
    elements: Elements,
) -> None:
    """Half of THINGS: how many pictures (or form fields) stand at the block, and in its nearest ancestors."""
    total = sums(things.astype(np.float64))
    for i in range(len(outer)):
        out[column, i] = things[i]
        e = outer[i]
        for level in range(_COUNTED_LEVELS):
            out[column + 1 + level, i] = total[elements.last[e]] - total[elements.first[e]]
            e = wider(elements, e)
