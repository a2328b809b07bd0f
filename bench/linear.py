# ruff: noqa: E501 -- the table of shapes reads best whole
"""How the time of clean() and of values() grows with the size of the input, for articles and hostile shapes.

Each shape is made in sizes that double, as far as the guard lets it pass, of values() as far as a text goes; a slope of 1 in log time over log size is linear growth. Run:
python bench/linear.py [--most BYTES] [SHAPE ...]. The last line is JSON: {"shape": slope, ...}.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from itertools import pairwise, takewhile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from streams.cleaning import MAX_TEXT, clean
from streams.events import Failed, RawArticle
from streams.tagging import MOST_VALUES
from streams.tagging.values import values

VALUES = "values"  # instead of a content type: values() is measured
SMALLEST, LARGEST = 62_000, 3_968_000  # bytes; the guard refuses 4,000,000
LINEAR = 1.15  # slope that counts as linear: caches and growing buffers cost a little
TURNS = 3  # of each measurement, the fastest counts
ENOUGH = 1.0  # seconds: so long a turn needs no other

PUBLISHED = "2026-11-22T10:00:00.000Z"
PROSE = "The harbour office said on Friday that {} passengers had crossed the river in the rain since the morning. "
ARTICLE = "".join(f"<p>{PROSE.format(n)}{PROSE.format(n + 50)}</p>" for n in range(10))
MARKS = "harbo\u0301\u0316\u0337ur "


def page(unit: str, opening: str = "", closing: str = "") -> Callable[[int], str]:
    """A page of an article and as many numbered units as the size needs."""

    def of(size: int) -> str:
        head = f"<!doctype html><html lang=en><title>Ferry returns</title><article>{ARTICLE}"
        rest = size - len(head) - len(opening) - len(closing)
        return head + opening + _filled(unit, rest) + closing

    return of


def text(unit: str) -> Callable[[int], str]:
    """The same without markup."""
    head = "\n\n".join(PROSE.format(n) for n in range(10)) + "\n\n"
    return lambda size: head + _filled(unit, size - len(head))


def _filled(unit: str, size: int) -> str:
    written = len(unit.format(10_000).encode())
    return "".join(unit.format(n) for n in range(10_000, 10_000 + max(0, size // written)))


SHAPES: dict[str, tuple[str, Callable[[int], str]]] = {
    "page: paragraphs": ("text/html", page(f"<p>{PROSE}</p>")),
    "page: divs of links": ("text/html", page("<div class=teaser{0}><a href='/news/story-{0}'>Something {0} has happened again</a></div>")),
    "page: links in one p": ("text/html", page("<a href='/news/story-{0}'>words of {0}</a> and some more words of text that stand here ", "<p>", "</p>")),
    "page: list items": ("text/html", page("<li>An item number {0} of a list that has a good many items in it, more than one can read", "<ul>", "</ul>")),
    "page: table cells": ("text/html", page("<tr><td>A cell number {0} of a table</td><td>that has a good many cells in it</td><td>{0}</td></tr>", "<table>", "</table>")),
    "page: one paragraph": ("text/html", page(PROSE, "<p>", "</p>")),
    "page: one word": ("text/html", page("a{0}", "<p>", "</p>")),
    "page: nested 300 deep": ("text/html", page(f"<p>{PROSE}", "<div>" * 300, "</div>" * 300)),
    "page: entities": ("text/html", page("&amp;&eacute;&#0;{0} ", "<p>", "</p>")),
    "page: one attribute": ("text/html", page("{{&quot;id&quot;:{0}}} ", "<div data-x='", "'>x</div>")),
    "page: scripts": ("text/html", page("<script>var a{0} = '<div>' + document.title + '</div>' && 'word word word';</script>")),
    "page: JSON-LD": ("text/html", page('{{"@type":"Thing","name":"{0}"}},', '<script type="application/ld+json">[', "{}]</script>")),
    "page: meta": ("text/html", page("<meta name='article:tag{0}' content='a tag that describes what the page is about'>")),
    "page: comments": ("text/html", page("<!-- {0} -->")),
    "page: white space": ("text/html", page(" \n\t{0}", "<p>", "</p>")),
    "page: marks": ("text/html", page(MARKS * 10, "<p>", "</p>")),
    "text: paragraphs": ("text/plain", text(PROSE + "\n\n")),
    "text: short lines": ("text/plain", text("Section {0}\n")),
    "text: equal lines": ("text/plain", text("World news\n")),
    "text: one line": ("text/plain", text(PROSE)),
    "text: one word": ("text/plain", text("a{0}")),
    "text: bylines": ("text/plain", text("By Nora Quill{0} and Tomas Veldkamp\n\n")),
    "text: one byline": ("text/plain", lambda size: "By " + text("A B{0}, ")(size)),
    "text: credits": ("text/plain", text("(Photo: Lena Brandt{0} / Alamy)\n\n")),
    "text: dates": ("text/plain", text("17 November 2026, 11:20 {0}\n")),
    "text: spaces": ("text/plain", text(" " * 1_000 + "{0}")),
    "text: quotes": ("text/plain", text("“" * 1_000 + "{0}")),
    "text: marks": ("text/plain", text(MARKS * 10)),
    "values: prose": (VALUES, text(PROSE)),
    "values: dates": (VALUES, text("on Thursday, 5 May 2020 ")),
    "values: shares": (VALUES, text("1% ")),
    "values: numbers": (VALUES, text("10 to 5 ")),
    "values: hyphens": (VALUES, text("5-")),
    "values: words": (VALUES, text("two or one ")),
    "values: months": (VALUES, text("May ")),
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=LARGEST, help="bytes of the largest input")
    parser.add_argument("shapes", nargs="*", help="beginnings of the shapes' names; all without")
    options = parser.parse_args()
    sizes = [SMALLEST]
    while 2 * sizes[-1] <= options.most:
        sizes.append(2 * sizes[-1])
    print(f"{'':<24} {'62 kB':>9}  time ratio of each doubling up to {sizes[-1] / 1e6:.1f} MB, slope")
    slopes = {}
    for name, (content_type, make) in SHAPES.items():
        if options.shapes and not name.startswith(tuple(options.shapes)):
            continue
        _seconds(make(SMALLEST), content_type)  # loads models and kernels
        took = list(takewhile(math.isfinite, (_seconds(make(size), content_type) for size in sizes)))
        ratios = " ".join(f"{after / before:5.2f}" for before, after in pairwise(took))
        slopes[name] = round(_slope(sizes[: len(took)], took), 3)
        verdict = "" if slopes[name] <= LINEAR else "  NOT LINEAR"
        print(f"{name:<24} {took[0] * 1e3:>6.1f} ms  {ratios}  {slopes[name]:.2f}{verdict}", flush=True)
    print(json.dumps(slopes))
    sys.exit(any(slope > LINEAR for slope in slopes.values()))


def _seconds(content: str, content_type: str) -> float:
    """CPU seconds of one clean() or values(); infinite for what the guard refuses or clean() cuts."""
    if content_type == VALUES and len(content) > MAX_TEXT:
        return math.inf
    article = RawArticle(
        url="https://post.example/ferry-returns",
        received_at=PUBLISHED,
        content=content,
        content_type="text/html" if content_type == "text/html" else "text/plain",
    )
    best = math.inf
    for _ in range(TURNS):
        began = time.process_time()
        result = (
            values(content, PUBLISHED, most=MOST_VALUES + 1) if content_type == VALUES else clean(article)
        )
        if isinstance(result, Failed):
            return math.inf
        best = min(best, time.process_time() - began)
        if best > ENOUGH:
            break
    return best


def _slope(sizes: list[int], took: list[float]) -> float:
    """Of the line through log time over log size (least squares)."""
    xs, ys = [math.log(size) for size in sizes], [math.log(seconds) for seconds in took]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


if __name__ == "__main__":
    main()
