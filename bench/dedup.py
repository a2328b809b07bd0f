"""What de-duplication costs: its worker on a real Kafka, its fingerprint, its memory; and datasketch beside.

  python bench/dedup.py                                      all of it, on articles made of the samples
  python bench/dedup.py worker --data TAGGED.jsonl.gz        a part, on tagged events of your own
  python bench/dedup.py quality --raw RAW.jsonl.gz --labels LABELS.jsonl
  python bench/dedup.py race --raw RAW.jsonl.gz --labels LABELS.jsonl --datasketch-python OTHER/bin/python

worker: CPU and wall an article of `copydesk worker dedup`. fingerprint: articles of 600 words a second.
memory: time and bytes at ten thousand and at a million articles. load: folding a million logged rows. log:
the same from a real Kafka, and `copydesk explain` over it. hot: a footer or a text that a hundred thousand
articles share. quality: precision of the links, pair and B-cubed F1 by labels, and what depends on the order
of arrival. race: speed, memory and pair F1 of datasketch's MinHashLSH and ours over the same texts. Last line
for scripts: dedup: <figure>=<value> ...
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import orjson  # noqa: E402

from bench import dedup_corpus, dedup_log, dedup_memory, dedup_quality, dedup_race, dedup_worker  # noqa: E402
from bench.hop import broker  # noqa: E402
from streams.dedup.sketch import sketch  # noqa: E402

Figures = dict[str, float]
HOT_ARTICLES = 100_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--data", type=Path, help="tagged events, JSON lines, packed or not")
    parser.add_argument("--records", type=int, default=20_000, help="of the worker")
    parser.add_argument("--articles", type=int, default=1_000_000, help="of memory, load and log")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--raw", type=Path, help="raw events for quality and race, in the order of arrival")
    parser.add_argument("--labels", type=Path, help='their gold: {"url": ..., "root": ...} a line')
    parser.add_argument("--datasketch-python", metavar="PATH", default=sys.executable, help="who has it")
    options = parser.parse_args()
    if unknown := set(options.parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    corpus = dedup_corpus.corpus(options.data)
    figures: Figures = {}
    for name, part in PARTS.items():
        if not options.parts or name in options.parts:
            figures |= part(corpus, options)
    print("\ndedup: " + " ".join(f"{name}={value:.4g}" for name, value in figures.items()))


def worker(corpus: list[dedup_corpus.Tagged], options: argparse.Namespace) -> Figures:
    records = list(dedup_corpus.rounds(corpus, options.records))
    size = statistics.mean(len(record.value) for record in records)
    print(f"{len(records):,} records of {size:,.0f} bytes, {len(corpus)} articles and others like them")
    with broker() as brokers:
        costs = dedup_worker.measured(brokers, records, options.rounds)
    return {"worker_articles_s": dedup_worker.report(costs)}


def fingerprint(corpus: list[dedup_corpus.Tagged], options: argparse.Namespace) -> Figures:
    """Of the sketch, which is all but 3 us of a fingerprint."""
    texts = [orjson.loads(tagged.value)["text"] for tagged in corpus]
    articles = sum(len(text.split()) for text in texts) / dedup_corpus.ARTICLE_WORDS
    sketch(texts[0])
    rates = []
    for _ in range(options.rounds):
        began = time.process_time()
        for text in texts:
            sketch(text)
        rates.append(articles / (time.process_time() - began))
    print(f"fingerprint: {statistics.median(rates):,.0f} articles of 600 words a CPU second")
    return {"fingerprint_s": statistics.median(rates)}


def memory(corpus: list[dedup_corpus.Tagged], options: argparse.Namespace) -> Figures:
    sizes = dedup_memory.SMALL, options.articles
    small, large = dedup_memory.alone(dedup_memory.growth, corpus, sizes)
    for at in (small, large):
        print(
            f"{at.articles:>9,} articles: query {at.query_us:.1f} us, insert {at.insert_us:.1f},"
            f" decide and apply {at.decide_us:.1f};"
            f" bytes an article: {at.counted:,.0f} counted, {at.resident:,.0f} resident, {at.peak:,.0f} peak"
        )
    ratio = (large.query_us + large.insert_us) / (small.query_us + small.insert_us)
    print(f"memory: query and insert cost {ratio:.2f} times as much at {large.articles:,}")
    return {"growth": ratio, "resident_b": large.resident, "counted_b": large.counted, "peak_b": large.peak}


def load(corpus: list[dedup_corpus.Tagged], options: argparse.Namespace) -> Figures:
    cpu, wall, size = dedup_memory.alone(dedup_memory.loading, corpus, options.articles)
    print(
        f"load: {options.articles:,} rows, {size / 1e6:,.0f} MB:"
        f" {cpu:.1f} CPU seconds, {wall:.1f} on the wall"
    )
    return {"load_cpu_s": cpu, "load_wall_s": wall}


def log(corpus: list[dedup_corpus.Tagged], options: argparse.Namespace) -> Figures:
    with broker() as brokers:
        return dedup_log.report(options.articles, *dedup_log.measured(brokers, corpus, options.articles))


def hot(corpus: list[dedup_corpus.Tagged], _options: argparse.Namespace) -> Figures:
    figures: Figures = {}
    for name, work in (("footer", dedup_memory.shared_footer), ("text", dedup_memory.identical_texts)):
        early, late, full = dedup_memory.alone(work, corpus, HOT_ARTICLES)
        print(
            f"hot: one {name} of {HOT_ARTICLES:,} articles: {early:.0f} us an article after a thousand,"
            f" {late:.0f} at the end, {full:,} times a list was full"
        )
        figures[f"hot_{name}_us"] = late
    return figures


def quality(_corpus: list[dedup_corpus.Tagged], options: argparse.Namespace) -> Figures:
    if not (options.raw and options.labels):
        print("quality is left out: it needs --raw and --labels")
        return {}
    return dedup_quality.report(options.raw, options.labels)


def race(corpus: list[dedup_corpus.Tagged], options: argparse.Namespace) -> Figures:
    if options.datasketch_python == sys.executable and find_spec("datasketch") is None:
        print("datasketch is left out: pip install datasketch, or --datasketch-python OTHER/bin/python")
        return {}
    if options.raw and options.labels:
        texts, roots = dedup_race.labelled(options.raw, options.labels)
    else:
        texts, roots = dedup_race.made_up(corpus)
    print(f"{len(texts):,} texts of {statistics.mean(len(text.split()) for text in texts):.0f} words")
    try:
        results = dedup_race.race(texts, options.datasketch_python, options.rounds)
    except subprocess.CalledProcessError as error:
        print(f"datasketch is left out: {error}")
        return {}
    return dedup_race.report(results, roots)


PARTS: dict[str, Callable[[list[dedup_corpus.Tagged], argparse.Namespace], Figures]] = {
    "worker": worker,
    "fingerprint": fingerprint,
    "memory": memory,
    "load": load,
    "log": log,
    "hot": hot,
    "quality": quality,
    "race": race,
}

if __name__ == "__main__":
    main()
