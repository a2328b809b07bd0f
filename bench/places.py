"""Which place of a name is meant: accuracy on tests/tagging/gold/places.txt, and the time of a name.

  python bench/places.py              scores, how good the confidence is, and every mention that is wrong
  python bench/places.py --quiet      the last line only

The mentions are given, their identity is asked; for `tagged` the tagger finds them too, and a name in braces
that it takes for a place is an error. `linked`: the share that the tagger calls sure. Last line:
places: mentions=<n> accuracy=<right> linked=<share> precision=<of the linked> tagged=<right> us=<a name>
"""

import argparse
import sys
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from streams.events import Publisher
from streams.tagging import places, tag
from streams.tagging.gazetteer import Gazetteer, gazetteer
from streams.tagging.places import Identity
from streams.tagging.qualifiers import qualifiers
from streams.tagging.tokens import tokenize
from streams.vocabulary import EntityType, LinkStatus
from tests.tagging.articles import article
from tests.tagging.marked import Marked, marked

ROUNDS = 5
BINS = (0.0, 0.6, 0.76, 0.9, 0.99, 1.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quiet", action="store_true", help="the last line only")
    quiet = parser.parse_args().quiet
    tables = gazetteer()
    paragraphs = list(marked(tables))
    answers = [
        (paragraph, paragraph.text[start:end], meant, known)
        for paragraph in paragraphs
        for (start, end, meant), known in zip(paragraph.places, identities(paragraph, tables), strict=True)
    ]
    right = [(known.id or "") == meant for _, _, meant, known in answers]
    linked = [known.link.status is LinkStatus.LINKED for *_, known in answers]
    if not quiet:
        for (paragraph, name, meant, known), good in zip(answers, right, strict=True):
            if not good:
                print(f"{name}: {known.id} {known.link.confidence}, meant {meant}: {paragraph.text[:90]}")
        for low, high in pairwise(BINS):
            inside = [
                g
                for g, (*_, known) in zip(right, answers, strict=True)
                if low <= known.link.confidence < high
            ]
            print(f"confidence {low:.2f} to {high:.2f}: {sum(inside)} of {len(inside)} right")
    both = sum(g and k for g, k in zip(right, linked, strict=True))
    print(
        f"places: mentions={len(answers)} accuracy={sum(right) / len(right):.3f} "
        f"linked={sum(linked) / len(linked):.3f} precision={both / sum(linked):.3f} "
        f"tagged={end_to_end(paragraphs, quiet):.3f} us={microseconds(paragraphs, tables):.0f}"
    )


def identities(paragraph: Marked, tables: Gazetteer) -> list[Identity]:
    bounds = [(start, end) for start, end, _ in paragraph.places]
    names = [paragraph.text[start:end] for start, end in bounds]
    words = set(paragraph.text.replace(",", " ").replace(".", " ").replace("'s", "").split())
    beside = qualifiers(tokenize(paragraph.text), bounds, tables)
    demonyms = words & tables.demonyms.keys()
    known = places.identities(names, names, demonyms, beside, tables, paragraph.domain)
    return [known.get(name, places.UNKNOWN) for name in names]


def end_to_end(paragraphs: list[Marked], quiet: bool) -> float:
    """The share of places that the tagger finds and identifies, and of people that it leaves alone."""
    right = total = 0
    for paragraph in paragraphs:
        event = tag(replace(article(paragraph.text), publisher=Publisher(domain=paragraph.domain)))
        found = {
            (mention.start, mention.end): entity.id
            for entity in event.entities
            if entity.type is EntityType.PLACE
            for mention in entity.mentions
        }
        for start, end, meant in paragraph.places:
            got = found.get((start, end), "none")
            good = got == meant or (not meant and got.startswith("local:"))
            right += good
            if not good and not quiet:
                print(f"tagged: {paragraph.text[start:end]}: {got}, meant {meant}")
        right += sum(span not in found for span in paragraph.people)
        total += len(paragraph.places) + len(paragraph.people)
    return right / total


def microseconds(paragraphs: list[Marked], tables: Gazetteer) -> float:
    names = sum(len(paragraph.places) for paragraph in paragraphs)
    begun = time.process_time()
    for _ in range(ROUNDS):
        for paragraph in paragraphs:
            identities(paragraph, tables)
    return (time.process_time() - begun) / (ROUNDS * names) * 1e6


if __name__ == "__main__":
    main()
