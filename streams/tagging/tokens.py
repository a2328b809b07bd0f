"""A text as tokens with offsets in code points, and what each token's surroundings say."""

from array import array
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from streams.code_points import codes_of
from streams.compiled import compiled, uncounted
from streams.tagging.cut import CAPITAL, CLOSING, DASH, OPENING, OPENS, QUOTE, TERMINAL, Tokens, cut
from streams.tagging.keys import place_of, sorted_keys
from streams.tagging.letters import letters
from streams.tagging.lexicon import ABBREVIATIONS, HYPHENATED

_SIGNS = {
    TERMINAL: ".?!…。？！",
    QUOTE: '"“‘«•*:;|',  # the next word is capitalised, or may be
    OPENING: "([",  # still in front of the sentence's first word, if any word has to come
    DASH: "-–—)]",  # changes nothing
    CLOSING: "'’”»",  # changes nothing, and may be the next sentence's first sign
}


@dataclass(frozen=True)
class Document:
    """Token i is text[starts[i]:ends[i]]; `codes` and `tokens`: the same for kernels.

    The offsets are arrays, and words are cut when they are asked for: most never are.
    """

    text: str
    starts: "array[int]"
    ends: "array[int]"
    codes: NDArray[np.uint32]
    tokens: Tokens

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def words(self) -> list[str]:
        """Every token's text."""
        text = self.text
        return [text[start:end] for start, end in zip(self.starts, self.ends, strict=True)]

    def word(self, token: int) -> str:
        return self.text[self.starts[token] : self.ends[token]]

    def slice(self, first: int, end: int) -> str:
        """The text of tokens [first:end]."""
        return self.text[self.starts[first] : self.ends[end - 1]]

    def present(self, keys: NDArray[np.uint64]) -> list[int]:
        """Places among these sorted keys of those whose words stand here capitalised, each once."""
        found: list[int] = _present(self.tokens.keys, self.tokens.marks, keys).tolist()
        return found

    def spaced(self, token: int) -> bool:
        """One space, and nothing else, stands between this token and the next."""
        return self.starts[token + 1] == self.ends[token] + 1

    def opens(self, token: int) -> bool:
        """The token stands where any word would be capitalised."""
        return bool(self.tokens.marks[token] & OPENS)


def tokenize(text: str) -> Document:
    """Cuts a text into tokens. Linear in its length; any Unicode."""
    codes = codes_of(text)
    tokens = cut(codes, letters(), apart(), _abbreviations(), _signs())
    starts, ends = array("i", tokens.starts.tobytes()), array("i", tokens.ends.tobytes())
    return Document(text, starts, ends, codes, tokens)


@compiled
def _present(
    words: NDArray[np.uint64], marks: NDArray[np.uint8], keys: NDArray[np.uint64]
) -> NDArray[np.int64]:
    words, marks, keys = uncounted(words), uncounted(marks), uncounted(keys)
    found = np.zeros(len(keys), np.bool_)
    for token in range(len(words)):
        if marks[token] & CAPITAL:
            place = place_of(keys, words[token])
            if place >= 0:
                found[place] = True
    return np.flatnonzero(found)


@cache
def apart() -> NDArray[np.uint64]:
    """Sorted keys of the words that end a hyphenated word."""
    return sorted_keys(HYPHENATED)


@cache
def _abbreviations() -> NDArray[np.uint64]:
    return sorted_keys(ABBREVIATIONS)


@cache
def _signs() -> NDArray[np.uint8]:
    table = np.zeros(0x10000, np.uint8)
    for sign, characters in _SIGNS.items():
        table[[ord(character) for character in characters]] = sign
    return table
