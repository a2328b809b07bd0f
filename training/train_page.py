"""Trains what judges pages: streams/cleaning/models/page.npz (the body) and kind.npz (is it an article).

    python training/train_page.py DATA streams/cleaning/models

DATA is a folder with html/{dev,train,news}.jsonl.gz, their gold texts and html/others.jsonl.gz. Of it aeb is
only evaluated on. Prints F1 by source: for aeb of the shipped model, for the others by cross-validation over
sites (the pages of a site are never on both sides). The same data give the same bytes. 8 minutes of one core.
"""

import argparse
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import track
from selectolax.lexbor import LexborHTMLParser

from streams.cleaning.guard import may_fall_back, measure_markup
from streams.cleaning.metadata import Metadata, read_metadata
from streams.cleaning.page.body import Model, judge
from streams.cleaning.page.context import CONTEXT, context
from streams.cleaning.page.extract import extract_body
from streams.cleaning.page.features import FEATURES, features
from streams.cleaning.page.kind import row
from streams.cleaning.page.markup import GROUP
from streams.cleaning.page.outline import Outline, outline_of
from streams.cleaning.trees import Trees
from training.alignment import token_shares
from training.boosted import arrays, fit
from training.kind import KindRow, train_kind
from training.pages import Page, folds, read_others, read_pages, trainable
from training.scores import Score, f1, page_f1, score

FOLDS = 6
SHARED = {
    "num_leaves": 12, "learning_rate": 0.1, "min_data_in_leaf": 60, "bagging_fraction": 0.7,
    "bagging_freq": 1, "lambda_l2": 5.0, "max_bin": 127,
}  # fmt: skip
FIRST = {**SHARED, "feature_fraction": 0.3}
SECOND = {**SHARED, "feature_fraction": 0.4}
FIRST_ROUNDS, SECOND_ROUNDS = 110, 80
# Pages whose gold no model finds (the gold of one comment, of a caption, of half a page) teach the wrong
# thing: below this cross-validated F1 a page weighs a tenth.
ODD, ODD_WEIGHT = 0.7, 0.1
NEWS_WEIGHT = 2.0  # of 121 news pages against 601 blogs and company pages: news is what we clean


@dataclass
class Example:
    """A page as the ensembles see it. `shares`: of each block's tokens in the gold; `first`: the first
    ensemble's probabilities, always of one that has not seen the page."""

    page: Page
    metadata: Metadata
    outline: Outline
    rows: NDArray[np.float32]
    words: NDArray[np.float64]
    shares: NDArray[np.float64]
    weight: NDArray[np.float64]
    first: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @property
    def in_context(self) -> NDArray[np.float32]:
        return context(self.first, self.words, self.rows, self.outline.blocks, self.outline.elements)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("models", type=Path, help="the folder that page.npz and kind.npz are written to")
    arguments = parser.parse_args()
    examples = [read(page) for page in track(read_pages(arguments.data), "reading pages")]
    known = [e for e in examples if e.page in set(trainable([e.page for e in examples]))]
    unseen = [e for e in examples if e not in known]
    fold = folds([e.page for e in known], FOLDS)
    models = cross_validate(known, fold)
    scores = [evaluate(e, models[k]) for e, k in zip(known, fold, strict=True)]
    report("all pages alike", known, scores)
    for example, found in zip(known, scores, strict=True):
        if page_f1(found) < ODD:
            example.weight *= ODD_WEIGHT
    models = cross_validate(known, fold)
    scores = [evaluate(e, models[k]) for e, k in zip(known, fold, strict=True)]
    report("odd pages light", known, scores)
    model = Model(train_first(known), train_second(known))
    report("never seen", unseen, [evaluate(e, model) for e in unseen])
    path = arguments.models / "page.npz"
    stored: dict[str, Any] = {**arrays(model.first, "first"), **arrays(model.second, "second")}
    np.savez_compressed(path, **stored)
    print(f"{path}: {path.stat().st_size} bytes, {len(FEATURES)} and {len(CONTEXT)} columns")
    unlike = [read(page) for page in read_others(arguments.data)]
    of_known = [judge(e.outline, e.metadata.headline, models[k]) for e, k in zip(known, fold, strict=True)]
    rows = [
        KindRow(e.page, row(e.outline, judged, e.metadata, e.page.url), is_article)
        for group, judgements, is_article in (
            (known, of_known, True),
            (unlike, [judge(e.outline, e.metadata.headline, model) for e in unlike], False),
        )
        for e, judged in zip(group, judgements, strict=True)
    ]
    train_kind(rows, arguments.models / "kind.npz")


def read(page: Page) -> Example:
    tree = LexborHTMLParser(page.html)
    metadata = read_metadata(tree, page.url)
    outline = outline_of(tree)
    rows, words = features(outline, metadata.headline)
    shares = token_shares([outline.block(i) for i in range(len(rows))], page.gold).clip(0, 1)
    # each page weighs about the same: by its words over those of its gold, and a part by their square roots
    root = np.sqrt(words + 1)
    weight = np.minimum((words + 2) / (words[shares >= 0.5].sum() + 50), 1) + 2 * root / max(root.sum(), 1)
    if page.source == "news":
        weight *= NEWS_WEIGHT
        # this gold counts the standfirst as body, the others do not
        weight[(outline.elements.words[outline.blocks.outer] & GROUP["standfirst"]) > 0] = 0
    return Example(page, metadata, outline, rows, words, shares, weight)


def cross_validate(known: list[Example], fold: NDArray[np.int64]) -> list[Model]:
    """A model for each fold, of the other folds' pages."""
    firsts = []
    for k in range(FOLDS):
        firsts.append(train_first([e for e, f in zip(known, fold, strict=True) if f != k]))
        for example, of in zip(known, fold, strict=True):
            if of == k:
                example.first = firsts[k].predict(example.rows)
    return [
        Model(firsts[k], train_second([e for e, f in zip(known, fold, strict=True) if f != k]))
        for k in range(FOLDS)
    ]


def train_first(of: list[Example]) -> Trees:
    return fit(
        np.concatenate([e.rows for e in of]),
        np.concatenate([e.shares for e in of]),
        np.concatenate([e.weight for e in of]),
        FIRST_ROUNDS,
        FEATURES,
        **FIRST,
    )


def train_second(of: list[Example]) -> Trees:
    return fit(
        np.concatenate([e.in_context for e in of]),
        np.concatenate([e.shares for e in of]),
        np.concatenate([e.weight for e in of]),
        SECOND_ROUNDS,
        (*CONTEXT, *FEATURES),
        **SECOND,
    )


def evaluate(example: Example, model: Model) -> Score:
    """The whole extraction of a page, trafilatura for doubtful ones included."""
    body = extract_body(
        LexborHTMLParser(example.page.html),
        title=example.metadata.headline,
        description=example.metadata.standfirst,
        may_fall_back=may_fall_back(measure_markup(example.page.html)),
        using=model,
    )
    # the gold of the news pages counts the standfirst as body
    before = [body.standfirst] if body.standfirst and example.page.source == "news" else []
    return score(example.page.gold, "\n\n".join([*before, *body.paragraphs]))


def report(name: str, examples: list[Example], scores: list[Score]) -> None:
    sources = sorted({e.page.source for e in examples})
    found = (
        f"{source} {f1(s for e, s in zip(examples, scores, strict=True) if e.page.source == source):.4f}"
        for source in sources
    )
    print(f"{name}: {' '.join(found)}", flush=True)


if __name__ == "__main__":
    main()
