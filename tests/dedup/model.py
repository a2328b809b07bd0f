"""De-duplication as one would write it with all the time in the world: every pair, no index, no sketches.

It keeps what came and nothing that was concluded from it: each answer is worked out again from all texts
that there ever were, by the rule as the design states it, over sets of words.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from math import inf

HOUR_MS = 3_600_000
WINDOW_MS, KEEP_MS = 72 * HOUR_MS, 96 * HOUR_MS
EXACT = 10_000


@cache
def shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = text.split()
    width = min(4, len(words))
    return frozenset(tuple(words[i : i + width]) for i in range(len(words) - width + 1) if width)


@cache
def copied(one: str, other: str) -> int:
    """How good a parent one text is of another, in ten-thousandths; 0 where neither is a copy."""
    if one == other:
        return EXACT
    left, right = shingles(one), shingles(other)
    shorter, longer = sorted((len(left), len(right)))
    if shorter < 25:
        return 0
    shared = len(left & right)
    jaccard, containment = shared * EXACT // len(left | right), shared * EXACT // shorter
    if shorter >= 120:
        copy = jaccard >= 2_500 or (containment >= 6_000 and shared >= 60)
    else:
        part = longer >= 1.5 * shorter and containment >= 6_000 and shared >= 40
        copy = jaccard >= 5_000 or (containment >= 8_000 and shared >= 30) or part
    return min(max(jaccard, containment), EXACT - 1) if copy else 0


@dataclass(slots=True, eq=False)
class Text:
    """A text that an id had from one step to another. The order key is that of the id's first text."""

    id: bytes
    words: str
    order_ms: int
    received_ms: int
    until: float = inf


@dataclass(slots=True, eq=False)
class Article:
    """What is known of an id: its texts, its last word, and since when it may have found its parent."""

    texts: list[Text] = field(default_factory=list)
    received_ms: int = -(2**62)
    removed: bool = False  # withdrawn or erased
    erased: bool = False
    since: int = 0
    replaced: str | None = None  # the words of the version before

    @property
    def text(self) -> Text | None:
        return None if self.removed else self.texts[-1]


class Model:
    """`publish`, `withdraw` and `erase` say whether an arrival is news; `articles` are those remembered."""

    def __init__(self) -> None:
        self.articles: dict[bytes, Article] = {}
        self.returned: set[bytes] = set()
        self._forgotten: set[bytes] = set()
        self._texts: list[Text] = []
        self._newest_ms = -(2**62)
        self._step = 0

    def publish(self, identifier: bytes, words: str, order_ms: int, received_ms: int) -> bool:
        self._step += 1
        known = self.articles.get(identifier, Article())
        last = known.texts[-1] if known.texts else None
        if identifier in self.articles:
            too_old = received_ms < known.received_ms + known.removed
            if too_old or (last is not None and last.words == words):
                return False
            if received_ms == known.received_ms and words == known.replaced:
                return False
        if last is not None:
            last.until = min(last.until, self._step)
            order_ms = last.order_ms
        known.replaced = last.words if last is not None and not known.erased else None
        text = Text(identifier, words, order_ms, received_ms)
        self._texts.append(text)
        known.texts.append(text)
        known.removed, known.erased, known.since = False, False, self._step
        self._arrived(identifier, known, received_ms)
        return True

    def withdraw(self, identifier: bytes, received_ms: int) -> bool:
        self._step += 1
        known = self.articles.get(identifier, Article())
        if identifier in self.articles and (known.removed or received_ms < known.received_ms):
            return False
        self._removed(identifier, known, received_ms, self._copies(known.texts))
        return True

    def erase(self, identifier: bytes, received_ms: int) -> bool:
        self._step += 1
        known = self.articles.get(identifier, Article())
        if known.erased:
            return False
        texts = [text for text in self._texts if text.id == identifier]  # also of what it was once
        self._removed(
            identifier,
            known,
            max(received_ms, known.received_ms),
            self._copies(texts),
        )
        known.erased = True
        return True

    def link(self, identifier: bytes) -> tuple[int, Text] | None:
        """The best copy with a lower order key among the texts that this one has met, with its score: the
        highest score, of these the lowest key, of these the first that came. None: an original.
        """
        article = self.articles[identifier]
        own = article.text
        assert own is not None
        found = [
            (copied(other.words, own.words), other)
            for other in self._texts
            if other.id != identifier
            and other.until > article.since
            and (other.order_ms, other.id) < (own.order_ms, identifier)
            and abs(other.received_ms - own.received_ms) <= WINDOW_MS
            and copied(other.words, own.words)
        ]
        return min(found, key=lambda pair: (-pair[0], pair[1].order_ms, pair[1].id), default=None)

    def _removed(
        self, identifier: bytes, article: Article, received_ms: int, copies: Iterable[Article]
    ) -> None:
        for copy in list(copies):
            copy.since = self._step
        if article.texts:
            article.texts[-1].until = min(article.texts[-1].until, self._step)
        article.removed = True
        self._arrived(identifier, article, received_ms)

    def _arrived(self, identifier: bytes, article: Article, received_ms: int) -> None:
        if identifier in self._forgotten:
            self.returned.add(identifier)
        article.received_ms = received_ms
        self.articles[identifier] = article
        self._newest_ms = max(self._newest_ms, received_ms)
        for old in [i for i, a in self.articles.items() if a.received_ms < self._newest_ms - KEEP_MS]:
            forgotten = self.articles.pop(old)
            self._forgotten.add(old)
            if forgotten.text is not None:
                forgotten.text.until = self._step + 0.5  # what came in this very step has still met it

    def _copies(self, texts: Collection[Text]) -> Iterator[Article]:
        """The articles whose parent is one of these texts."""
        for other, article in self.articles.items():
            if article.text is not None and (link := self.link(other)) is not None and link[1] in texts:
                yield article
