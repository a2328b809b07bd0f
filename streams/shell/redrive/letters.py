"""A dead letter (or rejected record) as what it was before: pure, and the place where none of it is trusted.

A letter goes to the source topic of its stage and to no other, whatever its headers say.
"""

from dataclasses import dataclass
from typing import Any

from streams.contract import DEADLETTER, REJECTED
from streams.pipeline import DEDUP, STEPS
from streams.shell import headers
from streams.shell.deliveries import Message
from streams.shell.settings import Settings, domain_count, domains
from streams.shell.topics import domains_of, topic_name
from streams.vocabulary import FailureReason, RejectReason

# The closed list of reasons of each topic that letters are read from.
REASONS: dict[str, tuple[str, ...]] = {
    DEADLETTER: tuple(FailureReason),
    REJECTED: tuple(RejectReason),
}
STAGES = tuple(step.name for step in STEPS)
_SOURCES = {step.name: step.source for step in STEPS}
_MOST_DIGITS = 6  # of an attempt count; a longer one was not written by us


@dataclass(frozen=True, slots=True)
class Letter:
    """Why a record was refused, and the message that sends it back; `attempt` counts from 1. `source`: the
    topic/partition/offset of the record that it was.
    """

    stage: str
    reason: str
    attempt: int
    message: Message
    source: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a record cannot be sent back, in words that are the same for all of its kind."""

    why: str


def letter_of(settings: Settings, kind: str, record: Any) -> Letter | Unusable:
    """The record that a letter was, with its attempt counted. `kind` is the topic it lies in, unprefixed."""
    found = headers.original_headers(record.headers)
    if found is None:
        return Unusable("not written by a stage: the headers that say why are not at its end")
    listed, why = found
    stage, reason = why["stage"], why["reason"]
    if stage not in _SOURCES or reason not in REASONS[kind]:
        return Unusable("of a stage or a reason that this version does not know")
    if why["topic"] != topic_name(settings, _SOURCES[stage]):
        return Unusable("from a topic that its stage does not read")
    if headers.TRUNCATED in why:
        return Unusable("cut to fit the dead letters: its bytes are not whole")
    partition = _domain(settings, listed, why) if stage == DEDUP.name else None
    if partition is not None and partition >= domain_count(settings):
        return Unusable("of a de-duplication domain that is there no more")
    attempt = _attempts(listed) + 1
    kept = [(name, value) for name, value in listed if name != headers.ATTEMPTS]
    kept.append((headers.ATTEMPTS, str(attempt).encode()))
    # Of a record with neither key nor value: aiokafka's send() asserts against it.
    value = b"" if record.key is None and record.value is None else record.value
    message = Message(why["topic"], record.key, value, kept, partition, origin=record)
    source = "/".join(why[name] for name in ("topic", "partition", "offset"))
    return Letter(stage, reason, attempt, message, source)


def _attempts(listed: list[tuple[str, bytes | None]]) -> int:
    """How often it was sent back before, as far as a producer cannot have made that up beyond reason."""
    given = next((value for name, value in reversed(listed) if name == headers.ATTEMPTS), b"") or b""
    return int(given) if given.isdigit() and len(given) <= _MOST_DIGITS else 0


def _domain(settings: Settings, listed: list[tuple[str, bytes | None]], why: dict[str, str]) -> int:
    """The partition of articles.tagged: its language's, and of what has none the one it came from."""
    language = next((value for name, value in listed if name == headers.LANGUAGE), None)
    if language:
        return domains_of(domains(settings), language.decode(errors="replace"))[0]
    return int(why["partition"]) if why["partition"].isdecimal() else domain_count(settings)
