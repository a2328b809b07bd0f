"""Which of the places of a name is meant: by population, and by what the article says of where it plays.

Scores are powers of ten: a prior (streams/tagging/candidates.py) with bonuses for co-mention, nearness
and qualifiers: toponym resolution by population with spatial and hierarchical context (Leidner 2007). The
bonuses were set by hand and read against tests/tagging/gold/places.txt (`python bench/places.py`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from streams.compiled import compiled, inlined, uncounted
from streams.tagging.atlas import CITY, COUNTY, DIVISION
from streams.tagging.candidates import (
    CAPITAL,
    FIRST,
    HOLDS,
    INSIDE,
    NAMESAKE,
    QUALIFIED,
    TOWN,
    WEIGHED,
)
from streams.tagging.qualifiers import lies_in
from streams.tagging.surroundings import (
    MOST_SPOKEN,
    TABLES,
    Surroundings,
    add,
    add_country,
    add_named,
    distance_in_kernels,
    is_entered,
    is_named,
    near,
    others_of_country,
    siblings,
    silence,
    speaks,
)

CAPITAL_BONUS = 0.5
COUNTRY_BONUS = 1.0
"""A place is preferred to one ten times as large in a country the article does not speak of."""
COUNTRY_STEP = 0.2
"""More for every further name of that country, up to three."""
HOME_BONUS = 0.7
"""Of the publisher's country: weak, since papers write of the whole world."""
DIVISION_NAMED_BONUS = 2.0
INSIDE_BONUS = 0.5
"""A city in whose division another city is named; ten times as much evidence for the division itself:"""
HOLDS_BONUS = 2.0
SIBLING_BONUS = 1.5
"""A state beside another state of its country."""
NEAR_BONUS = 1.0
"""A city or county within two hours by road of a city that is sure:"""
NEAR = 120.0
"""Kilometres."""
CAPITAL_NAMED_BONUS = 2.5
"""Beside its country: the Victoria of the Seychelles, not Australia's."""
QUALIFIED_BONUS = 6.0
""" "Paris, Texas" settles it."""
QUALIFIES_BONUS = 3.0
"""The Georgia of "Athens, Georgia" is one that has an Athens."""
UNNAMED_BONUS = CAPITAL_BONUS + NEAR_BONUS
"""The most that a place of a country gets of which the article does not speak."""
CERTAIN_MARGIN = 2.0
"""Between the best and the next, a hundred to one: more is not said."""
LONE_MARGIN = 2.0
"""The margin of the only place of its name: a hundred to one, since the tables are not complete ..."""
TOWN_MARGIN = 1.0
"""... or of a town that the article gives no reason to know."""
SAME_PLACE = 30.0
"""Kilometres. Two entries of one name this close are one place: a city and its old town."""
SURE_MARGIN = 0.6
"""Between the best and the next: four to one. Below it: ambiguous."""
ROUNDS = 2
"""Of ranking all names before the last: what is sure alone, then what is sure beside that."""
_NEVER = -np.inf
_lies_in = inlined(lies_in)


@compiled
def ranked(
    candidates: NDArray[Any],
    said: NDArray[np.int32],
    parents: NDArray[np.uint16],
    home: int,
    speakers: int,
    names: int,
    words: int,
) -> NDArray[np.float64]:
    """For each name its margin over the next other place, and the row of the likeliest; shape (2, names).

    `candidates`: CANDIDATE rows of each name, then those of further words that say where names are.
    The first `speakers` names say where the article plays: those that are sure by themselves speak first,
    then those that are sure beside them. `said`: pairs of a word, by its number, and what it says without
    being ranked: the number of a name or word among the candidates, or -1 minus the row of a demonym's
    country. Names have the first numbers of `words`. `parents`: by area the row of its country. `home`: row
    of the publisher's country, -1 where it is not known.
    """
    candidates, said, parents = uncounted(candidates), uncounted(said), uncounted(parents)
    firsts = np.empty(len(candidates) + 1, np.int32)
    count = 0
    for at in range(len(candidates)):
        if candidates[at].signs & FIRST:
            firsts[count] = at
            count += 1
    firsts[count] = len(candidates)
    made = Surroundings(
        np.empty((TABLES, len(parents)), np.int32),
        np.empty((words, MOST_SPOKEN), np.int32),
        np.empty(words, np.int32),
        np.empty(words, np.int32),
    )
    around = uncounted(made)
    scores, found = np.empty(len(candidates), np.float64), np.empty((2, names), np.float64)
    margins, points = np.empty(names, np.float64), np.empty(names, np.int32)
    _speak(around, candidates, firsts, said)
    for rounds in range(ROUNDS + 1):
        for name in range(speakers if rounds < ROUNDS else names):
            first, end = firsts[name], firsts[name + 1]
            if end - first > 1:
                margins[name], points[name] = _ranked(
                    around, candidates, first, end, name, home, parents, scores
                )
            elif rounds < ROUNDS:
                margins[name], points[name] = LONE_MARGIN, first  # whatever else is said it is meant
            else:
                margins[name], points[name] = _lone_margin(around, candidates[first], name), first
        if rounds < ROUNDS:
            _speak(around, candidates, firsts, said)
            for name in range(speakers):
                if margins[name] >= SURE_MARGIN:
                    add(around, name, candidates, points[name])
                    if candidates[points[name]].signs & NAMESAKE:
                        # A city of its division's name, New York, speaks for the state too.
                        add_named(around, name, candidates[points[name]].division)
    for name in range(names):
        found[0, name], found[1, name] = margins[name], candidates[points[name]].row
    _hold(made)
    return found


@inlined
def _hold(_made: Surroundings) -> None:
    """Memory whose references are not counted is there until the last use of what it is made of: here."""


@inlined
def _speak(
    around: Surroundings, candidates: NDArray[Any], firsts: NDArray[np.int32], said: NDArray[np.int32]
) -> None:
    """What demonyms and qualifiers say by themselves, and nothing else."""
    silence(around)
    for at in range(0, len(said), 2):
        word, meant = said[at], said[at + 1]
        if meant < 0:
            add_country(around, word, -1 - meant)
        else:
            add(around, word, candidates, firsts[meant])


@inlined
def _lone_margin(around: Surroundings, place: Any, name: int) -> float:
    """Of the only place of a name."""
    if not place.signs & TOWN or place.signs & QUALIFIED:
        return LONE_MARGIN
    return LONE_MARGIN if others_of_country(around, place.country, name) else TOWN_MARGIN


@inlined
def _ranked(
    around: Surroundings,
    candidates: NDArray[Any],
    first: int,
    end: int,
    name: int,
    home: int,
    parents: NDArray[np.uint16],
    scores: NDArray[np.float64],
) -> tuple[float, int]:
    """Margin over the next other place, and the likeliest of a name's candidates."""
    most = _NEVER
    for at in range(first, end):
        most = max(most, candidates[at].prior)
    hopeless, top, weighed = most - CERTAIN_MARGIN - UNNAMED_BONUS, _NEVER, candidates[first].signs & WEIGHED
    for at in range(first, end):
        place = candidates[at]
        scores[at] = _NEVER
        if place.prior >= hopeless or weighed or place.country == home or speaks(around, place.country):
            scores[at] = place.prior + _bonus(around, place, name, home, parents)
            top = max(top, scores[at])
    worth_a_look = top - CERTAIN_MARGIN - NEAR_BONUS
    likeliest, best, several = first, _NEVER, np.sum(scores[first:end] >= worth_a_look) > 1
    for at in range(first, end):
        if scores[at] < worth_a_look:
            scores[at] = _NEVER
        elif several and candidates[at].kind in (CITY, COUNTY) and near(around, candidates, at, name, NEAR):
            scores[at] += NEAR_BONUS
        if scores[at] > best:
            likeliest, best = at, scores[at]
    margin = CERTAIN_MARGIN
    for at in range(first, end):
        less = best - scores[at]
        if at != likeliest and less < margin and not _same(candidates[likeliest], candidates[at]):
            margin = less
    return margin, likeliest


@inlined
def _bonus(around: Surroundings, place: Any, name: int, home: int, parents: NDArray[np.uint16]) -> float:
    """What the article adds to a place's prior."""
    bonus = CAPITAL_BONUS if place.signs & CAPITAL else 0.0
    others = others_of_country(around, place.country, name)
    if others:
        bonus = COUNTRY_BONUS + COUNTRY_STEP * min(others - 1, 3)
        if place.kind == CITY:
            if is_named(around, place.division, name):
                bonus += DIVISION_NAMED_BONUS
            if is_entered(around, place.division, name):
                bonus += INSIDE_BONUS
        elif place.kind == DIVISION:
            if is_entered(around, place.division, name):
                bonus += HOLDS_BONUS
            if siblings(around, parents, place.country, place.division, name):
                bonus += SIBLING_BONUS
        if place.signs & CAPITAL:
            bonus += CAPITAL_NAMED_BONUS
    if place.country == home:
        bonus += HOME_BONUS
    if place.signs & INSIDE:
        bonus += QUALIFIED_BONUS
    if place.signs & HOLDS:
        bonus += QUALIFIES_BONUS
    return bonus


@inlined
def _same(one: Any, other: Any) -> bool:
    """Whether it hardly matters which is meant: one is part of the other, or both are at one spot."""
    return (
        _lies_in(one, other)
        or _lies_in(other, one)
        or distance_in_kernels(one.lat, one.lon, other.lat, other.lon) <= SAME_PLACE
    )
