"""Boosted decision trees as flat arrays: what LightGBM learned in training/, without LightGBM.

A model is one .npz file: the names of its columns, and for each node the column it looks at, the
threshold, and where to go. Equal to LightGBM's own prediction within 1e-6 (a test in training holds it so).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled

MODELS = Path(__file__).parent / "models"


@dataclass(frozen=True, slots=True)
class Trees:
    """An ensemble. Node i goes to `left[i]` where row[column[i]] <= threshold[i], else to `right[i]`; a
    negative place p is the leaf ~p. `roots` are the trees' first nodes (or ~leaf), `leaves` are log-odds.
    """

    names: tuple[str, ...]
    roots: NDArray[np.int32]
    column: NDArray[np.int32]
    threshold: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    leaves: NDArray[np.float64]

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The probability for each row of a (rows, columns) matrix whose columns are `names`."""
        if rows.shape[1] != len(self.names):
            raise ValueError(f"{rows.shape[1]} columns, the model has {len(self.names)}")
        return score(rows, self.roots, self.column, self.threshold, self.left, self.right, self.leaves)


def load(path: Path, prefix: str) -> Trees:
    """The ensemble that is stored under `prefix` in a .npz file."""
    with np.load(path, allow_pickle=False) as stored:
        return Trees(
            names=tuple(str(name) for name in stored[f"{prefix}.names"]),
            roots=stored[f"{prefix}.roots"],
            column=stored[f"{prefix}.column"].astype(np.int32),
            threshold=stored[f"{prefix}.threshold"],
            left=stored[f"{prefix}.left"].astype(np.int32),
            right=stored[f"{prefix}.right"].astype(np.int32),
            leaves=stored[f"{prefix}.leaves"].astype(np.float64),
        )


@compiled
def score(
    rows: NDArray[np.float32],
    roots: NDArray[np.int32],
    column: NDArray[np.int32],
    threshold: NDArray[np.float32],
    left: NDArray[np.int32],
    right: NDArray[np.int32],
    leaves: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum of the leaves that a row falls into, through the logistic function."""
    out = np.empty(len(rows), np.float64)
    for i in range(len(rows)):
        total = 0.0
        for root in roots:
            node = root
            while node >= 0:
                node = left[node] if rows[i, column[node]] <= threshold[node] else right[node]
            total += leaves[~node]
        out[i] = 1.0 / (1.0 + np.exp(-total))
    return out
