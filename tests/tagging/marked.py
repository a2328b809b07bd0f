"""Reads gold/places.txt: paragraphs with the places that their names mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streams.tagging.gazetteer import Gazetteer

GOLD = Path(__file__).parent / "gold" / "places.txt"
_MARK = re.compile(r"\[(?P<name>[^|\]]+)\|(?P<meant>[^\]]+)\]|\{(?P<none>[^}]+)\}")


@dataclass(frozen=True, slots=True)
class Marked:
    """A paragraph; `places` holds start, end and the id that is meant ("" for a place without one),
    `people` the spans of names that are no places."""

    text: str
    domain: str | None
    places: list[tuple[int, int, str]]
    people: list[tuple[int, int]]


def marked(gazetteer: Gazetteer) -> Iterator[Marked]:
    for paragraph in GOLD.read_text("utf-8").split("\n\n"):
        lines = [line for line in paragraph.strip().split("\n") if not line.startswith("#")]
        if lines:
            domain = lines[0][1:] if lines[0].startswith("@") else None
            yield _read(" ".join(lines[1:] if domain else lines), domain, gazetteer)


def _read(source: str, domain: str | None, gazetteer: Gazetteer) -> Marked:
    text, done = "", 0
    places: list[tuple[int, int, str]] = []
    people: list[tuple[int, int]] = []
    for mark in _MARK.finditer(source):
        text += source[done : mark.start()]
        done = mark.end()
        start, name = len(text), mark["name"] or mark["none"]
        text += name
        if mark["none"]:
            people.append((start, len(text)))
        else:
            places.append((start, len(text), _meant(name, mark["meant"], gazetteer)))
    return Marked(text + source[done:], domain, places, people)


def _meant(name: str, meant: str, gazetteer: Gazetteer) -> str:
    """The id: a number or Q, "=code" of a country or division, or the largest city of the name in an area."""
    if meant == "-":
        return ""
    if meant.isdigit():
        return f"geonames:{meant}"
    if meant[0] == "Q" and meant[1:].isdigit():
        return f"wikidata:{meant}"
    if meant[0] == "=":
        area = gazetteer.atlas.area(meant[1:])
        assert area is not None, f"{GOLD.name}: no area {meant[1:]}"
        return f"geonames:{gazetteer.atlas.place(area).geonames}"
    cities = [
        place
        for place in gazetteer.places(name)
        if place.kind == "city" and meant in (place.country, place.division)
    ]
    assert cities, f"{GOLD.name}: no city {name} in {meant}"
    return f"geonames:{max(cities, key=lambda place: place.population).geonames}"
