"""What a process loads: memory and the time of its start. Counted in modules, never in seconds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGES = {"numba", "llvmlite", "streams.cleaning", "streams.tagging", "streams.dedup"}
KAFKA = {"faust", "aiokafka", "asyncio"}

MOVES = """
import asyncio, sys
from contextlib import closing
from streams.pipeline import STEPS, Output, Record
from streams.shell import worker
from streams.shell.pool import StagePool
from streams.shell.settings import Settings

if __name__ == "__main__":
    [step] = [step for step in STEPS if step.name == sys.argv[1]]
    with closing(StagePool([step], Settings(processes=1))) as pool:
        asyncio.run(pool.ready())
        [judged] = asyncio.run(pool.judge([Record(None, "2026-11-22T10:00:00.000Z")]))
        assert judged.step == step.name, judged
    print(*sys.modules)
"""


def loaded(*command: str) -> set[str]:
    """The modules that a Python loads which runs a command and prints them."""
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split("\n")[-2].split())


@pytest.mark.parametrize("stage", ["clean", "tag"])
def test_the_process_that_moves_records_loads_no_stage(stage: str, tmp_path: Path) -> None:
    """The pool's server does: so a worker holds numba, the tables and the models once."""
    script = tmp_path / "moves.py"
    script.write_text(MOVES)
    assert not loaded(str(script), stage) & STAGES


@pytest.mark.parametrize("stage", ["clean", "tag"])
def test_a_server_loads_the_stage_of_its_worker_alone(stage: str) -> None:
    other = {"clean": "streams.tagging", "tag": "streams.cleaning"}[stage]
    code = (
        f"from streams.pipeline import *; from streams.shell.loading import load; load([{stage.upper()}]); "
    )
    code += "import sys; print(*sys.modules)"
    modules = loaded("-c", code)
    assert "numba" in modules
    assert other not in modules


def test_logs_are_there_without_tracebacks_in_colours() -> None:
    """structlog takes rich for these wherever it is: 5 MB in every worker."""
    assert "rich" not in loaded("-c", "import streams.shell.logs, sys; print(*sys.modules)")


def test_help_loads_neither_stages_nor_kafka_nor_settings() -> None:
    """For any command: 80 ms instead of a second."""
    code = """
import sys, click
from streams.shell.cli import copydesk
def told(command, path):
    with click.Context(command, info_name=path) as context:
        command.get_help(context)
        for name in command.list_commands(context) if isinstance(command, click.Group) else ():
            told(command.get_command(context, name), path + " " + name)
told(copydesk, "copydesk")
print(*sys.modules)
"""
    assert not loaded("-c", code) & (STAGES | KAFKA)


def test_numpy_begins_no_threads() -> None:
    """The supervisor forks, and has no thread besides its own."""
    code = """
import os, sys
from streams.shell.cli import main
sys.argv = ["copydesk", "--version"]
try:
    main()
except SystemExit:
    import numpy
    print("threads", len(os.listdir("/proc/self/task")))
"""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "threads 1"
