"""Tagged records of families whose every decision is known: an original, a copy, and what was before them."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tests.system.kafka import Sent

HEADER = "copydesk-fp"
ORDER = struct.Struct("<q")  # ms since 1970, behind version, kind and the hash of the text
ORDER_AT = 18
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Family:
    """`first` comes first, then its copy; `late` comes last and is dated before them."""

    first: Sent
    copy: Sent
    late: Sent

    @property
    def decisions(self) -> list[tuple[str, int, str, str | None]]:
        """Every decision about the three as (id, number, relation, id of the parent), sorted."""
        first, copy, late = (identity(sent) for sent in (self.first, self.copy, self.late))
        return sorted(
            [
                (first, 1, "original", None),
                (copy, 1, "exact", first),
                (late, 1, "original", None),
                (first, 2, "exact", late),
                (copy, 2, "exact", late),
            ],
            key=lambda decision: decision[:2],
        )


def family(article: Sent) -> Family:
    return Family(article, copy_of(article, "copy", hours=1), copy_of(article, "late", hours=-1))


def copy_of(article: Sent, name: str, hours: int = 0) -> Sent:
    """The same text under another id, published so much later."""
    own = hashlib.blake2b(identity(article).encode() + name.encode(), digest_size=16).hexdigest().encode()
    assert article.key
    assert article.value
    headers = tuple((n, _moved(v, hours) if n == HEADER else v) for n, v in article.headers)
    return replace(article, key=own, value=article.value.replace(article.key, own), headers=headers)


def identity(sent: Sent) -> str:
    return (sent.key or b"").decode()


def interleaved(families: Sequence[Family], behind: int) -> list[Sent]:
    """Their records; the late ones come when so many other families have begun."""
    return [
        record
        for i in range(len(families) + behind)
        for record in (
            *([families[i].first, families[i].copy] if i < len(families) else []),
            *([families[i - behind].late] if i >= behind else []),
        )
    ]


def all_decisions(families: Iterable[Family]) -> list[tuple[str, int, str, str | None]]:
    return sorted((d for one in families for d in one.decisions), key=lambda decision: decision[:2])


def _moved(packed: bytes, hours: int) -> bytes:
    (order,) = ORDER.unpack_from(packed, ORDER_AT)
    moved = ORDER.pack(order + hours * HOUR_MS)
    return packed[:ORDER_AT] + moved + packed[ORDER_AT + ORDER.size :]
