"""A decision as one JSON object: what decision_told.py tells a person. Absent means unknown."""

from collections.abc import Mapping
from typing import Any

import orjson

from streams.contract import rfc3339
from streams.dedup.between import Between
from streams.dedup.compare import WHOLE
from streams.dedup.neighbours import Neighbour
from streams.dedup.pair import Pair
from streams.dedup.rows import partition_and_offset
from streams.dedup.trail import REMOVED, Entry
from streams.shell import decision_words as words
from streams.shell.absence import Absent
from streams.shell.evidence import NO_FACTS, Evidence, Facts, Tagged, entry_of


def as_json(evidence: Evidence, entry: Entry) -> bytes:
    """An article's history, and one of its decisions with all neighbours that were kept."""
    entries = evidence.entries[evidence.ids[0]]
    return _dump(
        {
            "id": evidence.ids[0].hex(),
            "article": _facts(evidence, partition_and_offset(entry.tagged)),
            "now": words.now(evidence, entries),
            "entries": [_entry(evidence, one) for one in entries],
            "explained": {
                "decision": entry.decision,
                "why": words.why(entry),
                "compared": entry.around.count,
                "neighbours": [_neighbour(evidence, entry, n) for n in entry.around.found],
                "since": [_neighbour(evidence, entry, n) for n in evidence.since(entry)],
            },
        }
    )


def between_as_json(evidence: Evidence, found: Between) -> bytes:
    """Two articles, the first in order first, and what became of the pair."""
    return _dump(
        {
            "outcome": found.outcome,
            "why": words.outcome(found),
            "apart_ms": found.apart_ms,
            "parent": found.parent.hex() if found.parent else None,
            "score": found.score / WHOLE if found.parent else None,
            "pair": _pair(found.pair) if found.pair else None,
            "articles": [_article(evidence, identity) for identity in (found.earlier, found.later)],
        }
    )


def absent_as_json(absent: Absent | None, identity: bytes) -> bytes:
    """An article that is not there."""
    searched, found = (absent.searched, absent.found) if absent else (None, None)
    return _dump({"id": identity.hex(), "entries": [], "searched": searched, "found": found})


def _article(evidence: Evidence, identity: bytes) -> dict[str, Any]:
    entry = entry_of(evidence.entries[identity], None)
    return {
        "id": identity.hex(),
        "article": _facts(evidence, partition_and_offset(entry.tagged)),
        "now": words.now(evidence, evidence.entries[identity]),
        "entries": [_entry(evidence, one) for one in evidence.entries[identity]],
    }


def _facts(evidence: Evidence, tagged: Tagged) -> dict[str, Any]:
    facts: Facts = evidence.facts.get(tagged, NO_FACTS)
    return {
        "tagged": evidence.place(tagged),
        "url": facts.url,
        "headline": facts.headline,
        "publisher": facts.publisher,
        "published_at": facts.published_at,
        "raw": facts.source,
    }


def _entry(evidence: Evidence, entry: Entry) -> dict[str, Any]:
    linked = entry.parent is not None
    place, event, cause = entry.place, evidence.events.get(entry.decision), entry.cause
    removed = entry.kind in REMOVED
    return {
        "log": f"{evidence.log}/{place.partition}/{place.offset}" if place else None,
        "logged_at": rfc3339(place.at_ms) if place else None,
        "kind": entry.kind.name.lower(),
        "tagged": evidence.place(partition_and_offset(entry.tagged)),
        "event": event.place if event else None,
        "replay": words.sent_by(evidence, entry.tagged),
        "version": entry.version,
        "decision": entry.decision or None,
        "relation": None if removed else entry.relation.name.lower(),
        "of": entry.parent.hex() if entry.parent else None,
        "group": None if removed else entry.group.hex(),
        "jaccard": entry.jaccard / WHOLE if linked else None,
        "containment": entry.containment / WHOLE if linked else None,
        "score": entry.score / WHOLE if linked else None,
        "order_time": rfc3339(entry.order_ms),
        "received_at": rfc3339(entry.received_ms),
        "cause": {
            "id": cause.id.hex(),
            "kind": cause.kind.name.lower(),
            "tagged": evidence.place(partition_and_offset(cause.tagged)),
        }
        if cause
        else None,
    }


def _neighbour(evidence: Evidence, entry: Entry, neighbour: Neighbour) -> dict[str, Any]:
    return {
        "id": neighbour.id.hex(),
        "standing": neighbour.standing,
        "why": words.standing(neighbour, entry),
        **_facts(evidence, partition_and_offset(neighbour.tagged)),
        "version": neighbour.version,
        "parent": neighbour.parent.hex() if neighbour.parent else None,
        "order_time": rfc3339(neighbour.order_ms),
        "received_at": rfc3339(neighbour.received_ms),
        "earlier": neighbour.earlier,
        "apart_ms": neighbour.apart_ms,
        **_pair(neighbour.pair),
    }


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "copy": pair.copy,
        "rule": pair.why,
        "equal": pair.equal,
        "jaccard": pair.jaccard / WHOLE,
        "containment": pair.containment / WHOLE,
        "shared_shingles": pair.shared,
        "shingles": [pair.shingles, pair.other_shingles],
        "routing_keys": pair.keys,
    }


def _dump(value: Mapping[str, Any]) -> bytes:
    return orjson.dumps(_present(value))


def _present(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _present(part) for key, part in value.items() if part is not None}
    return [_present(part) for part in value] if isinstance(value, list | tuple) else value
