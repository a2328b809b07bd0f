"""Names of places as English news writes them, out of the many that the sources list."""

import re
from collections.abc import Iterable
from unicodedata import combining, normalize

from streams.tagging.lexicon import words_of

ALIAS = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ'’]{3,}\Z|[A-ZÀ-Þ][a-zß-ÿ'’]+(?:[ -][A-ZÀ-Þ][a-zß-ÿ'’]{2,})+\Z")
"""One capitalised word of four letters, or several: no codes, no other scripts."""
TYPE = (
    "Autonomous Region|Autonomous Okrug|Autonomous Oblast|Autonomous Republic|Province|Region|Governorate|"
    "Oblast|Krai|State|County|Prefecture|Department|District|Municipality|Parish|Republic|Voivodeship|Canton"
)
TYPED = re.compile(rf"(?P<bare>.+?)(?: (?:Uyghur|Zhuang|Hui))? (?:{TYPE})\Z")
TYPED_BEFORE = re.compile(rf"(?:{TYPE}) of (?P<bare>.+)\Z")
GENERIC = words_of(
    "North South East West Northern Southern Eastern Western Central Centre Center Capital "
    "District Plateau Delta Rivers Maritime Littoral Savannah Coast Union Metropolitan National "
    "Port Upper Lower Est Sud Nord Ouest Bay Federal Islands Lakes Highland Highlands "
    "Independencia Libertad Progress"
)
"""What is left of a division's name without its type must say more than this."""


def english(name: str, aliases: Iterable[str], kind: str) -> set[str]:
    """A division's name with and without its type: "Helmand", "Helmand Province"."""
    if kind == "county":
        return {name}
    typed = {alias for alias in aliases if alias.isascii() and ALIAS.match(alias)}
    typed = {alias for alias in typed if TYPED.match(alias) or TYPED_BEFORE.match(alias)}
    bare = TYPED.match(name) or TYPED_BEFORE.match(name)
    names = {name, *typed} | ({bare["bare"]} if bare else set())
    names |= {plain(called) for called in names}
    return {called for called in names if called not in GENERIC}


def plain(name: str) -> str:
    """Without accents, as much of the press writes it."""
    return "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
