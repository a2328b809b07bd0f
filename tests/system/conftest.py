"""One desk for each test; what failed shows the logs of its workers."""

import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.system.desk import START_SECONDS, Desk
from tests.system.generated import articles
from tests.system.kafka import Broker, Kafka, Sent, wait_for

MakeDesk = Callable[..., Desk]
HERE = Path(__file__).parent
# Seconds of a whole test with its fixtures, against hanging for ever: every wait has a limit of its own, and
# on a slow machine these add up.
TEST_SECONDS = 1200


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TEST_SECONDS))


@pytest.fixture(scope="session", autouse=True)
def _java() -> None:
    if not (shutil.which("java") and shutil.which("mvn")):
        pytest.skip("a real broker needs Java and Maven")


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Broker, Kafka]]:
    """A broker that the tests of this module may kill and freeze."""
    broker = Broker(tmp_path_factory.mktemp("own-broker") / "kafka")
    try:
        yield broker, Kafka(broker.start())
    finally:
        broker.run("wipe")


@pytest.fixture(scope="module")
def open_desk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeDesk]:
    """Makes desks with their topics; ends their processes with the module."""
    desks: list[Desk] = []
    request.module.desks = desks

    def make(kafka: Kafka, name: str, *, topics: bool = True, **settings: object) -> Desk:
        given = {key: str(value) for key, value in settings.items()}
        desk = Desk(kafka, name, tmp_path_factory.mktemp(name), given)
        desks.append(desk)
        if topics:
            # Brokers learn of a new topic a moment later than the one that made it.
            wait_for("the topics", START_SECONDS, lambda: desk.run("topics", "--create").returncode == 0)
        return desk

    with ExitStack() as ending:  # one desk that does not close keeps no other from it
        yield make
        for desk in desks:
            ending.callback(desk.close)


@pytest.fixture
def desk(kafka: Kafka, open_desk: MakeDesk, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk of the test's own; its processes end with the test."""
    name = request.node.name.removeprefix("test_").replace("[", "-").rstrip("]")[:60]
    opened = open_desk(kafka, name)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def tagged(kafka: Kafka, tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """The tagged records of 1,000 generated articles, made once: what a dedup worker reads."""
    desk = Desk(kafka, "ready-made", tmp_path_factory.mktemp("ready-made"))
    try:
        wait_for("the topics", START_SECONDS, lambda: desk.run("topics", "--create").returncode == 0)
        kafka.send(desk.topic("articles.raw"), articles(0, 1000))
        desk.running("clean", "tag")
        desk.settle("clean", "tag")
        return [Sent(r.value, r.key, r.headers) for r in desk.read("articles.tagged")]
    finally:
        desk.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        module: Any = getattr(item, "module", None)
        for opened in getattr(module, "desks", []):
            report.sections += list(opened.logs())
    return report


@pytest.fixture(scope="session")
def samples() -> Path:
    return Path(__file__).resolve().parents[2] / "streams" / "samples"
