"""De-duplication against datasketch's MinHashLSH over the same texts: articles a second, memory, pair F1."""

import json
import random
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bench.dedup_corpus import Tagged, events_of
from bench.hop import say
from streams.contract import decode_cleaned
from streams.events import CleanedArticle
from streams.pipeline import CLEAN, Output, Record, run

CONTENDERS = Path(__file__).with_name("dedup_contenders.py")
OURS, THEIRS = "copydesk", "datasketch"
# What datasketch finds is a copy from an estimated Jaccard on; it gets the one that is best for it.
THRESHOLDS = (0.0, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7, 0.8)
RECEIVED = "2026-01-01T00:00:00.000Z"  # where an event does not say when
FAMILIES = 1_500  # of the made-up texts


@dataclass(slots=True)
class Result:
    """What a contender needed for all texts, and the earlier articles that it found for each."""

    cpu_s: list[float] = field(default_factory=list)
    mb: float = 0.0
    links: list[list[tuple[int, float]]] = field(default_factory=list)


def race(texts: Sequence[str], their_python: str, rounds: int) -> dict[str, Result]:
    """Both take turns, a fresh process each time. CalledProcessError where one cannot do its work."""
    results = {OURS: Result(), THEIRS: Result()}
    for nth in range(rounds):
        for name, result in results.items():
            python = their_python if name == THEIRS else sys.executable
            told = json.loads(
                subprocess.run(
                    [python, str(CONTENDERS), name],
                    input=json.dumps({"texts": list(texts)}),
                    stdout=subprocess.PIPE,
                    text=True,
                    check=True,
                ).stdout
            )
            result.cpu_s.append(told["cpu_s"])
            result.mb, result.links = told["mb"], told["links"]
            say(f"round {nth + 1}: {name} {told['cpu_s'] / len(texts) * 1e6:.0f} us an article")
    return results


def known_stories(events: Path, labels: Path) -> list[tuple[CleanedArticle | None, str]]:
    """What cleaning makes of raw events, in their order, and of which story each is, by URL; None where it
    is rejected.
    """
    roots = {row["url"]: row["root"] for row in map(orjson.loads, labels.read_bytes().splitlines())}
    found = []
    for line in events_of(events):
        out = run(CLEAN, Record(line, RECEIVED))
        article = decode_cleaned(out.value, RECEIVED) if isinstance(out, Output) else None
        kept = article if isinstance(article, CleanedArticle) else None
        found.append((kept, roots[orjson.loads(line)["url"]]))
    return found


def labelled(events: Path, labels: Path) -> tuple[list[str], list[str]]:
    """The cleaned texts of raw events, in their order, and of which story each is."""
    pairs = [(article.text, root) for article, root in known_stories(events, labels) if article is not None]
    return [text for text, _ in pairs], [root for _, root in pairs]


def made_up(corpus: Sequence[Tagged]) -> tuple[list[str], list[str]]:
    """Stories made of the samples' sentences, and what outlets make of some: cut, dressed, thinned out."""
    source = random.Random(1)  # noqa: S311
    sentences = [s for t in corpus for s in str(orjson.loads(t.value)["text"]).split(". ") if len(s) > 40]
    texts: list[tuple[float, str, str]] = []
    for number in range(FAMILIES):
        # Words get the story's number: stories that chance gave the same sentence have nothing in common.
        story = [
            " ".join(f"{w}{number}" if i % 3 == 0 else w for i, w in enumerate(s.split()))
            for s in source.choices(sentences, k=source.randint(8, 30))
        ]
        copies = source.choice((0, 0, 0, 1, 2, 6))
        texts += [
            (source.random(), ". ".join(c), str(number)) for c in (story, *variants(story, copies, source))
        ]
    texts.sort()
    return [text for _, text, _ in texts], [root for _, _, root in texts]


def variants(story: list[str], count: int, source: random.Random) -> Iterable[list[str]]:
    for _ in range(count):
        kind = source.randrange(4)
        if kind == 0:
            yield story[: max(4, len(story) // 2)]
        elif kind == 1:
            yield [f"Published by outlet {source.random()}", *story, f"Read more at outlet {source.random()}"]
        elif kind == 2:
            yield [s for s in story if source.random() < 0.75] or story
        else:
            yield story


def families(links: Sequence[Sequence[tuple[int, float]]], threshold: float) -> list[int]:
    """Each article's first ancestor, its parent being the best found from the threshold on."""
    first = list(range(len(links)))
    for number, found in enumerate(links):
        best = max(((score, -other) for other, score in found if score >= threshold), default=None)
        if best is not None:
            first[number] = first[-best[1]]
    return first


def pair_f1(found: Sequence[object], meant: Sequence[object]) -> float:
    """F1 over the pairs of articles that are in one family."""
    right, guessed, wanted = (
        sum(n * (n - 1) // 2 for n in Counter(keys).values())
        for keys in (zip(found, meant, strict=True), found, meant)
    )
    return 2 * right / max(1, guessed + wanted)


def report(results: dict[str, Result], roots: Sequence[str]) -> dict[str, float]:
    """Prints a line for each, and the ratios; gives them."""
    ours, theirs = results[OURS], results[THEIRS]
    best = max(THRESHOLDS, key=lambda threshold: pair_f1(families(theirs.links, threshold), roots))
    f1 = {
        OURS: pair_f1(families(ours.links, 0.0), roots),
        THEIRS: pair_f1(families(theirs.links, best), roots),
    }
    for name, result in results.items():
        seconds = statistics.median(result.cpu_s)
        note = f", Jaccard from {best:g} on" if name == THEIRS else ""
        print(
            f"{name:<10} {len(roots) / seconds:8,.0f} articles a CPU second,"
            f" {result.mb / len(roots) * 1e6:8,.0f} B an article, pair F1 {f1[name]:.3f}{note}"
        )
    speeds = sorted(t / o for o, t in zip(ours.cpu_s, theirs.cpu_s, strict=True))
    memory = ours.mb / theirs.mb
    print(f"race: {statistics.median(speeds):.1f} times the speed, {memory:.2f} of the memory")
    return {"speed": statistics.median(speeds), "memory": memory, **{f"f1_{n}": v for n, v in f1.items()}}
