"""LightGBM's ensembles as flat trees."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from streams.cleaning.trees import Trees, load
from training.boosted import MAX_PLACES, arrays, average, fit, flatten

NAMES = ("words", "linked", "depth")
PARAMETERS: dict[str, Any] = {"num_leaves": 6, "min_data_in_leaf": 5, "max_bin": 31}


def data(seed: int, n: int = 400) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Rows with a rule in them, and many that lie exactly at a threshold."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(n, len(NAMES))).astype(np.float32)
    rows[:, 2] = random.integers(0, 9, n)
    target = 1 / (1 + np.exp(-3 * rows[:, 0] * (rows[:, 2] > 3) + rows[:, 1]))
    return rows, target.astype(np.float64)


def fitted(seed: int = 1, rounds: int = 12, **parameters: Any) -> Trees:
    return fit(*data(seed), None, rounds, NAMES, **{**PARAMETERS, **parameters})


@settings(max_examples=15)
@given(st.integers(0, 1_000), st.integers(1, 20))
def test_flat_trees_predict_what_lightgbm_does(seed: int, rounds: int) -> None:
    rows, target = data(seed)
    booster = lightgbm.train(
        {**PARAMETERS, "objective": "cross_entropy", "verbose": -1, "num_threads": 1},
        lightgbm.Dataset(rows, target, feature_name=list(NAMES), free_raw_data=False),
        rounds,
    )
    trees = flatten(booster, NAMES)
    unseen, _ = data(seed + 1)
    assert np.abs(trees.predict(unseen) - booster.predict(unseen)).max() < 1e-7
    assert np.abs(trees.predict(rows) - booster.predict(rows)).max() < 1e-7


def test_rows_at_a_threshold_and_next_to_it_go_where_lightgbm_sends_them() -> None:
    rows, target = data(3)
    booster = lightgbm.train(
        {**PARAMETERS, "objective": "cross_entropy", "verbose": -1, "num_threads": 1},
        lightgbm.Dataset(rows, target, feature_name=list(NAMES)),
        8,
    )
    trees = flatten(booster, NAMES)
    edges = []
    for column, threshold in zip(trees.column, trees.threshold, strict=True):
        for value in (
            threshold,
            np.nextafter(threshold, np.float32(np.inf)),
            np.nextafter(threshold, np.float32(-np.inf)),
        ):
            edge = np.zeros(len(NAMES), np.float32)
            edge[column] = value
            edges.append(edge)
    probes = np.array(edges, np.float32)
    assert np.abs(trees.predict(probes) - booster.predict(probes)).max() < 1e-7


def test_trees_as_they_are_stored_predict_what_lightgbm_does(tmp_path: Path) -> None:
    """As many and as large as the shipped models'."""
    rows, target = data(5, 4_000)
    booster = lightgbm.train(
        {"num_leaves": 15, "objective": "cross_entropy", "verbose": -1, "num_threads": 1},
        lightgbm.Dataset(rows, target, feature_name=list(NAMES), free_raw_data=False),
        120,
    )
    stored: dict[str, Any] = arrays(flatten(booster, NAMES), "first")
    np.savez_compressed(tmp_path / "model.npz", **stored)
    unseen, _ = data(6, 4_000)
    assert (
        np.abs(load(tmp_path / "model.npz", "first").predict(unseen) - booster.predict(unseen)).max() < 1e-6
    )


@pytest.mark.parametrize("part", ["column", "leaves", "names"])
def test_more_than_the_stored_types_number_is_an_error(part: str) -> None:
    trees = fitted()
    whole: Any = [*getattr(trees, part)] * (MAX_PLACES // len(getattr(trees, part)) + 1)
    for most in (MAX_PLACES, MAX_PLACES + 1):
        of: Any = tuple(whole[:most]) if part == "names" else np.array(whole[:most])
        larger = replace(trees, **{part: of})
        if most == MAX_PLACES:
            arrays(larger, "first")
            continue
        with pytest.raises(OverflowError, match=r"first: 32,769 .*, int16 numbers 32,768"):
            arrays(larger, "first")


def test_the_same_data_give_the_same_trees() -> None:
    one, other = arrays(fitted(), "x"), arrays(fitted(), "x")
    assert one.keys() == other.keys()
    assert all(np.array_equal(one[name], other[name]) for name in one)


def test_targets_all_alike_give_trees_that_are_but_leaves() -> None:
    rows, _ = data(1)
    trees = fit(rows, np.full(len(rows), 0.25), None, 3, NAMES, **PARAMETERS)
    assert len(trees.column) == 0
    assert trees.predict(rows[:2]).tolist() == pytest.approx([0.25, 0.25], abs=1e-3)


def test_weights_count() -> None:
    rows = np.zeros((200, len(NAMES)), np.float32)
    target = np.repeat([0.0, 1.0], 100)
    weight = np.where(target > 0, 9.0, 1.0)
    trees = fit(rows, target, weight, 20, NAMES, **PARAMETERS)
    assert trees.predict(rows[:1])[0] == pytest.approx(0.9, abs=0.01)


def test_the_average_has_the_mean_of_the_log_odds() -> None:
    ensembles = [fitted(seed, rounds) for seed, rounds in ((1, 3), (2, 7), (3, 1))]
    rows, _ = data(9)

    def log_odds(trees: Trees) -> NDArray[np.float64]:
        p = trees.predict(rows)
        return np.asarray(np.log(p / (1 - p)))

    mean = np.mean([log_odds(trees) for trees in ensembles], axis=0)
    assert log_odds(average(ensembles)) == pytest.approx(mean, abs=1e-9)


def test_the_average_of_one_is_itself() -> None:
    trees = fitted()
    one, same = arrays(average([trees]), "x"), arrays(trees, "x")
    assert all(np.array_equal(one[name], same[name]) for name in same)


def test_what_is_stored_is_what_is_loaded(tmp_path: Any) -> None:
    first, second = fitted(1), fitted(2)
    stored: dict[str, Any] = {**arrays(first, "first"), **arrays(second, "second")}
    np.savez_compressed(tmp_path / "model.npz", **stored)
    rows, _ = data(4)
    for prefix, trees in (("first", first), ("second", second)):
        loaded = load(tmp_path / "model.npz", prefix)
        assert loaded.names == NAMES
        assert np.abs(loaded.predict(rows) - trees.predict(rows)).max() < 1e-6
