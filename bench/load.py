"""Raw articles for benchmarks, as many as are wanted: the samples' words, in an order of each one's own."""

import json
import random
import re
from collections.abc import Iterator
from functools import cache
from itertools import count

from bench.hop import article_bytes
from bench.pages import made_up_pages, page_of

LINE_WORDS = 60
# Every so many articles one comes twice under another URL, as wire copy does.
COPIED = 5
# A run of text that a reader sees, in the pages of bench/pages.py.
TEXT = re.compile(r"(?<=<p>)[^<]{40,}|(?<=<div>)[^<]{40,}")


def raw_articles(records: int) -> list[bytes]:
    """Flattened texts of 6.8 kB, no two alike: the words of the samples, in an order of each one's own."""
    texts = [json.loads(packed)["text"] for packed in article_bytes()]
    return [text_event(nth, lines(shuffled(texts[nth % len(texts)], nth))) for nth in range(records)]


def sized_text(nth: int, size: int) -> bytes:
    """A flattened text of about so many bytes."""
    return text_event(nth, lines(words_of(nth, size)))


def sized_page(nth: int, size: int) -> bytes:
    """A page whose article is about so long; menus, scripts and teasers round it have 87 kB more."""
    page = page_of(f"story-{nth}", lines(words_of(nth, size)).split("\n\n"))
    return event(nth, content_type="text/html", content=page.html)


def mixed() -> Iterator[bytes]:
    """Texts of 6.8 kB and pages of 95 kB in turn, for ever; the last of each COPIED is the one before."""
    texts = [json.loads(packed)["text"] for packed in article_bytes()]
    pages = [page.html for page in made_up_pages()]
    for nth in count():
        source = nth - 1 if nth % COPIED == COPIED - 1 else nth
        if source % 2:
            page = pages[source % len(pages)]
            html = TEXT.sub(lambda run: " ".join(shuffled(run[0], source)), page)  # noqa: B023 - called here
            yield event(nth, content_type="text/html", content=html)
        else:
            yield text_event(nth, lines(shuffled(texts[source % len(texts)], source)))


def words_of(nth: int, size: int) -> list[str]:
    """Words of the samples, as many as fill so many bytes."""
    order, found, filled = random.Random(nth), list[str](), 0  # noqa: S311
    while filled < size:
        found.append(order.choice(vocabulary()))
        filled += len(found[-1].encode()) + 1
    return found


@cache
def vocabulary() -> list[str]:
    """Words of the samples as often as they come, without the pages' markup."""
    return [word for page in made_up_pages() for word in page.gold.split()]


def shuffled(text: str, nth: int) -> list[str]:
    words = text.split()
    random.Random(nth).shuffle(words)  # noqa: S311
    return words


def lines(words: list[str]) -> str:
    """Paragraphs of a sentence each."""
    made = (" ".join(words[at : at + LINE_WORDS]) + "." for at in range(0, len(words), LINE_WORDS))
    return "\n\n".join(made)


def text_event(nth: int, content: str) -> bytes:
    return event(nth, content_type="text/plain", language="en", content=content)


def event(nth: int, **fields: str) -> bytes:
    return json.dumps({"url": f"https://bench.invalid/{nth}", **fields}).encode()
