"""The ledger: numbered articles whose fate is known before they are sent.

    writer = Writer(seed)
    for item in islice(writer, 100): ...       # Item.sent is the raw record
    writer.ledger                              # number -> Entry, what the auditor holds the topics to

The same seed gives the same records. The number travels as the producer's own header `number`.
"""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b

from tests.system.generated import article, text, url
from tests.system.kafka import Sent
from tests.system.test_bad_input import DEAD, OWN_HEADERS

NUMBER = "number"
OTHER_HOST = "https://herald.example/wire/"
LATE_MINUTES = 7  # a late original is dated so long before the article that it comes after
RECENT = 200  # articles that may still be copied, repeated, revised or withdrawn
YEAR_START, DAYS, DAY_MINUTES = "2026-01", 28, 1440  # published_at lies there, in the past of every run


class Fate(StrEnum):
    FRESH = "fresh"
    COPY = "copy"  # the same text under another URL, dated later
    LATE = "late"  # the same, dated earlier: the original of what came before it
    REPEATED = "repeated"  # the same record again
    REVISION = "revision"  # another text under the same URL
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    POISON = "poison"


# Shares of the stream in per cent. Poison stays below the tenth of all records at which a worker stops.
SHARES = {
    Fate.FRESH: 60,
    Fate.COPY: 9,
    Fate.LATE: 4,
    Fate.REPEATED: 8,
    Fate.REVISION: 7,
    Fate.WITHDRAWN: 3,
    Fate.REJECTED: 4,
    Fate.POISON: 5,
}
# Poison that costs a stage process seconds or its life, or megabytes: one in so many of the poisoned.
DEAR_ONE_IN = 12
DEAR = [(reason, value) for reason in ("timeout", "crashed") for value in DEAD[reason]] + [
    ("too_large", value) for value in DEAD["too_large"] if len(value) > 1_000_000
]
CHEAP = [(r, v) for r, values in DEAD.items() for v in values if (r, v) not in DEAR]
REFUSED = [("too_short", "Two words."), ("empty", ""), ("empty", None)]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a record. `id` and `text` (a digest) are empty for what is refused; `published` is
    in minutes and orders copies; `reason` is why it is refused.
    """

    number: int
    fate: Fate
    id: str = ""
    text: str = ""
    published: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    entry: Entry
    sent: Sent


def identity(address: str) -> str:
    """The contract's id of an article: blake2b-128 of its canonical URL, which these URLs are already."""
    return blake2b(address.encode(), digest_size=16).hexdigest()


def text_hash(body: str) -> str:
    """The contract's content_hash: blake2b-128 of the text."""
    return blake2b(body.encode(), digest_size=16).hexdigest()


@dataclass(slots=True)
class Writer(Iterator[Item]):
    """Writes without end. Each fresh article has one role in what follows, so that every fate is certain."""

    seed: int
    shares: dict[Fate, int] = field(default_factory=lambda: dict(SHARES))
    ledger: dict[int, Entry] = field(default_factory=dict)
    _random: random.Random = field(init=False)
    _bases: dict[Fate, deque[Item]] = field(init=False)
    _addresses: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - repeatable, not secret
        roles = (Fate.COPY, Fate.REPEATED, Fate.REVISION, Fate.WITHDRAWN)
        self._bases = {role: deque(maxlen=RECENT) for role in roles}

    def __next__(self) -> Item:
        [fate] = self._random.choices(list(self.shares), list(self.shares.values()))
        return self.of_fate(fate)

    def of_fate(self, fate: Fate) -> Item:
        """The next one, of this fate; fresh where nothing is there to copy, repeat, revise or withdraw."""
        role = Fate.COPY if fate is Fate.LATE else fate
        return self._numbered(self._made(len(self.ledger), fate, self._bases.get(role)))

    def poisoned(self, reason: str) -> Item:
        """The next one, a poison that fails for this reason."""
        value = self._random.choice(DEAD[reason])
        return self._numbered(_poison(len(self.ledger), reason, value))

    def _numbered(self, item: Item) -> Item:
        header = (NUMBER, str(item.entry.number).encode())
        self.ledger[item.entry.number] = item.entry
        return Item(item.entry, replace(item.sent, headers=(*item.sent.headers, header)))

    def _made(self, number: int, fate: Fate, bases: deque[Item] | None) -> Item:
        if fate is Fate.POISON:
            kinds = CHEAP if self._random.randrange(DEAR_ONE_IN) else DEAR
            return _poison(number, *self._random.choice(kinds))
        if fate is Fate.REJECTED:
            return self._refused(number)
        if fate is Fate.FRESH or not bases:
            return self._fresh(number)
        if fate is Fate.WITHDRAWN:
            base = bases.popleft()  # what is withdrawn does not come again
            return self._withdrawal(number, base)
        base = self._random.choice(bases)
        if fate is Fate.REPEATED:
            return Item(replace(base.entry, number=number, fate=fate), replace(base.sent, headers=()))
        if fate is Fate.REVISION:
            return self._article(number, fate, self._addresses[base.entry.id], number, base.entry.published)
        copied = base.entry.number
        minutes = LATE_MINUTES if fate is Fate.COPY else -LATE_MINUTES
        return self._article(number, fate, f"{OTHER_HOST}{number}", copied, base.entry.published + minutes)

    def _fresh(self, number: int) -> Item:
        # Copies are dated minutes from it, within the month that DAYS gives.
        published = 60 + 20 * (number % (DAYS * DAY_MINUTES // 20 - 6))
        item = self._article(number, Fate.FRESH, url(number), number, published)
        roles = list(self._bases)
        role = self._random.choice([*roles, None])
        if role is not None:
            self._bases[role].append(item)
        return item

    def _article(self, number: int, fate: Fate, address: str, body: int, published: int) -> Item:
        day, minute = divmod(published, DAY_MINUTES)
        at = f"{YEAR_START}-{day + 1:02}T{minute // 60:02}:{minute % 60:02}:00Z"
        sent = article(body, url=address, published_at=at, headline=f"Report {number}")
        self._addresses[identity(address)] = address
        entry = Entry(number, fate, identity(address), text_hash(text(body)), published)
        return Item(entry, replace(sent, key=address.encode(), headers=()))

    def _withdrawal(self, number: int, base: Item) -> Item:
        event = {"url": self._addresses[base.entry.id], "status": "withdrawn"}
        entry = replace(base.entry, number=number, fate=Fate.WITHDRAWN)
        return Item(entry, Sent(json.dumps(event).encode(), base.sent.key))

    def _refused(self, number: int) -> Item:
        reason, content = self._random.choice(REFUSED)
        entry = Entry(number, Fate.REJECTED, reason=reason)
        if content is None:
            return Item(entry, Sent(None, b"nothing %d" % number))
        return Item(entry, article(number, content=content))


def _poison(number: int, reason: str, value: bytes) -> Item:
    entry = Entry(number, Fate.POISON, reason=reason)
    return Item(entry, Sent(value, b"poison %d" % number, OWN_HEADERS))
