"""The language of a text, by py3langid's model; the producer's or the page's word where it says too little.

py3langid 0.4 reads the model, we ask it: 40 us for 600 characters where the library's classify takes 280 to
530. It walks the bytes in Python, and a choice of languages leaves it a table stored by columns.
"""

import math
import unicodedata
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from streams.ahead import fetch
from streams.cleaning.sparse import (
    Moves,
    Weights,
    add_rows,
    fetch_moves,
    move,
    moves_of,
    own_weights,
    weights_of,
)
from streams.compiled import compiled
from streams.events import Language
from streams.kept import kept

SAMPLE_CHARACTERS = 600  # .992 right at 100 characters; time grows with length
SHORT_CHARACTERS = 100  # below, a hint that is given counts for more than the guess
SURE = 0.6  # probability from which the guess stands against a hint; longer news texts get .9 and more
# Below this the model knows next to nothing of the text: scripts it never learnt get .02 to .3, the oddest of
# 4,500 development articles .72.
UNKNOWN = 0.3
# A state of the automaton is STATES times its row, and its feature and 1 (0: none): in one number, so that a
# letter waits for one place in memory less. 38,346 rows of it and 100,053 features fit into 32 bits.
STATES = 110_000
MEMORY = 6  # letters back, by which its state is determined: the longest way to a state from the first
PARTS = 8
# Own weights of a feature from which its row is kept whole: 14,461 of 100,053, 93% of what is read for a text
# of news. They take 1.3 MB more so; from 24 on it would be 99% and 3.9 MB.
WHOLE = 48
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # neighbouring features to slots far apart (Knuth)
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
    moves, weights, prior, code, codes = _tables()
    cased = text.lower() if text.isupper() else text
    data = unicodedata.normalize("NFC", cased).encode("utf-8", "surrogatepass")
    best, probability = _likeliest(np.frombuffer(data, np.uint8), moves, weights, prior, code)
    return codes[best], probability


def _iso_639_1(hint: str | None) -> str | None:
    if not hint:
        return None
    code = hint.strip().replace("_", "-").partition("-")[0].lower()
    code = _SAME.get(code, code)
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


class _Model(NamedTuple):
    """py3langid's tables for the languages of the news: the automaton over bytes, its states as STATES says;
    what each feature says for each column; the language of each column, as a place in `codes`."""

    moves_states: NDArray[np.uint32]
    moves_rows: NDArray[np.uint64]
    weights_usual: NDArray[np.float32]
    weights_values: NDArray[np.float32]
    weights_first: NDArray[np.uint32]
    weights_own: NDArray[np.uint16]
    weights_whole: NDArray[np.uint16]
    prior: NDArray[np.float32]
    code: NDArray[np.int64]
    codes: NDArray[np.str_]


@cache
def _tables() -> tuple[Moves, Weights, NDArray[np.float32], NDArray[np.int64], tuple[str, ...]]:
    """The model as its kernel takes it, and the codes of its languages."""
    model = _model()
    return Moves(*model[:2]), Weights(*model[2:7]), model.prior, model.code, tuple(model.codes.tolist())


@kept(_Model, MODEL_DIR / MODEL_FILE)
def _model() -> _Model:
    """Our own instance (2 s to make): py3langid's global one can be changed by anyone in the process."""
    read = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    read.set_languages([x for x in read.labels if (len(x) == 2 and x not in NOT_IN_THE_NEWS) or x in _SAME])
    codes = tuple(read.labels)
    following, row = np.array(read.tk_nextmove, np.uint32).reshape(-1, 256), np.array(read.tk_row, np.int64)
    own = own_weights(read.nb_ptc)
    # Whole rows first, of these what most languages have: what most texts read stands close together.
    order = np.argsort(-own, kind="stable")
    number = np.empty(len(own) + 1, np.int64)
    number[order], number[-1] = np.arange(len(own)), -1  # a state without a feature has -1
    feature = number[np.array(read.tk_output, np.int64)]
    # So do the rows that are read after such features; the first state's row comes first.
    met = np.zeros(len(following), np.int64)
    np.maximum.at(met, row, np.append(own, 0)[np.array(read.tk_output, np.int64)])
    met[row[0]] = own.max() + 1
    by_row = np.argsort(-met, kind="stable")
    place = np.empty(len(by_row), np.int64)
    place[by_row] = np.arange(len(by_row))
    following, row = following[by_row], place[row]
    if feature.max() >= STATES - 1 or int(row.max() + 1) * STATES > 1 << 32:
        raise ValueError("py3langid's automaton has grown: choose other STATES")
    if (longest := _longest_way(following, row)) != MEMORY:
        raise ValueError(f"py3langid's automaton looks {longest} letters back: let MEMORY be that")
    # Most of what a state does is done by a state that one byte leads to: the end of what was read.
    after_one_byte = following[np.unique(row[following[0]])]
    state = (row * STATES + feature + 1).astype(np.uint32)
    moves = moves_of(state[following], state[after_one_byte])
    weights = weights_of(read.nb_ptc[order], whole=int((own >= WHOLE).sum()))
    return _Model(
        moves.states,
        moves.rows,
        weights.usual,
        weights.values,
        weights.first,
        weights.own,
        weights.whole,
        read.nb_pc,
        np.array([codes.index(label) for label in read.nb_classes]),
        np.array(codes),
    )


def _longest_way(following: NDArray[np.uint32], row: NDArray[np.int64]) -> int:
    """Letters on the shortest way from the first state to the one that is furthest from it.

    `following`: the state behind each row and byte; `row`: of each state.
    """
    reached = np.zeros(len(row), bool)
    reached[0], ends, longest = True, np.zeros(1, np.int64), -1
    while len(ends):
        longest += 1
        ends = np.unique(following[row[ends]])
        ends = ends[~reached[ends]]
        reached[ends] = True
    return longest


@compiled
def _likeliest(
    data: NDArray[np.uint8],
    moves: Moves,
    weights: Weights,
    prior: NDArray[np.float32],
    code: NDArray[np.int64],
) -> tuple[int, float]:
    """The likeliest language of these bytes, as a place in `codes`, and its probability."""
    features, times = _features(data, moves)
    scores = np.zeros(len(prior))
    counts = np.log1p(times)
    add_rows(weights, features, counts, scores)
    if len(features):
        scores += counts.sum() * weights.usual + prior
    scores /= math.sqrt(max(len(data), 1))  # so that long texts are no surer than they should be
    likely = np.exp(scores - scores.max())
    of_code = np.zeros(code.max() + 1)
    for column in range(len(code)):
        of_code[code[column]] += likely[column]
    best = int(of_code.argmax())
    return best, of_code[best] / likely.sum()


@compiled
def _features(data: NDArray[np.uint8], moves: Moves) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The features that the automaton finds in the bytes, and how often each.

    A letter waits for memory: so the parts of the text are read side by side, and each asks for what its next
    letter reads.
    """
    slots = 16
    while slots < 2 * len(data):
        slots *= 2
    place_of = np.full(slots, -1, np.int32)  # in the two arrays, of a feature's slot
    found, times = np.empty(len(data), np.int64), np.zeros(len(data), np.int64)
    states, table = moves
    count = 0
    part = (len(data) + PARTS - 1) // PARTS
    rows, places = np.zeros(PARTS, np.uint64), np.zeros(PARTS, np.uint64)
    for step in range(-MEMORY, part):
        for nth in range(PARTS):
            position = nth * part + step
            if 0 <= position < len(data):
                places[nth] = move(table, rows[nth], np.uint64(data[position]))
                fetch(states, places[nth], 0)
        for nth in range(PARTS):
            position = nth * part + step
            if position < 0 or position >= len(data):
                continue
            state = states[places[nth]]
            rows[nth] = np.uint64(state // np.uint32(STATES))
            fetch_moves(table, rows[nth])
            feature = np.int64(state % np.uint32(STATES)) - 1
            if step < 0 or feature < 0:
                continue
            slot = np.uint64(feature) * _SPREAD & np.uint64(slots - 1)
            while place_of[slot] >= 0 and found[place_of[slot]] != feature:
                slot = (slot + np.uint64(1)) & np.uint64(slots - 1)
            if place_of[slot] < 0:
                place_of[slot] = count
                found[count] = feature
                count += 1
            times[place_of[slot]] += 1
    return found[:count], times[:count]
