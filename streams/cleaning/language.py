"""The language of a text, by py3langid's model; the producer's or the page's word where it says too little.

py3langid 0.4 reads the model, we ask it: 95 us for 600 characters where the library's classify takes 280 to
530. It walks the bytes in Python, and a choice of languages leaves it a table stored by columns.
"""

import math
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from streams.compiled import compiled
from streams.events import Language

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
    scores = np.log1p(counts) @ model.weights[features].astype(np.float32)
    if len(features):
        scores += model.prior
    scores /= math.sqrt(len(data) or 1)  # so that long texts are no surer than they should be
    likely = np.exp(scores - scores.max())
    likely /= likely.sum()
    of_code = np.bincount(model.code, likely)
    best = int(of_code.argmax())
    return model.codes[best], float(of_code[best])


def _iso_639_1(hint: str | None) -> str | None:
    if not hint:
        return None
    code = hint.strip().replace("_", "-").partition("-")[0].lower()
    code = _SAME.get(code, code)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


@dataclass(frozen=True, slots=True)
class _Model:
    """py3langid's tables for the languages of the news. `moves`, `row`: the automaton over bytes, 256 next
    states a row, and each state's row; `feature`: what a state counts, or -1; `weights`: features by columns;
    `code`: the language of each column, as a place in `codes`.
    """

    moves: NDArray[np.uint32]
    row: NDArray[np.int64]
    feature: NDArray[np.int32]
    weights: NDArray[np.float16]
    prior: NDArray[np.float32]
    code: NDArray[np.int64]
    codes: tuple[str, ...]


@cache
def _model() -> _Model:
    """Our own instance (0.6 s to load): py3langid's global one can be changed by anyone in the process."""
    read = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    read.set_languages([x for x in read.labels if (len(x) == 2 and x not in NOT_IN_THE_NEWS) or x in _SAME])
    codes = tuple(read.labels)
    return _Model(
        np.array(read.tk_nextmove, np.uint32),
        np.array(read.tk_row, np.int64),
        np.array(read.tk_output, np.int32),
        np.ascontiguousarray(read.nb_ptc),
        read.nb_pc,
        np.array([codes.index(label) for label in read.nb_classes]),
        codes,
    )


@compiled
def _seen(
    data: NDArray[np.uint8],
    moves: NDArray[np.uint32],
    row: NDArray[np.int64],
    feature: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The features that the automaton finds in the bytes, ascending, and how often each."""
    found = np.empty(len(data), np.int32)
    count, state = 0, np.int64(0)
    for letter in data:
        state = np.int64(moves[256 * row[state] + letter])
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
