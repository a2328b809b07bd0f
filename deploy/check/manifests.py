#!/usr/bin/env python3
"""Checks everything in deploy/ as far as it can be checked where no container engine and no cluster runs.

  deploy/check/manifests.py [--strict]      --strict: a tool that cannot be had is a failure

Exit codes: 0 all that could be checked is right, 1 something is wrong.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import tools

ROOT = tools.ROOT
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
# The oldest that the manifests are written for, and the newest whose schemas the validator has.
VERSIONS = ("1.30", "1.37")
# systemd-analyze's exposure, in tenths: up to here it calls a unit OK. Ours has 1.5.
EXPOSURE = 20
MISSING = 69
NO_SCHEMA = re.compile(r"Couldn't find schema for kind (\w+)")
NOT_CHECKED = (
    "no engine: that images exist, and the Dockerfile builds on its base (`make check-image` does the rest)",
    "no engine: that containers start, are healthy and find each other",
    "no cluster: admission, NetworkPolicy, probes and autoscaling at work",
    "no systemd as process 1: that the units start under their restrictions",
)
Check = Callable[[], list[str]]  # gives what is wrong


def main(arguments: list[str]) -> int:
    strict = "--strict" in arguments
    failed, missing = False, []
    for check in (dockerfile, scripts, compose, kubernetes, systemd, hooks):
        began = time.monotonic()
        try:
            problems = check()
        except tools.MissingToolError as error:
            missing.append(f"{check.__name__}: {error}")
            continue
        verdict = "wrong" if problems else "ok"
        print(f"{check.__name__:<12} {verdict}   {time.monotonic() - began:.1f} s", flush=True)
        print(*(f"  {line}" for line in problems), sep="\n", end="\n" if problems else "", flush=True)
        failed |= bool(problems)
    for line in (*missing, *NOT_CHECKED):
        print(f"not checked: {line}")
    return int(failed or (strict and bool(missing)))


def dockerfile() -> list[str]:
    return told([tools.python("requirements-deploy.lock") / "hadolint", DEPLOY / "Dockerfile"])


def scripts() -> list[str]:
    return told(["sh", "-n", DEPLOY / "install.sh"]) + told(["sh", "-n", DEPLOY / "python.sh"])


def compose() -> list[str]:
    """As docker compose reads it: keys, references and variables."""
    file = DEPLOY / "compose.yaml"
    docker = shutil.which("docker")
    if docker and not told([docker, "compose", "version"]):
        return told([docker, "compose", "-f", file, "config", "--quiet"])
    return told([tools.go(*tools.COMPOSE), file])


def kubernetes() -> list[str]:
    """Every combination that the folder offers, rendered, against Kubernetes' own schemas."""
    kustomize = tools.go(*tools.KUSTOMIZE)
    validate = tools.python("requirements-deploy.lock") / "kubernetes-validate"
    components = sorted(path.parent for path in KUBERNETES.glob("components/*/kustomization.yaml"))
    problems, said = [], ""
    with tempfile.TemporaryDirectory(dir=tools.TOOLS) as name:
        rendered: list[str | Path] = []
        for chosen in ([], *([one] for one in components), components, None):
            folder = KUBERNETES / "example" if chosen is None else combination(Path(name), chosen)
            what = "example" if chosen is None else "-".join(["base", *(one.name for one in chosen)])
            done = output([kustomize, "build", folder])
            if done.returncode:
                problems.append(f"{what}: {done.stderr.strip()}")
            rendered.append(Path(name) / f"{what}.yaml")
            (Path(name) / f"{what}.yaml").write_text(done.stdout)
        for version in VERSIONS:
            done = output([validate, "--strict", "-k", version, *rendered])
            said += done.stdout + done.stderr
            if done.returncode and "ERROR" not in said:
                problems.append(f"kubernetes-validate ended with {done.returncode}: {done.stderr}")
        said = said.replace(f"{name}/", "")
    problems += [line for line in said.splitlines() if line.startswith("ERROR")]
    if without_schema := sorted(set(NO_SCHEMA.findall(said))):
        print(f"not checked: no schemas of other projects here: {', '.join(without_schema)}")
    return problems


def combination(folder: Path, components: list[Path]) -> Path:
    lines = [f"resources: [{os.path.relpath(KUBERNETES / 'base', folder)}]", "components:"]
    lines += [f"  - {os.path.relpath(path, folder)}" for path in components]
    (folder / "kustomization.yaml").write_text("\n".join(lines[: len(lines) if components else 1]) + "\n")
    return folder


def systemd() -> list[str]:
    """As systemd reads the units, and what they leave open; any word of `verify` is a problem: it exits 0."""
    if shutil.which("systemd-analyze") is None:
        raise tools.MissingToolError("there is no systemd-analyze")
    with tempfile.TemporaryDirectory() as name:
        for unit in DEPLOY.glob("systemd/*.[st]*"):
            text = unit.read_text().replace("/opt/copydesk/bin/copydesk", "/bin/true")  # it must be there
            (Path(name) / unit.name).write_text(text)
        instance = Path(name) / "copydesk@clean.service"
        variables = {"SYSTEMD_UNIT_PATH": f"{name}:"}
        problems = told(["systemd-analyze", "verify", "copydesk.target", instance.name], **variables)
        shutil.copy(Path(name) / "copydesk@.service", instance)
        exposed = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={EXPOSURE}"]
        done = output([*exposed, instance.name], **variables)
        return problems + ([*done.stdout.splitlines()[-1:], done.stderr] if done.returncode else [])


def hooks() -> list[str]:
    """Checks that other folders bring: deploy/*/check.py, which print what is wrong and exit 1; 69 where a
    tool cannot be had.
    """
    problems: list[str] = []
    for path in sorted(DEPLOY.glob("*/check.py")):
        done = output([sys.executable, path])
        said = (done.stdout + done.stderr).strip().splitlines()
        if done.returncode == MISSING:
            raise tools.MissingToolError(said[-1])
        if done.returncode:
            problems += said or [f"{path} ended with {done.returncode}"]
    return problems


def told(command: list[str | Path], **variables: str) -> list[str]:
    """What a command says when it fails; `systemd-analyze verify` fails by saying anything."""
    done = output(command, **variables)
    if done.returncode == 0 and "verify" not in command:
        return []
    said = (done.stdout + done.stderr).strip().splitlines()
    return said or ([f"{command[0]} ended with {done.returncode}"] if done.returncode else [])


def output(command: list[str | Path], **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - commands built here
        command, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
