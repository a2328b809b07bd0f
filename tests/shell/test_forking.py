"""Processes that are forked, where the disk of what they print is full."""

import os
import subprocess
import sys
from pathlib import Path

FORKS = """
import os, signal, sys
from streams.shell.forking import fork
try:
    sys.stderr.write("a line that stays in the buffer")
    sys.stderr.flush()
except OSError:
    pass
pid = fork(lambda: 9, "child", signal.SIGKILL)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
sys.stdout.flush()
os._exit(0)
"""


def test_a_full_disk_ends_neither_who_forks_nor_what_is_forked() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", FORKS],
            stdout=subprocess.PIPE,
            stderr=full,
            env=environment,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout) == (0, b"9\n")


def test_a_rehearsal_leaves_nothing_to_be_shown() -> None:
    """Every stage would show the age of what waits in a topic that is not its own."""
    code = """
from prometheus_client import generate_latest
from streams.shell.metrics import REGISTRY
from streams.shell.settings import Settings
from streams.shell.worker import rehearse
rehearse(Settings())
print(generate_latest(REGISTRY).decode())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert "copydesk_" in done.stdout
    assert 'topic="' not in done.stdout
