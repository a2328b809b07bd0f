"""deploy/python.sh: which Python an environment is built with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.manifests import DEPLOY

OPTIMISED = "'--enable-shared' '--enable-optimizations'"


@pytest.mark.parametrize(
    ("prefix", "options", "version", "taken"),
    [
        ("/opt/python", OPTIMISED, (3, 12), True),
        ("/usr", "", (3, 11), True),
        ("/opt/pyenv/versions/3.11.7", "'--enable-shared'", (3, 11), False),
        ("/opt/python", None, (3, 11), False),
        ("/opt/python", OPTIMISED, (3, 10), False),
    ],
)
def test_the_first_is_taken_that_is_optimised_and_new_enough(
    tmp_path: Path, prefix: str, options: str | None, version: tuple[int, int], taken: bool
) -> None:
    posing = "import sys, sysconfig; "
    posing += f"sys.base_prefix = {prefix!r}; sys.version_info = {version}; "
    posing += f"sysconfig.get_config_var = lambda name: {options!r}; exec(sys.argv[1])"
    _python(tmp_path / "python3", f'exec "{sys.executable}" -c {_quoted(posing)} "$2"')
    other = _python(tmp_path / "other", f'exec "{sys.executable}" -c "pass"')
    assert _chosen(tmp_path, tmp_path / "other") == ("python3" if taken else str(other))


def test_where_none_is_optimised_it_is_the_one_on_the_path(tmp_path: Path) -> None:
    _python(tmp_path / "python3", "exit 1")
    assert _chosen(tmp_path, tmp_path / "absent") == "python3"


def test_one_without_what_makes_environments_is_passed_over(tmp_path: Path) -> None:
    hiding = "import sys; sys.modules['ensurepip'] = None; exec(sys.argv[1])"
    _python(tmp_path / "python3", f'exec "{sys.executable}" -c {_quoted(hiding)} "$2"')
    other = _python(tmp_path / "other", f'exec "{sys.executable}" -c "pass"')
    assert _chosen(tmp_path, other) == str(other)


def _python(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def _quoted(script: str) -> str:
    return "'" + script.replace("'", "'\\''") + "'"


def _chosen(path: Path, distributions: Path) -> str:
    """What the script prints where this folder comes first and that is the distribution's Python."""
    script = (DEPLOY / "python.sh").read_text().replace("/usr/bin/python3", str(distributions))
    environment = {**os.environ, "PATH": f"{path}:{os.environ['PATH']}"}
    ran = subprocess.run(["sh"], input=script, env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.strip()
