"""A knowledge pack's lines, checked, and its bytes. `streams.tagging.knowledge` reads them again."""

import re
from array import array
from collections.abc import Iterator
from hashlib import blake2b
from math import isfinite
from typing import Any

import numpy as np
import orjson

from streams.tagging.context import ABOUT_WORDS, about_keys
from streams.tagging.knowledge import DIGEST, HEADER, MARK, SECTIONS, SEPARATOR, TYPES, aligned
from streams.tagging.phrasebook import LONGEST, build, words_of

IDS = {
    "wikidata": re.compile(r"Q[1-9][0-9]*"),
    "geonames": re.compile(r"[1-9][0-9]*"),
    "iso3166": re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?"),
}
"""As the schema of articles.tagged has them."""
OWN_ID = re.compile(r"[^\s\x00-\x1f\x7f]{1,256}")
PIECE = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")
"""A word has at least one of these."""
DEFAULT_PRIOR = 1.0
LARGEST_PRIOR = 3e38  # priors are kept as float32
_ORDER = {kind.value: number for number, kind in enumerate(TYPES)}


class LineError(ValueError):
    """What is wrong with a line, and what it should be."""


class Packing:
    """Gathers the lines of one pack."""

    def __init__(self) -> None:
        self.left_out = 0
        self._seen: dict[str, int] = {}
        self._names: list[str] = []
        self._rows, self._types, self._priors = array("L"), bytearray(), array("f")
        self._text, self._text_ends = bytearray(), array("Q")
        self._about: list[str] = []
        self._about_ends = array("L")

    @property
    def entries(self) -> int:
        return len(self._types)

    def add(self, line: bytes, number: int) -> list[str]:
        """Takes line `number`, and gives those of its names that were left out: longer than LONGEST words.

        Raises LineError; then nothing of the line was taken.
        """
        row = _object(line)
        own = _own_id(row)
        if own in self._seen:
            raise LineError(f"the id {own} stands in line {self._seen[own]} already")
        kind = row.get("type")
        if not isinstance(kind, str) or kind not in _ORDER:
            raise LineError(f"type {_shown(kind)}: it must be one of {', '.join(_ORDER)}")
        names, lost = _names(row)
        prior, ids, about = _prior(row), _ids(row), _about(row, names)
        entry = len(self._types)
        self._seen[own] = number
        self._names += names
        self._rows.extend([entry] * len(names))
        self._types.append(_ORDER[kind])
        self._priors.append(prior)
        self._text += SEPARATOR.join((own, *ids, *names)).encode()
        self._text_ends.append(len(self._text))
        self._about += about
        self._about_ends.append(len(self._about))
        self.left_out += len(lost)
        return lost

    def pack(self) -> Iterator[bytes]:
        """The file's bytes in pieces. The same lines in the same order give the same bytes."""
        book = build(words_of(self._names), np.array(self._rows, np.uint32))
        found: dict[str, Any] = {
            **book._asdict(),
            "types": np.frombuffer(bytes(self._types), np.uint8),
            "priors": self._priors,
            "text_ends": self._text_ends,
            "text": np.frombuffer(bytes(self._text), np.uint8),
            "about_ends": self._about_ends,
            "about": about_keys(self._about),
        }
        sections = [np.asarray(found[name]).astype(kind) for name, kind in SECTIONS.items()]
        lengths = [len(section) for section in sections]
        begun = HEADER.pack(MARK, bytes(DIGEST), *lengths)[len(MARK) + DIGEST :]
        pieces = [begun, bytes(aligned(HEADER.size) - HEADER.size)]
        for section in sections:
            pieces += [section.tobytes(), bytes(aligned(section.nbytes) - section.nbytes)]
        digest = blake2b(digest_size=DIGEST)
        for piece in pieces:
            digest.update(piece)
        yield MARK
        yield digest.digest()
        yield from pieces


def _object(line: bytes) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise LineError(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise LineError("not a JSON object")
    return row


def _own_id(row: dict[str, Any]) -> str:
    own = row.get("id")
    if not isinstance(own, str) or not OWN_ID.fullmatch(own):
        raise LineError(f"id {_shown(own)}: it must be a string of 1 to 256 characters without white space")
    return own


def _names(row: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The names with single spaces, each once, and those that are too long."""
    given = row.get("names")
    if not isinstance(given, list) or not given:
        raise LineError("names: it must be a list of at least one name")
    kept: dict[str, None] = {}
    for name in given:
        if not isinstance(name, str) or not name.split():
            raise LineError(f"name {_shown(name)}: it must be a string with a word in it")
        kept[" ".join(name.split())] = None
    lost = [name for name in kept if _is_long(name)]
    names = [name for name in kept if name not in lost] if lost else list(kept)
    if not names:
        raise LineError(f"name {_shown(lost[0])} has more than {LONGEST} words, and there is no other")
    return names, lost


def _is_long(name: str, most: int = LONGEST) -> bool:
    """Cutting into words costs more than the whole line: only what has pieces enough is cut."""
    return len(name) > most and len(PIECE.findall(name)) > most and len(words_of([name]).keys) > most


def _prior(row: dict[str, Any]) -> float:
    prior = row.get("prior", DEFAULT_PRIOR)
    if type(prior) not in (int, float) or not isfinite(prior) or not 0 <= prior <= LARGEST_PRIOR:
        raise LineError(f"prior {_shown(prior)}: it must be a number from 0 to {LARGEST_PRIOR:g}")
    return float(prior)


def _ids(row: dict[str, Any]) -> list[str]:
    ids = row.get("ids", {})
    if not isinstance(ids, dict):
        raise LineError(f"ids {_shown(ids)}: it must be an object of {', '.join(IDS)}")
    for registry, own in ids.items():
        if registry not in IDS:
            raise LineError(f"ids: {_shown(registry)} is no registry; {', '.join(IDS)} are")
        if not isinstance(own, str) or not IDS[registry].fullmatch(own):
            raise LineError(f"ids: {registry} {_shown(own)} is not like {IDS[registry].pattern}")
    return [ids.get(registry, "") for registry in IDS]


def _about(row: dict[str, Any], names: list[str]) -> list[str]:
    """The words and names that say more than the entry's own names do."""
    about = row.get("about", [])
    if not isinstance(about, list):
        raise LineError(f"about {_shown(about)}: it must be a list of words or names")
    own = {word for name in names for word in name.lower().split()} if about else set()
    kept = {}
    for phrase in about:
        if not isinstance(phrase, str) or not phrase.split() or _is_long(phrase, ABOUT_WORDS):
            raise LineError(f"about {_shown(phrase)}: it must be a string of 1 to {ABOUT_WORDS} words")
        words = phrase.lower().split()
        if not own.issuperset(words):
            kept[" ".join(words)] = phrase
    return list(kept.values())


def _shown(value: object) -> str:
    """A wrong value as JSON, cut to what fits a line."""
    text = orjson.dumps(value).decode()
    return text if len(text) <= 80 else text[:77] + "..."
