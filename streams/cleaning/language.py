"""The language of a text, by py3langid's model; the producer's or the page's word where it says too little.

py3langid 0.4 reads the model, we ask it: 95 us for 600 characters where the library's classify takes 280 to
530. It walks the bytes in Python, and a choice of languages leaves it a table stored by columns.
"""

import math
import unicodedata
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from streams.cleaning.sparse import Moves, Weights, move, moves_of, weights_of, whole_rows
from streams.compiled import compiled
from streams.events import Language
from streams.kept import kept

SAMPLE_CHARACTERS = 600  # .992 right at 100 characters; time grows with length
SHORT_CHARACTERS = 100  # below, a hint that is given counts for more than the guess
SURE = 0.6  # probability from which the guess stands against a hint; longer news texts get .9 and more
# Below this the model knows next to nothing of the text: scripts it never learnt get .02 to .3, the oddest of
# 4,500 development articles .72.
UNKNOWN = 0.3
HINT_CONFIDENCE = 0.5  # of a language that only a hint speaks for

# Two-letter languages of the model that news is not written in, and that short or odd texts are taken for.
_NOT_IN_THE_NEWS_NAMES = "an eo jv la ln oc qu sa st vo wa"
NOT_IN_THE_NEWS = frozenset(_NOT_IN_THE_NEWS_NAMES.split())
# ISO 639-1 has one code where the model or a page has another.
_SAME = {
    "nb": "no",
    "nn": "no",
    "iw": "he",
    "in": "id",
    "yue": "zh",
    "wuu": "zh",
    "arz": "ar",
    "ary": "ar",
    "pcm": "en",
}
_SAME |= {"fil": "tl", "cmn": "zh", "uzs": "uz", "sdh": "ku"}


def language_of(text: str, hint: str | None = None) -> Language | None:
    """The language (ISO 639-1) and its probability; None when neither the text nor a hint says.

    `hint` is what the producer or the page declares ("en-GB", "pt_BR"). It decides short or unclear texts
    only: pages declare their template's language more often than their text's.
    """
    declared = _iso_639_1(hint)
    code, confidence = classify(text[:SAMPLE_CHARACTERS])
    code = _SAME.get(code, code)
    if declared is not None and code != declared and (len(text) < SHORT_CHARACTERS or confidence < SURE):
        return Language(declared, HINT_CONFIDENCE)
    if confidence < UNKNOWN or len(code) != 2:
        return None
    return Language(code, round(float(confidence), 3))


def classify(text: str) -> tuple[str, float]:
    """The model's likeliest language and its probability: py3langid's classify with norm_probs."""
    model = _model()
    cased = text.lower() if text.isupper() else text
    data = unicodedata.normalize("NFC", cased).encode("utf-8", "surrogatepass")
    features, counts = _seen(np.frombuffer(data, np.uint8), model.moves, model.row, model.feature)
    scores = np.log1p(counts) @ whole_rows(model.weights, features)
    if len(features):
        scores += model.prior
    scores /= math.sqrt(len(data) or 1)  # so that long texts are no surer than they should be
    likely = np.exp(scores - scores.max())
    likely /= likely.sum()
    of_code = np.bincount(model.code, likely)
    best = int(of_code.argmax())
    return str(model.codes[best]), float(of_code[best])


def _iso_639_1(hint: str | None) -> str | None:
    if not hint:
        return None
    code = hint.strip().replace("_", "-").partition("-")[0].lower()
    code = _SAME.get(code, code)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


class _Model(NamedTuple):
    """py3langid's tables for the languages of the news: the automaton over bytes with each state's `row` and
    the `feature` that a state counts, or -1; what each feature says for each column; the language of each
    column, as a place in `codes`."""

    moves_defaults: NDArray[np.uint32]
    moves_default: NDArray[np.uint8]
    moves_bits: NDArray[np.uint64]
    moves_first: NDArray[np.uint32]
    moves_own: NDArray[np.uint32]
    weights_usual: NDArray[np.float32]
    weights_values: NDArray[np.float32]
    weights_first: NDArray[np.uint32]
    weights_columns: NDArray[np.uint8]
    weights_own: NDArray[np.uint16]
    row: NDArray[np.uint16]
    feature: NDArray[np.int32]
    prior: NDArray[np.float32]
    code: NDArray[np.int64]
    codes: NDArray[np.str_]

    @property
    def moves(self) -> Moves:
        return Moves(*self[:5])

    @property
    def weights(self) -> Weights:
        return Weights(*self[5:10])


@kept(_Model, MODEL_DIR / MODEL_FILE)
def _model() -> _Model:
    """Our own instance (2 s to make): py3langid's global one can be changed by anyone in the process."""
    read = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    read.set_languages([x for x in read.labels if (len(x) == 2 and x not in NOT_IN_THE_NEWS) or x in _SAME])
    codes = tuple(read.labels)
    moves, row = np.array(read.tk_nextmove, np.uint32).reshape(-1, 256), np.array(read.tk_row, np.uint16)
    # Most of what a state does is done by a state that one byte leads to: the end of what was read.
    after_one_byte = moves[np.unique(row[moves[row[0]]])]
    return _Model(
        *moves_of(moves, after_one_byte),
        *weights_of(read.nb_ptc),
        row,
        np.array(read.tk_output, np.int32),
        read.nb_pc,
        np.array([codes.index(label) for label in read.nb_classes]),
        np.array(codes),
    )


@compiled
def _seen(
    data: NDArray[np.uint8],
    moves: Moves,
    row: NDArray[np.uint16],
    feature: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The features that the automaton finds in the bytes, ascending, and how often each."""
    found = np.empty(len(data), np.int32)
    count, state = 0, np.uint64(0)
    for letter in data:
        state = np.uint64(move(moves, np.uint64(row[state]), np.uint64(letter)))
        if feature[state] >= 0:
            found[count] = feature[state]
            count += 1
    found = np.sort(found[:count])
    times = np.zeros(count, np.float32)
    last = -1
    for value in found:
        if last < 0 or found[last] != value:
            last += 1
            found[last] = value
        times[last] += 1.0
    return found[: last + 1], times[: last + 1]
