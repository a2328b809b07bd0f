"""Where a core's time goes: shares of the CPU of `copydesk worker`, by component, with texts and with pages.

  python bench/profiling.py                                  on articles made of the samples
  python bench/profiling.py --data ARTICLES.jsonl.gz --pages PAGES.jsonl.gz --out profile
  python bench/plots.py flame profile.html.txt profile.svg   the stacks as a flame graph

The supervisor and its three workers take a backlog of articles, while py-spy looks at all their processes 199
times a second. A process's samples share the CPU that the system says it has used: those in the kernel
(waiting, sending, receiving) its system time, all others its user time; so it does not matter how long a
process waited for a core. `components.py` says which frame belongs to what. What numba has compiled is seen
as the line that calls it; the finder of names, one such call, is divided by calling its parts. Idle: the
same processes with nothing to do. The last line is for scripts.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "deploy" / "check")]

import orjson  # noqa: E402
import tools  # noqa: E402

from bench.clock import cpu_seconds  # noqa: E402
from bench.components import FINDER, OTHER, component, with_kernel_of_numba, without_launch  # noqa: E402
from bench.finder_parts import finder_parts  # noqa: E402
from bench.hop import broker, say  # noqa: E402
from bench.live import Bench  # noqa: E402
from bench.stacks import Stack, recorded, supervised  # noqa: E402
from bench.versus.articles import KINDS, Raw, made_unique, read_articles  # noqa: E402
from streams.shell import topics  # noqa: E402
from streams.warming import warm_up  # noqa: E402

LOCK = "requirements-plots.lock"
WARM = 100  # articles
ARTICLES = {"text": 3_000, "html": 600}  # some 15 s of CPU each
IDLE_SECONDS = 20.0
FINDER_TEXTS = 300  # of which it is measured how the finder's time is made up
SHOWN = 0.005  # of the whole; what is less is summed up


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="raw events with texts; the repository's samples otherwise")
    parser.add_argument("--pages", type=Path, help="raw events with HTML; the samples otherwise")
    parser.add_argument("--out", type=Path, default=Path("profile"), help="files begin so: OUT.text.txt ...")
    parser.add_argument("--scale", type=float, default=1.0, help="so many times the articles")
    parser.add_argument("--read", action="store_true", help="the table of what is in the files already")
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    files = {kind: options.out.with_name(f"{options.out.name}.{kind}.txt") for kind in KINDS}
    given = {"text": read_articles(options.data, "text"), "html": read_articles(options.pages, "html")}
    if not options.read:
        py_spy = tools.python(LOCK) / "py-spy"
        with broker() as brokers:
            for kind, articles in given.items():
                write(measured(brokers, articles, int(ARTICLES[kind] * options.scale), py_spy), files[kind])
    warm_up()
    report({kind: read(path) for kind, path in files.items()}, finder_parts(texts_of(given["text"])))


def measured(brokers: str, articles: list[Raw], count: int, py_spy: Path) -> list[Stack]:
    """The stacks of the workers over so many articles; `seconds` are milliseconds an article."""
    values = [orjson.dumps(article) for article in made_unique(articles, WARM + count)]
    with tempfile.TemporaryDirectory(prefix="copydesk-profile-") as folder:
        bench = Bench(brokers, Path(folder))
        topics.check(bench.settings, create=True)
        with supervised(bench) as supervisor:
            asyncio.run(bench.fill(values[:WARM]))
            asyncio.run(bench.settled())
            idle, began = idling(supervisor), time.monotonic()
            stacks = recorded(bench, supervisor, py_spy, values[WARM:])
            took = time.monotonic() - began
        asyncio.run(bench.drop())
    say(
        f"{count} articles in {took:.0f} s; with nothing to do the workers use {idle * 100:.1f}% of a core, "
        f"which is {idle * took / count * 1e3:.2f} ms an article of this run"
    )
    return [Stack(s.role, with_kernel_of_numba(s.frames), s.seconds / count * 1e3) for s in stacks]


def texts_of(articles: list[Raw]) -> list[str]:
    """English texts of some of the articles."""
    return [
        article["content"] for article in articles[:FINDER_TEXTS] if article.get("language", "en") == "en"
    ]


def idling(supervisor: int) -> float:
    """The share of a core that the workers use with nothing to do."""
    before, began = cpu_seconds(supervisor), time.monotonic()
    time.sleep(IDLE_SECONDS)
    return (cpu_seconds(supervisor) - before) / (time.monotonic() - began)


def write(stacks: Sequence[Stack], path: Path) -> None:
    """Collapsed stacks, as flame graphs are drawn from: role;frame;frame milliseconds-an-article."""
    rows: dict[str, float] = defaultdict(float)
    for stack in stacks:
        frames = [frame.replace(";", ",") for frame in without_launch(stack.frames)]
        rows[";".join((stack.role, *frames))] += stack.seconds
    path.write_text("".join(f"{row} {milliseconds:.6f}\n" for row, milliseconds in sorted(rows.items())))


def read(path: Path) -> list[Stack]:
    rows = (line.rpartition(" ") for line in path.read_text().splitlines())
    return [Stack(*_parted(stack), float(number)) for stack, _, number in rows]


def _parted(stack: str) -> tuple[str, tuple[str, ...]]:
    role, *frames = stack.split(";")
    return role, tuple(frames)


def report(took: dict[str, list[Stack]], finder: dict[str, float]) -> None:
    """A table in Markdown: ms of CPU an article and share by component."""
    shares = {kind: by_component(stacks, finder) for kind, stacks in took.items()}
    totals = {kind: sum(found.values()) for kind, found in shares.items()}
    heads = " | ".join(f"{kind}, ms | %" for kind in took)
    print(f"| component | {heads} |\n|---|{'---|---|' * len(took)}")
    names = sorted(
        {name for found in shares.values() for name in found},
        key=lambda name: -sum(found.get(name, 0.0) / totals[kind] for kind, found in shares.items()),
    )
    for name in names:
        cells = [(found.get(name, 0.0), totals[kind]) for kind, found in shares.items()]
        if any(value > SHOWN * whole for value, whole in cells):
            print(f"| {name} | {' | '.join(f'{v:.3f} | {v / whole * 100:.1f}' for v, whole in cells)} |")
    print(f"| all | {' | '.join(f'{whole:.2f} | 100' for whole in totals.values())} |")
    rounded = {kind: {name: round(v, 4) for name, v in found.items()} for kind, found in shares.items()}
    print(f"\nprofile: {json.dumps(rounded)}")


def by_component(stacks: Sequence[Stack], finder: dict[str, float]) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for stack in stacks:
        name = component(stack.frames)
        found[name if name != OTHER else f"other: {stack.role}"] += stack.seconds
    whole = found.pop(FINDER, 0.0)
    return {**found, **{f"{FINDER}: {part}": whole * share for part, share in finder.items()}}


if __name__ == "__main__":
    main()
