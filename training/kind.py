"""The ensemble that tells articles from other pages, fitted and cross-validated on rows from train_page."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.cleaning.page.kind import COLUMNS
from streams.cleaning.trees import Trees
from streams.cleaning.verdict import NOT_ARTICLE
from training.boosted import arrays, average, fit
from training.pages import Page, folds

FOLDS = 8
SEEDS = 3  # 800 rows are few: the mean of several ensembles is steadier
SHARED = {
    "learning_rate": 0.1, "min_data_in_leaf": 8, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
}  # fmt: skip
SHAPES = (
    (100, {**SHARED, "num_leaves": 5, "feature_fraction": 0.3}),
    (140, {**SHARED, "num_leaves": 6, "feature_fraction": 0.15}),
)
# Of a page of each source: some of wcxb's articles are hubs, news are articles beyond doubt.
WEIGHTS = {"news": 4.0, "wcxb": 1.0, "others": 2.0}


@dataclass(frozen=True)
class KindRow:
    """A page's columns, judged by a body model that has not seen it."""

    page: Page
    columns: NDArray[np.float32]
    is_article: bool


def train_kind(rows: Sequence[KindRow], path: Path) -> None:
    """Writes the ensemble, and prints what cross-validation over sites says of the threshold."""
    fold = folds([row.page for row in rows], FOLDS)
    found = np.zeros(len(rows))
    for k in range(FOLDS):
        model = _fit([row for row, f in zip(rows, fold, strict=True) if f != k])
        of_fold = np.flatnonzero(fold == k)
        found[of_fold] = model.predict(np.stack([rows[i].columns for i in of_fold.tolist()]))
    for source in WEIGHTS:
        refused = [p < NOT_ARTICLE for p, row in zip(found, rows, strict=True) if row.page.source == source]
        print(f"{source}: {np.mean(refused):.3f} of {len(refused)} refused as no article")
    stored: dict[str, Any] = arrays(_fit(rows), "kind")
    np.savez_compressed(path, **stored)
    print(f"{path}: {path.stat().st_size} bytes, {len(COLUMNS)} columns")


def _fit(rows: Sequence[KindRow]) -> Trees:
    columns = np.stack([row.columns for row in rows])
    target = np.array([float(row.is_article) for row in rows])
    weight = np.array([WEIGHTS[row.page.source] for row in rows])
    return average(
        [
            fit(columns, target, weight, rounds, COLUMNS, **shape, seed=seed)
            for rounds, shape in SHAPES
            for seed in range(1, SEEDS + 1)
        ]
    )
