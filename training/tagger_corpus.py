"""Annotated articles as the tagger's trainer needs them: tokens, labels, sentences, weights.

A file has lines {"id", "text", "spans": [[start, end, label]]}; the tagger's own tokenizer cuts a document.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.tagging.gazetteer import Gazetteer
from streams.tagging.titles import without_title
from streams.tagging.tokens import Document, tokenize
from training.sentences import sentence_end

BEGIN = {"PER": 1, "ORG": 3, "LOC": 5}
"""Label of a span's first token; the one after it is that of the others."""
SOURCES = {
    "wikigold": ("wikigold", 1.0),
    "wnut": ("wnut_train", 0.3),
    "ewt": ("uner_ewt_*", 1.0),
    "crossner": ("crossner_pol_*", 1.0),
    "btc": ("btc_*", 0.2),
}
"""Files of each corpus and how much a sentence of it counts: tweets are little like news (+.014 on news)."""
SILVER_WEIGHT = 0.5
"""Of a sentence that models have labelled, not people."""


@dataclass(frozen=True, slots=True)
class Example:
    """A document, its labels (int8, one a token), how much it counts, and of which corpus it is.

    `targets`: instead of labels the probabilities that a teacher gives, shape (tokens, LABELS).
    """

    document: Document
    labels: NDArray[np.int8]
    weight: float
    source: str
    targets: NDArray[np.float32] | None = None


def examples(folder: Path, tables: Gazetteer) -> Iterator[Example]:
    """Every annotated document below `folder`, in a fixed order."""
    for source, (pattern, weight) in SOURCES.items():
        for path in sorted(folder.glob(f"{pattern}.jsonl.gz")):
            for row in lines(path):
                document = tokenize(row["text"])
                yield Example(document, labels(document, row["spans"], tables), weight, source)


def silver(path: Path) -> Iterator[Example]:
    """Texts with probabilities, as training.label_silver writes them."""
    for row in lines(path):
        document = tokenize(row["text"])
        targets = np.array(row["probabilities"], np.float32)
        if len(targets) != len(document.words):
            raise ValueError(f"{path}: {row['id']} was labelled with another tokenizer; label it again")
        targets /= targets.sum(1, keepdims=True)
        yield Example(document, targets.argmax(1).astype(np.int8), SILVER_WEIGHT, "silver", targets)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def labels(document: Document, spans: Iterable[tuple[int, int, str]], tables: Gazetteer) -> NDArray[np.int8]:
    """Labels of the tokens. Gold is made to agree with the rules: no titles in names, no demonyms."""
    found = np.zeros(len(document.words), np.int8)
    first = {start: token for token, start in enumerate(document.starts)}
    for start, end, label in spans:
        if label not in BEGIN or document.text[start:end] in tables.demonyms:
            continue
        token = first.get(start)
        if label == "PER" and token is not None:
            token = without_title(document, token, end)
        begin = BEGIN[label]
        while token is not None and token < len(found) and document.starts[token] < end:
            found[token] = begin
            begin = BEGIN[label] + 1
            token += 1
    return found


def sentences(document: Document) -> list[tuple[int, int]]:
    """First and end token of every sentence."""
    found, first = [], 0
    while first < len(document.words):
        end = sentence_end(document.tokens, first)
        if end > first:
            found.append((first, end))
        first = max(end, first + 1)
    return found
