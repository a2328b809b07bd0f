"""The tools of the checks, fetched into .local/tools once: Python's from a hash lock, Go's by version."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / ".local" / "tools"
KUSTOMIZE = ("sigs.k8s.io/kustomize/kustomize/v5", "v5.8.1")
COMPOSE = ("github.com/compose-spec/compose-go/v2/cmd", "v2.16.2")  # the parser of `docker compose`
LAST_LINES = 3


class MissingToolError(Exception):
    """A tool cannot be had here; the message says why."""


def python(lock: str) -> Path:
    """The bin folder of an environment with exactly the packages of this lock file, and pip."""
    text = (ROOT / lock).read_bytes()
    folder = TOOLS / f"{Path(lock).stem}-{hashlib.blake2b(text, digest_size=6).hexdigest()}"
    ready = folder / ".ready"
    if not ready.exists():
        say(f"fetching the packages of {lock}, this once ...")
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(ROOT / lock)]
        ran([str(folder / "bin" / "python"), "-m", "pip", "install", *options])
        ready.touch()
    return folder / "bin"


def go(module: str, version: str) -> Path:
    """The program of a Go module, built here."""
    folder = TOOLS / f"{module.replace('/', '-')}-{version}"
    if not (found := list(folder.glob("*"))):
        compiler = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
        if compiler is None:
            raise MissingToolError(f"{module} needs Go to be built, and there is none")
        say(f"building {module} {version}, this once ...")
        ran([compiler, "install", f"{module}@{version}"], GOBIN=str(folder))
        found = list(folder.glob("*"))
    return found[0]


def ran(command: list[str], **variables: str) -> None:
    done = subprocess.run(  # noqa: S603 - commands built here
        command, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = " ".join(done.stderr.strip().splitlines()[-LAST_LINES:])
        raise MissingToolError(f"{' '.join(command[:4])} ... failed: {last}")


def say(told: str) -> None:
    print(told, file=sys.stderr, flush=True)
