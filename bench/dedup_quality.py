"""How good the links of de-duplication are, on raw events of which one knows the stories.

In the order of the file and shuffled: what is decided in the end must not depend on the order of arrival.
"""

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bench.dedup_race import known_stories, pair_f1
from streams.dedup import Arrival, DedupIndex, Emission, decide, fingerprint_of
from streams.events import CleanedArticle

SEED = 1  # of the other order of arrival


def report(events: Path, labels: Path) -> dict[str, float]:
    """Prints and gives link precision, pair F1, B-cubed F1, the number of links, and what depends on the
    order.

    An article that cleaning rejects is no copy and has none.
    """
    read = known_stories(events, labels)
    articles = [article for article, _ in read if article is not None]
    last = decided(articles)
    roots = {article.id: root for article, root in read if article is not None}
    links = [(own, emission.of.hex()) for own, emission in last.items() if emission.of]
    right = sum(roots[own] == roots.get(parent) for own, parent in links)
    rejected = [f"rejected {nth}" for nth in range(len(read) - len(articles))]
    meant = [*roots.values(), *(root for article, root in read if article is None)]
    found = [*(family(own, last) for own in roots), *rejected]
    random.Random(SEED).shuffle(articles)  # noqa: S311
    other = decided(articles)
    changed = sum(outcome(own, last) != outcome(own, other) for own in last) / max(1, len(last))
    figures = {
        "link_p": right / len(links) if links else 1.0,
        "pair_f1": pair_f1(found, meant),
        "b3": b_cubed_f1(found, meant),
        "links": len(links),
        "changed": changed,
    }
    print(
        f"quality: {len(read):,} articles, {len(rejected)} rejected by cleaning; {len(links):,} links,"
        f" {len(links) - right} of them wrong; precision {figures['link_p']:.4f}, pair F1"
        f" {figures['pair_f1']:.4f}, B-cubed F1 {figures['b3']:.4f}; shuffled, {changed:.4f} of them differ"
    )
    return figures


def decided(articles: Sequence[CleanedArticle]) -> dict[str, Emission]:
    """The last event of each id, when they arrive in this order."""
    index, last = DedupIndex(), dict[str, Emission]()
    for nth, article in enumerate(articles):
        effects = decide(index, Arrival(nth, bytes.fromhex(article.id), fingerprint_of(article)))
        index.apply(effects.rows)
        last.update((emission.id.hex(), emission) for emission in effects.emissions)
    return last


def family(own: str, last: dict[str, Emission]) -> str:
    """The original that following `group` ends at."""
    while (group := last[own].group) is not None and group.hex() != own and group.hex() in last:
        own = group.hex()
    return own


def outcome(own: str, last: dict[str, Emission]) -> tuple[object, object, str]:
    return last[own].relation, last[own].of, family(own, last)


def b_cubed_f1(found: Sequence[object], meant: Sequence[object]) -> float:
    """Harmonic mean of B-cubed precision and recall (Bagga & Baldwin 1998)."""
    both, guessed, wanted = Counter(zip(found, meant, strict=True)), Counter(found), Counter(meant)
    precision = sum(n * n / guessed[key] for (key, _), n in both.items()) / max(1, len(found))
    recall = sum(n * n / wanted[key] for (_, key), n in both.items()) / max(1, len(found))
    return 2 * precision * recall / max(1e-9, precision + recall)
