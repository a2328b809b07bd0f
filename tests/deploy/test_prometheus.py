"""Alerts, their runbook, their tests and the metrics they ask for belong together."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams.shell.metrics import LISTED

PROMETHEUS = Path(__file__).resolve().parents[2] / "deploy" / "prometheus"
RUNBOOK = PROMETHEUS.parents[1] / "docs" / "how-to" / "runbook.md"
SCRIPT = PROMETHEUS.parent / "local" / "prometheus.py"
# What does not come from our own list: Prometheus's own and the client library's.
OTHERS = {"up", "process_start_time_seconds"}
NAME = re.compile(r"\b(?:copydesk_\w+|process_\w+|job\w*:\w+:\w+|up)\b(?=[{\[) ]|$)")


def rules(file: str) -> list[dict[str, Any]]:
    groups = yaml.safe_load((PROMETHEUS / "rules" / file).read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def exposed() -> set[str]:
    """Every series name that a scrape of ours has."""
    names = {metric.name for metric in LISTED}
    histograms = {metric.name for metric in LISTED if metric.kind == "histogram"}
    return names - histograms | {
        f"{name}_{part}" for name in histograms for part in ("bucket", "count", "sum")
    }


ALERTS, RECORDS = rules("alerts.yml"), rules("recording.yml")
NAMES = [alert["alert"] for alert in ALERTS]


def test_every_alert_has_its_section_of_the_runbook_and_every_section_its_alert() -> None:
    sections = re.findall(r"^## (\w+)$", RUNBOOK.read_text(), re.MULTILINE)
    assert sorted(sections) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_section_says_what_it_means_what_to_look_at_and_what_to_do(name: str) -> None:
    text = RUNBOOK.read_text()
    section = text.split(f"## {name}\n", 1)[1].split("\n## ", 1)[0]
    for part in ("**Means**: ", "**Look at**: ", "**Do**: "):
        assert section.count(part) == 1


@pytest.mark.parametrize("alert", ALERTS, ids=NAMES)
def test_an_alert_says_who_is_woken_what_happened_and_where_to_read_on(alert: dict[str, Any]) -> None:
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert alert["annotations"].keys() == {"summary", "description", "runbook_url"}
    assert alert["annotations"]["runbook_url"] == f"docs/how-to/runbook.md#{alert['alert'].lower()}"


@pytest.mark.parametrize("name", NAMES)
def test_an_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not(name: str) -> None:
    files = [yaml.safe_load(file.read_text()) for file in (PROMETHEUS / "tests").glob("*.yml")]
    tests = [case for file in files for test in file["tests"] for case in test["alert_rule_test"]]
    fires = {bool(case["exp_alerts"]) for case in tests if case["alertname"] == name}
    assert fires == {True, False}


@pytest.mark.parametrize("rule", [*ALERTS, *RECORDS], ids=lambda rule: rule.get("alert") or rule["record"])
def test_a_rule_asks_for_metrics_that_exist(rule: dict[str, Any]) -> None:
    asked = set(NAME.findall(" ".join(rule["expr"].split()))) - {"job"}
    assert asked
    assert asked <= exposed() | OTHERS | {record["record"] for record in RECORDS}


def test_promtool_finds_nothing_and_every_rule_does_what_its_tests_say() -> None:
    if not (shutil.which("promtool") or (shutil.which("apt-get") and shutil.which("dpkg-deb"))):
        pytest.skip("needs promtool, or Debian's apt-get to fetch it")
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "check"], capture_output=True, text=True, timeout=280, check=False
    )
    if done.returncode == 69:
        pytest.skip(done.stderr.splitlines()[-1])
    assert done.returncode == 0, done.stderr
