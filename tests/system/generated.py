"""Articles made by a formula: the same number always gives the same text, and no two are alike."""

import hashlib
import json

from tests.system.kafka import Sent

WORDS = """
    harbour council bridge market river engine letter winter school garden doctor station village mayor
    signal window carpet bottle hammer ticket planet island forest copper silver pencil mirror ladder
    basket candle button saddle needle pocket ribbon turnip walnut kettle lantern anchor barrel cellar
    chapel cradle dagger easel fiddle gravel hinge ivory jacket kennel locket magnet nozzle orchard parcel
""".split()  # noqa: SIM905 - shorter to read than a list of quoted words
SENTENCES, SENTENCE_WORDS = 12, 11


def text(number: int) -> str:
    """A body of 12 sentences that shares hardly a shingle with any other."""
    stream = hashlib.shake_128(b"article %d" % number).digest(SENTENCES * SENTENCE_WORDS)
    words = [WORDS[byte % len(WORDS)] for byte in stream]
    lines = [words[i : i + SENTENCE_WORDS] for i in range(0, len(words), SENTENCE_WORDS)]
    return "\n\n".join(f"The {' '.join(line)} in {1900 + number % 100}." for line in lines)


def url(number: int) -> str:
    return f"https://gazette.example/news/{number}-{WORDS[number % len(WORDS)]}"


def article(number: int, **fields: str) -> Sent:
    """A raw record; given fields win."""
    event = {
        "url": url(number),
        "content": text(number),
        "content_type": "text/plain",
        "headline": f"Report {number} of the {WORDS[number % len(WORDS)]}",
        "language": "en",
        **fields,
    }
    return Sent(json.dumps(event).encode(), event["url"].encode(), (("feed", b"generated"),))


def articles(first: int, count: int) -> list[Sent]:
    return [article(number) for number in range(first, first + count)]
