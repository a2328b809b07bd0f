"""Readers of the packages whose names of organisations we list: archive of a package -> names."""

import json
import tarfile
from collections.abc import Iterator
from typing import Any

GROUP = "14"
"""WordNet's file of nouns that are groups, organisations among them."""
PARTS = {"organization", "organisation"}
TREES = ("brands/", "operators/")
"""Of the name suggestion index; its other trees are bus lines and flags."""
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
        self.rows: dict[str, tuple[str, list[str], list[str]]] = {}
        for line in text(archive, "dict/data.noun").split("\n"):
            if not line or line.startswith(" "):
                continue
            columns = line.split(" | ")[0].split()
            count = int(columns[3], 16)
            lemmas = columns[4 : 4 + 2 * count : 2]
            pointers = columns[4 + 2 * count + 1 :]
            above = [
                offset
                for symbol, offset in zip(pointers[::4], pointers[1::4], strict=False)
                if symbol in ("@", "@i")
            ]
            self.rows[columns[0]] = (columns[1], lemmas, above)

    def kinds(self, offset: str) -> set[str]:
        """Lemmas of everything above a synset."""
        found: set[str] = set()
        ahead = list(self.rows[offset][2])
        while ahead:
            _, lemmas, above = self.rows[ahead.pop()]
            found.update(lemmas)
            ahead.extend(above)
        return found


def wordnet_organisations(archive: tarfile.TarFile) -> Iterator[str]:
    nouns = _Nouns(archive)
    for offset, (part, lemmas, _) in nouns.rows.items():
        if part == GROUP and nouns.kinds(offset) & PARTS:
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


def web_companies(archive: tarfile.TarFile) -> Iterator[str]:
    for row in json.loads(text(archive, "dist/entities-nostats.json")):
        yield row.get("company") or row["name"]


def icons(archive: tarfile.TarFile) -> Iterator[str]:
    for row in json.loads(text(archive, "data/simple-icons.json")):
        yield row["title"]


def universities(archive: tarfile.TarFile) -> Iterator[str]:
    for member in archive.getmembers():
        if member.isfile() and member.name.startswith("package/data/lib/") and member.name.endswith(".txt"):
            for line in text(archive, member.name.removeprefix("package/")).split("\n"):
                name = line.strip()
                if "." not in name and all(w in SMALL or not w[0].islower() for w in name.split()):
                    yield name


def suggestions(archive: tarfile.TarFile) -> Iterator[str]:
    """Brands and operators, by their display name, English name and Wikidata label (CC0)."""
    trees: dict[str, Any] = json.loads(text(archive, "dist/json/nsi.min.json"))["nsi"]
    labels = json.loads(text(archive, "dist/wikidata/wikidata.min.json"))["wikidata"]
    for path, leaf in trees.items():
        if not path.startswith(TREES):
            continue
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
            yield from (name for name in names if name)
