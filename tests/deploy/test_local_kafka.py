"""deploy/local/kafka.py brings up a real broker, keeps its records through a kill, says what is missing."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAuthorizationFailedError

from tests.system.kafka import free_ports

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SCRIPT = DEPLOY / "local" / "kafka.py"
SIX_MB = 6_000_000  # the largest raw article the product takes

needs_java = pytest.mark.skipif(
    not (shutil.which("java") and shutil.which("mvn")), reason="a real broker needs Java and Maven"
)

SECURED = """
listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.client.plain.sasl.jaas.config=\\
  org.apache.kafka.common.security.plain.PlainLoginModule required \\
  username="broker" password="broker-secret" user_broker="broker-secret" user_stranger="stranger-secret";
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:broker;User:ANONYMOUS
# the same address again, through the names a --config file may use
listeners=CLIENT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
"""


class LocalKafka:
    """The script with one data folder, run as a person runs it."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.environment = {**os.environ, **environment}

    def run(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, SCRIPT, command, "--data", self.data, *options],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=120,
            check=False,
        )

    def start(self, *options: str) -> str:
        """Start it; gives the bootstrap servers from the last line of stdout."""
        done = self.run("start", *options)
        assert done.returncode == 0, done.stderr
        name, _, address = done.stdout.splitlines()[-1].partition(": ")
        assert name == "bootstrap servers"
        return address

    def pid(self) -> int | None:
        found = json.loads(self.run("status", "--json").stdout)["nodes"][0]["pid"]
        return None if found is None else int(found)


@pytest.fixture
def local(tmp_path: Path) -> Iterator[LocalKafka]:
    kafka = LocalKafka(tmp_path / "kafka")
    yield kafka
    kafka.run("wipe")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """A broker that the tests of this module share and leave as it is."""
    kafka = LocalKafka(tmp_path_factory.mktemp("shared") / "kafka")
    kafka.start("--port", "0")
    yield kafka
    kafka.run("wipe")


# --- a real broker


@needs_java
def test_status_of_a_running_broker_says_where_it_is(running: LocalKafka) -> None:
    said = running.run("status")
    assert said.returncode == 0
    assert said.stdout == f"bootstrap servers: {running.start()}\n"


@needs_java
def test_a_second_start_leaves_the_running_broker_alone(running: LocalKafka) -> None:
    before = running.pid()
    again = running.run("start")
    assert again.returncode == 0
    assert "already running" in again.stderr
    assert running.pid() == before


@needs_java
def test_nothing_listens_beyond_loopback(running: LocalKafka) -> None:
    port = int(running.start().rpartition(":")[2])
    with socket.socket(socket.AF_INET) as everywhere_else:
        everywhere_else.bind(("127.0.0.2", port))  # refused if the broker listened on every address


@needs_java
def test_a_record_of_the_largest_article_goes_through(running: LocalKafka) -> None:
    async def sent_and_read(address: str) -> bytes | None:
        await create_topic(address, "large", {"max.message.bytes": str(8 * 1024 * 1024)})
        await send(address, "large", b"x" * SIX_MB)
        return await first_value(address, "large")

    assert asyncio.run(sent_and_read(running.start())) == b"x" * SIX_MB


@needs_java
def test_a_topic_is_not_created_by_asking_for_it(running: LocalKafka) -> None:
    async def topics_after_asking(address: str) -> list[str]:
        admin = AIOKafkaAdminClient(bootstrap_servers=address)
        await admin.start()
        try:
            await admin.describe_topics(["articles.rwa"])
            return list(await admin.list_topics())
        finally:
            await admin.close()

    assert "articles.rwa" not in asyncio.run(topics_after_asking(running.start()))


@needs_java
def test_a_taken_port_is_left_for_a_free_one_and_stop_ends_the_broker(local: LocalKafka) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 9092))
            other.listen()
        except OSError:
            pass  # someone else's broker has it: taken all the same
        started = local.run("start")
    assert "port 9092 is taken" in started.stderr
    assert started.returncode == 0
    assert "127.0.0.1:9092" not in started.stdout

    assert local.run("stop").returncode == 0
    assert local.run("status").returncode == 3
    assert local.run("stop").returncode == 0, "stopping what is stopped is no error"


@needs_java
def test_a_record_survives_kill_and_the_broker_returns_to_its_port(local: LocalKafka) -> None:
    address = local.start("--port", str(free_ports()))

    async def write() -> None:
        await create_topic(address, "kept", {})
        await send(address, "kept", b"still here")

    asyncio.run(write())
    assert local.run("kill").returncode == 0
    assert local.run("status").returncode == 3
    assert local.run("kill").returncode == 3, "there is nothing left to kill"

    assert local.start() == address
    assert asyncio.run(first_value(address, "kept")) == b"still here"


@needs_java
def test_a_cluster_of_three_takes_records_with_two_nodes_and_start_brings_the_third_back(
    local: LocalKafka,
) -> None:
    address = local.start("--port", "0", "--nodes", "3", "--heap", "256m")
    asyncio.run(create_topic(address, "kept", {}, 3))
    assert local.run("kill", "--node", "2").stderr == "killed node 2\n"
    asyncio.run(send(address, "kept", b"two of three have it"))
    nodes = json.loads(local.run("status", "--json").stdout)["nodes"]
    assert [node["state"] for node in nodes] == ["running", "stopped", "running"]

    assert local.start() == address
    assert local.run("status").returncode == 0
    assert local.run("stop", "--node", "3").returncode == 0
    nodes = json.loads(local.run("status", "--json").stdout)["nodes"]
    assert [node["state"] for node in nodes] == ["running", "running", "stopped"]


@needs_java
def test_a_config_file_can_deny_by_default(local: LocalKafka, tmp_path: Path) -> None:
    config = tmp_path / "secured.properties"
    config.write_text(SECURED)
    address = local.start("--port", "0", "--config", str(config))

    async def write_as(user: str) -> None:
        await send(address, "guarded", b"text", **plain(user))

    asyncio.run(create_topic(address, "guarded", {}, **plain("broker")))
    asyncio.run(write_as("broker"))
    with pytest.raises(TopicAuthorizationFailedError):
        asyncio.run(write_as("stranger"))


@needs_java
def test_a_config_that_cannot_start_is_shown_in_the_log_and_not_remembered(
    local: LocalKafka, tmp_path: Path
) -> None:
    config = tmp_path / "wrong.properties"
    config.write_text("authorizer.class.name=no.such.Authorizer\n")
    failed = local.run("start", "--port", "0", "--config", str(config))
    assert failed.returncode == 1
    assert "no.such.Authorizer" in failed.stderr
    assert failed.stdout == ""
    assert local.pid() is None
    assert local.run("start").returncode == 0


# --- no broker needed: what is missing, what is half done, what is not ours


def test_without_java_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    said = LocalKafka(tmp_path / "kafka", PATH=str(tmp_path), JAVA_HOME="").run("start")
    assert said.returncode == 69
    assert len(said.stderr.splitlines()) == 1
    assert "apt-get install openjdk-17-jre-headless maven" in said.stderr


def test_without_java_but_with_docker_the_sentence_names_the_container(tmp_path: Path) -> None:
    program(tmp_path / "docker", "exit 0")
    said = LocalKafka(tmp_path / "kafka", PATH=str(tmp_path), JAVA_HOME="").run("start")
    assert said.returncode == 69
    assert "docker compose -f deploy/compose.yaml up -d kafka" in said.stderr


def test_java_11_is_too_old(tmp_path: Path) -> None:
    program(tmp_path / "java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2")
    said = LocalKafka(tmp_path / "kafka", PATH=str(tmp_path), JAVA_HOME="").run("start")
    assert said.returncode == 69
    assert "is 11" in said.stderr


def test_without_maven_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    program(tmp_path / "java", "echo 'openjdk version \"17.0.1\"' >&2")
    jars = str(tmp_path / "jars")
    said = LocalKafka(tmp_path / "kafka", PATH=str(tmp_path), JAVA_HOME="", COPYDESK_KAFKA_JARS=jars).run(
        "start"
    )
    assert said.returncode == 69
    assert len(said.stderr.splitlines()) == 1
    assert "maven" in said.stderr


def test_jars_of_an_interrupted_fetch_are_never_used(tmp_path: Path) -> None:
    kafka = with_fake_maven(tmp_path, 'echo half > "$to/zookeeper.jar"; exit 1')
    failed = kafka.run("start")
    assert failed.returncode == 1
    assert "Maven could not fetch Kafka" in failed.stderr

    with_fake_maven(tmp_path, 'echo whole > "$to/kafka_2.13.jar"')
    kafka.run("start")
    assert [jar.name for jar in (tmp_path / "jars").glob("*/*.jar")] == ["kafka_2.13.jar"]


def test_two_starts_at_once_fetch_once(tmp_path: Path) -> None:
    kafka = with_fake_maven(
        tmp_path, f'echo x >> {tmp_path}/fetches; /bin/sleep 0.5; echo > "$to/kafka_2.13.jar"'
    )
    starts = [
        subprocess.Popen(
            [sys.executable, SCRIPT, "start", "--port", "0", "--data", tmp_path / name],
            env=kafka.environment,
            stderr=subprocess.DEVNULL,
        )
        for name in ("one", "two")
    ]
    for start in starts:
        start.wait(timeout=60)
    assert (tmp_path / "fetches").read_text() == "x\n"


def test_a_process_that_only_has_the_old_id_is_not_stopped(tmp_path: Path) -> None:
    node = tmp_path / "kafka" / "node-1"
    node.mkdir(parents=True)
    (node.parent / "state.json").write_text(json.dumps({"id": "x", "extra": "", "ports": [[20001, 20002]]}))
    with subprocess.Popen(["sleep", "60"]) as bystander:
        (node / "kafka.pid").write_text(str(bystander.pid))
        assert LocalKafka(node.parent).run("kill").returncode == 3
        LocalKafka(node.parent).run("stop")
        assert bystander.poll() is None
        bystander.kill()


def test_wipe_removes_only_what_start_made(tmp_path: Path) -> None:
    (tmp_path / "node-1").mkdir()
    (tmp_path / "state.json").write_text(json.dumps({"id": "x", "extra": "", "ports": [[20001, 20002]]}))
    (tmp_path / "letter.txt").write_text("mine")
    LocalKafka(tmp_path).run("wipe")
    assert {path.name for path in tmp_path.iterdir()} == {"letter.txt", "lock"}


def test_the_container_has_the_settings_of_the_local_broker() -> None:
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["kafka"]
    lines = (DEPLOY / "local" / "server.properties").read_text().splitlines()
    local = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    ours = {f"KAFKA_{key.replace('.', '_').upper()}": value for key, value in local.items()}

    assert ours.keys() == service["environment"].keys() - {"KAFKA_HEAP_OPTS"}
    placed = ("LISTENER", "LOG_DIRS")  # where it listens and writes differs in a container
    same = {k: v for k, v in ours.items() if "{" not in v and not any(word in k for word in placed)}
    assert {key: service["environment"][key] for key in same} == same
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert (
        f"<version>{service['image'].partition(':')[2]}</version>"
        in (DEPLOY / "local" / "pom.xml").read_text()
    )


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def with_fake_maven(folder: Path, script: str) -> LocalKafka:
    """A Maven that runs `script` with the folder to fill in $to, and a Java that starts nothing."""
    find_target = 'for to; do :; done; to="${to#-DoutputDirectory=}"; /bin/mkdir -p "$to"'
    program(folder / "mvn", f"{find_target}\n{script}")
    program(folder / "java", "echo 'openjdk version \"17.0.1\"' >&2; exit 1")
    jars = str(folder / "jars")
    return LocalKafka(folder / "kafka", PATH=str(folder), JAVA_HOME="", COPYDESK_KAFKA_JARS=jars)


# --- clients


def plain(user: str) -> dict[str, str]:
    return {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "PLAIN",
        "sasl_plain_username": user,
        "sasl_plain_password": f"{user}-secret",
    }


async def create_topic(
    address: str, topic: str, settings: dict[str, str], replicas: int = 1, /, **access: str
) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=address, **access)
    await admin.start()
    try:
        answer = await admin.create_topics([NewTopic(topic, 1, replicas, topic_configs=settings)])
        assert [error[1] for error in answer.topic_errors] == [0], answer
    finally:
        await admin.close()


async def send(address: str, topic: str, value: bytes, **access: str) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=address, acks="all", max_request_size=SIX_MB + 1000, **access
    )
    await producer.start()
    try:
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def first_value(address: str, topic: str) -> bytes | None:
    consumer = AIOKafkaConsumer(bootstrap_servers=address, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        record = await asyncio.wait_for(consumer.getone(), timeout=30)
        value: bytes | None = record.value
        return value
    finally:
        await consumer.stop()
