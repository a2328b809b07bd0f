"""Boards, rows and panels as we write them, and as Grafana has them; queries that occur again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

DATASOURCE = {"type": "prometheus", "uid": "prometheus"}
SCHEMA_VERSION = 39  # of dashboards, Grafana 11; later ones migrate it by themselves
COLUMNS = 24  # of Grafana's grid
JOB = 'job=~"$job"'
GOOD, ODD, BAD = "green", "orange", "red"


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: `queries` are (expression, legend); `limits` colours from which value on."""

    title: str
    about: str
    queries: tuple[tuple[str, str], ...] = ()
    kind: str = "timeseries"
    unit: str = "short"
    width: int = 8
    height: int = 7
    limits: tuple[tuple[float, str], ...] = ()
    stacked: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    title: str
    panels: tuple[Panel, ...]


def rate(metric: str, by: str, *matchers: str) -> str:
    return f"sum by ({by}) (rate({metric}{{{','.join((JOB, *matchers))}}}[$__rate_interval]))"


def quantile(share: float, metric: str, *by: str) -> str:
    selected = f"{metric}_bucket{{{JOB}}}[$__rate_interval]"
    return f"histogram_quantile({share}, sum by ({', '.join((*by, 'le'))}) (rate({selected})))"


def quantiles(metric: str, *by: str) -> tuple[tuple[str, str], ...]:
    legend = " ".join(f"{{{{{label}}}}}" for label in by)
    return tuple(
        (quantile(share, metric, *by), f"{legend} p{share * 100:g}".strip()) for share in (0.5, 0.95)
    )


def share_of_freshness(window: str) -> tuple[str, str]:
    return f"job:copydesk_freshness_late:ratio_rate{window}{{{JOB}}}", window


def board(uid: str, title: str, rows: tuple[Row, ...]) -> dict[str, Any]:
    panels: list[dict[str, Any]] = []
    x = y = tallest = 0
    for row in rows:
        y, x = y + tallest, 0
        place = {"x": 0, "y": y, "w": COLUMNS, "h": 1}
        panels.append(
            {
                "id": len(panels) + 1,
                "type": "row",
                "title": row.title,
                "gridPos": place,
                "collapsed": False,
                "panels": [],
            }
        )
        y, tallest = y + 1, 0
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                x, y, tallest = 0, y + tallest, 0
            place = {"x": x, "y": y, "w": panel.width, "h": panel.height}
            panels.append({"id": len(panels) + 1, "gridPos": place, **shown(panel)})
            x, tallest = x + panel.width, max(tallest, panel.height)
    job = {
        "name": "job",
        "type": "query",
        "datasource": DATASOURCE,
        "query": {"query": "label_values(copydesk_build_info, job)", "refId": "job"},
        "includeAll": True,
        "multi": True,
        "current": {"text": "All", "value": "$__all"},
        "refresh": 2,
    }
    return {
        "uid": f"copydesk-{uid}",
        "title": title,
        "tags": ["copydesk"],
        "schemaVersion": SCHEMA_VERSION,
        "editable": False,
        "graphTooltip": 1,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [job]},
        "links": [
            {
                "type": "dashboards",
                "tags": ["copydesk"],
                "title": "Copydesk",
                "includeVars": True,
                "keepTime": True,
            }
        ],
        "panels": panels,
    }


def shown(panel: Panel) -> dict[str, Any]:
    """A panel as Grafana has it."""
    made: dict[str, Any] = {"type": panel.kind, "title": panel.title, "description": panel.about}
    if panel.kind == "text":
        return made | {"options": {"mode": "markdown", "content": panel.text}}
    now = panel.kind != "timeseries"
    made["datasource"] = DATASOURCE
    made["targets"] = [
        {
            "refId": chr(ord("A") + i),
            "datasource": DATASOURCE,
            "expr": expression,
            "legendFormat": legend,
            "instant": now,
            "range": not now,
            "format": "table" if panel.kind == "table" else "time_series",
        }
        for i, (expression, legend) in enumerate(panel.queries)
    ]
    defaults: dict[str, Any] = {"unit": panel.unit}
    if panel.limits:
        steps = [
            {"value": value if i else None, "color": colour} for i, (value, colour) in enumerate(panel.limits)
        ]
        defaults["thresholds"] = {"mode": "absolute", "steps": steps}
    if panel.stacked:
        defaults["custom"] = {"fillOpacity": 30, "stacking": {"mode": "normal"}}
    made["fieldConfig"] = {"defaults": defaults, "overrides": []}
    if panel.kind == "timeseries":
        made["options"] = {
            "legend": {"displayMode": "list", "placement": "bottom"},
            "tooltip": {"mode": "multi"},
        }
    return made
