# ruff: noqa: E501 -- a pattern reads best whole
"""Bylines as people read them: the names behind "By" in the pieces of text that stand together."""

import re
from collections.abc import Sequence

from streams.cleaning.metadata.authors import AND, LEAD, SEVERAL, people
from streams.cleaning.names import is_name

MAX_PIECES = 60  # in which a "By" is looked for
MAX_PIECE = 200  # characters of one
BYLINE_PIECES = 12  # that follow "By" and are looked at for more names

_CONNECTOR = re.compile(rf"(?:[,;/،、]|{AND})+", re.IGNORECASE)
# Where a name ends and something else begins.
_END = re.compile(
    r"\s*(?:[|•·⋅◦]|\s[-–—]\s|\bon\b\s|\bin\b\s|\bfor\b\s|\b(?:last )?(?:published|updated|posted|modified|reviewed)\b|\(|\bfür\b|\baus\b).*$",
    re.IGNORECASE | re.DOTALL,
)


def byline_in(pieces: Sequence[str], *, named: bool = False) -> tuple[str, ...]:
    """The names after the first "By" among the pieces of text of a few lines; with `named`, the pieces are
    those of an element that calls itself a byline, and need no "By".
    """
    pieces = [piece[:MAX_PIECE] for piece in pieces[:MAX_PIECES]]
    for i, piece in enumerate(pieces):
        if lead := LEAD.match(piece):
            rest = piece[lead.end() :].strip()
            if names := _run([rest, *pieces[i + 1 :]] if rest else pieces[i + 1 :], explicit=True):
                return names
    return _run(pieces, explicit=False) if named else ()


def _run(pieces: Sequence[str], *, explicit: bool) -> tuple[str, ...]:
    """The names at the beginning of `pieces`: the first, and those that "and" or a comma joins to it."""
    names: list[str] = []
    joined = True
    for piece in pieces[:BYLINE_PIECES]:
        text = piece.strip()
        if _CONNECTOR.fullmatch(text):
            joined = True
            continue
        if names and not joined:
            if not explicit and all(is_name(other, explicit=False) for other in pieces):
                names.append(text)
                continue
            leading = SEVERAL.match(text)
            if leading is None or leading.end() == 0 or not leading[0].strip(" |/•·"):
                break
            text = text[leading.end() :]
        ended = _END.sub("", text)
        found = [
            name
            for name in people(ended)
            if is_name(name, explicit=explicit) and (name == ended or not name[0].islower())
        ]
        if not found:
            if explicit or names:
                break
            continue
        names += found
        joined = text == ended and text.endswith((",", "&", " and", ";"))
    return tuple(dict.fromkeys(names))


def is_lead(text: str) -> bool:
    """Whether a text is but what leads a byline: "Written by", "Von"."""
    return bool((match := LEAD.match(text)) and match.end() == len(text))
