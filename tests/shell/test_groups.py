"""What Kafka answers of a group, read as it is meant."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import errors
from aiokafka.structs import OffsetAndMetadata, TopicPartition

from streams.shell import groups
from streams.shell.settings import Settings

DENIED = errors.GroupAuthorizationFailedError.errno
LOADING = errors.CoordinatorLoadInProgressError.errno
MEMBER = ("id", "faust-1", "/10.0.0.7", b"", b"")


def admin(*answers: tuple[int, list[Any]]) -> Any:
    """Answers with these (error code, members) in turn; has committed offset 5 of t/0 and none of t/1."""
    left = list(answers)

    async def describe(_groups: list[str]) -> Any:
        code, members = left.pop(0)
        return [SimpleNamespace(groups=[(code, "g", "Stable", "consumer", "", members)])]

    async def offsets(_group: str) -> Any:
        found = {("t", 0): 5, ("t", 1): -1, ("other", 0): 7}
        return {TopicPartition(*place): OffsetAndMetadata(offset, "") for place, offset in found.items()}

    return SimpleNamespace(describe_consumer_groups=describe, list_consumer_group_offsets=offsets)


def test_members_are_named_by_client_and_host() -> None:
    assert asyncio.run(groups.members(admin((0, [MEMBER])), Settings(), "g")) == ["faust-1@10.0.0.7"]


def test_a_coordinator_that_loads_its_state_is_asked_again() -> None:
    asked = admin((LOADING, []), (0, [MEMBER]))
    assert asyncio.run(groups.members(asked, Settings(), "g")) == ["faust-1@10.0.0.7"]


def test_a_group_that_may_not_be_seen_is_not_one_without_members_or_offsets() -> None:
    for ask in (groups.members(admin((DENIED, [])), Settings(), "g"), committed(admin((DENIED, [])))):
        with pytest.raises(errors.GroupAuthorizationFailedError):
            asyncio.run(ask)


def test_only_what_was_committed_of_the_topic_counts() -> None:
    assert asyncio.run(committed(admin((0, [])))) == {0: 5}


def committed(admin: Any) -> Any:
    return groups.committed(admin, Settings(), "g", "t")
