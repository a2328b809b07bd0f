"""What a page finds when its commands are run: a Kafka that it can start, or one with our samples read."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.shell import Shell
from tests.system.desk import STAGES, START_SECONDS, Desk
from tests.system.kafka import REPOSITORY, Broker, Kafka, free_ports, wait_for

OpenShell = Callable[[str], Shell]
PAGE_SECONDS = 900
NOBODY = "127.0.0.1:9"  # the address of a Kafka for pages that need none
SAMPLES = REPOSITORY / "streams" / "samples" / "articles.jsonl"


@dataclass(slots=True)
class Plain(Desk):
    """A desk whose topics have no prefix, as pages name them."""

    def topic(self, name: str) -> str:
        return name


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(PAGE_SECONDS))


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of pages that are given a Kafka, a worker and what it made of our samples."""
    folder = tmp_path_factory.mktemp("samples")
    broker = Broker(folder / "kafka")
    try:
        kafka = Kafka(broker.start())
        desk = Plain(
            kafka, "copydesk", folder, {"topic_prefix": "", "metrics_port": str(free_ports(len(STAGES)))}
        )
        try:
            wait_for("the topics", START_SECONDS, lambda: desk.run("topics", "--create").returncode == 0)
            desk.worker()
            produced = desk.run("produce", str(SAMPLES))
            assert produced.returncode == 0, produced.stderr
            desk.settle()
            yield environment(broker, kafka.address, desk.settings["metrics_port"])
        finally:
            desk.close()
    finally:
        broker.run("wipe")


@pytest.fixture
def open_shell(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OpenShell]:
    """Opens the shell of a page by what it is given; ends all that the page has started."""
    if not (shutil.which("java") and shutil.which("mvn") and shutil.which("jq")):
        pytest.skip("the pages' commands need Java, Maven and jq")
    broker = Broker(tmp_path / "kafka")
    opened: list[Shell] = []

    def make(given: str) -> Shell:
        if given == "samples":
            values = request.getfixturevalue("samples")
        elif given == "nothing":
            values = environment(broker, NOBODY, str(free_ports(len(STAGES))))
        else:
            address = broker.start()  # it keeps the port, where the page then starts it
            broker.run("stop")
            values = environment(broker, address, str(free_ports(len(STAGES))))
        folder = tmp_path / "copydesk"
        folder.mkdir()
        opened.append(Shell(folder, values))
        return opened[0]

    try:
        yield make
    finally:
        for shell in opened:
            shell.close()
        broker.run("wipe")


def environment(broker: Broker, address: str, metrics_port: str) -> dict[str, str]:
    """Ours, but for the ports and the folder that a page takes to be the usual ones."""
    rest = {k: v for k, v in os.environ.items() if not k.startswith("COPYDESK_") or k.endswith("_JARS")}
    paths = [str(Path(sys.prefix) / "bin"), os.environ["PATH"]]
    return rest | {
        "PATH": os.pathsep.join(paths),
        "PYTHONPATH": str(REPOSITORY),
        "VIRTUAL_ENV": sys.prefix,
        "COPYDESK_BROKERS": address,
        "COPYDESK_LOCAL_KAFKA": str(broker.data),
        "COPYDESK_METRICS_PORT": metrics_port,
        "COPYDESK_PROCESSES": "1",
    }
