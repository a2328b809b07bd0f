"""Rows of the atlas as columns of numbers, in the form that streams/tagging/atlas.py reads."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from streams.tagging.atlas import KINDS, NO_ROW
from streams.tagging.listed import listed
from training.place_names import GENERIC


@dataclass(frozen=True, slots=True)
class Row:
    """A place on its way into the columns; `admin` is GeoNames' code of its division ("US.TX")."""

    geonames: int
    kind: str
    country: str
    name: str
    others: tuple[str, ...] = ()
    code: str = ""
    admin: str = ""
    wikidata: int = 0
    population: int = 0
    middle: tuple[float, float] | None = None
    capital: bool = False


def columns_of(rows: list[Row]) -> dict[str, np.ndarray]:
    """Numbers as arrays, names in one UTF-8 text."""
    countries = {row.code: index for index, row in enumerate(rows) if row.kind == "country"}
    divisions = {row.code: index for index, row in enumerate(rows) if row.kind == "division"}
    called: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        for name in dict.fromkeys((row.name, *row.others)):
            if row.kind != "division" or name not in GENERIC:
                called[name].append(index)
    names = sorted(called)
    place = {name: index for index, name in enumerate(names)}
    tables = listed(names)
    shown = [next((place[n] for n in (row.name, *row.others) if n in place), NO_ROW) for row in rows]
    nowhere = (np.nan, np.nan)
    return {
        "geonames": np.array([row.geonames for row in rows], np.uint32),
        "wikidata": np.array([row.wikidata for row in rows], np.uint32),
        "kind": np.array([KINDS.index(row.kind) for row in rows], np.uint8),
        "country": np.array([countries.get(row.country, NO_ROW) for row in rows], np.uint32).astype(
            np.uint16
        ),
        "division": np.array([divisions.get(row.admin, NO_ROW) for row in rows], np.uint32).astype(np.uint16),
        "population": np.array([min(row.population, 2**32 - 1) for row in rows], np.uint32),
        "middle": np.array([row.middle or nowhere for row in rows], np.float32),
        "capital": np.array([row.capital for row in rows], np.bool_),
        "shown": np.array(shown, np.uint32),
        "codes": np.array(
            [row.code.encode() for row in rows if row.kind in ("country", "division")], np.bytes_
        ),
        "texts": tables.texts,
        "ends": tables.ends,
        "rows": np.concatenate([np.array(called[name], np.uint32) for name in names]),
        "row_ends": np.cumsum([len(called[name]) for name in names], dtype=np.uint32),
    }
