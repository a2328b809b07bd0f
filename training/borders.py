"""Where a country or a division is, in one point: the middle of its largest land, or of its inhabitants."""

import json
from collections.abc import Iterable
from itertools import pairwise
from math import asin, atan2, cos, degrees, hypot, radians, sin
from pathlib import Path

Point = tuple[float, float]
"""Latitude and longitude, degrees."""


def middles(topology: Path) -> dict[int, Point]:
    """ISO 3166-1 numeric code to the centroid of the country's largest polygon (TopoJSON, quantised).

    By plain degrees: exact enough for one point a country. Countries without a number are left out.
    """
    world = json.loads(topology.read_bytes())
    scale, translate = world["transform"]["scale"], world["transform"]["translate"]
    arcs = [_decoded(arc, scale, translate) for arc in world["arcs"]]
    found: dict[int, Point] = {}
    for shape in world["objects"]["countries"]["geometries"]:
        polygons = {"Polygon": [shape["arcs"]], "MultiPolygon": shape["arcs"]}[shape["type"]]
        outlines = [_centroid(_ring(polygon[0], arcs)) for polygon in polygons]
        if str(shape.get("id", "")).isdigit():
            found[int(shape["id"])] = max(outlines)[1]
    return found


def weighted_middle(cities: Iterable[tuple[Point, int]]) -> Point | None:
    """The middle of cities on the sphere, weighed by inhabitants; None without any."""
    x = y = z = 0.0
    for (lat, lon), weight in cities:
        x += weight * cos(radians(lat)) * cos(radians(lon))
        y += weight * cos(radians(lat)) * sin(radians(lon))
        z += weight * sin(radians(lat))
    length = hypot(x, y, z)
    return (degrees(asin(z / length)), degrees(atan2(y, x))) if length else None


def _decoded(arc: list[list[int]], scale: list[float], translate: list[float]) -> list[Point]:
    """Longitude and latitude of an arc's points from its differences."""
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * scale[0] + translate[0], y * scale[1] + translate[1]))
    return points


def _ring(numbers: list[int], arcs: list[list[Point]]) -> list[Point]:
    """The points of a ring: an arc's number, or its complement when it is walked backwards."""
    points: list[Point] = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def _centroid(ring: list[Point]) -> tuple[float, Point]:
    """Area in square degrees, and the centroid."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        cross = x0 * y1 - x1 * y0
        area += cross
        x, y = x + (x0 + x1) * cross, y + (y0 + y1) * cross
    return abs(area) / 2, (y / (3 * area), x / (3 * area)) if area else (ring[0][1], ring[0][0])
