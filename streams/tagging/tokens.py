"""A text as tokens with offsets in code points, and what each token's surroundings say."""

import re
from dataclasses import dataclass

from streams.tagging.lexicon import ABBREVIATIONS, HYPHENATED

TOKEN = re.compile(
    r"[A-Z]{1,3}\$"  # US$ is one token
    r"|(?:[A-Z]\.){2,}"  # U.S. and J.K.
    r"|['’][sS]\b"
    r"|\d+(?:[.,:/]\d+)*"
    rf"|[^\W\d_]+(?:[-'’&](?!(?:[sS]|{'|'.join(sorted(HYPHENATED))})\b)[^\W_]+)*"
    r"|[^\W_]+|\n+|[^\s\w]|_"
)
"""Linear: every alternative is one run of a class or ends at the first character outside it."""
OPENING = frozenset('"“‘«([*•')
"""After one of these at a sentence's beginning the next word still is the sentence's first."""
QUOTES = frozenset('"“‘«•*')
"""... and after one of these anywhere."""


@dataclass(frozen=True, slots=True)
class Document:
    """`words[i]` is text[starts[i]:ends[i]], in sentence number `sentences[i]`.

    `opens[i]`: the token stands where any word would be capitalised. `lower`: what occurs in lower case.
    """

    text: str
    words: list[str]
    starts: list[int]
    ends: list[int]
    opens: list[bool]
    sentences: list[int]
    lower: frozenset[str]

    def slice(self, first: int, end: int) -> str:
        """The text of tokens [first:end]."""
        return self.text[self.starts[first] : self.ends[end - 1]]

    def spaced(self, token: int) -> bool:
        """One space, and nothing else, stands between this token and the next."""
        return self.starts[token + 1] == self.ends[token] + 1


def tokenize(text: str) -> Document:
    """Cuts a text into tokens. Linear in its length; any Unicode."""
    words: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    opens: list[bool] = []
    sentences: list[int] = []
    opening, sentence = True, 0
    for match in TOKEN.finditer(text):
        word = match.group()
        first = word[0]
        starts.append(match.start())
        ends.append(match.end())
        opens.append(opening)
        sentences.append(sentence)
        words.append(word)
        if first.isalnum():
            opening = False
        elif first in "\n?!…" or (first == "." and not _abbreviates(words)):
            opening, sentence = True, sentence + 1
        elif first in QUOTES or first in ":;|":
            opening = True
        elif first not in OPENING:
            opening = opening and first in "-–—'’"
    return Document(text, words, starts, ends, opens, sentences, frozenset(w for w in words if w.islower()))


def _abbreviates(words: list[str]) -> bool:
    """The full stop that is the last token belongs to the word before it."""
    before = words[-2] if len(words) > 1 else ""
    return before in ABBREVIATIONS or (len(before) == 1 and before.isupper() and before != "I")
