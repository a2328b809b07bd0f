"""Before a worker starts: are its topics there, and does Kafka grant it every right it will need?

A Faust worker without the right to describe its input hangs and says that it is ready; one whose group is
denied hangs without a line. So each right is looked up first, and a missing one is named.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from aiokafka import errors
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.admin import DescribeGroupsResponse_v3
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.types import Array, Boolean, Int16, Int32, Schema, String

from streams.shell import clients, groups
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings

TRANSACTION_COORDINATOR = 1  # Kafka's CoordinatorType


class Operation(IntEnum):
    """Kafka's AclOperation codes, as bits of "authorized operations"."""

    READ = 3
    WRITE = 4
    DELETE = 6


@dataclass(frozen=True, slots=True)
class Needs:
    """What a process does with Kafka: topics by full name, its consumer group, its transactional ids."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]
    group: str | None = None
    transactional_ids: tuple[str, ...] = ()
    at_least: Mapping[str, int] = field(default_factory=dict)
    """Topics that must have so many partitions."""
    deletes: tuple[str, ...] = ()
    """Topics that need not be there yet: Kafka tells the rights to a name."""


async def check_access(settings: Settings, needs: Needs) -> None:
    """Raises Fatal naming every missing topic (SETTINGS) or right (NO_RIGHT), or an unreachable Kafka."""
    admin = await clients.started(clients.admin(settings), settings)
    try:
        missing, denied, few = await _topics(admin, needs)
        if needs.group is not None:
            denied += await _group(admin, needs.group, settings.request_seconds)
        for identity in needs.transactional_ids:
            denied += await _transactional_id(admin, identity, settings.request_seconds)
    except errors.KafkaError as error:
        raise clients.explained(error, settings) from error
    finally:
        await clients.stopped(admin)
    if denied:
        who = f"{settings.sasl_username} has" if settings.sasl_username else "we have"
        raise Fatal(Exit.NO_RIGHT, f"{who} no right to {', '.join(denied)} on Kafka at {settings.brokers}")
    if missing:
        raise Fatal(
            Exit.SETTINGS,
            f"Kafka at {settings.brokers} has no topic {', '.join(missing)}: "
            "`copydesk topics --create` makes what is missing",
        )
    if few:
        raise Fatal(Exit.SETTINGS, f"Kafka at {settings.brokers}: {', '.join(few)}; see `copydesk topics`")


async def _topics(admin: AIOKafkaAdminClient, needs: Needs) -> tuple[list[str], list[str], list[str]]:
    there = {*needs.reads, *needs.writes}
    answer = await admin._send_request(_RightsRequest(sorted({*there, *needs.deletes})))
    missing, denied, few = [], [], []
    for code, name, _internal, partitions, granted in answer.topics:
        if code == errors.UnknownTopicOrPartitionError.errno and name in there:
            missing.append(name)
            continue
        if code == errors.TopicAuthorizationFailedError.errno:
            granted = 0  # not even the right to see it, which comes with every other
        elif code and code != errors.UnknownTopicOrPartitionError.errno:
            raise errors.for_code(code)(name)
        wanted = [
            operation
            for operation, names in (
                (Operation.READ, needs.reads),
                (Operation.WRITE, needs.writes),
                (Operation.DELETE, needs.deletes),
            )
            if name in names
        ]
        denied += [f"{o.name.lower()} topic {name}" for o in wanted if not granted >> o & 1]
        least = needs.at_least.get(name, 0)
        if not code and len(partitions) < least:
            few.append(f"{name} has {len(partitions)} partitions and needs {least}")
    return missing, denied, few


async def _group(admin: AIOKafkaAdminClient, group: str, patience: float) -> list[str]:
    async def ask() -> bool:
        coordinator = await admin.find_coordinator(group)
        answer = await admin._send_request(_GroupRequest(group), coordinator)
        code, granted = answer.groups[0][0], answer.groups[0][-1]
        if code:
            # A coordinator that is not ready yet grants nothing: that is no refusal.
            raise errors.for_code(code)(group)
        return bool(granted >> Operation.READ & 1)

    return [] if await _granted(ask, patience) else [f"read group {group}"]


async def _transactional_id(admin: AIOKafkaAdminClient, identity: str, patience: float) -> list[str]:
    """Asks for its coordinator alone: whatever does more with it would fence the worker that has it."""

    async def ask() -> bool:
        await admin.find_coordinator(identity, TRANSACTION_COORDINATOR)
        return True

    return [] if await _granted(ask, patience) else [f"write transactional id {identity}"]


async def _granted(ask: Callable[[], Awaitable[bool]], patience: float) -> bool:
    try:
        return await groups.answered(ask, patience)
    except (errors.GroupAuthorizationFailedError, errors.TransactionalIdAuthorizationFailed):
        return False


class _RightsResponse(Response):
    API_KEY = 3
    API_VERSION = 8
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        ("brokers", Array(("node_id", Int32), ("host", String()), ("port", Int32), ("rack", String()))),
        ("cluster_id", String()),
        ("controller_id", Int32),
        (
            "topics",
            Array(
                ("error_code", Int16),
                ("topic", String()),
                ("is_internal", Boolean),
                (
                    "partitions",
                    Array(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", Array(Int32)),
                        ("isr", Array(Int32)),
                        ("offline_replicas", Array(Int32)),
                    ),
                ),
                ("authorized_operations", Int32),
            ),
        ),
        ("cluster_authorized_operations", Int32),
    )


class _RightsRequestV8(RequestStruct):
    """Metadata v8 asks for the caller's rights; aiokafka 0.14 stops at v5."""

    API_KEY = 3
    API_VERSION = 8
    RESPONSE_TYPE = _RightsResponse
    SCHEMA = Schema(
        ("topics", Array(String())),
        ("allow_auto_topic_creation", Boolean),
        ("include_cluster_authorized_operations", Boolean),
        ("include_topic_authorized_operations", Boolean),
    )


class _RightsRequest(Request[_RightsRequestV8]):
    API_KEY = 3

    def __init__(self, topics: list[str]) -> None:
        self._topics = topics

    def build(self, request_struct_class: type[_RightsRequestV8]) -> Any:
        return request_struct_class(self._topics, False, False, True)


class _GroupRequestV3(RequestStruct):
    """aiokafka 0.14 reads the answer to v3 as if it were v2, and so loses the rights at its end."""

    API_KEY = 15
    API_VERSION = 3
    RESPONSE_TYPE = DescribeGroupsResponse_v3
    SCHEMA = Schema(("groups", Array(String())), ("include_authorized_operations", Boolean))


class _GroupRequest(Request[_GroupRequestV3]):
    API_KEY = 15

    def __init__(self, group: str) -> None:
        self._group = group

    def build(self, request_struct_class: type[_GroupRequestV3]) -> Any:
        return request_struct_class([self._group], True)
