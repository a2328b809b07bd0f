"""What the metrics cost an article: `python bench/counting.py`. Half a minute.

CPU microseconds an article for what each stage's loop counts of a batch, by how many are counted
together (a round), and the same counted article by article, as clients are mostly used. The limit of the
design is 3 us. Entities are counted in the stage process: their share is the last line.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable
from functools import partial

from streams.dedup import Emission
from streams.events import Rejected
from streams.pipeline import Output
from streams.shell import counting, metrics
from streams.vocabulary import EntityType, RejectReason, Relation, Status

ROUNDS = 9
ARTICLES = 20_000
SIZES = (1, 16, 125, 500)
NOW, HASH = "2026-11-22T10:00:00.123Z", "0" * 32
DONE = Output(HASH, HASH, NOW, "en", b"{}", None, (3, 4, 2, 1, 0))
CLEANED = [Output(HASH, HASH, NOW, code, b"{}") for code in ("en", "de", "fr", "xx")]
REFUSED = Rejected(RejectReason.TOO_SHORT)
MADE = Emission(
    id=bytes(16),
    place=1,
    version=1,
    first_received_ms=0,
    decision=1,
    status=Status.USABLE,
    relation=Relation.ORIGINAL,
    previous_hash=None,
    of=None,
    group=bytes(16),
    jaccard=None,
    containment=None,
    score=None,
)


def judged(stage: str, size: int) -> Callable[[], None]:
    outcomes = [
        REFUSED if i % 20 == 19 else CLEANED[i % 4] if stage == "clean" else DONE for i in range(size)
    ]
    seconds = [0.001 + i % 7 / 1000 for i in range(size)]
    return lambda: counting.count_judged(stage, seconds, outcomes)


def decided(size: int) -> Callable[[], None]:
    received, emissions = [time.time() - i % 5 for i in range(size)], [MADE] * size
    outcomes = Counter(output=size, unchanged=0, repeated=0, failed=0)
    return lambda: counting.count_decided("dedup", outcomes, Counter(), received, emissions)


def one_by_one(size: int) -> Callable[[], None]:
    """What counting by batch spares: a label and an increment for each article and metric."""

    def count() -> None:
        for _ in range(size):
            metrics.STAGE_SECONDS.labels(stage="tag").observe(0.002)
            metrics.OUTCOMES.labels(stage="tag", outcome="output").inc()
            metrics.FRESHNESS.labels(stage="tag").observe(0.5)
            for kind, n in zip(EntityType, DONE.entities, strict=True):
                metrics.ENTITIES.labels(type=kind.value).inc(n)

    return count


def microseconds(count: Callable[[], None], size: int) -> float:
    """Of CPU an article; the median of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(ARTICLES // size):
            count()
        rounds.append((time.process_time() - began) / (ARTICLES // size * size) * 1e6)
    return statistics.median(rounds)


def main() -> None:
    print("us of CPU an article, by records in a batch")
    print(f"{'':>22}" + "".join(f"{size:>8}" for size in SIZES))
    made: dict[str, Callable[[int], Callable[[], None]]] = {
        "clean": partial(judged, "clean"),
        "tag": partial(judged, "tag"),
        "dedup": decided,
        "one by one": one_by_one,
    }
    for name, make in made.items():
        print(f"{name:>22}" + "".join(f"{microseconds(make(size), size):8.2f}" for size in SIZES))
    types = [kind for kind, n in zip(EntityType, DONE.entities, strict=True) for _ in range(n)] * 2
    spent = microseconds(lambda: void(tuple(map(types.count, EntityType))), 1)
    print(f"counting {len(types)} entities of an article by type: {spent:.2f} us")


def void(_counts: tuple[int, ...]) -> None:
    pass


if __name__ == "__main__":
    main()
