"""Ensembles as flat arrays."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from streams.cleaning.trees import MAX_LEAVES, MODELS, Trees, load

TREES = Trees(
    names=("words", "linked"),
    roots=np.array([0, ~3], np.int32),  # a tree of two splits, and one that is but a leaf
    column=np.array([0, 1], np.int32),
    threshold=np.array([10, 0.5], np.float32),
    left=np.array([~0, ~1], np.int32),
    right=np.array([1, ~2], np.int32),
    leaves=np.array([-2.0, 3.0, -1.0, 0.5]),
)


def walked(trees: Trees, row: NDArray[np.float32]) -> float:
    """A row's probability, node by node."""
    odds = 0.0
    for place in trees.roots.tolist():
        while place >= 0:
            below = row[trees.column[place]] <= trees.threshold[place]
            place = int((trees.left if below else trees.right)[place])
        odds += float(trees.leaves[~place])
    return float(1 / (1 + np.exp(-odds)))


def rows(*of: tuple[float, float]) -> NDArray[np.float32]:
    return np.array(of, np.float32)


def test_the_leaves_of_all_trees_add_up_to_log_odds() -> None:
    found = TREES.predict(rows((5, 0), (20, 0.1), (20, 0.9)))
    assert found.tolist() == pytest.approx([1 / (1 + np.exp(-odds)) for odds in (-1.5, 3.5, -0.5)])


def test_a_value_at_the_threshold_goes_left() -> None:
    at, above = TREES.predict(rows((10, 0), (np.nextafter(np.float32(10), np.float32(11)), 0)))
    assert (at < 0.5, above > 0.5) == (True, True)


def test_no_rows_give_no_probabilities() -> None:
    assert TREES.predict(np.empty((0, 2), np.float32)).tolist() == []


@pytest.mark.parametrize("width", [0, 1, 3])
def test_rows_of_another_width_are_refused(width: int) -> None:
    with pytest.raises(ValueError, match=f"{width} columns, the model has 2"):
        TREES.predict(np.zeros((1, width), np.float32))


@pytest.mark.parametrize("count", [1, 15, 16, 17, 40])
def test_a_row_gets_the_same_from_the_tables_among_however_many(count: int) -> None:
    trees = load(MODELS / "lines.npz", "first")
    rows = np.random.default_rng(7).choice(trees.threshold, (count, len(trees.names))).astype(np.float32)
    assert trees.predict(rows).tolist() == pytest.approx([walked(trees, row) for row in rows], rel=1e-12)


def test_a_value_that_is_no_number_goes_right() -> None:
    assert TREES.predict(rows((np.nan, 0.1))).tolist() == TREES.predict(rows((20, 0.1))).tolist()


def test_a_tree_of_more_leaves_than_bits_is_refused() -> None:
    chain = np.arange(MAX_LEAVES, dtype=np.int32)
    with pytest.raises(ValueError, match="a tree has 33 leaves, at most 32 are read"):
        Trees(
            names=("words",),
            roots=np.zeros(1, np.int32),
            column=np.zeros(MAX_LEAVES, np.int32),
            threshold=chain.astype(np.float32),
            left=~chain,
            right=np.append(chain[1:], np.int32(~MAX_LEAVES)),
            leaves=np.zeros(MAX_LEAVES + 1),
        )


@pytest.mark.parametrize(
    ("file", "prefix"),
    [
        ("page.npz", "first"),
        ("page.npz", "second"),
        ("kind.npz", "kind"),
        ("lines.npz", "first"),
        ("lines.npz", "second"),
    ],
)
def test_every_place_in_a_shipped_ensemble_is_a_node_or_a_leaf(file: str, prefix: str) -> None:
    trees = load(MODELS / file, prefix)
    places = np.concatenate([trees.roots, trees.left, trees.right])
    nodes, leaves = places[places >= 0], ~places[places < 0]
    assert (np.sort(nodes) == np.arange(len(trees.column))).all()
    assert (np.sort(leaves) == np.arange(len(trees.leaves))).all()
    assert trees.column.max() < len(trees.names)
    assert np.isfinite(trees.threshold).all()


def test_an_ensemble_that_a_file_does_not_have_is_an_error(tmp_path: Path) -> None:
    np.savez(tmp_path / "empty.npz", x=np.zeros(1))
    with pytest.raises(KeyError):
        load(tmp_path / "empty.npz", "first")
