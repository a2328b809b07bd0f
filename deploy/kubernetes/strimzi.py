#!/usr/bin/env python3
"""Writes the Strimzi resources: topics as `copydesk topics` wants them, users as deploy/kafka/ has them.

  deploy/kubernetes/strimzi.py [FOLDER]      FOLDER: components/strimzi beside this file

Counts, retention and prefixes are those of the settings (COPYDESK_*), without which replicas are 3, of which
2 must have a record. Strimzi's operators look into the Kafka cluster's own namespace; its name is the label
strimzi.io/cluster (`kafka` here: change it in the kustomization that includes this).
"""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from streams.shell.settings import Settings, read_settings  # noqa: E402
from streams.shell.topics import wanted  # noqa: E402

API = "kafka.strimzi.io/v1"  # since Strimzi 0.49
CLUSTER = "kafka"
IN_PRODUCTION = {"COPYDESK_REPLICATION": "3", "COPYDESK_MIN_INSYNC": "2"}
RESOURCES = {"topics": "topic", "groups": "group", "transactional_ids": "transactionalId"}
WRITTEN_BY = "# Written by deploy/kubernetes/strimzi.py.\n"


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0] if arguments else ROOT / "deploy/kubernetes/components/strimzi")
    settings = read_settings({**IN_PRODUCTION, **os.environ})
    for name, resources in (("topics", topics(settings)), ("users", users(settings))):
        (folder / f"{name}.yaml").write_text(rendered(resources), encoding="utf-8")
    return 0


def topics(settings: Settings) -> list[dict[str, Any]]:
    return [
        resource(
            "KafkaTopic",
            topic.name,
            {"partitions": topic.partitions, "replicas": topic.replication, "config": topic.configs},
        )
        for topic in wanted(settings)
    ]


def users(settings: Settings) -> list[dict[str, Any]]:
    """A user for each principal; Strimzi puts the password into a Secret of the user's name."""
    principals = tomllib.loads((ROOT / "deploy/kafka/principals.toml").read_text(encoding="utf-8"))
    return [
        resource(
            "KafkaUser",
            f"copydesk-{name}",
            {
                "authentication": {"type": "scram-sha-512"},
                "authorization": {"type": "simple", "acls": list(acls(principal, settings))},
            },
        )
        for name, principal in principals.items()
    ]


def acls(principal: dict[str, Any], settings: Settings) -> list[dict[str, Any]]:
    found = []
    for section, kind in RESOURCES.items():
        before = settings.topic_prefix if section == "topics" else settings.prefix
        for name, operations in principal.get(section, {}).items():
            pattern = "prefix" if name.endswith("*") else "literal"
            where = {"type": kind, "name": before + name.rstrip("*"), "patternType": pattern}
            found.append({"resource": where, "operations": [camel(word) for word in operations]})
    return found


def camel(operation: str) -> str:
    return "".join(word.capitalize() for word in operation.split("_"))


def resource(kind: str, name: str, spec: dict[str, Any]) -> dict[str, Any]:
    labels = {"strimzi.io/cluster": CLUSTER, "app.kubernetes.io/name": "copydesk"}
    return {"apiVersion": API, "kind": kind, "metadata": {"name": name, "labels": labels}, "spec": spec}


def rendered(resources: list[dict[str, Any]]) -> str:
    return WRITTEN_BY + yaml.safe_dump_all(resources, sort_keys=False, width=110)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
