"""The operator's knowledge pack: entries with their names, read from one file that all processes map.

The file is a header (mark, blake2b-128 of all that follows it, the length of each section) and sections,
plain little-endian arrays at multiples of 64 bytes. `streams.tagging.packing` writes it. Whoever maps a file
that might be anybody's has it verified: every offset is checked before it is trusted.
"""

import re
import struct
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.events import Ids
from streams.tagging.phrasebook import NOT_FOUND, exact, phrasebook, rows_of, words_of
from streams.vocabulary import EntityType

MARK = b"copydesk-pack/1\n"
"""Changes with the format, and with the keys of words."""
DIGEST = 16
SECTIONS = {
    "keys": "<u8",
    "values": "<u4",
    "offsets": "<u4",
    "rows": "<u4",
    "types": "<u1",
    "priors": "<f4",
    "text_ends": "<u8",
    "text": "<u1",
    "about_ends": "<u4",
    "about": "<u4",
}
HEADER = struct.Struct(f"<{len(MARK)}s{DIGEST}s{len(SECTIONS)}Q")
ALIGNED = 64
"""Bytes; numpy and numba want arrays at multiples of their items' size."""
TYPES = tuple(EntityType)
FEWEST_FREE = 0.2
"""Share of a table's places; the writer leaves 0.37. In a fuller one searches would be long."""
VERSION_DIGITS = 16
SEPARATOR = "\t"
FIELDS = 5
"""Of an entry's text, at least: its id, three ids of registries, a name."""
REGISTERED = re.compile(r"wikidata:Q[1-9][0-9]*|geonames:[1-9][0-9]*")
"""An own id that is one of a registry already."""


class PackError(ValueError):
    """A file that is no pack, or a broken one: what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody or something of the pack."""

    id: str
    type: EntityType
    names: tuple[str, ...]
    prior: float
    ids: Ids

    @property
    def entity_id(self) -> str:
        """The id its entity has in events: Wikidata's, GeoNames', else its own as the schema wants it."""
        if self.ids.wikidata:
            return f"wikidata:{self.ids.wikidata}"
        if self.ids.geonames:
            return f"geonames:{self.ids.geonames}"
        own = f"local:{self.type}:"
        return self.id if self.id.startswith(own) or REGISTERED.fullmatch(self.id) else own + self.id


class Knowledge:
    """A pack in use: look-ups by name, entries by row. Holds the mapped bytes; immutable."""

    def __init__(self, version: str, arrays: dict[str, NDArray[Any]]) -> None:
        self.version = version
        self.book = phrasebook(arrays["keys"], arrays["values"], arrays["offsets"], arrays["rows"])
        self.types, self.priors = arrays["types"], arrays["priors"]
        self.about_ends, self.about = arrays["about_ends"], arrays["about"]
        self._text_ends, self._text = arrays["text_ends"], arrays["text"]

    @property
    def provenance(self) -> dict[str, str]:
        return {"knowledge": self.version}

    @property
    def entries(self) -> int:
        return len(self.types)

    @property
    def names(self) -> int:
        """Different ones; one that several entries bear counts once."""
        return len(self.book.offsets) - 1

    @cached_property
    def size(self) -> int:
        """Bytes of all sections."""
        arrays = (
            *self.book,
            self.types,
            self.priors,
            self.about_ends,
            self.about,
            self._text,
            self._text_ends,
        )
        return sum(array.nbytes for array in arrays)

    def rows_named(self, names: list[str]) -> list[list[int]]:
        """For each of these names the entries that bear exactly it, whatever white space is in it."""
        numbers = exact(self.book, words_of(names)).tolist()
        return [[] if n == NOT_FOUND else rows_of(self.book, n).tolist() for n in numbers]

    def entry(self, row: int) -> Entry:
        start = int(self._text_ends[row - 1]) if row else 0
        text = bytes(self._text[start : int(self._text_ends[row])]).decode("utf-8", "replace")
        own, wikidata, geonames, iso3166, *names = text.split(SEPARATOR)
        ids = Ids(wikidata=wikidata or None, geonames=geonames or None, iso3166=iso3166 or None)
        return Entry(own, TYPES[self.types[row]], tuple(names), float(self.priors[row]), ids)


def version_of(data: memoryview) -> str:
    """The version that a pack's header names. Raises PackError where there is no header."""
    if len(data) < HEADER.size:
        raise PackError(f"{len(data)} bytes: no knowledge pack, or cut short")
    mark, digest, *_lengths = HEADER.unpack_from(data)
    if mark != MARK:
        wanted = MARK.decode().strip()
        raise PackError(
            f"no knowledge pack that this version reads ({wanted}): build it with its build command"
        )
    return str(digest.hex()[:VERSION_DIGITS])


def read_pack(data: memoryview, *, verify: bool) -> Knowledge:
    """A pack's bytes in use, without a copy. Raises PackError.

    `verify` reads all of them once: hash and every offset (0.2 s for 100 MB). Without it only the sizes are
    checked: for bytes that another process of ours has just verified.
    """
    version = version_of(data)
    _mark, digest, *lengths = HEADER.unpack_from(data)
    arrays, at = {}, aligned(HEADER.size)
    for (name, kind), length in zip(SECTIONS.items(), lengths, strict=True):
        end = at + length * np.dtype(kind).itemsize
        if end > len(data):
            raise PackError(f"cut short: its section {name} should end at byte {end:,} of {len(data):,}")
        arrays[name] = np.frombuffer(data, kind, length, at)
        at = aligned(end)
    if at != len(data):
        raise PackError(f"{len(data):,} bytes, but its header tells of {at:,}")
    _check_lengths(arrays)
    if verify:
        if blake2b(data[len(MARK) + DIGEST :], digest_size=DIGEST).digest() != digest:
            raise PackError("its hash is wrong: the file was changed or damaged; build it again")
        _check_contents(arrays)
    return Knowledge(version, arrays)


def aligned(size: int) -> int:
    """The next multiple of ALIGNED."""
    return -(-size // ALIGNED) * ALIGNED


def _check_lengths(arrays: dict[str, NDArray[Any]]) -> None:
    length = {name: len(array) for name, array in arrays.items()}
    entries = length["types"]
    each = {"priors", "text_ends", "about_ends"}
    if length["keys"] != length["values"] or not length["offsets"] or any(length[n] != entries for n in each):
        raise PackError("the lengths of its sections do not agree")


def _check_contents(arrays: dict[str, NDArray[Any]]) -> None:
    """What a kernel or a look-up would trust. A hash does not say who made it."""
    keys, values, entries = arrays["keys"], arrays["values"], len(arrays["types"])
    names = len(arrays["offsets"]) - 1
    sound = {
        "table": len(keys) > 0 and np.count_nonzero(keys == 0) >= FEWEST_FREE * len(keys),
        "names": not len(values) or int((values & np.uint32((1 << 31) - 1)).max()) <= names,
        "offsets": arrays["offsets"][0] == 0 and _ascends(arrays["offsets"], len(arrays["rows"])),
        "rows": not len(arrays["rows"]) or int(arrays["rows"].max()) < entries,
        "types": not entries or int(arrays["types"].max()) < len(TYPES),
        "priors": bool(np.isfinite(arrays["priors"]).all() and (arrays["priors"] >= 0).all()),
        "text": _ascends(arrays["text_ends"], len(arrays["text"])) and _has_fields(arrays),
        "about": _ascends(arrays["about_ends"], len(arrays["about"])),
    }
    for name, is_sound in sound.items():
        if not is_sound:
            raise PackError(f"its section {name} cannot be right: build the pack again")


def _ascends(ends: NDArray[Any], last: int) -> bool:
    return bool((ends[1:] >= ends[:-1]).all()) and (int(ends[-1]) if len(ends) else 0) == last


def _has_fields(arrays: dict[str, NDArray[Any]]) -> bool:
    """Every entry's text has an id, three ids of registries and a name."""
    separators = np.flatnonzero(arrays["text"] == ord(SEPARATOR))
    before = np.searchsorted(separators, arrays["text_ends"].astype(np.int64))
    return bool((np.diff(before, prepend=0) >= FIELDS - 1).all())
