"""Trains the line model of flattened pages and writes it, with its card, into a folder.

    python training/train_lines.py --data DATA streams/cleaning/models

DATA/html holds the pages (training/pages.py). Prints scores by cross-validation over sites (pages of one
registrable domain are never on both sides), and those of the pages that are evaluation only. Deterministic:
the same data and library versions give the same bytes.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.flat import Flattened, assemble, context, surroundings
from streams.cleaning.flat.header import title_line
from streams.cleaning.flat.linemodel import seen_again
from streams.cleaning.trees import Trees
from training.boosted import arrays, fit
from training.flattened import Sample, samples
from training.pages import EVALUATION_ONLY, Page, folds, read_pages
from training.scores import Score, f1, page_f1, score

FOLDS = 5
SHARED: dict[str, Any] = {
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 60,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5,
    "max_bin": 127,
}
FIRST = {"rounds": 120, "feature_fraction": 0.3, "names": surroundings.NAMES}
SECOND = {"rounds": 80, "feature_fraction": 0.4, "names": (*context.NAMES, *surroundings.NAMES)}
CONFIDENCES = (0.0, 0.6, 0.75, 0.85, 0.9, 0.95, 0.98, 1.01)  # bounds of the calibration table's rows
LOST = 0.1  # share of an article's words from which it counts as damaged

Matrix = NDArray[np.float32]
Vector = NDArray[np.float64]

CARD = """# lines.npz
Which lines of a flattened page are the article (streams/cleaning/flat/linemodel.py): two ensembles of boosted
trees, the second over the first's probabilities of the lines around.

Made by `python training/train_lines.py --data DATA streams/cleaning/models`, which prints:

```
{report}
```

Learned from {learned} pages with gold texts: articles of the dev split of the web content extraction
benchmark (wcxb, github.com/Murrough-Foley/web-content-extraction-benchmark, CC BY 4.0) and news pages of
github.com/flairNLP/fundus (tests/resources, MIT); the pages are their publishers'. They were flattened with
resiliparse 2.0.1: each as it is, some without indents and blank lines, cut down to the body's surroundings,
and the gold text alone. Nothing of the pages is in the model but thresholds on numbers.

A line's label is the share of its tokens that a longest common subsequence finds in the gold text. Scores are
F1 of 4-token shingles as the article extraction benchmark takes them
(github.com/scrapinghub/article-extraction-benchmark, MIT), of what the whole step makes of the page. The
columns (surroundings.py, context.py) hold no words of any language but the lexicon's verdict on a line.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with html/")
    parser.add_argument("out", type=Path, help="folder for lines.npz and lines.md")
    arguments = parser.parse_args()
    pages = read_pages(arguments.data)
    every = [sample for number, page in enumerate(pages) for sample in samples(number, page)]
    learned = [sample for sample in every if pages[sample.page].source != EVALUATION_ONLY]
    apart = [
        sample for sample in every if pages[sample.page].source == EVALUATION_ONLY and sample.form == "page"
    ]
    fold = folds(pages, FOLDS)[[sample.page for sample in learned]]
    seen = [sample.seen for sample in learned]
    guessed = _out_of_fold(learned, seen, fold, FIRST)
    again = [
        seen_again(p, sample.shapes, sample.words, sample.seen)
        for sample, p in zip(learned, guessed, strict=True)
    ]
    judged = _out_of_fold(learned, again, fold, SECOND)
    first, second = _fit(learned, seen, FIRST), _fit(learned, again, SECOND)
    judged += [
        second.predict(seen_again(first.predict(sample.seen), sample.shapes, sample.words, sample.seen))
        for sample in apart
    ]
    report = "\n".join(_report(pages, learned + apart, judged))
    print(report)
    arguments.out.mkdir(parents=True, exist_ok=True)
    stored: dict[str, Any] = {**arrays(first, "first"), **arrays(second, "second")}
    np.savez_compressed(arguments.out / "lines.npz", **stored)
    card = CARD.format(report=report, learned=len({sample.page for sample in learned}))
    (arguments.out / "lines.md").write_text(card, encoding="utf-8")


def _out_of_fold(
    learned: Sequence[Sample], seen: Sequence[Matrix], fold: NDArray[np.int64], look: dict[str, Any]
) -> list[Vector]:
    """The probabilities of each sample's lines, from trees that saw nothing of its site."""
    out: list[Vector] = [np.empty(0)] * len(learned)
    for held_out in range(FOLDS):
        inside = np.flatnonzero(fold != held_out).tolist()
        trees = _fit([learned[i] for i in inside], [seen[i] for i in inside], look)
        for i in np.flatnonzero(fold == held_out).tolist():
            out[i] = trees.predict(seen[i])
    return out


def _fit(learned: Sequence[Sample], seen: Sequence[Matrix], look: dict[str, Any]) -> Trees:
    return fit(
        np.concatenate(seen),
        np.concatenate([sample.target for sample in learned]),
        np.concatenate([sample.weight for sample in learned]),
        **SHARED,
        **look,
    )


def _report(pages: Sequence[Page], learned: Sequence[Sample], judged: Sequence[Vector]) -> Iterator[str]:
    scores: dict[str, list[Score]] = defaultdict(list)
    losses: dict[str, list[float]] = defaultdict(list)
    confidences: list[tuple[float, float]] = []
    for sample, p in zip(learned, judged, strict=True):
        page = pages[sample.page]
        flat = assemble(sample.lines, sample.shapes, p, sample.known, title_line(sample.lines, sample.known))
        if sample.form in ("clean", "one line"):
            losses[sample.form].append(_lost(sample, flat))
            continue
        result = score(page.gold, _text(flat, page))
        named = {"page": page.source}.get(sample.form, f"{page.source}, {sample.form}")
        scores[named].append(result)
        if sample.form == "page":
            confidences.append((flat.confidence, page_f1(result)))
            if page.source == "wcxb":
                scores[f"wcxb, {page.part} alone"].append(result)
    for name in sorted(scores):
        how = "evaluation only" if name == EVALUATION_ONLY else "cross-validated by site"
        yield f"F1 {f1(scores[name]):.4f}  {name} ({len(scores[name])}), {how}"
    for name, lost in losses.items():
        damaged = f"over {LOST:.0%} in {sum(share > LOST for share in lost)} of {len(lost)}"
        yield f"words lost {np.mean(lost):.4f}, {damaged}: gold alone, {name}"
    for low, high in pairwise(CONFIDENCES):
        inside = [pair for pair in confidences if low <= pair[0] < high]
        if inside:
            said, was = np.mean(inside, axis=0)
            yield f"confidence {said:.3f} where F1 was {was:.3f} ({len(inside)} pages)"


def _text(flat: Flattened, page: Page) -> str:
    """The body; the news pages' gold counts the standfirst as body."""
    standfirst = flat.header.standfirst if page.source == "news" else None
    return "\n\n".join(filter(None, (standfirst, *flat.paragraphs)))


def _lost(sample: Sample, flat: Flattened) -> float:
    kept = sum(len(paragraph.split()) for paragraph in flat.paragraphs)
    return 1 - kept / sum(len(line.text.split()) for line in sample.lines)


if __name__ == "__main__":
    main()
