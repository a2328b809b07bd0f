"""What a stage writes of a record: the messages of a judged article, and of a decision about one."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from streams.contract import rfc3339
from streams.pipeline import DEDUP, TAG, WITHDRAWN, Output, Step, enriched
from streams.shell import headers
from streams.shell.deliveries import Message
from streams.shell.sent_back import claims_first
from streams.shell.settings import Settings
from streams.shell.topics import domains_of, topic_name

if TYPE_CHECKING:
    from streams.dedup import Emission


def stage_messages(
    settings: Settings,
    step: Step,
    record: Any,
    outcome: Output,
    table: Mapping[str, int],
    *,
    raw: bool,
    replay: str | None = None,
) -> list[Message]:
    """What clean or tag makes of an input record: one message, but a withdrawal one for each domain.

    `raw`: the input is a raw record, whose headers are not trusted. `replay`: the run that makes it.
    """
    sent_back = raw and _sent_back(record, outcome)
    carried = headers.carry(record.headers, headers.place_of(record), raw=raw, sent_back=sent_back)
    if replay is not None:
        carried.append((headers.REPLAY, replay.encode()))
    if outcome.fingerprint is not None:
        carried.append((headers.FINGERPRINT, outcome.fingerprint))
        carried.append((headers.LANGUAGE, outcome.language.encode()))
    listed = headers.event_headers(
        prefix=settings.prefix,
        topic=step.target,
        ce_id=f"{outcome.id}:{outcome.content_hash}",
        subject=outcome.id,
        received_at=outcome.received_at,
        carried=carried,
    )
    target = topic_name(settings, step.target)
    return [
        Message(target, outcome.id.encode(), outcome.value, [*listed], partition, origin=record)
        for partition in _partitions(step, outcome, table)
    ]


def decided_message(settings: Settings, record: Any, emission: "Emission") -> Message:
    """The event of a decision; `record` is the tagged record of its article, or of its withdrawal."""
    identity = emission.id.hex()
    erased = emission.status is None
    listed = headers.event_headers(
        prefix=settings.prefix,
        topic=DEDUP.target,
        ce_id=f"{identity}:{emission.version}:{emission.decision}",
        subject=identity,
        received_at=headers.received_at(record),
        carried=headers.carry(record.headers, headers.place_of(record), raw=False),
        erasure=erased,
    )
    value = None if erased else enriched(record.value, emission)
    return Message(topic_name(settings, DEDUP.target), identity.encode(), value, [*listed])


def _sent_back(record: Any, outcome: Output) -> bool:
    """Whether a raw record counts as received before it was written (sent_back.py)."""
    return claims_first(record) and outcome.received_at != rfc3339(record.timestamp)


def _partitions(step: Step, outcome: Output, table: Mapping[str, int]) -> Iterable[int | None]:
    """The key decides, but in articles.tagged the language does."""
    if step is not TAG:
        return (None,)
    return domains_of(table, None if outcome.content_hash == WITHDRAWN else outcome.language)
