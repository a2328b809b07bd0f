"""Packs for tests, from lines as an operator writes them."""

from typing import Any

import orjson

from streams.tagging.knowledge import Knowledge, read_pack
from streams.tagging.packing import Packing


def pack_bytes(*rows: dict[str, Any]) -> bytes:
    packing = Packing()
    for number, row in enumerate(rows, 1):
        packing.add(orjson.dumps(row), number)
    return b"".join(packing.pack())


def pack_of(*rows: dict[str, Any]) -> Knowledge:
    return read_pack(memoryview(pack_bytes(*rows)), verify=True)


def person(own: str, *names: str, **more: Any) -> dict[str, Any]:
    return {"id": own, "type": "person", "names": list(names), **more}
