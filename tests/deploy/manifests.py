"""What the files of deploy/ say of each stage, by the way it is deployed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
BASE = DEPLOY / "kubernetes" / "base"
STAGES = ("clean", "tag", "dedup")
WAYS = ("compose", "kubernetes", "systemd")
UNITS = {"g": 2**30, "G": 2**30, "Gi": 2**30, "m": 2**20, "M": 2**20, "Mi": 2**20}


@dataclass(frozen=True, slots=True)
class Deployed:
    """One stage as one way of deploying starts it; memory in bytes, seconds until it is killed."""

    arguments: list[str]
    environment: dict[str, str]
    memory: int
    grace: float


def deployed(way: str, stage: str) -> Deployed:
    return {"compose": _compose, "kubernetes": _kubernetes, "systemd": _systemd}[way](stage)


def compose() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    return services


def kubernetes(path: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / "kubernetes" / path).read_text()))


def container(manifest: dict[str, Any]) -> dict[str, Any]:
    [only] = manifest["spec"]["template"]["spec"]["containers"]
    found: dict[str, Any] = only
    return found


def unit() -> dict[str, list[str]]:
    """copydesk@.service: key to values."""
    found: dict[str, list[str]] = {}
    for line in (DEPLOY / "systemd" / "copydesk@.service").read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def _compose(stage: str) -> Deployed:
    service = compose()[stage]
    grace = float(service["stop_grace_period"].removesuffix("s"))
    return Deployed(service["command"], service["environment"], size(service["mem_limit"]), grace)


def _kubernetes(stage: str) -> Deployed:
    [worker], [own] = kubernetes("base/worker.yaml"), kubernetes(f"base/{stage}.yaml")
    environment = variables(BASE / "settings.env")
    environment |= {entry["name"]: entry["value"] for entry in container(own)["env"]}
    grace = worker["spec"]["template"]["spec"]["terminationGracePeriodSeconds"]
    memory = size(container(own)["resources"]["limits"]["memory"])
    return Deployed(container(own)["args"], environment, memory, grace)


def _systemd(stage: str) -> Deployed:
    keys = unit()
    environment = dict(value.replace("%i", stage).split("=", 1) for value in keys["Environment"])
    environment |= variables(DEPLOY / "systemd" / "copydesk.env")
    [command], [memory], [grace] = keys["ExecStart"], keys["MemoryMax"], keys["TimeoutStopSec"]
    return Deployed(command.replace("%i", stage).split()[1:], environment, size(memory), float(grace))


def variables(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def size(text: str) -> int:
    found = re.fullmatch(r"(\d+)(\w+)", text)
    assert found is not None, text
    return int(found[1]) * UNITS[found[2]]
