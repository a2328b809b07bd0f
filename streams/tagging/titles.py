"""Titles before a person's name are no part of it: "Mr", "Prime Minister", "former President"."""

from streams.tagging.lexicon import HONORIFICS, ROLES, words_of
from streams.tagging.tokens import Document

TITLED = HONORIFICS | ROLES
"""A person's mention right behind one of these is `titled`."""
TITLES = words_of(
    "mr mrs ms miss dr prof professor sir dame lord lady sen sens senator rep reps gen general col colonel "
    "capt captain lt maj major sgt sergeant rev reverend fr hon judge justice president premier chancellor "
    "governor gov mayor minister pm madam madame brig brigadier adm admiral cmdr inspector detective officer "
    "coach secretary ambassador congressman congresswoman councillor mp former chief vice deputy "
    "prime foreign"
)
"""In lower case. Royal and church titles stay in: "Queen Elizabeth", "Pope Francis" are names."""

ANNOUNCING = frozenset(
    [
        "Mr",
        "Mrs",
        "Ms",
        "Miss",
        "Dr",
        "Prof",
        "Sir",
        "Dame",
        "Judge",
        "Justice",
        "Sgt",
        "Capt",
        "Lt",
        "Col",
        "Gen",
        "Rev",
        "Sen",
        "Rep",
    ]
)
"""Titles that always announce a person."""


def without_title(document: Document, first: int, end: int) -> int:
    """The first token of the name proper, of a person's span that begins at token `first` and ends at
    character `end`; a span of nothing but titles keeps its last word."""
    token, size = first, len(document.starts)
    while token < size and document.word(token).lower() in TITLES:
        after = token + 1
        if after < size and document.word(after) == ".":
            after += 1
        if after >= size or document.starts[after] >= end:
            break
        token = after
    return token
