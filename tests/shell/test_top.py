"""What `copydesk top` makes of the workers' metrics, and what it shows of those that do not answer."""

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from rich.console import Console

from streams.shell.cli import copydesk
from streams.shell.top import Look, Samples, Watch, look, quantile
from streams.shell.top_command import lines, table

METRICS = """\
copydesk_build_info{stage="clean",version="0.1.0"} 1
copydesk_records_consumed_total{stage="clean"} 40
copydesk_stage_records_total{outcome="output",stage="clean"} 35
copydesk_dead_letters_total{reason="schema",stage="clean"} 5
copydesk_consumer_lag{partition="0",topic="articles.raw"} 7
copydesk_consumer_lag{partition="1",topic="articles.raw"} 5
copydesk_rebalances_total 2
process_start_time_seconds 1000
"""


class Worker(ThreadingHTTPServer):
    """Answers as a worker does, with the texts it is given."""

    metrics, ready = METRICS, (200, "ok\n")

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Worker

    def do_GET(self) -> None:
        status, text = (200, self.server.metrics) if self.path == "/metrics" else self.server.ready
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_arguments: object) -> None:
        """Nothing: the test's output is not for it."""


@pytest.fixture
def worker() -> Iterator[Worker]:
    with Worker(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def nobody() -> Iterator[str]:
    """An address where no one listens, and that nobody else gets."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{taken.getsockname()[1]}"


def samples(consumed: float, *, started: float = 1000, schema: float = 0, late: float = 0) -> Samples:
    stage = {"stage": "clean"}
    return {
        "copydesk_build_info": [(stage | {"version": "0.1.0"}, 1)],
        "copydesk_records_consumed_total": [(stage, consumed)],
        "copydesk_stage_records_total": [(stage | {"outcome": "output"}, consumed - schema)],
        "copydesk_dead_letters_total": [(stage | {"reason": "schema"}, schema)],
        "copydesk_freshness_seconds_bucket": [
            (stage | {"le": "+Inf"}, consumed),
            (stage | {"le": "1.0"}, consumed - late),
        ],
        "process_start_time_seconds": [({}, started)],
    }


def test_rates_are_those_of_the_last_minute() -> None:
    watch = Watch("here:1")
    for at, consumed in ((0, 0), (30, 900), (60, 900), (90, 960)):
        seen = watch.add(Look(at, samples(consumed), None))
    assert seen.rates["consumed"] == pytest.approx(1.0)


def test_a_worker_that_was_started_again_has_no_negative_rate_and_keeps_none_of_its_past() -> None:
    watch = Watch("here:1")
    watch.add(Look(0, samples(1000, schema=50), None))
    seen = watch.add(Look(2, samples(10, started=2000), None))
    assert seen.rates["consumed"] == 0
    assert seen.dead_letters == {}
    seen = watch.add(Look(4, samples(30, started=2000), None))
    assert seen.rates["consumed"] == 10


def test_a_worker_that_does_not_answer_keeps_its_stage_and_begins_anew_when_it_is_back() -> None:
    watch = Watch("here:1")
    watch.add(Look(0, samples(1000), None))
    gone = watch.add(Look(2, None, "does not answer: Connection refused"))
    assert (gone.stage, gone.answers, gone.problem) == ("clean", False, "does not answer: Connection refused")
    back = watch.add(Look(4, samples(1040), None))
    assert (back.answers, back.problem, back.rates["consumed"]) == (True, None, 0)


def test_reasons_have_their_total_and_their_rate() -> None:
    watch = Watch("here:1")
    watch.add(Look(0, samples(100, schema=3), None))
    seen = watch.add(Look(10, samples(200, schema=8), None))
    assert (seen.dead_letters["schema"].total, seen.dead_letters["schema"].rate) == (8, 0.5)


def test_freshness_is_that_of_the_window_not_of_the_whole_life() -> None:
    watch = Watch("here:1")
    assert watch.add(Look(0, samples(1000, late=1000), None)).freshness_p50 is None
    seen = watch.add(Look(10, samples(1100, late=1000), None))
    assert (seen.freshness_p50, seen.freshness_p95) == (0.5, 0.95)


def test_quantiles_are_prometheus_ones() -> None:
    infinity = float("inf")
    assert quantile([], 0.5) is None
    assert quantile([(1, 0), (infinity, 0)], 0.5) is None
    assert quantile([(1, 50), (2, 100), (infinity, 100)], 0.75) == 1.5
    assert quantile([(1, 50), (2, 60), (infinity, 100)], 0.95) == 2, "beyond the last finite bound"


def test_a_look_reads_metrics_and_readiness(worker: Worker) -> None:
    worker.ready = 503, "waiting for partitions\n"
    found = look(worker.place)
    assert found.problem == "waiting for partitions"
    assert found.samples is not None
    assert found.samples["copydesk_records_consumed_total"] == [({"stage": "clean"}, 40.0)]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<html>no", "/metrics is not what Prometheus reads"),
        ("node_load1 0.5\n", "is no worker of Copydesk"),
    ],
)
def test_who_is_no_worker_is_said_to_be_none(worker: Worker, text: str, problem: str) -> None:
    worker.metrics = text
    assert look(worker.place).problem == problem


def test_once_as_json_is_one_object_and_exits_1_where_a_worker_is_missing(
    worker: Worker, nobody: str
) -> None:
    ended = CliRunner().invoke(
        copydesk,
        ["top", "--once", "--json", "--interval", "0.2", "--at", worker.place, "--at", nobody],
        standalone_mode=False,
    )
    assert ended.return_value == 1
    well, missing = json.loads(ended.output)["workers"]
    assert (well["stage"], well["problem"], well["lag"], well["rebalances"]) == ("clean", None, 12, 2)
    assert well["dead_letters"]["schema"]["total"] == 5
    assert not missing["answers"]
    assert missing["problem"].startswith("does not answer")


def test_once_exits_0_where_all_are_ready_and_is_plain_text(worker: Worker) -> None:
    ended = CliRunner().invoke(
        copydesk, ["top", "--once", "--interval", "0.2", "--at", worker.place], standalone_mode=False
    )
    assert ended.return_value == 0
    assert "\x1b" not in ended.output
    assert ended.output.splitlines()[1].split()[:3] == ["clean", worker.place, "ready"]
    assert "clean dead letters since its start: schema 5" in ended.output


def test_what_a_worker_says_cannot_command_the_terminal(worker: Worker) -> None:
    worker.ready = 503, "\x1b[2Jgone\n"
    worker.metrics = METRICS.replace('stage="clean"', 'stage="\x1b[31mclean"').replace("schema", "\x1b]0;x")
    seen = Watch(worker.place).add(look(worker.place))
    terminal = Console(force_terminal=True, color_system=None, width=200, record=True)
    with terminal.capture() as shown:
        terminal.print(table([seen]))
    assert "gone" in shown.get()
    assert "\x1b" not in shown.get() + "\n".join(lines([seen]))


def test_a_topic_that_is_short_of_retention_is_told(worker: Worker) -> None:
    seen = Watch(worker.place).add(look(worker.place))
    assert "retention" not in "\n".join(lines([seen]))
    assert "only 20% of its topic's retention" in "\n".join(lines([replace(seen, headroom=0.2)]))


@pytest.mark.parametrize("place", ["nowhere", "http://here:80", "here:80/x", "a b:80"])
def test_a_place_that_is_none_is_told(place: str) -> None:
    ended = CliRunner().invoke(copydesk, ["top", "--once", "--at", place])
    assert f"--at {place}: write HOST:PORT" in str(ended.exception)
