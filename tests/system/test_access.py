"""What Kafka denies or lacks is said in one line, with its own exit code, before a worker begins."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from tests.system.conftest import MakeDesk
from tests.system.desk import START_SECONDS, Desk
from tests.system.generated import articles
from tests.system.kafka import Broker, Kafka, wait_for

NAME = "guarded"
# Who lacks what: the stage, the right that is missing, and what the line must name.
LACKING: dict[str, tuple[str, tuple[ResourceType, str, AclOperation], tuple[str, ...]]] = {
    "no_input": (
        "clean",
        (ResourceType.TOPIC, "articles.raw", AclOperation.READ),
        ("read topic guarded.articles.raw",),
    ),
    "no_output": (
        "clean",
        (ResourceType.TOPIC, "articles.cleaned", AclOperation.WRITE),
        ("write topic guarded.articles.cleaned",),
    ),
    "no_letters": (
        "tag",
        (ResourceType.TOPIC, "articles.deadletter", AclOperation.WRITE),
        ("write topic guarded.articles.deadletter",),
    ),
    "no_group": ("clean", (ResourceType.GROUP, "", AclOperation.READ), ("read group guarded.clean",)),
    "no_txn": (
        "dedup",
        (ResourceType.TRANSACTIONAL_ID, "", AclOperation.WRITE),
        ("write transactional id guarded.dedup.0",),
    ),
}
USERS = ["broker", "desk", *LACKING]
SECURED = """
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.client.plain.sasl.jaas.config=\\
  org.apache.kafka.common.security.plain.PlainLoginModule required \\
  username="broker" password="broker-secret" {users};
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:broker;User:ANONYMOUS
""".replace("{users}", " ".join(f'user_{user}="{user}-secret"' for user in USERS))
READS = ("articles.raw", "articles.cleaned", "articles.tagged", "dedup.index")
WRITES = (
    "articles.cleaned",
    "articles.tagged",
    "articles.enriched",
    "articles.rejected",
    "articles.deadletter",
)


def login(user: str, password: str = "") -> dict[str, Any]:
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_username": user,
        "sasl_password": password or f"{user}-secret",
    }


def rights(user: str) -> list[AclBinding]:
    """All that the workers need, but for the one right that this user lacks."""
    needed = [(ResourceType.TOPIC, topic, AclOperation.READ) for topic in READS]
    needed += [(ResourceType.TOPIC, topic, AclOperation.WRITE) for topic in (*WRITES, "dedup.index")]
    needed += [(ResourceType.GROUP, "", AclOperation.READ)]
    needed += [(ResourceType.TRANSACTIONAL_ID, "", AclOperation.WRITE)]
    if user in LACKING:
        needed.remove(LACKING[user][1])
    return [
        AclBinding(
            kind,
            f"{NAME}.{name}",
            ResourcePatternType.PREFIXED,
            f"User:{user}",
            "*",
            operation,
            AclPermissionType.ALLOW,
        )
        for kind, name, operation in needed
    ]


@pytest.fixture(scope="module")
def guarded(open_desk: MakeDesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on a broker that denies by default; its topics are there, and everyone's rights."""
    folder = tmp_path_factory.mktemp("guarded-broker")
    (folder / "secured.properties").write_text(SECURED)
    broker = Broker(folder / "kafka")
    try:
        address = broker.start("--config", str(folder / "secured.properties"))
        super_user = {
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "PLAIN",
            "sasl_plain_username": "broker",
            "sasl_plain_password": "broker-secret",
        }
        desk = open_desk(Kafka(address, super_user), NAME, topics=False)
        made = lambda: desk.run("topics", "--create", **login("broker")).returncode == 0  # noqa: E731
        wait_for("the topics", START_SECONDS, made)
        grant(address, [acl for user in USERS[1:] for acl in rights(user)])
        yield desk
        desk.close()
    finally:
        broker.run("wipe")


def grant(address: str, acls: list[AclBinding]) -> None:
    """aiokafka has no ACLs; this client of the development dependencies does."""
    settings: dict[str, Any] = {
        "bootstrap.servers": address,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": "broker",
        "sasl.password": "broker-secret",
    }
    admin = AdminClient(settings)
    for future in admin.create_acls(acls).values():
        future.result(START_SECONDS)


def ended(desk: Desk, stage: str, **settings: Any) -> tuple[int, str]:
    """Exit code and the one line of a worker that cannot start."""
    worker = desk.worker(stage, **settings)
    code = worker.wait()
    [told] = [line for line in worker.log() if line.get("logger") == "copydesk" and line["level"] == "error"]
    assert told["code"] == code
    assert "Traceback" not in str(worker.log())
    return code, str(told["reason"])


@pytest.mark.parametrize("user", LACKING)
def test_a_missing_right_is_named_and_the_worker_exits_77(guarded: Desk, user: str) -> None:
    stage, _lacking, named = LACKING[user]
    code, told = ended(guarded, stage, **login(user))
    assert code == 77
    for name in (user, *named):
        assert name in told


def test_all_rights_are_enough_for_all_stages(guarded: Desk) -> None:
    guarded.kafka.send(guarded.topic("articles.raw"), articles(0, 20))
    guarded.running("clean", "tag", "dedup", **login("desk"))
    guarded.settle()
    assert len(guarded.read("articles.enriched")) == 20


def test_a_wrong_password_is_no_traceback(guarded: Desk) -> None:
    code, told = ended(guarded, "clean", **login("desk", "not-this-one"))
    assert code == 77
    assert "does not let us in as desk: wrong user or password" in told
    assert "not-this-one" not in told


def test_sasl_to_a_plaintext_broker_ends_and_says_what_it_spoke(kafka: Kafka, open_desk: MakeDesk) -> None:
    code, told = ended(open_desk(kafka, "plain", topics=False), "clean", **login("desk"))
    assert code in (69, 77)
    assert "SASL_PLAINTEXT" in told


def test_plaintext_to_a_sasl_broker_ends_unavailable(guarded: Desk) -> None:
    code, told = ended(guarded, "clean", security_protocol="PLAINTEXT")
    assert code == 69
    assert guarded.kafka.address in told


def test_missing_topics_are_named(kafka: Kafka, open_desk: MakeDesk) -> None:
    code, told = ended(open_desk(kafka, "bare", topics=False), "clean")
    assert code == 78
    for name in ("raw", "cleaned", "rejected", "deadletter"):
        assert f"bare.articles.{name}" in told
    assert "copydesk topics --create" in told


def test_an_unreachable_broker_ends_every_command_with_69(kafka: Kafka, open_desk: MakeDesk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        nowhere = f"127.0.0.1:{taken.getsockname()[1]}"
        desk = open_desk(kafka, "alone", topics=False, brokers=nowhere)
        with ThreadPoolExecutor() as pool:
            topics = pool.submit(desk.run, "topics")
            code, told = ended(desk, "dedup")
        assert (code, topics.result().returncode) == (69, 69)
        assert nowhere in told
        assert nowhere in topics.result().stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage_seconds": "soon"},
        {"no_such_setting": "1"},
        {"security_protocol": "SASL_SSL"},
        {"partitions": 0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_wrong_setting_is_named(kafka: Kafka, open_desk: MakeDesk, wrong: dict[str, Any]) -> None:
    told = open_desk(kafka, "wrong", topics=False).run("worker", "clean", **wrong)
    assert told.returncode == 78
    [line] = told.stderr.splitlines()
    assert f"COPYDESK_{next(iter(wrong)).upper()}" in line


def test_a_taken_metrics_port_is_named(kafka: Kafka, open_desk: MakeDesk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, told = ended(open_desk(kafka, "port"), "clean", metrics_port=port)
    assert code == 78
    assert f"127.0.0.1:{port}" in told
    assert "COPYDESK_METRICS_PORT" in told
