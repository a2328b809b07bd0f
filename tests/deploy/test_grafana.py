"""The boards: written by boards.py; their queries are good, and the metrics and labels in them exist."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.shell.metrics import LISTED

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
GRAFANA = DEPLOY / "grafana"
BOARDS = sorted((GRAFANA / "boards").glob("*.json"))
RULES = yaml.safe_load((DEPLOY / "prometheus" / "rules" / "recording.yml").read_text())["groups"]
SCRAPED = {"job", "instance"}  # the labels that Prometheus adds


def series() -> dict[str, set[str]]:
    """Every series that a query may ask for, with its labels."""
    found = {
        "ALERTS": SCRAPED | {"alertname", "alertstate", "stage", "topic", "severity"},
        **dict.fromkeys(("process_start_time_seconds", "process_resident_memory_bytes"), SCRAPED),
        "process_cpu_seconds_total": SCRAPED,
    }
    for metric in LISTED:
        labels = SCRAPED | {*metric.labels}
        if metric.kind == "histogram":
            found |= {f"{metric.name}_{part}": labels for part in ("sum", "count")}
            found[f"{metric.name}_bucket"] = labels | {"le"}
        else:
            found[metric.name] = labels
    for rule in (rule for group in RULES for rule in group["rules"]):
        found[rule["record"]] = {*rule["record"].partition(":")[0].split("_")}
    return found


def panels(board: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(board.read_text())["panels"]
    return found


QUERIES = [
    pytest.param(target["expr"], id=f"{board.stem}: {panel['title']} {target['refId']}")
    for board in BOARDS
    for panel in panels(board)
    for target in panel.get("targets", ())
]


def test_the_files_are_what_boards_py_writes() -> None:
    done = subprocess.run(
        [sys.executable, GRAFANA / "boards.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_there_is_one_board_for_the_on_call_and_one_for_the_desk() -> None:
    assert [board.stem for board in BOARDS] == ["desk", "on-call"]


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_series_and_labels_that_exist(query: str) -> None:
    known = series()
    selectors = re.findall(r"([a-zA-Z_:][\w:]*)\{([^}]*)\}", query)
    assert selectors
    allowed: set[str] = set()
    for name, matchers in selectors:
        assert name in known
        assert {*re.findall(r"(\w+)[=!]", matchers)} <= known[name]
        allowed |= known[name]
    for grouped in re.findall(r"(?:by|on|ignoring) \(([^)]*)\)", query):
        assert {label.strip() for label in grouped.split(",")} <= allowed


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.stem)
def test_panels_lie_side_by_side_within_the_grid(board: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels(board):
        place = panel["gridPos"]
        cells = {(place["x"] + dx, place["y"] + dy) for dx in range(place["w"]) for dy in range(place["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_the_boards_ask_the_datasource_that_is_provisioned_where_they_are_provisioned() -> None:
    [source] = yaml.safe_load((GRAFANA / "provisioning/datasources/prometheus.yml").read_text())[
        "datasources"
    ]
    [provider] = yaml.safe_load((GRAFANA / "provisioning/dashboards/copydesk.yml").read_text())["providers"]
    assert provider["options"]["path"] == "/etc/grafana/boards"
    used = {
        target["datasource"]["uid"]
        for board in BOARDS
        for panel in panels(board)
        for target in panel.get("targets", ())
    }
    assert used == {source["uid"]}


def test_prometheus_understands_every_query(tmp_path: Path) -> None:
    """As rules, because promtool checks those."""
    if not (shutil.which("promtool") or (shutil.which("apt-get") and shutil.which("dpkg-deb"))):
        pytest.skip("needs promtool, or Debian's apt-get to fetch it")
    fetched = subprocess.run(
        [sys.executable, DEPLOY / "local" / "prometheus.py", "fetch"],
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode == 69:
        pytest.skip(fetched.stderr.splitlines()[-1])
    queries = [str(one.values[0]).replace("$__rate_interval", "1m").replace("$job", ".*") for one in QUERIES]
    rules = [{"record": f"query:{i}", "expr": query} for i, query in enumerate(queries)]
    (tmp_path / "queries.yml").write_text(yaml.safe_dump({"groups": [{"name": "boards", "rules": rules}]}))
    checked = subprocess.run(
        [fetched.stdout.strip(), "check", "rules", tmp_path / "queries.yml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
