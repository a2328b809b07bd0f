"""A knowledge pack of made-up names: its size, how long it takes to build, and what a look-up costs.

  python bench/knowledge.py                 a million names, about two minutes
  python bench/knowledge.py --names 100000

Names are drawn from syllables, the same in every run, of one to four words; one entry in five has a second
name, one in four three words that it occurs with. Look-ups go over a text of which one word in ten begins a
name of the pack. The memory is what a further process that uses the pack has of its own.
Last line:
knowledge: names=<n> mb=<file> build_s=<s> open_s=<verified> ns_word=<look-up> private_mb=<a further process>
"""

import argparse
import mmap
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import orjson

from streams.shell.inputs import opened
from streams.shell.knowledge import knowledge_in, put
from streams.tagging.knowledge import read_pack
from streams.tagging.packing import Packing
from streams.tagging.phrasebook import match, words_of

START = [
    "ba",
    "de",
    "fi",
    "go",
    "ka",
    "le",
    "mi",
    "no",
    "pa",
    "ra",
    "se",
    "ti",
    "vo",
    "za",
    "bren",
    "cor",
    "dal",
    "el",
    "far",
    "gran",
    "hol",
    "jor",
    "kel",
    "lan",
]
MIDDLE = ["la", "ri", "ne", "mo", "ta", "vi", "su", "de", "bo", "ga", "li", "ro"]
END = ["n", "r", "son", "ton", "ski", "ley", "berg", "ham", "dez", "ra", "no", "vic", "ber", "ness"]
KINDS = ("person", "person", "organisation", "place")
HEADS = ("Bank", "Group", "University", "Party", "Holdings")
PLAIN = [
    "the",
    "of",
    "and",
    "to",
    "in",
    "a",
    "is",
    "that",
    "for",
    "on",
    "with",
    "said",
    "was",
    "by",
    "at",
    "from",
    "he",
    "it",
    "as",
    "be",
]
TEXT_WORDS = 200_000
PROCESSES = 3


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--names", type=int, default=1_000_000)
    names = parser.parse_args().names
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        path = str(Path(folder).resolve() / "made-up.pack")
        source = Path(folder) / "made-up.jsonl"
        sample = make_up(names, source)
        began = time.perf_counter()
        packing = Packing()
        with opened(str(source)) as (lines, _size):
            for line in lines:
                packing.add(line.value, line.number)
        size = put(path, packing.pack())
        built = time.perf_counter() - began
        print(f"{packing.entries:,} entries, {names:,} names: {size / 1e6:.1f} MB, built in {built:.1f} s")
        del packing
        began = time.perf_counter()
        known = knowledge_in(path)
        open_s = time.perf_counter() - began
        print(f"opened, hash and every offset verified, in {open_s:.2f} s; {known.names:,} different names")
        keys = words_of([text_of(sample)]).keys
        match(known.book, keys[:10], overlapping=True)
        began = time.perf_counter()
        hits = len(match(known.book, keys, overlapping=True))
        word = (time.perf_counter() - began) / len(keys) * 1e9
        print(f"{len(keys):,} words looked up, {hits:,} names found: {word:.0f} ns a word")
        context = multiprocessing.get_context("spawn")
        with context.Pool(PROCESSES) as pool:
            memory = pool.map(resident, [path] * PROCESSES, chunksize=1)
        private = max(memory)
        print(
            f"further processes that looked words up have {private:.1f} MB of their own, the rest is shared"
        )
    print(
        f"knowledge: names={names} mb={size / 1e6:.1f} build_s={built:.1f} open_s={open_s:.2f} "
        f"ns_word={word:.0f} private_mb={private:.1f}"
    )


def make_up(names: int, file: Path) -> list[str]:
    """Writes the lines of a pack with so many different names; gives some of the names."""
    draw = random.Random(5)  # noqa: S311 - the same pack in every run
    sample: list[str] = []
    fresh, number = _names(draw), 0
    vocabulary = [word(draw).lower() for _ in range(20_000)]
    with file.open("wb") as lines:
        while names:
            kind = KINDS[number % len(KINDS)]
            own = [next(fresh) for _ in range(min(names, 1 + (number % 5 == 0)))]
            names -= len(own)
            if kind == "organisation":
                own[0] = f"{own[0]} {draw.choice(HEADS)}"
            row = {
                "id": f"e{number}",
                "type": kind,
                "names": own,
                "prior": draw.randrange(1, 10_000),
                "ids": {"wikidata": f"Q{number + 1}"},
                "about": draw.sample(vocabulary, 3) if number % 4 == 0 else [],
            }
            if draw.random() < 0.01:
                sample += own
            lines.write(orjson.dumps(row) + b"\n")
            number += 1
    return sample


def _names(draw: random.Random) -> Iterator[str]:
    """Names of one to three words, each once."""
    seen: set[str] = set()
    while True:
        name = " ".join(word(draw) for _ in range(draw.choice((1, 2, 2, 2, 3))))
        if name not in seen:
            seen.add(name)
            yield name


def word(draw: random.Random) -> str:
    middle = "".join(draw.choice(MIDDLE) for _ in range(draw.randrange(1, 3)))
    return (draw.choice(START) + middle + draw.choice(END)).capitalize()


def text_of(names: list[str]) -> str:
    draw = random.Random(6)  # noqa: S311 - the same text in every run
    return " ".join(
        draw.choice(names) if draw.random() < 0.1 else draw.choice(PLAIN) for _ in range(TEXT_WORDS)
    )


def resident(path: str) -> float:
    """MB that the pack adds to this process besides the file's own pages, which all share."""
    keys = words_of([text_of(["John Smith"])]).keys
    before = _anonymous()
    with Path(path).open("rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    known = read_pack(mapped, verify=False)
    match(known.book, keys, overlapping=True)
    return _anonymous() - before


def _anonymous() -> float:
    """MB of this process's memory that no file stands behind."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1e3


if __name__ == "__main__":
    main()
