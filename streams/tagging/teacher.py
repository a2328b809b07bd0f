"""The better tier `teacher`: a small fine-tuned transformer's probabilities of labels, token by token.

Built by training/train_teacher.py into a folder that the operator names; it is not part of the package. Needs
the extra `teacher` (onnxruntime, tokenizers). MiniLM (Wang and others, 2020), with the case of each word
added to its embeddings, since the base model reads lower case only.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from streams.tagging.remembered import LONGEST_REMEMBERED
from streams.tagging.tiers import TierError
from streams.tagging.tokens import Document
from streams.tagging.windows import LONGEST_WORD, Window, windows

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MODEL, TOKENIZER, CARD = "teacher.onnx", "tokenizer.json", "teacher.json"
"""The files of the folder."""
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
"""The columns of probabilities; those of the package's own model too."""
BATCH = 4096
"""Subwords read at once, padding included; it bounds a batch's memory."""
REMEMBERED = 100_000
"""Words whose subwords are kept; then all are forgotten."""

Probabilities = NDArray[np.float32]


class Teacher:
    """A loaded model. Not for threads: a stage process has its own."""

    def __init__(self, folder: Path) -> None:
        """Loads the model in `folder`. Raises TierError where the extra or a file is missing or wrong."""
        card = read_card(folder)
        self.name = f"teacher {card['version']}"
        self._size: int = card["window"]
        self._session, self._tokenizer = _loaded(folder)
        marks = [self._tokenizer.token_to_id(mark) for mark in card["marks"]]
        unknown = self._tokenizer.token_to_id(card["unknown"])
        if None in (*marks, unknown):
            raise TierError(f"{folder / TOKENIZER} lacks the marks that {CARD} names; build the folder anew")
        self._begin, self._end = marks
        self._unknown = [unknown]
        self._remembered: dict[str, list[int]] = {}

    def probabilities(self, documents: Sequence[Document]) -> list[Probabilities]:
        """For each document float32 of shape (tokens, 7), in the order of LABELS; rows sum to 1.

        A token speaks through its first subword. Line breaks are O. The int8 model scales its activations by
        batch: hand over one article (body and headline) at a time, and the same article gives the same bytes.
        """
        found = [np.zeros((len(document.words), len(LABELS)), np.float32) for document in documents]
        waiting: list[tuple[int, Window]] = []
        for number, document in enumerate(documents):
            found[number][:, 0] = 1
            cut = windows(document, self._pieces, self._begin, self._end, self._size)
            waiting += [(number, window) for window in cut]
        waiting.sort(key=lambda item: len(item[1].ids))
        for batch in _batches(waiting):
            judged = self._judge([window for _, window in batch])
            for row, (number, window) in enumerate(batch):
                found[number][window.tokens] = judged[row, window.firsts]
        return found

    def _judge(self, batch: list[Window]) -> Probabilities:
        longest = max(len(window.ids) for window in batch)
        ids = np.zeros((len(batch), longest), np.int64)
        cases, mask = np.zeros_like(ids), np.zeros_like(ids)
        for row, window in enumerate(batch):
            size = len(window.ids)
            ids[row, :size], cases[row, :size], mask[row, :size] = window.ids, window.cases, 1
        (judged,) = self._session.run(["probabilities"], {"ids": ids, "cases": cases, "mask": mask})
        return np.asarray(judged, np.float32)

    def _pieces(self, word: str) -> list[int]:
        known = self._remembered.get(word)
        if known is None:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            known = self._tokenizer.encode(word, add_special_tokens=False).ids[:LONGEST_WORD] or self._unknown
            if len(word) <= LONGEST_REMEMBERED:
                self._remembered[word] = known
        return known


def _batches(waiting: list[tuple[int, Window]]) -> list[list[tuple[int, Window]]]:
    """Cuts windows that are sorted by length into batches of at most BATCH subwords, one window at least."""
    cut: list[list[tuple[int, Window]]] = []
    for item in waiting:
        if cut and (len(cut[-1]) + 1) * len(item[1].ids) <= BATCH:
            cut[-1].append(item)
        else:
            cut.append([item])
    return cut


def read_card(folder: Path) -> dict[str, Any]:
    """The card of the model in `folder`. Raises TierError where the folder is not one of ours."""
    missing = [name for name in (MODEL, TOKENIZER, CARD) if not (folder / name).is_file()]
    if missing:
        raise TierError(f"{folder} has no {', '.join(missing)}; training/train_teacher.py makes the folder")
    try:
        card: dict[str, Any] = json.loads((folder / CARD).read_bytes())
        fits = tuple(card["labels"]) == LABELS and len(card["marks"]) == 2
        card["version"], card["unknown"] = str(card["version"]), str(card["unknown"])
        card["window"] = int(card["window"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise TierError(f"{folder / CARD} is no teacher's card: {type(error).__name__}: {error}") from error
    if not fits:
        raise TierError(f"{folder / CARD} is of another version; build the folder anew")
    return card


def _loaded(folder: Path) -> "tuple[InferenceSession, Tokenizer]":
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as error:
        raise TierError(f"{error.name} is not installed: pip install 'copydesk[teacher]'") from error
    options = onnxruntime.SessionOptions()
    # A stage process is one of as many as there are cores; and no threads means no trouble after a fork.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(folder / MODEL), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    except Exception as error:  # both raise classes of their own, some of them bare Exception
        raise TierError(f"{folder}: {str(error)[:200]}; build the folder anew") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return session, tokenizer
