"""Trains streams/tagging/models/tagger.npz: the CRF that finds names in English articles.

    .venv/bin/python -m training.train_tagger DATA streams/tagging/models

Deterministic: the same data gives the same bytes. Prints the model's size; `bench/tagging.py` scores it.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from streams.tagging.gazetteer import gazetteer
from streams.tagging.keys import NO_KEY
from streams.tagging.model import known, lookups
from streams.tagging.weights import LABELS
from training.crf_training import Corpus, Model, train
from training.expansion import MOST_FEATURES, expand
from training.tagger_corpus import Example, examples, sentences, silver

SEEN = 2
"""Tokens that must have a feature for it to count."""
NO_TARGETS = np.zeros((1, LABELS), np.float32)
LEAST_WEIGHT = 0.05
"""Features whose weights are all smaller are left out: -.001 F1 for a fifth of the size."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the annotated corpora (*.jsonl.gz)")
    parser.add_argument("folder", type=Path, help="where tagger.npz goes")
    parser.add_argument("--silver", type=Path, help="texts with probabilities, of training.label_silver")
    options = parser.parse_args()
    found = list(examples(options.data, gazetteer()))
    if options.silver:
        found += silver(options.silver)
    corpus, keys = prepared(found)
    trained = train(corpus, len(keys))
    size = store(options.folder / "tagger.npz", keys, trained)
    print(f"{len(found)} documents, {len(corpus.labels):,} tokens, {len(keys):,} features, {size:,} kept")


def prepared(found: list[Example]) -> tuple[Corpus, NDArray[np.uint64]]:
    """The corpus in numbers, and the feature keys its rows stand for."""
    tables = lookups()
    features, labels, targets, offsets, weights, soft = [], [], [], [0], [], []
    for example in found:
        document = example.document
        listed = expand(
            document.codes,
            document.tokens,
            known(tables.names, document.tokens),
            tables.letters,
            tables.lexicons,
        )
        if (listed[:, -1] != NO_KEY).any():
            raise ValueError(f"a word with more than {MOST_FEATURES} features: {document.text[:80]!r} ...")
        for first, end in sentences(document):
            features.append(listed[first:end])
            labels.append(example.labels[first:end])
            given = example.targets
            soft.append(given is not None)
            targets.append(NO_TARGETS if given is None else given[first:end])
            targets[-1] = np.broadcast_to(targets[-1], (end - first, LABELS))
            offsets.append(offsets[-1] + end - first)
            weights.append(example.weight)
    every = np.concatenate(features)
    keys, counts = np.unique(every[every != NO_KEY], return_counts=True)
    keys = keys[counts >= SEEN]
    corpus = Corpus(
        features=rows(every, keys),
        labels=np.concatenate(labels),
        targets=np.concatenate(targets),
        offsets=np.array(offsets),
        weights=np.array(weights, np.float32),
        soft=np.array(soft),
    )
    return corpus, keys


def rows(features: NDArray[np.uint64], keys: NDArray[np.uint64]) -> NDArray[np.int32]:
    """Feature keys as rows of the weight table, -1 behind the last."""
    found = np.empty(features.shape, np.int32)
    for first in range(0, len(features), 20_000):
        part = features[first : first + 20_000]
        places = np.minimum(np.searchsorted(keys, part), len(keys) - 1)
        numbers = np.where((keys[places] == part) & (part != NO_KEY), places, -1)
        order = np.argsort(numbers < 0, axis=1, kind="stable")
        found[first : first + 20_000] = np.take_along_axis(numbers, order, 1)
    return np.ascontiguousarray(found[:, : int((found >= 0).sum(1).max())])


def store(path: Path, keys: NDArray[np.uint64], trained: Model) -> int:
    """Writes the model, the keys' upper halves ascending; gives how many features are kept."""
    heavy = np.abs(trained.table).max(1) >= LEAST_WEIGHT
    short, first = np.unique((keys[heavy] >> np.uint64(32)).astype(np.uint32), return_index=True)
    np.savez_compressed(
        path,
        steps=np.diff(short, prepend=np.uint32(0)),
        table=trained.table[heavy][first].astype(np.float16),
        transitions=trained.transitions.astype(np.float32),
    )
    return len(short)


if __name__ == "__main__":
    main()
