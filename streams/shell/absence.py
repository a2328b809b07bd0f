"""An article that no log names: where else it was looked for, and what is there."""

import asyncio
from dataclasses import dataclass
from typing import Any

from streams import contract
from streams.shell import headers
from streams.shell.enriched_events import event_of, partition_of_key, scan
from streams.shell.settings import Settings
from streams.shell.topics import present_partitions, topic_name


@dataclass(frozen=True, slots=True)
class Absent:
    """Which partitions were searched, and for each record found its place and what it says."""

    id: bytes
    searched: tuple[str, ...]
    found: tuple[str, ...]


def looked_for(settings: Settings, identity: bytes, url: str | None) -> Absent:
    """Reads the partitions of its keys: its id among the events, its id and URL among the refused."""
    return asyncio.run(_looked_for(settings, identity, url))


async def _looked_for(settings: Settings, identity: bytes, url: str | None) -> Absent:
    keys = [identity.hex().encode(), *([url.encode()] if url else [])]
    searched, found = [], []
    for topic in (contract.ENRICHED, contract.REJECTED, contract.DEADLETTER):
        partitions = await present_partitions(settings, topic_name(settings, topic))
        theirs = keys[:1] if topic == contract.ENRICHED else keys
        for tp in sorted({partition_of_key(partitions, key) for key in theirs}):
            searched.append(f"{tp.topic}/{tp.partition}")
            records = await scan(settings, tp, set(theirs))
            found += [_said(record, event=topic == contract.ENRICHED) for record in records]
    return Absent(identity, tuple(searched), tuple(found))


def _said(record: Any, *, event: bool) -> str:
    if event:
        told = event_of(record)
        return f"{told.place}: version {told.version}, decision {told.decision}, {told.status}"
    given = {name: (value or b"").decode(errors="replace") for name, value in record.headers}
    raw = "/".join(given.get(name, "?") for name in ("topic", "partition", "offset"))
    return (
        f"{headers.place_of(record)}: {raw} was refused by {given.get('stage')} as {given.get('reason')}, "
        f"{given.get('error')}"
    )
