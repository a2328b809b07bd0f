"""The teacher as a torch module: a BERT-like encoder of lower-case text that is told each word's case.

Needs the extra `train-teacher`. Reads the base model's weights from a folder; downloads nothing.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import nn
from transformers import AutoModel

from streams.tagging.teacher import LABELS
from streams.tagging.windows import CASES, LONGEST_WORD, Window

DROPOUT = 0.1
"""Of the last layer only: inside the encoder its random numbers cost a sixth of a step."""
SPREAD = 0.02
"""Standard deviation of the first case embeddings, as BERT's own."""


class TeacherModel(nn.Module):
    """Ids, cases and mask, each (batch, length), to logits (batch, length, 7)."""

    def __init__(self, base: Path) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(
            base, attention_probs_dropout_prob=0.0, hidden_dropout_prob=0.0, local_files_only=True
        )
        self.encoder.pooler = None
        width = self.encoder.config.hidden_size
        self.cases = nn.Embedding(CASES, width)
        nn.init.normal_(self.cases.weight, std=SPREAD)
        self.dropout = nn.Dropout(DROPOUT)
        self.labels = nn.Linear(width, len(LABELS))

    def forward(self, ids: torch.Tensor, cases: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        embedded = self.encoder.embeddings.word_embeddings(ids) + self.cases(cases)
        read = self.encoder(inputs_embeds=embedded, attention_mask=mask).last_hidden_state
        logits: torch.Tensor = self.labels(self.dropout(read))
        return logits

    def groups(self, rate: float, decay: float, head: float) -> list[dict[str, object]]:
        """Parameter groups: the layer below learns `decay` times as fast, what is new `head` times.

        The words' vectors stay: rare names keep their place among those that the corpora do not have.
        """
        self.encoder.embeddings.word_embeddings.weight.requires_grad = False
        layers = list(self.encoder.encoder.layer)
        known: list[dict[str, object]] = [
            {"params": list(layer.parameters()), "lr": rate * decay ** (len(layers) - number)}
            for number, layer in enumerate(layers)
        ]
        within = {id(p) for layer in layers for p in layer.parameters()}
        rest = [p for p in self.encoder.encoder.parameters() if id(p) not in within]
        lowest = [p for p in self.encoder.embeddings.parameters() if p.requires_grad]
        new = [*self.cases.parameters(), *self.labels.parameters()]
        return [
            {"params": new, "lr": rate * head},
            {"params": [*lowest, *rest], "lr": rate * decay ** (len(layers) + 1)},
            *known,
        ]


class Pieces:
    """The base model's subwords of a word, remembered."""

    def __init__(self, base: Path) -> None:
        tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.marks = ("[CLS]", "[SEP]") if tokenizer.token_to_id("[CLS]") is not None else ("<s>", "</s>")
        self.unknown = "[UNK]"
        self.begin, self.end = (tokenizer.token_to_id(mark) for mark in self.marks)
        self._unknown = [tokenizer.token_to_id(self.unknown)]
        self._tokenizer = tokenizer
        self._known: dict[str, list[int]] = {}

    def __call__(self, word: str) -> list[int]:
        if word not in self._known:
            ids = self._tokenizer.encode(word, add_special_tokens=False).ids[:LONGEST_WORD]
            self._known[word] = ids or self._unknown
        return self._known[word]


def tensors(windows: Sequence[Window]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Ids, cases and mask of windows, padded to a multiple of 8."""
    longest = -(-max(len(window.ids) for window in windows) // 8) * 8
    made: NDArray[np.int64] = np.zeros((3, len(windows), longest), np.int64)
    for row, window in enumerate(windows):
        size = len(window.ids)
        made[0, row, :size], made[1, row, :size], made[2, row, :size] = window.ids, window.cases, 1
    ids, cases, mask = torch.from_numpy(made)
    return ids, cases, mask
