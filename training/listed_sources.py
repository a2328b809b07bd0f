"""Readers of the packages whose names of organisations we list: archive of a package -> (name, class)."""

import json
import re
import tarfile
from collections.abc import Iterator
from typing import Any

Listed = tuple[str, str]
"""A name and its class: company, bank, university, government, party, armed, media, club or other."""

GROUP, ACT, EVENT = "14", "04", "11"
"""WordNet's files of nouns that hold organisations, and those that hold wars and other events."""
PARTS = {"organization", "organisation"}
KINDS = (
    ("political_party", "party"),
    ("terrorist_organization", "armed"),
    ("university", "university"),
    ("school", "university"),
    ("newspaper", "media"),
    ("news_agency", "media"),
    ("bank", "bank"),
    ("company", "company"),
    ("agency", "government"),
    ("department", "government"),
    ("government", "government"),
    ("legislature", "government"),
    ("court", "government"),
    ("military_service", "government"),
)
HAPPENINGS = {
    "war",
    "battle",
    "revolution",
    "military_action",
    "rebellion",
    "contest",
    "festival",
    "disaster",
}
TREES = ("brands/", "operators/")
"""Of the name suggestion index; its other trees are bus lines and flags."""
LEAVES = (
    ("amenity/(bank|atm|money_transfer|bureau_de_change|payment_terminal)", "bank"),
    ("amenity/(school|university|college|kindergarten|prep_school|language_school)", "university"),
    ("office/(government|diplomatic)|amenity/(police|fire_station|courthouse|prison|library)", "government"),
    ("landuse/military|boundary|leisure|emergency|amenity/(toilets|recycling|townhall)", "government"),
    ("amenity/(social_facility|place_of_worship|community_centre)|office/(ngo|union|charity)", "other"),
)
SMALL = frozenset(["of", "the", "and", "for", "de", "la", "du", "des", "der"])
"""Words in lower case within a title in English, French or German."""


def text(archive: tarfile.TarFile, path: str) -> str:
    member = archive.extractfile(f"package/{path}")
    if member is None:
        raise SystemExit(f"{path} is no file of the package")
    return member.read().decode("utf-8", "replace")


class _Nouns:
    """WordNet's data.noun: offset -> (file, lemmas, hypernyms); see wndb(5WN)."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self.rows: dict[str, tuple[str, list[str], list[str], bool]] = {}
        for line in text(archive, "dict/data.noun").split("\n"):
            if not line or line.startswith(" "):
                continue
            columns = line.split(" | ")[0].split()
            count = int(columns[3], 16)
            lemmas = columns[4 : 4 + 2 * count : 2]
            pointers = columns[4 + 2 * count + 1 :]
            above, instance = [], False
            for symbol, offset in zip(pointers[::4], pointers[1::4], strict=False):
                if symbol in ("@", "@i"):
                    above.append(offset)
                    instance = instance or symbol == "@i"
            self.rows[columns[0]] = (columns[1], lemmas, above, instance)

    def kinds(self, offset: str) -> set[str]:
        """Lemmas of everything above a synset."""
        found: set[str] = set()
        ahead = list(self.rows[offset][2])
        while ahead:
            _, lemmas, above, _ = self.rows[ahead.pop()]
            found.update(lemmas)
            ahead.extend(above)
        return found


def wordnet_organisations(archive: tarfile.TarFile) -> Iterator[Listed]:
    nouns = _Nouns(archive)
    for offset, (part, lemmas, _, _) in nouns.rows.items():
        if part != GROUP:
            continue
        above = nouns.kinds(offset)
        if above & PARTS:
            kind = next((kind for lemma, kind in KINDS if lemma in above), "other")
            for lemma in lemmas:
                if lemma[0].isupper():
                    yield lemma.replace("_", " "), kind


def wordnet_events(archive: tarfile.TarFile) -> Iterator[str]:
    """Wars, battles, revolutions, contests that have a name."""
    nouns = _Nouns(archive)
    for offset, (part, lemmas, _, instance) in nouns.rows.items():
        if part in (ACT, EVENT) and instance and nouns.kinds(offset) & HAPPENINGS:
            yield from (lemma.replace("_", " ") for lemma in lemmas if lemma[0].isupper())


def wordnet_words(archive: tarfile.TarFile) -> frozenset[str]:
    """English words as WordNet lists them in lower case, with plain plurals."""
    found: set[str] = set()
    for part in ("noun", "verb", "adj", "adv"):
        for line in text(archive, f"dict/data.{part}").split("\n"):
            if line and not line.startswith(" "):
                columns = line.split()
                lemmas = columns[4 : 4 + 2 * int(columns[3], 16) : 2]
                found.update(lemma for lemma in lemmas if lemma.islower())
    return frozenset(found | {f"{word}s" for word in found})


def web_companies(archive: tarfile.TarFile) -> Iterator[Listed]:
    for row in json.loads(text(archive, "dist/entities-nostats.json")):
        yield row.get("company") or row["name"], "company"


def icons(archive: tarfile.TarFile) -> Iterator[Listed]:
    for row in json.loads(text(archive, "data/simple-icons.json")):
        yield row["title"], "company"


def universities(archive: tarfile.TarFile) -> Iterator[Listed]:
    for member in sorted(archive.getmembers(), key=lambda member: member.name):
        if member.isfile() and member.name.startswith("package/data/lib/") and member.name.endswith(".txt"):
            for line in text(archive, member.name.removeprefix("package/")).split("\n"):
                name = line.strip()
                if "." not in name and all(w in SMALL or not w[0].islower() for w in name.split()):
                    yield name, "university"


def suggestions(archive: tarfile.TarFile) -> Iterator[Listed]:
    """Brands and operators, by their display name, English name and Wikidata label (CC0)."""
    trees: dict[str, Any] = json.loads(text(archive, "dist/json/nsi.min.json"))["nsi"]
    labels = json.loads(text(archive, "dist/wikidata/wikidata.min.json"))["wikidata"]
    for path, leaf in sorted(trees.items()):
        if not path.startswith(TREES):
            continue
        kind = next((kind for pattern, kind in LEAVES if re.search(pattern, path)), "company")
        for item in leaf["items"]:
            tags = item["tags"]
            tree = path.split("/")[0].rstrip("s")
            names = {
                item["displayName"],
                tags.get(tree, ""),
                tags.get(f"{tree}:en", ""),
                tags.get("name:en", ""),
            }
            names.add(labels.get(tags.get(f"{tree}:wikidata", ""), {}).get("label", ""))
            yield from ((name, kind) for name in sorted(names) if name)
