"""Made-up news for these tests: seeded words, texts with a wanted overlap, arrivals."""

import hashlib
import random
from collections.abc import Iterable

from streams.dedup import (
    Arrival,
    DedupIndex,
    Effects,
    Emission,
    Fingerprint,
    FingerprintKind,
    decide,
    removal,
)
from streams.dedup.sketch import sketch

HOUR = 3_600_000
START = 1_767_225_600_000  # 2026-01-01, ms
SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "zu",
]


def words(count: int, seed: int) -> list[str]:
    """`count` invented words; different seeds share next to no shingle."""
    source = random.Random(seed)  # noqa: S311
    return ["".join(source.choices(SYLLABLES, k=3)) for _ in range(count)]


def article(text: str, *, order: float = 0, received: float = 0) -> Fingerprint:
    """A fingerprint; times in hours after START."""
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()
    times = START + round(order * HOUR), START + round(received * HOUR)
    return Fingerprint(FingerprintKind.ARTICLE, digest, *times, sketch(text))


def withdrawal(*, received: float = 0) -> Fingerprint:
    return removal(FingerprintKind.WITHDRAWAL, START + round(received * HOUR))


def erasure(*, received: float = 0) -> Fingerprint:
    return removal(FingerprintKind.ERASURE, START + round(received * HOUR))


def name(number: int) -> bytes:
    """The id of an article, by which it is called in a test."""
    return number.to_bytes(16, "big")


class Desk:
    """An index with the log that made it, and the last event of each id."""

    def __init__(self) -> None:
        self.index = DedupIndex()
        self.effects: list[Effects] = []
        self.last: dict[bytes, Emission] = {}

    def take(self, number: int, fingerprint: Fingerprint, force: bytes | None = None) -> tuple[Emission, ...]:
        effects = decide(self.index, Arrival(len(self.effects), name(number), fingerprint, force))
        self.index.apply(effects.rows)
        self.effects.append(effects)
        self.last.update((emission.id, emission) for emission in effects.emissions)
        return effects.emissions

    def take_all(self, arrivals: Iterable[tuple[int, Fingerprint]]) -> "Desk":
        for number, fingerprint in arrivals:
            self.take(number, fingerprint)
        return self

    def family(self, identifier: bytes) -> bytes:
        """What following `group` ends at."""
        while (event := self.last[identifier]).group not in (None, identifier):
            assert event.group is not None
            identifier = event.group
        return identifier
