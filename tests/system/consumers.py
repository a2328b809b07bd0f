"""The consumers of docs/examples in other languages: built, and what they print."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.system.kafka import REPOSITORY

EXAMPLES = REPOSITORY / "docs" / "examples"
BUILD_SECONDS = 300  # the first time, what it needs is fetched


def java(folder: Path) -> list[str]:
    """Builds the Java consumer in a copy; gives its command."""
    home = Path(shutil.copytree(EXAMPLES / "java", folder / "java", ignore=shutil.ignore_patterns("target")))
    _built(["mvn", "-q", "-B", "compile", "dependency:copy-dependencies"], home)
    return ["java", "-cp", f"{home}/target/classes:{home}/target/dependency/*", "example.Table"]


def go(folder: Path) -> list[str]:
    """Builds the Go consumer; gives its command. Skips where there is no Go."""
    if shutil.which("go") is None:
        pytest.skip("there is no Go here: docs/examples/go was not compiled")
    program = folder / "consumer"
    _built(["go", "build", "-o", str(program), "."], EXAMPLES / "go")
    return [str(program)]


def printed(command: list[str], brokers: str, topic: str) -> tuple[dict[str, tuple[int, str, str]], str]:
    """id -> decision, status, headline; and what it complained of."""
    done = subprocess.run([*command, brokers, topic], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    return {row[0]: (int(row[1]), row[2], row[3]) for row in rows}, done.stderr


def _built(command: list[str], home: Path) -> None:
    done = subprocess.run(
        command, cwd=home, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


BUILD: dict[str, Callable[[Path], list[str]]] = {"java": java, "go": go}
