# ruff: noqa: E501 -- a pattern reads best whole
"""What stands around the headline of a page: its dateline and its byline, where people read them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from streams.cleaning.days import Order
from streams.cleaning.metadata.jsonld import clean_text
from streams.cleaning.times import Time, date_in, published_time

MAX_NODES = 90  # that are walked from the headline on; 1 us each
MAX_BEFORE = 5  # pieces of text above the headline: further up stand the site's menu and today's date
MAX_AFTER = 20  # pieces below it
MAX_LONG = 2  # of these may be long (standfirst, caption): behind them the body has begun
LONG = 160  # characters
MAX_PIECE = 200  # characters that are kept of a piece
MAX_DATELINE = 80  # characters; a longer piece is prose
LABEL = 40  # characters of a piece that may say what the next one is

_SKIPPED_NAMES = (
    "script style noscript template svg figure picture video audio iframe form select nav button aside"
)
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
_SITE = frozenset({"header", "ul"})  # above the headline: the site's own, with its menus and today's date
_UPDATED = re.compile(
    r"updat|modif|revis|reviewed|edited|last |aktualisier|geändert|bearbeitet|stand:|mis à jour|mise à jour|modifié|actualizad|aggiorna|atualizad|bijgewerkt|gewijzigd|oppdater|opdater|uppdater|päivit|aktualiz|zmodyf"
    r"|güncelle|обновл|оновл|изменен|更新|업데이트|수정|تحديث|diperbarui|cập nhật|ενημέρωσ|עודכן|अपडेट|módos|frissít",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
# A date that is not the article's own: of an event, of a photograph, of a comment.
_OTHER = re.compile(r"expire|deadline|event|until|copyright|©|joined|born|since|accessed", re.IGNORECASE)


class Piece(NamedTuple):
    """A run of text without markup; `time`: what a <time> around it says to machines."""

    text: str
    time: str | None = None


@dataclass(frozen=True, slots=True)
class Dateline:
    """The first day near the headline that is not called an update, and the first that is."""

    published: Time | None = None
    updated: Time | None = None


def pieces_near(heading: LexborNode) -> list[Piece]:
    """The text from a few pieces above the heading to where the body begins, the heading itself left out."""
    above: list[Piece] = []
    _walk(heading, above, forward=False)
    below: list[Piece] = []
    _walk(heading, below, forward=True)
    return [*below, *above]


def dateline(pieces: Sequence[Piece], order: Order | None, offset: int) -> Dateline:
    """Read the pieces in their order: below the headline first, then above it."""
    published = updated = None
    label = ""
    for piece in pieces:
        time = _time_in(piece, order, offset) if len(piece.text) <= MAX_DATELINE else None
        if time is not None:
            # what stands behind the first day speaks of another: "3 May 2026, updated 4 May 2026"
            said = f"{label} {_DIGIT.split(piece.text, maxsplit=1)[0]}"
            if _UPDATED.search(said):
                updated = updated or time
            elif not _OTHER.search(said):
                published = published or time
        label = piece.text if time is None and len(piece.text) <= LABEL else ""
        if published and updated:
            break
    return Dateline(published, updated)


def _time_in(piece: Piece, order: Order | None, offset: int) -> Time | None:
    said = published_time(piece.time, order=order, offset=offset) if piece.time else None
    return said or date_in(piece.text, order=order, offset=offset)


def _walk(heading: LexborNode, found: list[Piece], *, forward: bool) -> None:
    """Document order from the end of the heading on, or from its beginning back, through all its ancestors."""
    limit = MAX_AFTER if forward else MAX_BEFORE
    long = 0
    machine: str | None = None
    node = _beside(heading, forward)
    for _ in range(MAX_NODES):
        if node is None or len(found) >= limit or long >= MAX_LONG:
            return
        tag = node.tag
        inner = None
        if tag == "-text":
            raw = node.text_content or ""
            if not raw.isspace() and (text := clean_text(raw[: 4 * MAX_PIECE])):
                found.append(Piece(text[:MAX_PIECE], machine))
                machine = None
                long += len(text) >= LONG
        elif tag == "h1":
            return
        elif tag not in _SKIPPED and (forward or tag not in _SITE):
            inner = node.child if forward else node.last_child
            if tag == "time":
                machine = node.attributes.get("datetime")
        node = inner or _beside(node, forward)


def _beside(node: LexborNode, forward: bool) -> LexborNode | None:
    """The next node in document order that is not below this one, up to the body's end."""
    while (following := node.next if forward else node.prev) is None:
        above = node.parent
        if above is None or above.tag == "body":
            return None
        node = above
    return following
