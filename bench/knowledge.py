"""A knowledge pack of made-up names: its size, how long it takes to build, and what a look-up costs.

  python bench/knowledge.py                 a million names, about two minutes
  python bench/knowledge.py --names 100000

Names are drawn from syllables, the same in every run, of one to four words; one entry in five has a second
name, one in four three words that it occurs with. Look-ups go over a text of which one word in ten begins a
name of the pack. The memory is that of further processes that map the pack, and have read it.
Last line:
knowledge: names=<n> mb=<file> build_s=<s> open_s=<verified> ns_word=<look-up> private_mb=<a further process>
"""

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import orjson

from streams.shell.knowledge import knowledge_in, put
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
        lines, sample = made_up(names)
        began = time.perf_counter()
        packing = Packing()
        for number, line in enumerate(lines, 1):
            packing.add(line, number)
        size = put(path, packing.pack())
        built = time.perf_counter() - began
        print(f"{packing.entries:,} entries, {names:,} names: {size / 1e6:.1f} MB, built in {built:.1f} s")
        del packing
        began = time.perf_counter()
        known = knowledge_in(path)
        opened = time.perf_counter() - began
        print(f"opened, hash and every offset verified, in {opened:.2f} s; {known.names:,} different names")
        keys = words_of([text_of(sample)]).keys
        match(known.book, keys[:10], overlapping=True)
        began = time.perf_counter()
        hits = len(match(known.book, keys, overlapping=True))
        word = (time.perf_counter() - began) / len(keys) * 1e9
        print(f"{len(keys):,} words looked up, {hits:,} names found: {word:.0f} ns a word")
        context = multiprocessing.get_context("spawn")
        with context.Pool(PROCESSES) as pool:
            memory = pool.map(resident, [path] * PROCESSES, chunksize=1)
        for private, shared in memory:
            print(
                f"a further process: {shared:.0f} MB of the pack resident and shared, {private:.1f} its own"
            )
        private = max(private for private, _ in memory)
    print(
        f"knowledge: names={names} mb={size / 1e6:.1f} build_s={built:.1f} open_s={opened:.2f} "
        f"ns_word={word:.0f} private_mb={private:.1f}"
    )


def made_up(names: int) -> tuple[list[bytes], list[str]]:
    """Lines of a pack with so many different names, and some of the names."""
    draw = random.Random(5)  # noqa: S311 - the same pack in every run
    lines: list[bytes] = []
    sample: list[str] = []
    fresh = _names(draw)
    left, vocabulary = names, [word(draw).lower() for _ in range(20_000)]
    while left:
        kind = KINDS[len(lines) % len(KINDS)]
        own = [next(fresh) for _ in range(min(left, 1 + (len(lines) % 5 == 0)))]
        left -= len(own)
        if kind == "organisation":
            own[0] = f"{own[0]} {draw.choice(HEADS)}"
        row = {
            "id": f"e{len(lines)}",
            "type": kind,
            "names": own,
            "prior": draw.randrange(1, 10_000),
            "ids": {"wikidata": f"Q{len(lines) + 1}"},
            "about": draw.sample(vocabulary, 3) if len(lines) % 4 == 0 else [],
        }
        if draw.random() < 0.01:
            sample += own
        lines.append(orjson.dumps(row))
    return lines, sample


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


def resident(path: str) -> tuple[float, float]:
    """What the pack adds to this process once it is verified: MB of its own, MB shared."""
    own = _anonymous()
    known = knowledge_in(path)
    grown = _anonymous() - own
    _before, _, mapping = Path("/proc/self/smaps").read_text().partition(path)
    rss = next(line for line in mapping.splitlines() if line.startswith("Rss:"))
    assert known.entries  # still mapped
    return grown, int(rss.split()[1]) / 1e3


def _anonymous() -> float:
    """MB of this process's memory that no file stands behind."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1e3


if __name__ == "__main__":
    main()
