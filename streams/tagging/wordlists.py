"""The closed word classes and gazetteers as bits of a word: the CRF is told of them, they decide nothing."""

from collections.abc import Iterable, Mapping
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from streams.tagging.gazetteer import Gazetteer, listed_organisations
from streams.tagging.keys import keys_of_words
from streams.tagging.lexicon import (
    HONORIFICS,
    LOCATIVES,
    NOT_TOWNS,
    ORG_HEADS,
    PLACE_HEADS,
    ROLE_PARTS,
    ROLES,
    SAYING,
)


class WordClass(IntEnum):
    """The lists that a word may be in; a bit each. From ORG_HEAD on they are asked for its lower case."""

    FIRST_NAME = 0
    LAST_NAME = 1
    CITY = 2
    LARGE_CITY = 3
    COUNTRY = 4
    DIVISION = 5
    CITY_ALIAS = 6
    DEMONYM = 7
    HONORIFIC = 8
    ORGANISATION = 9
    ROLE = 10
    EVENT = 11
    LISTED = 12
    AMBIGUOUS = 13
    ORG_HEAD = 16
    PLACE_HEAD = 17
    LOCATIVE = 18
    SAYING = 19
    COMMON = 20
    ROLE_PART = 21


TOWN, LARGE_TOWN = 15_000, 300_000
"""Inhabitants from which the finder is told that a word is a city's name, and a large city's."""


def class_table(lists: Mapping[WordClass, Iterable[str]]) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """Sorted keys of all words, and the bits of the lists each is in."""
    keys: list[NDArray[np.uint64]] = []
    bits: list[NDArray[np.uint32]] = []
    for bit, words in lists.items():
        found = keys_of_words([word for word in words if " " not in word and word not in NOT_TOWNS])
        keys.append(found)
        bits.append(np.full(len(found), 1 << bit, np.uint32))
    every, places = np.unique(np.concatenate(keys), return_inverse=True)
    merged = np.zeros(len(every), np.uint32)
    np.bitwise_or.at(merged, places, np.concatenate(bits))
    return every, merged


def gazetteer_classes(tables: Gazetteer) -> tuple[NDArray[np.uint64], NDArray[np.uint32]]:
    """The table of all lists that the tagger knows."""
    atlas = tables.atlas
    return class_table(
        {
            WordClass.FIRST_NAME: tables.first_names,
            WordClass.LAST_NAME: tables.last_names,
            WordClass.CITY: atlas.named(("city",), least=TOWN, shown=True),
            WordClass.LARGE_CITY: atlas.named(("city",), least=LARGE_TOWN, shown=True),
            WordClass.CITY_ALIAS: atlas.named(("city",), least=TOWN, shown=False),
            WordClass.COUNTRY: atlas.named(("country",)),
            WordClass.DIVISION: atlas.named(("division", "county", "region")),
            WordClass.DEMONYM: tables.demonyms,
            WordClass.EVENT: tables.events,
            WordClass.LISTED: listed_organisations(),
            WordClass.AMBIGUOUS: tables.ambiguous,
            WordClass.HONORIFIC: HONORIFICS,
            WordClass.ROLE: ROLES,
            WordClass.ORGANISATION: tables.organisations,
            WordClass.ORG_HEAD: map(str.lower, ORG_HEADS),
            WordClass.PLACE_HEAD: map(str.lower, PLACE_HEADS),
            WordClass.LOCATIVE: LOCATIVES,
            WordClass.SAYING: SAYING,
            WordClass.COMMON: tables.common,
            WordClass.ROLE_PART: map(str.lower, ROLE_PARTS),
        }
    )
