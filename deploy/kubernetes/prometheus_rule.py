#!/usr/bin/env python3
"""Writes the Prometheus operator's PrometheusRule: the groups of deploy/prometheus/rules/, word for word.

  deploy/kubernetes/prometheus_rule.py [FOLDER]      FOLDER: components/prometheus-rule beside this file

Change a rule there, where promtool tests it, and run this.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import yaml

DEPLOY = Path(__file__).resolve().parents[1]
WRITTEN_BY = "# Written by deploy/kubernetes/prometheus_rule.py from deploy/prometheus/rules/.\n"


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0] if arguments else DEPLOY / "kubernetes/components/prometheus-rule")
    text = yaml.safe_dump(rule(), sort_keys=False, allow_unicode=True, width=110)
    (folder / "prometheus-rule.yaml").write_text(WRITTEN_BY + text, encoding="utf-8")
    return 0


def rule() -> dict[str, Any]:
    """Recording rules first: alerts ask for them."""
    files = sorted((DEPLOY / "prometheus" / "rules").glob("*.yml"), reverse=True)
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "copydesk", "labels": {"app.kubernetes.io/name": "copydesk"}},
        "spec": {"groups": [group for file in files for group in groups(file)]},
    }


def groups(file: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
