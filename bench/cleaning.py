"""The clean step beside what can be installed for it: F1 of the bodies and pages a second on the same pages.

  python bench/cleaning.py                      made-up pages (bench/pages.py), about a minute
  python bench/cleaning.py --data FOLDER        FOLDER/*.gold.jsonl.gz, and RAW.jsonl.gz for each of them
  python bench/cleaning.py --data FOLDER --most 100 --rounds 3

One process, one thread. The contenders take turns, round after round; counted is the CPU time of the process
over all pages, the first page of each contender left out (it loads models and compiles kernels). F1 is the
article extraction benchmark's, over 4-token shingles (training/scores.py); of gold with source "fundus",
which counts the standfirst as body, the contenders that give one have it before the text. Last line:
cleaning: ours=<pages/s> trafilatura=<pages/s, fast> ratio=<r> f1=<ours> f1_trafilatura=<fast>
"""

import argparse
import gc
import gzip
import logging
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import orjson
import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from selectolax.lexbor import LexborHTMLParser

from bench.pages import Page, made_up_pages
from streams.cleaning import clean
from streams.cleaning.guard import may_fall_back, measure_markup
from streams.cleaning.metadata import read_metadata
from streams.cleaning.page.extract import extract_body
from streams.events import CleanedArticle, RawArticle
from training.scores import Score, f1, score

RECEIVED = "2026-11-22T10:00:00.000Z"
WITH_STANDFIRST = "fundus"  # the source whose gold counts the standfirst as body
WHOLE, BODY, FAST = "copydesk, whole step", "copydesk, body alone", "trafilatura fast"

Found = tuple[str, str]
"""A page's standfirst, where the contender gives one, and its text."""
Contender = Callable[[Page], Found]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of pages with gold")
    parser.add_argument("--most", type=int, help="pages of each of its files")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for name in ("trafilatura", "readability"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    pages = read_pages(options.data, options.most) if options.data else made_up_pages()
    sources = sorted({page.source for page in pages})
    size = statistics.mean(len(page.html) for page in pages) / 1000
    print(f"{len(pages)} pages of {size:.0f} kB on average, {options.rounds} rounds")
    found, took = race(pages, contenders(pages), options.rounds)
    scores = {
        name: [judged(page, out) for page, out in zip(pages, outs, strict=True)]
        for name, outs in found.items()
    }
    columns = ("F1", "ms a page, median (least-most)", "pages/s", "to trafilatura fast")
    print(f"{'':<22} {columns[0]:>6} {columns[1]:>32} {columns[2]:>8} {columns[3]:>22}")
    for name, seconds in took.items():
        ms = [s * 1e3 / len(pages) for s in seconds]
        shown = f"{statistics.median(ms):.2f} ({min(ms):.2f}-{max(ms):.2f})"
        rate, low, high = ratio(took, name)
        print(
            f"{name:<22} {f1(scores[name]):>6.3f} {shown:>32} {1e3 / statistics.median(ms):>8.0f}"
            f" {f'{rate:.2f} ({low:.2f}-{high:.2f})':>22}"
        )
    print(f"\n{'F1 by source':<22} {'pages':>6}  " + "  ".join(f"{name:>22}" for name in took))
    for source in sources:
        of = [i for i, page in enumerate(pages) if page.source == source]
        row = "  ".join(f"{f1([scores[name][i] for i in of]):>22.3f}" for name in took)
        print(f"{source:<22} {len(of):>6}  {row}")
    speed = {name: len(pages) / statistics.median(took[name]) for name in (WHOLE, FAST)}
    print(
        f"cleaning: ours={speed[WHOLE]:.1f} trafilatura={speed[FAST]:.1f} ratio={ratio(took, WHOLE)[0]:.2f}"
        f" f1={f1(scores[WHOLE]):.4f} f1_trafilatura={f1(scores[FAST]):.4f}"
    )


def read_pages(folder: Path, most: int | None) -> list[Page]:
    """The pages of a folder that have a gold text."""
    pages = []
    for gold_file in sorted(folder.glob("*.gold.jsonl.gz")):
        gold = {row["url"]: row for row in _rows(gold_file)}
        raw = _rows(gold_file.with_name(gold_file.name.replace(".gold.", ".")))
        rows = [row for row in raw if row["url"] in gold][:most]
        for row in rows:
            known = gold[row["url"]]
            source = known.get("source") or gold_file.name.partition(".")[0]
            pages.append(Page(row["url"], row["content"], known["text"], source))
    if not pages:
        raise SystemExit(f"cleaning: {folder} has no *.gold.jsonl.gz with its pages")
    return pages


def _rows(path: Path) -> Iterable[dict[str, str]]:
    with gzip.open(path) as lines:
        yield from map(orjson.loads, lines)


def contenders(pages: list[Page]) -> dict[str, Contender]:
    told = {page.url: _told(page) for page in pages}

    def body(page: Page) -> Found:
        title, description, falls_back = told[page.url]
        tree = LexborHTMLParser(page.html)
        found = extract_body(tree, title=title, description=description, may_fall_back=falls_back)
        return found.standfirst or "", "\n".join(found.paragraphs)

    named: dict[str, Contender] = {
        WHOLE: whole,
        BODY: body,
        FAST: trafilatura_fast,
        "trafilatura default": lambda page: ("", trafilatura.extract(page.html) or ""),
        "resiliparse": lambda page: ("", extract_plain_text(page.html, main_content=True)),
    }
    try:
        named["readability-lxml"] = readability()
    except ImportError:
        print("readability-lxml is left out: .venv/bin/pip install -e '.[bench]'")
    return named


def _told(page: Page) -> tuple[str | None, str | None, bool]:
    """What the body alone needs of the steps before it: title, description, may_fall_back."""
    metadata = read_metadata(LexborHTMLParser(page.html), page.url)
    return metadata.headline, metadata.standfirst, may_fall_back(measure_markup(page.html))


def whole(page: Page) -> Found:
    event = clean(RawArticle(url=page.url, received_at=RECEIVED, content=page.html, content_type="text/html"))
    return (event.standfirst or "", event.text) if isinstance(event, CleanedArticle) else ("", "")


def trafilatura_fast(page: Page) -> Found:
    """As the design measured it, and as cleaning asks it for a second opinion."""
    found = trafilatura.bare_extraction(
        page.html, fast=True, include_comments=False, deduplicate=False, with_metadata=False
    )
    return "", (getattr(found, "text", None) or "")


def readability() -> Contender:
    import lxml.html
    from readability import Document

    def found(page: Page) -> Found:
        summary = lxml.html.fromstring(Document(page.html).summary(html_partial=True))
        return "", "\n".join(summary.itertext())

    return found


def race(
    pages: list[Page], named: dict[str, Contender], rounds: int
) -> tuple[dict[str, list[Found]], dict[str, list[float]]]:
    """What each contender finds, and the CPU seconds of its rounds."""
    found: dict[str, list[Found]] = {}
    took: dict[str, list[float]] = {name: [] for name in named}
    for contender in named.values():
        _safely(contender, pages[0])
    for _ in range(rounds):
        for name, contender in named.items():
            gc.collect()
            began = time.process_time()
            found[name] = [_safely(contender, page) for page in pages]
            took[name].append(time.process_time() - began)
    return found, took


def _safely(contender: Contender, page: Page) -> Found:
    with suppress(Exception):  # readability raises on pages it cannot read: they count as empty
        return contender(page)
    return "", ""


def judged(page: Page, found: Found) -> Score:
    standfirst, text = found
    return score(page.gold, f"{standfirst}\n\n{text}" if page.source == WITH_STANDFIRST else text)


def ratio(took: dict[str, list[float]], name: str) -> tuple[float, float, float]:
    """How many times as many pages a second as trafilatura fast: median, least and most of the rounds."""
    ratios = [fast / own for own, fast in zip(took[name], took[FAST], strict=True)]
    return statistics.median(ratios), min(ratios), max(ratios)


if __name__ == "__main__":
    main()
