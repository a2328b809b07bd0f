"""A document as windows of subwords: what a transformer reads, and which outputs speak for which token."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from streams.tagging.tokens import Document

WINDOW = 192
"""Subwords of one window, the two marks at its ends included: several sentences of context."""
LONGEST_WORD = 6
"""Subwords kept of one token: what follows tells nothing of a name (a URL, a chemical)."""
CASES = 8
"""How a token is written, 0..6, and 7 for the subwords after its first: the base model knows no capitals."""

Pieces = Callable[[str], Sequence[int]]
"""The ids of a token's subwords, at least one."""


@dataclass(slots=True)
class Window:
    """`ids[firsts[k]]` is the first subword of token `tokens[k]`; `cases` goes with `ids`, one for one."""

    tokens: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)
    firsts: list[int] = field(default_factory=list)


def windows(document: Document, pieces: Pieces, begin: int, end: int, size: int = WINDOW) -> Iterator[Window]:
    """Cuts a document into windows of at most `size` subwords, between `begin` and `end` marks.

    A window ends where a sentence does, unless the sentence alone is longer than a window. Line breaks are
    in no window. Every other token is in exactly one. Linear.
    """
    room = size - 2
    window = _opened(begin)
    for sentence in _sentences(document):
        split = [list(pieces(document.words[token])[:LONGEST_WORD]) for token in sentence]
        if window.tokens and len(window.ids) - 1 + sum(map(len, split)) > room:
            yield _closed(window, end)
            window = _opened(begin)
        for token, ids in zip(sentence, split, strict=True):
            if len(window.ids) - 1 + len(ids) > room:
                yield _closed(window, end)
                window = _opened(begin)
            window.tokens.append(token)
            window.firsts.append(len(window.ids))
            window.ids += ids
            window.cases += [case(document.words[token]), *[CASES - 1] * (len(ids) - 1)]
    if window.tokens:
        yield _closed(window, end)


def case(word: str) -> int:
    """The class of a token's spelling: none, lower, Capitalised, UPPER, mIxed, digits, other with letters."""
    if word.islower():
        return 1
    if word.isupper():
        return 3 if len(word) > 1 else 2
    if word[0].isupper():
        return 2 if word[1:].islower() else 4
    if word.isdigit():
        return 5
    return 6 if any(map(str.isalpha, word)) else 0


def _sentences(document: Document) -> Iterator[list[int]]:
    sentence: list[int] = []
    sentences = document.tokens.sentences.tolist()
    for token, (word, number) in enumerate(zip(document.words, sentences, strict=True)):
        if sentence and sentences[sentence[-1]] != number:
            yield sentence
            sentence = []
        if word[0] != "\n":
            sentence.append(token)
    if sentence:
        yield sentence


def _opened(mark: int) -> Window:
    return Window(ids=[mark], cases=[0])


def _closed(window: Window, mark: int) -> Window:
    window.ids.append(mark)
    window.cases.append(0)
    return window
