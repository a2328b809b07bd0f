"""Which topics and rights are missing, read from what Kafka answers; and the questions on a real broker."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import errors
from hypothesis import given
from hypothesis import strategies as st

from streams.shell import access, topics
from streams.shell.access import Needs, Operation, check_access
from streams.shell.exits import Exit, Fatal
from streams.shell.settings import Settings

UNKNOWN = errors.UnknownTopicOrPartitionError.errno
DENIED = errors.TopicAuthorizationFailedError.errno
ALL = sum(1 << operation for operation in range(3, 12))


def judged(needs: Needs, *rows: tuple[int, str, int, int]) -> tuple[list[str], list[str], list[str]]:
    """(missing, denied, few) by an answer of rows (error code, topic, partitions, rights)."""

    async def answer(_request: object) -> Any:
        listed = [(code, name, False, [()] * partitions, rights) for code, name, partitions, rights in rows]
        return SimpleNamespace(topics=listed)

    admin: Any = SimpleNamespace(_send_request=answer)
    return asyncio.run(access._topics(admin, needs))


def test_with_every_right_nothing_is_missing() -> None:
    needs = Needs(reads=("in",), writes=("out",))
    assert judged(needs, (0, "in", 4, ALL), (0, "out", 4, ALL)) == ([], [], [])


@given(st.integers(0, 2**12 - 1), st.booleans(), st.booleans())
def test_a_right_is_the_bit_of_its_operation(granted: int, reads: bool, writes: bool) -> None:
    needs = Needs(reads=("t",) if reads else (), writes=("t",) if writes else ())
    wanted = [(Operation.READ, "read topic t")] * reads + [(Operation.WRITE, "write topic t")] * writes
    _, denied, _ = judged(needs, (0, "t", 1, granted))
    assert denied == [said for operation, said in wanted if not granted & 2**operation]


def test_the_right_to_delete_is_asked_of_a_topic_that_need_not_be_there() -> None:
    needs = Needs(reads=("in",), writes=(), deletes=("own",))
    rights = 1 << Operation.DELETE
    assert judged(needs, (0, "in", 1, ALL), (UNKNOWN, "own", 0, rights)) == ([], [], [])
    assert judged(needs, (0, "in", 1, ALL), (UNKNOWN, "own", 0, ALL - rights))[1] == ["delete topic own"]
    assert judged(needs, (UNKNOWN, "in", 0, ALL), (DENIED, "own", 0, 0))[:2] == (["in"], ["delete topic own"])


def test_rights_that_kafka_does_not_tell_are_none() -> None:
    """A broker that does not look them up answers with the smallest integer: no bit of an operation."""
    assert judged(Needs(reads=("t",), writes=()), (0, "t", 1, -(2**31)))[1] == ["read topic t"]


def test_a_missing_topic_is_not_a_denied_one() -> None:
    needs = Needs(reads=("gone", "hidden"), writes=())
    assert judged(needs, (UNKNOWN, "gone", 0, 0), (DENIED, "hidden", 0, 0)) == (
        ["gone"],
        ["read topic hidden"],
        [],
    )


def test_another_error_of_a_topic_is_told_as_it_is() -> None:
    with pytest.raises(errors.LeaderNotAvailableError):
        judged(Needs(reads=("t",), writes=()), (errors.LeaderNotAvailableError.errno, "t", 0, 0))


def test_a_topic_with_too_few_partitions_is_named_with_what_it_needs() -> None:
    needs = Needs(reads=("t",), writes=(), at_least={"t": 3})
    assert judged(needs, (0, "t", 2, ALL))[2] == ["t has 2 partitions and needs 3"]
    assert judged(needs, (0, "t", 3, ALL))[2] == []


def test_on_a_real_broker_without_rules_everything_is_granted(settings: Settings) -> None:
    topics.check(settings, create=True)
    names = tuple(topic.name for topic in topics.wanted(settings))
    asyncio.run(check_access(settings, Needs(reads=names, writes=names, group="copydesk.test")))


def test_on_a_real_broker_every_missing_topic_is_named_with_the_command_that_makes_it(
    settings: Settings,
) -> None:
    with pytest.raises(Fatal) as missing:
        asyncio.run(check_access(settings, Needs(reads=("none.a",), writes=("none.b",))))
    assert missing.value.code is Exit.SETTINGS
    assert "none.a, none.b" in str(missing.value)
    assert "copydesk topics --create" in str(missing.value)


def test_a_kafka_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Fatal) as gone:
        asyncio.run(check_access(Settings(brokers="127.0.0.1:1", request_seconds=1), Needs((), ())))
    assert gone.value.code is Exit.UNAVAILABLE
