"""LightGBM ensembles into the flat arrays that `streams.cleaning.trees` reads."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from streams.cleaning.trees import Trees

SEED = 1
MAX_PLACES = 1 << 15  # nodes, and leaves, that int16 numbers: node i is i, leaf i is ~i
_SHARED = {"objective": "cross_entropy", "seed": SEED, "verbose": -1, "num_threads": 1, "deterministic": True}


def fit(
    rows: NDArray[np.float32],
    target: NDArray[np.float64],
    weight: NDArray[np.float64] | None,
    rounds: int,
    names: tuple[str, ...],
    **parameters: Any,
) -> Trees:
    """Trains `rounds` trees on targets in 0..1; the same data give the same trees.

    AssertionError where their predictions, leaves rounded as they are stored, are not LightGBM's within 1e-6.
    """
    data = lightgbm.Dataset(rows, target, weight=weight, feature_name=list(names), free_raw_data=True)
    booster = lightgbm.train({**_SHARED, **parameters}, data, rounds)
    trees = flatten(booster, names)
    sample = rows[:: max(1, len(rows) // 5_000)]
    stored = replace(trees, leaves=trees.leaves.astype(np.float32).astype(np.float64))
    apart = np.abs(stored.predict(np.ascontiguousarray(sample)) - booster.predict(sample)).max()
    if apart > 1e-6:
        raise AssertionError(f"the flat trees differ from LightGBM's by {apart}")
    return trees


def average(ensembles: Sequence[Trees]) -> Trees:
    """One ensemble whose log-odds are the mean of theirs."""
    nodes = np.cumsum([0, *(len(e.column) for e in ensembles)])
    leaves = np.cumsum([0, *(len(e.leaves) for e in ensembles)])

    def moved(places: NDArray[np.int32], i: int) -> NDArray[np.int32]:
        out: NDArray[np.int32] = np.where(places >= 0, places + nodes[i], places - leaves[i]).astype(np.int32)
        return out

    return Trees(
        names=ensembles[0].names,
        roots=np.concatenate([moved(e.roots, i) for i, e in enumerate(ensembles)]),
        column=np.concatenate([e.column for e in ensembles]),
        threshold=np.concatenate([e.threshold for e in ensembles]),
        left=np.concatenate([moved(e.left, i) for i, e in enumerate(ensembles)]),
        right=np.concatenate([moved(e.right, i) for i, e in enumerate(ensembles)]),
        leaves=np.concatenate([e.leaves for e in ensembles]) / len(ensembles),
    )


def flatten(booster: lightgbm.Booster, names: tuple[str, ...]) -> Trees:
    """The booster's trees, node by node."""
    nodes: list[tuple[int, np.float32, int, int]] = []
    leaves: list[float] = []

    def place(node: dict[str, Any]) -> int:
        if "split_index" not in node:
            leaves.append(float(node["leaf_value"]))
            return ~(len(leaves) - 1)
        i = len(nodes)
        nodes.append((0, np.float32(0), 0, 0))
        left, right = place(node["left_child"]), place(node["right_child"])
        nodes[i] = (int(node["split_feature"]), _down(float(node["threshold"])), left, right)
        return i

    roots = [place(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    columns = list(zip(*nodes, strict=True)) if nodes else [(), (), (), ()]
    return Trees(
        names=names,
        roots=np.array(roots, np.int32),
        column=np.array(columns[0], np.int32),
        threshold=np.array(columns[1], np.float32),
        left=np.array(columns[2], np.int32),
        right=np.array(columns[3], np.int32),
        leaves=np.array(leaves, np.float64),
    )


def arrays(trees: Trees, prefix: str) -> dict[str, NDArray[Any]]:
    """What `numpy.savez_compressed` stores of an ensemble, in the smallest types that hold it.

    OverflowError for more nodes, leaves or columns than they number.
    """
    for what, number in (
        ("nodes", len(trees.column)),
        ("leaves", len(trees.leaves)),
        ("columns", len(trees.names)),
    ):
        if number > MAX_PLACES:
            raise OverflowError(f"{prefix}: {number:,} {what}, int16 numbers {MAX_PLACES:,}")
    return {
        f"{prefix}.names": np.array(trees.names),
        f"{prefix}.roots": trees.roots,
        f"{prefix}.column": trees.column.astype(np.int16),
        f"{prefix}.threshold": trees.threshold,
        f"{prefix}.left": trees.left.astype(np.int16),
        f"{prefix}.right": trees.right.astype(np.int16),
        f"{prefix}.leaves": trees.leaves.astype(np.float32),
    }


def _down(threshold: float) -> np.float32:
    """The largest float32 that is not above the threshold: x <= it means the same for every float32 x."""
    small = np.float32(threshold)
    return np.nextafter(small, np.float32(-np.inf)) if float(small) > threshold else small
