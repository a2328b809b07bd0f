"""What deploy/ says of Copydesk is true of it; that the files are well-formed is for `make check-deploy`."""

from __future__ import annotations

import re
import sys
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from streams import __version__
from streams.pipeline import STEPS
from streams.shell import health
from streams.shell.exits import Exit
from streams.shell.health import PORT_OF_STAGE
from streams.shell.names import group
from streams.shell.settings import MASK, Settings, domain_count, origins, read_settings
from streams.shell.supervisor import FINAL
from streams.shell.supervisor import STAGES as SUPERVISED
from tests.deploy.manifests import (
    DEPLOY,
    ROOT,
    STAGES,
    WAYS,
    Deployed,
    compose,
    container,
    deployed,
    kubernetes,
    unit,
    variables,
)

sys.path.insert(0, str(DEPLOY / "kubernetes"))

import prometheus_rule
import strimzi

# A worker's own memory beside that of its stage processes: 442 MiB with them at work (kubernetes/base).
BESIDE_STAGES_MB = 512


def settings_of(stage: Deployed, tmp_path: Path) -> Settings:
    """As the worker would read them, with a password where the file would be."""
    (secret := tmp_path / "password").write_text("hush\n")
    return read_settings(
        {k: str(secret) if k.endswith("_PASSWORD_FILE") else v for k, v in stage.environment.items()}
    )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_is_started_with_settings_that_it_takes(way: str, stage: str, tmp_path: Path) -> None:
    started = deployed(way, stage)
    assert started.arguments == ["worker", stage]
    settings_of(started, tmp_path)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", STAGES)
def test_nothing_is_killed_before_its_own_deadline(way: str, stage: str, tmp_path: Path) -> None:
    started = deployed(way, stage)
    assert started.grace >= settings_of(started, tmp_path).stop_seconds + 5


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("stage", ["clean", "tag"])
def test_an_article_that_takes_all_its_memory_ends_its_stage_process_not_the_worker(
    way: str, stage: str, tmp_path: Path
) -> None:
    started = deployed(way, stage)
    settings = settings_of(started, tmp_path)
    assert settings.processes, "one a core would count the machine's cores"
    needed = settings.processes * settings.stage_memory_mb + BESIDE_STAGES_MB
    assert started.memory >= needed * 2**20


@pytest.mark.parametrize("way", ["kubernetes", "systemd"])
def test_a_password_comes_from_a_file_and_each_stage_has_its_own_user(way: str, tmp_path: Path) -> None:
    principals = tomllib.loads((DEPLOY / "kafka" / "principals.toml").read_text())
    for stage in STAGES:
        started = deployed(way, stage)
        settings = settings_of(started, tmp_path)
        assert settings.security_protocol == "SASL_SSL"
        assert settings.sasl_username == stage
        assert stage in principals
        shown = {origin.variable: origin for origin in origins(settings, started.environment)}
        assert shown["COPYDESK_SASL_PASSWORD"].value == MASK
        assert shown["COPYDESK_SASL_PASSWORD"].origin == "file"


def test_the_stages_are_those_of_the_pipeline() -> None:
    assert set(STAGES) == set(SUPERVISED) == {step.name for step in STEPS}
    target = (DEPLOY / "systemd" / "copydesk.target").read_text()
    assert re.findall(r"copydesk@(\w+)\.service", target) == list(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_metrics_are_on_the_port_of_the_stage(stage: str) -> None:
    port = Settings().metrics_port + PORT_OF_STAGE[stage]
    [own] = kubernetes(f"base/{stage}.yaml")
    assert container(own)["ports"] == [{"name": "metrics", "containerPort": port}]
    service = compose()[stage]
    assert service["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"127.0.0.1:{port}/readyz" in service["healthcheck"]["test"][-1]


def test_the_probes_are_answered() -> None:
    [worker] = kubernetes("base/worker.yaml")
    probes = [
        container(worker)[f"{kind}Probe"]["httpGet"]["path"] for kind in ("startup", "liveness", "readiness")
    ]
    metrics = kubernetes("components/pod-monitor/pod-monitor.yaml")[0]["spec"]["podMetricsEndpoints"][0][
        "path"
    ]
    root = health.serve(Settings(metrics_port=0), "clean", health.Health()).removesuffix("/metrics")
    assert {path: status(root + path) for path in (*probes, "/readyz", metrics)} == {
        "/startupz": 503,
        "/livez": 200,
        "/readyz": 503,
        "/metrics": 200,
    }


def test_systemd_does_not_restart_what_no_restart_mends() -> None:
    assert unit()["RestartPreventExitStatus"] == [" ".join(str(int(code)) for code in FINAL)]
    assert Exit.UNAVAILABLE not in FINAL


def test_images_have_one_version_everywhere() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text()
    example = (DEPLOY / "kubernetes" / "example" / "kustomization.yaml").read_text()
    images = {service["image"] for name, service in compose().items() if name in (*STAGES, "topics")}
    images |= {
        container(m)["image"]
        for m in kubernetes("base/worker.yaml") + kubernetes("components/topics/topics.yaml")
    }
    assert images == {f"copydesk:{__version__}"}
    assert f"-t copydesk:{__version__} ." in dockerfile
    assert f'image.version="{__version__}"' in dockerfile
    assert f"newTag: {__version__}}}" in example
    assert all(re.search(r":v?\d+\.\d+\.\d+$", service["image"]) for service in compose().values())
    python = re.search(r"^ARG PYTHON=(\d+\.\d+)\.\d+-", dockerfile, re.MULTILINE)
    assert python is not None
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={python[1]}", "what the tests run on"


def test_containers_may_do_nothing_that_they_need_not() -> None:
    for name, service in compose().items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
        if name != "kafka":  # its image writes its configuration at the start
            assert service["read_only"], name
            assert service["tmpfs"] == ["/tmp"], name  # noqa: S108
            assert service["mem_limit"], name
    for manifest in kubernetes("base/worker.yaml") + kubernetes("components/topics/topics.yaml"):
        pod = manifest["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"]
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not pod["automountServiceAccountToken"]
        assert not pod["enableServiceLinks"], "a Service named copydesk-x would be an unknown setting"
        assert container(manifest)["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_strimzis_topics_and_users_are_those_of_the_settings_and_principals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise: deploy/kubernetes/strimzi.py"""
    for name in ("COPYDESK_TOPIC_PREFIX", "COPYDESK_PREFIX", "COPYDESK_PARTITIONS"):
        monkeypatch.delenv(name, raising=False)
    strimzi.main([str(tmp_path)])
    for written in tmp_path.iterdir():
        committed = DEPLOY / "kubernetes" / "components" / "strimzi" / written.name
        assert committed.read_text() == written.read_text(), written.name
    assert len(list(tmp_path.iterdir())) == 2


def test_the_operators_rules_are_those_that_promtool_tests(tmp_path: Path) -> None:
    """Otherwise: deploy/kubernetes/prometheus_rule.py"""
    prometheus_rule.main([str(tmp_path)])
    [written] = tmp_path.iterdir()
    committed = DEPLOY / "kubernetes" / "components" / "prometheus-rule" / written.name
    assert committed.read_text() == written.read_text()
    tested = {
        rule.get("alert", rule.get("record")): rule
        for file in (DEPLOY / "prometheus" / "rules").iterdir()
        for group in yaml.safe_load(file.read_text())["groups"]
        for rule in group["rules"]
    }
    [resource] = kubernetes("components/prometheus-rule/prometheus-rule.yaml")
    asked = [rule for group in resource["spec"]["groups"] for rule in group["rules"]]
    assert {rule.get("alert", rule.get("record")): rule for rule in asked} == tested
    assert len(asked) == len(tested)


def test_the_operator_scrapes_every_stage_as_a_job_that_the_rules_look_at() -> None:
    """The operator names the job <namespace>/<name of the PodMonitor>; rules look at .*copydesk.*"""
    [monitor] = kubernetes("components/pod-monitor/pod-monitor.yaml")
    assert "copydesk" in monitor["metadata"]["name"]
    [endpoint] = monitor["spec"]["podMetricsEndpoints"]
    for stage in STAGES:
        [own] = kubernetes(f"base/{stage}.yaml")
        labels = own["spec"]["template"]["metadata"]["labels"]
        assert monitor["spec"]["selector"]["matchLabels"].items() <= labels.items()
        assert endpoint["port"] in {port["name"] for port in container(own)["ports"]}


def test_workers_are_the_users_that_strimzi_makes() -> None:
    users = {user["metadata"]["name"] for user in kubernetes("components/strimzi/users.yaml")}
    [kustomization] = kubernetes("components/strimzi/kustomization.yaml")
    names = {name for p in kustomization["patches"] for name in re.findall(r"value: ([\w-]+)", p["patch"])}
    assert names == {f"copydesk-{user}" for user in (*STAGES, "operator", "autoscaler")}
    assert names <= users


def test_keda_watches_the_lag_of_the_groups_and_adds_no_worker_that_would_stand_idle() -> None:
    settings = Settings()
    sources = {step.name: (group(settings, step), step.source) for step in STEPS}
    scaled: dict[str, Any] = {
        s["spec"]["scaleTargetRef"]["name"].removeprefix("copydesk-"): s["spec"]
        for s in kubernetes("components/keda/scaled-objects.yaml")
    }
    assert set(scaled) == {"clean", "tag"}, "a domain has one writer"
    brokers = variables(DEPLOY / "kubernetes" / "base" / "settings.env")["COPYDESK_BROKERS"]
    for stage, spec in scaled.items():
        [trigger] = spec["triggers"]
        watched = trigger["metadata"]
        assert (watched["consumerGroup"], watched["topic"]) == sources[stage]
        assert watched["bootstrapServers"] == brokers
        assert spec["maxReplicaCount"] == settings.partitions
    [dedup] = kubernetes("base/dedup.yaml")
    assert dedup["spec"]["replicas"] == domain_count(settings) + 1


def test_a_policy_and_a_budget_cover_every_stage() -> None:
    budgets = {
        b["metadata"]["name"]: b["spec"]["selector"] for b in kubernetes("base/pod-disruption-budgets.yaml")
    }
    [policy] = kubernetes("base/network-policy.yaml")
    assert policy["spec"]["policyTypes"] == ["Ingress", "Egress"]
    for stage in STAGES:
        [own] = kubernetes(f"base/{stage}.yaml")
        assert budgets[f"copydesk-{stage}"] == own["spec"]["selector"]
        labels = own["spec"]["template"]["metadata"]["labels"]
        assert policy["spec"]["podSelector"]["matchLabels"].items() <= labels.items()


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
