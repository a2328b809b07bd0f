"""Which articles known so far are the parent, and which the children, of a text."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled
from streams.dedup.blocks import read_sketch
from streams.dedup.compare import EQUAL_ONLY_BELOW, WHOLE, is_copy, near_score, resemblance
from streams.dedup.kernels import NOWHERE, Records, State, comes_before, find_article, find_key, find_text
from streams.dedup.rows import RelationCode
from streams.dedup.sketch import ROUTING_KEYS, SKETCH_WIDTH, routing_keys

HOUR_MS = 3_600_000
PAIR_WINDOW_MS = 72 * HOUR_MS  # received further apart, two articles are never compared
LIST_LIMIT = 64  # texts of a routing key, and articles of a text, that are found: the lowest order keys

_EXACT, _NEAR = int(RelationCode.EXACT), int(RelationCode.NEAR)

LINK = np.dtype([("article", "i4"), ("score", "u2"), ("jaccard", "u2"), ("containment", "u2")])
LONGEST_LINE = 1_000  # ancestors; a guard, not a measurement: each is a better copy than the one below it
MOST_LINKS = (1 + ROUTING_KEYS * LIST_LIMIT) * LIST_LIMIT


@compiled
def search_if_new(
    state: State, row: Records, values: NDArray[np.uint32], parent: Records, children: Records
) -> tuple[int, int]:
    """Where in memory the id of ROW[1] is, and the number of children.

    A row whose id is nowhere is searched for and linked at once: most are, and every call from Python of a
    kernel that takes the state costs 2 us.
    """
    at = find_article(state, row[0].id[0], row[0].id[1])
    if at != NOWHERE:
        return at, 0
    return NOWHERE, search_and_link(state, row, values, NOWHERE, parent, children)


@compiled
def search_and_link(
    state: State,
    row: Records,
    values: NDArray[np.uint32],
    without: int,
    parent: Records,
    children: Records,
) -> int:
    """As search(); the row becomes a copy of the parent found, if any, and of the group that one has."""
    count = search(state, row, values, without, parent, children)
    at = parent[0].article
    if at != NOWHERE:
        link_to(row, parent, state.articles[at : at + 1])
    return count


@compiled
def link_to(row: Records, link: Records, parent: Records) -> None:
    """Gives ROW[1] the parent (of ROW[1] or ARTICLE[1]) that a search has found as LINK[1], and its group."""
    child, found, above = row[0], link[0], parent[0]
    child.relation = _EXACT if found.score == WHOLE else _NEAR
    child.score, child.jaccard, child.containment = found.score, found.jaccard, found.containment
    child.parent_order = above.order
    child.parent[0], child.parent[1] = above.id[0], above.id[1]
    child.group[0], child.group[1] = above.group[0], above.group[1]


@compiled
def search(
    state: State,
    row: Records,
    values: NDArray[np.uint32],
    without: int,
    parent: Records,
    children: Records,
) -> int:
    """Fills `parent` (LINK[1]) and `children` (LINK[MOST_LINKS]); returns the number of children.

    `row` is ROW[1]: the subject's id, hash, order, received and shingles are read. The parent is the best
    copy with a lower order key: highest score, then lowest order key. Children are copies with a higher
    order key for which the subject is a better parent than the one they have. The article at `without` is
    passed over.
    """
    subject = row[0]
    parent[0].article = NOWHERE
    parent[0].score = 0
    count = 0
    theirs = np.empty(SKETCH_WIDTH, np.uint32)
    same = find_text(state, subject.hash[0], subject.hash[1])
    for text in candidates(state, same, values, subject.shingles):
        if text == same:
            jaccard, containment, score = WHOLE, WHOLE, WHOLE
        else:
            other = state.texts[text].shingles
            sketch = theirs[: read_sketch(state, text, theirs)]
            jaccard, containment, shared = resemblance(values, subject.shingles, sketch, other)
            if not is_copy(jaccard, containment, shared, subject.shingles, other):
                continue
            score = near_score(jaccard, containment)
        at = state.texts[text].first
        while at != NOWHERE:
            article = state.articles[at]
            link = parent
            place = -1
            if at != without and _eligible(article, subject):
                if comes_before(article.order, article.id, subject.order, subject.id):
                    if _better_parent(state, article, score, parent[0], subject):
                        place = 0
                elif _improves(article, score, subject):
                    link = children
                    place = count
                    count += 1
            if place >= 0:
                link[place].article = at
                link[place].score = score
                link[place].jaccard = jaccard
                link[place].containment = containment
            at = article.next_in_text
    return count


@compiled
def candidates(state: State, same: int, values: NDArray[np.uint32], shingles: int) -> NDArray[np.int32]:
    """The texts that share a routing key, and the equal one, each once."""
    found = np.empty(1 + ROUTING_KEYS * LIST_LIMIT, np.int32)
    count = 0
    if same != NOWHERE:
        found[0] = same
        count = 1
    if shingles < EQUAL_ONLY_BELOW:
        return found[:count]
    for key in routing_keys(values, state.stop):
        place = find_key(state, key)
        node = state.by_key[place].value if place != NOWHERE else 0
        while node != 0:
            alone = node < 0
            text = -node - 1 if alone else state.nodes[node - 1].text
            seen = False
            for i in range(count):
                if found[i] == text:
                    seen = True
                    break
            if not seen:
                found[count] = text
                count += 1
            node = 0 if alone else state.nodes[node - 1].next
    return found[:count]


@compiled
def former(state: State, at: int, row: Records) -> bool:
    """Whether an article descends from the id that ROW[1] is about."""
    return _descends(state, state.articles[at], row[0])


@compiled
def _eligible(article: Any, subject: Any) -> bool:
    if article.id[0] == subject.id[0] and article.id[1] == subject.id[1]:
        return False
    return bool(abs(article.received - subject.received) <= PAIR_WINDOW_MS)


@compiled
def _better_parent(state: State, article: Any, score: int, best: Any, subject: Any) -> bool:
    if score < best.score:
        return False
    if score == best.score:
        rival = state.articles[best.article]
        if not comes_before(article.order, article.id, rival.order, rival.id):
            return False
    return not _descends(state, article, subject)


@compiled
def _descends(state: State, article: Any, subject: Any) -> bool:
    """Whether an article is a copy of the subject, or of its copies.

    An id that had left the memory and comes again with a higher order key meets its own former copies: as
    parents they would send a reader round in a circle.
    """
    for _ in range(LONGEST_LINE):
        if article.group[0] == subject.id[0] and article.group[1] == subject.id[1]:
            return True
        if article.relation != _EXACT and article.relation != _NEAR:
            return False
        if article.parent[0] == subject.id[0] and article.parent[1] == subject.id[1]:
            return True
        above = find_article(state, article.parent[0], article.parent[1])
        if above == NOWHERE:
            return False
        article = state.articles[above]
    return True


@compiled
def _improves(article: Any, score: int, subject: Any) -> bool:
    if score != article.score:
        return bool(score > article.score)
    return comes_before(subject.order, subject.id, article.parent_order, article.parent)
