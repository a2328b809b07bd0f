"""A real Prometheus at running workers: what it scrapes, and the alerts it raises when the broker dies."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.system.conftest import MakeDesk
from tests.system.desk import START_SECONDS, Desk, fetch
from tests.system.kafka import REPOSITORY, Broker, Kafka, Sent, free_ports, wait_for
from tests.system.plug import sitecustomize as plug

SCRIPT = REPOSITORY / "deploy" / "local" / "prometheus.py"
BOARDS = REPOSITORY / "deploy" / "grafana" / "boards"
RULES = REPOSITORY / "deploy" / "prometheus" / "rules"
# The rules as they are, but for their patience.
QUICK = {"for: 5m": "for: 1s", "for: 2m": "for: 1s", "[10m]) > 300": "[10m]) > 5"}
ALERT_SECONDS = (
    60  # a request that the dead broker does not answer, the watchdog's look, a scrape, an evaluation
)

PLUG = Path(plug.__file__).parent


def hanging(number: int) -> Sent:
    event = {"url": f"https://gazette.example/hangs/{number}", "content": plug.HANGS.decode()}
    return Sent(json.dumps(event).encode(), b"hangs")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def promtool() -> Path:
    if not (shutil.which("prometheus") or (shutil.which("apt-get") and shutil.which("dpkg-deb"))):
        pytest.skip("needs Prometheus, or Debian's apt-get to fetch it")
    fetched = run("fetch")
    if fetched.returncode == 69:
        pytest.skip(fetched.stderr.splitlines()[-1])
    assert fetched.returncode == 0, fetched.stderr
    return Path(fetched.stdout.strip())


@dataclass(frozen=True, slots=True)
class Prometheus:
    address: str

    def ask(self, query: str) -> list[dict[str, Any]]:
        status, text = fetch(f"{self.address}/api/v1/query?{urllib.parse.urlencode({'query': query})}")
        assert status == 200, text
        found: list[dict[str, Any]] = json.loads(text)["data"]["result"]
        return found

    def troubles(self) -> list[str]:
        """Errors of the rules and of the boards' queries when they are evaluated."""
        groups = json.loads(fetch(f"{self.address}/api/v1/rules")[1])["data"]["groups"]
        found = [
            f"{r['name']}: {r['lastError']}" for group in groups for r in group["rules"] if r.get("lastError")
        ]
        for board in BOARDS.glob("*.json"):
            for panel in json.loads(board.read_text())["panels"]:
                for target in panel.get("targets", ()):
                    query = target["expr"].replace("$__rate_interval", "1m").replace("$job", ".*")
                    status, text = fetch(
                        f"{self.address}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
                    )
                    found += [f"{board.stem}, {panel['title']}: {text}"] * (status != 200)
        return found

    def firing(self) -> set[tuple[str, str]]:
        """(alert, instance) of all that fire."""
        found = [one["metric"] for one in self.ask('ALERTS{alertstate="firing"}')]
        return {(labels["alertname"], labels.get("instance", "")) for labels in found}


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that this module may kill."""
    own = Broker(tmp_path_factory.mktemp("watched-broker") / "kafka")
    try:
        yield own
    finally:
        own.run("wipe")


@pytest.fixture
def watched(broker: Broker, open_desk: MakeDesk) -> Iterator[Desk]:
    desk = open_desk(Kafka(broker.start()), "watched", request_seconds=6, session_seconds=6)
    yield desk
    desk.close()


@pytest.fixture
def prometheus(watched: Desk, promtool: Path, tmp_path: Path) -> Iterator[Prometheus]:  # noqa: ARG001 - fetched
    """It watches a clean worker of the desk."""
    rules = tmp_path / "rules"
    rules.mkdir()
    for file in RULES.glob("*.yml"):
        text = file.read_text()
        for slow, quick in QUICK.items():
            assert slow in text or file.name != "alerts.yml", slow
            text = text.replace(slow, quick)
        (rules / file.name).write_text(text)
    [worker] = watched.running(
        "clean", plug=PLUG, stage_seconds=4
    )  # six that hang are work for half a minute
    target = str(worker.address()).removeprefix("http://")
    where = ["--data", str(tmp_path / "prometheus")]
    started = run(
        "start", *where, "--port", "0", "--rules", str(rules), "--interval", "1s", "--target", target
    )
    try:
        assert started.returncode == 0, started.stderr
        yield Prometheus(started.stdout.rpartition(" ")[2].strip())
    finally:
        run("stop", *where)


def test_a_broker_that_dies_while_there_is_work_raises_its_alerts_and_one_that_is_back_ends_them(
    watched: Desk, broker: Broker, prometheus: Prometheus
) -> None:
    [worker] = watched.workers
    instance = str(worker.address()).removeprefix("http://")
    wait_for("it is scraped", START_SECONDS, lambda: prometheus.ask("copydesk_ready == 1"))
    assert not {name for name, where in prometheus.firing() if where == instance}
    assert prometheus.troubles() == []

    watched.kafka.send(watched.topic("articles.raw"), [hanging(i) for i in range(6)], partition=0)
    wait_for(
        "Prometheus knows of work", START_SECONDS, lambda: prometheus.ask("sum(copydesk_consumer_lag) > 0")
    )
    assert broker.run("kill").returncode == 0
    wanted = {("CopydeskNotReady", instance), ("CopydeskNoProgress", instance)}
    wait_for("the alerts fire", ALERT_SECONDS, lambda: wanted <= prometheus.firing())

    broker.start()
    wait_for("they end", ALERT_SECONDS, lambda: not wanted & prometheus.firing())


def test_promtool_finds_nothing_wrong_with_what_a_worker_serves(watched: Desk, promtool: Path) -> None:
    [worker] = watched.running("dedup")
    checked = subprocess.run(
        [promtool, "check", "metrics"],
        input=worker.probe("/metrics")[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_copydesk_top_shows_workers_that_die_and_come_back(watched: Desk) -> None:
    port = free_ports()
    [worker] = watched.running("clean", metrics_port=port, plug=PLUG, stage_seconds=1)

    def seen() -> tuple[int, dict[str, Any]]:
        shown = watched.run("top", "--once", "--json", "--interval", "0.5", "--at", f"127.0.0.1:{port}")
        return shown.returncode, json.loads(shown.stdout)["workers"][0]

    code, well = seen()
    assert (code, well["stage"], well["problem"]) == (0, "clean", None)
    watched.kafka.send(watched.topic("articles.raw"), [hanging(0)])
    wait_for(
        "the dead letter is shown",
        60,
        lambda: seen()[1]["dead_letters"].get("timeout", {"total": 0})["total"],
    )
    worker.kill()
    code, gone = seen()
    assert (code, gone["answers"]) == (1, False)
    watched.running("clean", metrics_port=port)
    code, back = seen()
    assert (code, back["problem"]) == (0, None)
