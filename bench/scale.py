"""How the cost of an article grows: with workers, the index, its own size, the partitions; and on disk.

  python bench/scale.py                                    all curves, about half an hour
  python bench/scale.py size index --out scale.jsonl       parts: workers index size partitions disk
  python bench/scale.py disk --data ARTICLES.jsonl.gz --pages PAGES.jsonl.gz
  python bench/plots.py curves scale.jsonl curves.svg

workers: one and two workers a stage, and the broker beside them. index: finding, inserting and deciding with
10,000 to a million articles in the memory. size: texts, and articles in pages, of .5 to 200 kB. partitions: 1
to 64, with a backlog and with nothing to do. disk: bytes an article of each topic as the broker has them,
packed with zstd, from a backlog and at a trickle (one article at a time, so that none shares a batch). CPU is
that of the workers' process trees; articles a second depend on what else the machine does. A line a point:
{"curve": ..., "at": x, "values": {name: figure}}.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import orjson  # noqa: E402

from bench.broker_side import broker_pid, log_folder, stored  # noqa: E402
from bench.clock import cpu_seconds  # noqa: E402
from bench.dedup_corpus import corpus  # noqa: E402
from bench.dedup_memory import alone, growth  # noqa: E402
from bench.hop import broker, say  # noqa: E402
from bench.live import Bench, Worker, cpu_by_stage  # noqa: E402
from bench.load import raw_articles, sized_page, sized_text  # noqa: E402
from bench.versus.articles import KINDS, made_unique, read_articles  # noqa: E402
from streams.shell import clients, topics  # noqa: E402

WARM = 200  # articles before what is measured
ARTICLES = 400  # of a round
WORKERS = (1, 2)
INDEXED = (10_000, 30_000, 100_000, 300_000, 1_000_000)
KILOBYTES = (0.5, 2.0, 8.0, 30.0, 100.0, 200.0)
ROUND_KILOBYTES = 800  # of a size in a round, so many articles at least ...
FEWEST = 10
PARTITIONS = (1, 4, 16, 64)
IDLE_SECONDS = 15.0
ON_DISK = 400  # articles, no one twice where the data have so many

Point = tuple[str, float, dict[str, float]]
"""Curve, place on its axis, figures."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--out", type=Path, help="lines are added to this file too")
    parser.add_argument("--rounds", type=int, default=3, help="of which the median counts")
    parser.add_argument("--data", type=Path, help="raw events with texts, for disk; else the samples")
    parser.add_argument("--pages", type=Path, help="raw events with HTML, for disk; else the samples")
    options = parser.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    with broker() as brokers, open_or_none(options.out) as out:
        for name in options.parts or PARTS:
            for curve, at, values in PARTS[name](brokers, options):
                line = json.dumps(
                    {"curve": curve, "at": at, "values": {n: round(v, 4) for n, v in values.items()}}
                )
                print(line, flush=True)
                if out is not None:
                    out.write(line + "\n")
                    out.flush()


@contextmanager
def open_or_none(path: Path | None) -> Iterator[IO[str] | None]:
    if path is None:
        yield None
        return
    with path.open("a") as out:
        yield out


@contextmanager
def running(brokers: str, partitions: int = 4, of_each: int = 1) -> Iterator[tuple[Bench, list[Worker]]]:
    """Live workers that have done their first articles; their topics are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="copydesk-scale-") as folder:
        bench = Bench(brokers, Path(folder), partitions)
        topics.check(bench.settings, create=True)
        try:
            with bench.workers(of_each) as workers:
                asyncio.run(bench.fill(raw_articles(WARM)))
                asyncio.run(bench.settled())
                yield bench, workers
        finally:
            asyncio.run(bench.drop())


def spent(bench: Bench, workers: list[Worker], articles: list[bytes]) -> tuple[dict[str, float], float]:
    """(ms of CPU an article by stage, articles a second) of a backlog."""
    before, began = cpu_by_stage(workers), time.perf_counter()
    asyncio.run(bench.fill(articles))
    asyncio.run(bench.settled())
    took, after = time.perf_counter() - began, cpu_by_stage(workers)
    return {stage: (after[stage] - before[stage]) / len(articles) * 1e3 for stage in after}, len(
        articles
    ) / took


def medians(rounds: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: statistics.median(found[name] for found in rounds) for name in rounds[0]}


def by_workers(brokers: str, options: argparse.Namespace) -> Iterator[Point]:
    for of_each in WORKERS:
        with running(brokers, of_each=of_each) as (bench, workers):
            texts, rounds = raw_articles(WARM + options.rounds * ARTICLES)[WARM:], []
            node = broker_pid(asyncio.run(log_folder(bench.settings)))
            for nth in range(options.rounds):
                before = cpu_seconds(node)
                cpu, rate = spent(bench, workers, texts[nth * ARTICLES :][:ARTICLES])
                broker_ms = (cpu_seconds(node) - before) / ARTICLES * 1e3
                rounds.append({"CPU, ms": sum(cpu.values()), "broker, ms": broker_ms, "articles/s": rate})
        yield "workers a stage", of_each, medians(rounds)


def by_index(_brokers: str, _options: argparse.Namespace) -> Iterator[Point]:
    for found in alone(growth, corpus(None), INDEXED):
        times = {
            "find, us": found.query_us,
            "insert, us": found.insert_us,
            "decide and apply, us": found.decide_us,
        }
        yield "articles in the index", found.articles, times
        yield (
            "articles in the index: bytes each",
            found.articles,
            {"counted": found.counted, "resident": found.resident},
        )


def by_size(brokers: str, options: argparse.Namespace) -> Iterator[Point]:
    makers = {"text": sized_text, "page": sized_page}
    with running(brokers) as (bench, workers):
        rounds: dict[tuple[str, float], list[dict[str, float]]] = {}
        number = WARM
        for nth in range(options.rounds):
            for kind, make in makers.items():
                for size in KILOBYTES:
                    count = max(FEWEST, min(ARTICLES, int(ROUND_KILOBYTES / size)))
                    articles = [make(number + i, int(size * 1000)) for i in range(count)]
                    number += count
                    cpu, _rate = spent(bench, workers, articles)
                    figures = {f"{stage}, ms": value for stage, value in cpu.items()}
                    rounds.setdefault((kind, size), []).append({"all, ms": sum(cpu.values()), **figures})
            say(f"sizes: round {nth + 1} of {options.rounds}")
    for (kind, size), found in rounds.items():
        yield f"kB of an article, {kind}", size, medians(found)


def by_partitions(brokers: str, options: argparse.Namespace) -> Iterator[Point]:
    for partitions in PARTITIONS:
        with running(brokers, partitions) as (bench, workers):
            before, began = sum(cpu_by_stage(workers).values()), time.perf_counter()
            time.sleep(IDLE_SECONDS)
            idle = (sum(cpu_by_stage(workers).values()) - before) / (time.perf_counter() - began)
            texts = raw_articles(WARM + options.rounds * ARTICLES)[WARM:]
            rounds = [
                sum(spent(bench, workers, texts[nth * ARTICLES :][:ARTICLES])[0].values())
                for nth in range(options.rounds)
            ]
        yield "partitions", partitions, {"CPU, ms an article": statistics.median(rounds)}
        yield "partitions: idle", partitions, {"% of a core": idle * 100}


def on_disk(brokers: str, options: argparse.Namespace) -> Iterator[Point]:
    for kind in KINDS:
        found = read_articles(options.data if kind == "text" else options.pages, kind)[:ON_DISK]
        articles = [orjson.dumps(article) for article in made_unique(found, len(found))]
        for how, trickle in (("backlog", False), ("trickle", True)):
            with running(brokers) as (bench, _workers):
                folder, names = (
                    asyncio.run(log_folder(bench.settings)),
                    [t.name for t in topics.wanted(bench.settings)],
                )
                before = {name: stored(folder, name) for name in names}
                asyncio.run(one_by_one(bench, articles) if trickle else bench.fill(articles))
                asyncio.run(bench.settled())
                told = {
                    name.removeprefix(bench.settings.topic_prefix): (stored(folder, name) - before[name])
                    / len(articles)
                    for name in names
                }
            size = statistics.fmean(map(len, articles))
            yield f"bytes an article on disk: {kind}, {how}", size, told


async def one_by_one(bench: Bench, articles: list[bytes]) -> None:
    producer = await clients.started(clients.producer(bench.settings), bench.settings)
    for nth, article in enumerate(articles):
        await producer.send_and_wait(bench.raw, article, b"%d" % nth)
    await clients.stopped(producer)


PARTS: dict[str, Callable[[str, argparse.Namespace], Iterator[Point]]] = {
    "workers": by_workers,
    "index": by_index,
    "size": by_size,
    "partitions": by_partitions,
    "disk": on_disk,
}

if __name__ == "__main__":
    main()
