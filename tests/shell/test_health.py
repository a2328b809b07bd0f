"""The probes, over HTTP: what an orchestrator sees."""

import time
import urllib.error
import urllib.request

import pytest

from streams.shell import metrics
from streams.shell.exits import Exit, Fatal
from streams.shell.health import LOOP_SILENCE_SECONDS, Health, serve
from streams.shell.settings import Settings


def asked(address: str, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address.removesuffix("/metrics") + path, timeout=10) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


@pytest.fixture(scope="module")
def health() -> Health:
    return Health()


@pytest.fixture(scope="module")
def address(health: Health) -> str:
    return serve(Settings(metrics_port=0), "clean", health)


@pytest.fixture(autouse=True)
def _well(health: Health) -> None:
    health.started = health.assigned = health.broker = True
    health.stopping = False
    health.delivering = lambda: True
    health.tick = time.monotonic()


def test_a_worker_that_works_is_started_live_and_ready(address: str) -> None:
    assert {asked(address, path) for path in ("/startupz", "/livez", "/readyz")} == {(200, "ok\n")}


@pytest.mark.parametrize(
    ("attribute", "value", "why"),
    [
        ("assigned", False, "waiting for partitions"),
        ("broker", False, "Kafka does not answer"),
        ("stopping", True, "stopping"),
        ("delivering", lambda: False, "records cannot be delivered, or the memory is being loaded"),
    ],
)
def test_a_worker_that_cannot_work_is_live_but_not_ready(
    address: str, health: Health, attribute: str, value: object, why: str
) -> None:
    setattr(health, attribute, value)
    assert asked(address, "/readyz") == (503, f"{why}\n")
    assert asked(address, "/livez")[0] == 200


def test_a_worker_whose_loop_hangs_is_neither(address: str, health: Health) -> None:
    health.tick = time.monotonic() - LOOP_SILENCE_SECONDS - 1
    assert asked(address, "/livez")[0] == 503
    assert asked(address, "/readyz")[0] == 503
    assert asked(address, "/startupz")[0] == 200


def test_a_worker_that_begins_is_not_started(address: str, health: Health) -> None:
    health.started = False
    assert asked(address, "/startupz") == (503, "starting\n")


def test_other_paths_are_not_found_and_say_which_there_are(address: str) -> None:
    status, told = asked(address, "/")
    assert status == 404
    assert "/readyz" in told


def test_metrics_are_prometheus_text(address: str) -> None:
    metrics.expose_build("clean")
    status, text = asked(address, "/metrics")
    assert status == 200
    assert "# TYPE copydesk_stage_records_total counter" in text
    assert 'copydesk_stage_records_total{outcome="output",stage="clean"} 0.0' in text


def test_a_port_that_is_taken_is_a_setting_that_is_wrong(address: str) -> None:
    port = int(address.removesuffix("/metrics").rpartition(":")[2])
    with pytest.raises(Fatal, match="COPYDESK_METRICS_PORT") as taken:
        serve(Settings(metrics_port=port), "clean", Health())
    assert taken.value.code is Exit.SETTINGS


def test_it_is_served_on_loopback_unless_told_otherwise(address: str) -> None:
    assert address.startswith("http://127.0.0.1:")
