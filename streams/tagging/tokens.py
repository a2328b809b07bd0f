"""A text as tokens with offsets in code points, and what each token's surroundings say."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from streams.tagging.cut import CAPITAL, CLOSING, DASH, OPENING, OPENS, QUOTE, TERMINAL, Tokens, cut
from streams.tagging.keys import codes_of, keys_of_words
from streams.tagging.letters import letters
from streams.tagging.lexicon import ABBREVIATIONS, HYPHENATED

_SIGNS = {
    TERMINAL: ".?!…。？！",
    QUOTE: '"“‘«•*:;|',  # the next word is capitalised, or may be
    OPENING: "([",  # still in front of the sentence's first word, if any word has to come
    DASH: "-–—)]",  # changes nothing
    CLOSING: "'’”»",  # changes nothing, and may be the next sentence's first sign
}


@dataclass(frozen=True, slots=True)
class Document:
    """`words[i]` is text[starts[i]:ends[i]]; `capitals`: the tokens that begin with a capital; `codes` and
    `tokens`: the same for kernels."""

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    capitals: list[int]
    codes: NDArray[np.uint32]
    tokens: Tokens

    def slice(self, first: int, end: int) -> str:
        """The text of tokens [first:end]."""
        return self.text[self.starts[first] : self.ends[end - 1]]

    def spaced(self, token: int) -> bool:
        """One space, and nothing else, stands between this token and the next."""
        return self.starts[token + 1] == self.ends[token] + 1

    def opens(self, token: int) -> bool:
        """The token stands where any word would be capitalised."""
        return bool(self.tokens.marks[token] & OPENS)

    def in_lower_case(self, word: str) -> bool:
        """The word occurs somewhere in lower case."""
        return word.lower() in self.words


def tokenize(text: str) -> Document:
    """Cuts a text into tokens. Linear in its length; any Unicode."""
    codes = codes_of(text)
    tokens = cut(codes, letters(), _apart(), _abbreviations(), _signs())
    starts, ends = tokens.starts.tolist(), tokens.ends.tolist()
    words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    capitals = np.flatnonzero(tokens.marks & CAPITAL).tolist()
    return Document(text, words, starts, ends, capitals, codes, tokens)


@cache
def _apart() -> NDArray[np.uint64]:
    return np.sort(keys_of_words(HYPHENATED))


@cache
def _abbreviations() -> NDArray[np.uint64]:
    return np.sort(keys_of_words(ABBREVIATIONS))


@cache
def _signs() -> NDArray[np.uint8]:
    table = np.zeros(0x10000, np.uint8)
    for sign, characters in _SIGNS.items():
        table[[ord(character) for character in characters]] = sign
    return table
