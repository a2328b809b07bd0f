"""A Kafka that denies by default: each component has its own user, with the rights it needs and no others."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import TopicCollection
from confluent_kafka.admin import AdminClient

from tests.system.conftest import MakeDesk
from tests.system.desk import START_SECONDS, Desk
from tests.system.generated import articles, url
from tests.system.kafka import REPOSITORY, Broker, Kafka, Sent
from tests.system.test_access import ended

DEPLOY = REPOSITORY / "deploy"
sys.path.insert(0, str(DEPLOY / "local"))

import secure  # noqa: E402 - deploy's scripts are run by their paths

PRINCIPALS = tomllib.loads((DEPLOY / "kafka" / "principals.toml").read_text())
DATA = {"read", "write"}  # what matters of a topic; the rest is for operators


class Secured:
    """A secured broker with the users and rights of deploy/kafka, and a desk whose topics are there."""

    def __init__(self, broker: Broker, address: str, open_desk: MakeDesk) -> None:
        self.broker, self.address = broker, address
        self.passwords = broker.data / "passwords"
        self.ca = broker.data / "secure" / "ca.pem"
        admin = dict(line.split("=", 1) for line in (self.ca.parent / "admin.env").read_text().splitlines())
        self.admin_password = Path(admin["COPYDESK_SASL_PASSWORD_FILE"]).read_text().strip()
        kafka = Kafka(address, self._client("admin", self.admin_password))
        self.desk: Desk = open_desk(kafka, "secured", topics=False)

    def _client(self, user: str, password: str) -> dict[str, Any]:
        return {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": user,
            "sasl_plain_password": password,
            "ssl_context": ssl.create_default_context(cafile=str(self.ca)),
        }

    def as_user(self, user: str) -> Kafka:
        return Kafka(self.address, self._client(user, self.password(user)))

    def password(self, user: str) -> str:
        return self.admin_password if user == "admin" else (self.passwords / user).read_text().strip()

    def login(self, user: str) -> dict[str, Any]:
        """Settings of a component that logs in with its password file."""
        file = self.ca.parent / "admin.password" if user == "admin" else self.passwords / user
        return {
            "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_username": user,
            "sasl_password_file": file,
            "ssl_cafile": self.ca,
        }

    def apply(self, *options: str, user: str = "admin") -> subprocess.CompletedProcess[str]:
        """deploy/kafka/access.py apply."""
        script = [sys.executable, str(DEPLOY / "kafka" / "access.py"), "apply", *options]
        environment = self.desk.environment(**self.login(user))
        return subprocess.run(
            script, env=environment, capture_output=True, text=True, timeout=60, check=False
        )


@pytest.fixture(scope="module")
def secured(open_desk: MakeDesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    broker = Broker(tmp_path_factory.mktemp("secured-broker") / "kafka")
    try:
        made = Secured(broker, broker.start("--secure"), open_desk)
        applied = made.apply("--passwords", str(made.passwords))
        assert applied.returncode == 0, applied.stderr
        created = made.desk.run("topics", "--create", **made.login("operator"))
        assert created.returncode == 0, created.stderr
        yield made
        made.desk.close()
    finally:
        broker.run("wipe")


def test_every_component_works_with_its_own_user_and_no_secret_is_logged(secured: Secured) -> None:
    desk = secured.desk
    for stage in ("clean", "tag", "dedup"):
        desk.running(stage, **secured.login(stage))
    page = REPOSITORY / "streams" / "samples" / "articles.jsonl"
    produced = desk.run("produce", str(page), **secured.login("producer"))
    assert produced.returncode == 0, produced.stderr
    secured.as_user("producer").send(desk.topic("articles.raw"), articles(0, 20))
    desk.settle()
    assert len(secured.as_user("consumer").read(desk.topic("articles.enriched"))) > 20
    withdrawn = desk.run("withdraw", url(0), **secured.login("producer"))
    assert withdrawn.returncode == 0, withdrawn.stderr
    erased = desk.run("forget", "--yes", "--wait", url(1), **secured.login("operator"))
    assert erased.returncode == 0, erased.stderr
    settings = desk.run("settings", **secured.login("clean"))
    in_words: dict[str, Any] = secured.login("clean") | {"sasl_password": secured.password("clean")}
    del in_words["sasl_password_file"]
    told = [settings, desk.run("settings", **in_words), produced, withdrawn, erased]
    refused: dict[str, Any] = {"brokers": "127.0.0.1:1", "traceback": 1, "request_seconds": 1}
    told.append(desk.run("tail", "enriched", **in_words, **refused))
    assert told[-1].returncode != 0
    written = "".join(done.stdout + done.stderr for done in told)
    written += "".join(worker.probe("/metrics")[1] for worker in desk.workers)
    for pid in {pid for worker in desk.workers for pid in (worker.process.pid, *worker.family())}:
        written += Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    written += "".join(worker.log_file.read_text() for worker in desk.workers)
    for user in (*PRINCIPALS, "admin"):
        assert secured.password(user) not in written, f"the password of {user} is in a log"
    for worker in desk.workers:
        assert worker.terminate() == 0


@pytest.mark.parametrize("user", PRINCIPALS)
def test_a_user_may_read_and_write_what_the_file_says_and_nothing_else(secured: Secured, user: str) -> None:
    """Asked of Kafka itself, topic by topic."""
    desk = secured.desk
    names = [name for name in desk.kafka.topics() if name.startswith(desk.topic(""))]
    assert len(names) >= 7
    for name in names:
        allowed = PRINCIPALS[user].get("topics", {})
        short = name.removeprefix(desk.topic(""))
        expected = {
            operation.lower()
            for pattern, operations in allowed.items()
            if short == pattern or (pattern.endswith("*") and short.startswith(pattern[:-1]))
            for operation in operations
        }
        granted = rights(secured, user, name)
        assert granted & DATA == expected & DATA, name


def rights(secured: Secured, user: str, topic: str) -> set[str]:
    """What Kafka lets a user do with a topic."""
    admin = AdminClient(
        {
            "bootstrap.servers": secured.address,
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": user,
            "sasl.password": secured.password(user),
            "ssl.ca.location": str(secured.ca),
        }
    )
    asked = admin.describe_topics(TopicCollection([topic]), include_authorized_operations=True)
    failed = asked[topic].exception(START_SECONDS)
    if failed is not None:  # it may not even see it
        assert "authorization failed" in str(failed).lower(), failed
        return set()
    described = asked[topic].result()
    return {operation.name.lower() for operation in described.authorized_operations or ()}


def test_applying_again_changes_nothing_and_finds_what_is_too_much(secured: Secured) -> None:
    again = secured.apply()
    assert again.returncode == 0
    assert ": 0 rights granted" in again.stdout
    denied = secured.apply(user="clean")
    assert denied.returncode == 77
    assert denied.stderr.count("\n") == 1


def test_a_wrong_password_says_so_and_exits_77(secured: Secured, tmp_path: Path) -> None:
    wrong = tmp_path / "password"
    wrong.write_text("not-this-one\n")
    code, told = ended(secured.desk, "clean", **secured.login("clean") | {"sasl_password_file": wrong})
    assert code == 77
    assert "does not let us in as clean: wrong user or password" in told
    assert "not-this-one" not in told


def test_plaintext_to_a_tls_port_says_so_and_exits_69(secured: Secured) -> None:
    code, told = ended(secured.desk, "tag", security_protocol="PLAINTEXT")
    assert code == 69
    assert "does it speak PLAINTEXT?" in told


def test_an_unknown_authority_says_so_and_exits_69(secured: Secured, tmp_path: Path) -> None:

    secure.authority(tmp_path)
    settings = secured.login("dedup") | {"ssl_cafile": tmp_path / "ca.pem"}
    code, told = ended(secured.desk, "dedup", **settings)
    assert code == 69
    assert "cannot trust" in told
    assert "COPYDESK_SSL_CAFILE" in told


def test_an_expired_certificate_says_so_and_exits_69(secured: Secured, tmp_path: Path) -> None:
    """A broker does not start with one; one that has run for longer than its certificate shows it."""

    secure.authority(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(secure.certificate(tmp_path, "broker", days=-1))
    with Listener(context) as listener:
        settings = secured.login("clean") | {"ssl_cafile": tmp_path / "ca.pem"}
        code, told = ended(secured.desk, "clean", **settings | {"brokers": listener.address})
    assert code == 69
    assert "certificate has expired" in told


class Listener:
    """Shakes hands by TLS, and no more."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                taken, _from = self._socket.accept()
            except OSError:
                return
            try:
                with self._context.wrap_socket(taken, server_side=True):
                    pass
            except OSError:
                taken.close()


def test_a_replay_works_with_its_own_user(secured: Secured, tmp_path: Path) -> None:
    desk, login = secured.desk, secured.login("replay")
    secured.as_user("producer").send(desk.topic("articles.raw"), articles(100, 20))
    plan = tmp_path / "plan.json"
    planned = desk.run("replay", "plan", "--from", "2026-01-01", "--out", str(plan), **login)
    assert planned.returncode == 0, planned.stderr
    done = desk.run("replay", "run", str(plan), **login)
    assert done.returncode == 0, done.stderr
    run = json.loads(plan.read_text())["run"]
    assert len(desk.read(f"replay.{run}.articles.enriched")) >= 20
    status = desk.run("replay", "status", run, "--json", **login)
    assert json.loads(status.stdout)["state"] == "done"
    aborted = desk.run("replay", "abort", run, **login)
    assert aborted.returncode == 0, aborted.stderr
    assert not [name for name in desk.kafka.topics() if run in name]


@pytest.mark.replay
def test_promotion_and_redrive_work_with_their_own_users(secured: Secured, tmp_path: Path) -> None:
    desk, login = secured.desk, secured.login("promoter")
    secured.as_user("producer").send(desk.topic("articles.raw"), [*articles(200, 20), Sent(b"no json")])
    workers = [desk.running(stage, **secured.login(stage))[0] for stage in ("clean", "tag", "dedup")]
    desk.settle()
    plan = tmp_path / "plan.json"
    planned = desk.run("replay", "plan", "--from", "2026-01-01", "--out", str(plan), **login)
    assert planned.returncode == 0, planned.stderr
    for command in (["run"], ["diff"], ["promote", "--all", "--wait"]):
        done = desk.run("replay", *command, str(plan), **login)
        assert done.returncode == 0, done.stdout + done.stderr
    denied = desk.run("replay", "promote", "--all", str(plan), **secured.login("replay"))
    assert (denied.returncode, "write topic secured.articles.tagged" in denied.stderr) == (77, True)
    driven = desk.run("redrive", "--wait", **secured.login("redrive"))
    assert driven.returncode == 1, driven.stderr
    assert "1 dead letters again" in driven.stdout
    denied = desk.run("redrive", **secured.login("consumer"))
    assert (denied.returncode, "read topic secured.articles.deadletter" in denied.stderr) == (77, True)
    for worker in workers:
        worker.terminate()


@pytest.mark.parametrize(
    ("user", "lacking"),
    [
        ("consumer", ("read topic secured.articles.raw", "create topic secured.replay.")),
        ("operator", ("create topic secured.replay.progress", "write transactional id secured.replay.")),
        ("dedup", ("describe group secured.clean",)),
        ("redrive", ("read topic secured.dedup.index.e0", "delete topic secured.replay.")),
    ],
)
def test_a_replay_without_its_rights_is_refused_when_planned_and_each_is_named(
    secured: Secured, tmp_path: Path, user: str, lacking: tuple[str, ...]
) -> None:
    plan = tmp_path / "plan.json"
    done = secured.desk.run(
        "replay", "plan", "--from", "2026-01-01", "--out", str(plan), **secured.login(user)
    )
    assert done.returncode == 77, done.stderr
    assert done.stderr.count("\n") == 1
    for right in lacking:
        assert right in done.stderr
    assert not plan.exists()


# The last one: it closes the epoch that the others work in.
def test_the_operator_may_rebuild_the_dedup_log_and_the_worker_that_writes_it_may_not(
    secured: Secured, tagged: list[Sent]
) -> None:
    desk = secured.desk
    secured.as_user("admin").send(desk.topic("articles.tagged"), tagged[:20], partition=0)
    [worker] = desk.running("dedup", **secured.login("dedup"))
    desk.settle("dedup")
    assert worker.terminate() == 0
    denied = desk.run("dedup", "rebuild", **secured.login("dedup"))
    assert denied.returncode == 77
    assert "dedup.index.e1" in denied.stderr
    done = desk.run("dedup", "rebuild", **secured.login("operator"))
    assert done.returncode == 0, done.stderr
    [worker] = desk.running("dedup", **secured.login("dedup"), dedup_epoch=1)
    assert worker.terminate() == 0
