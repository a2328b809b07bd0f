"""How many stage processes a stage has."""

import os

import pytest

from streams.shell import starting
from streams.shell.settings import Settings


@pytest.mark.parametrize(
    ("given", "pools", "cores", "processes"),
    [(None, 1, 2, 2), (None, 2, 1, 1), (None, 2, 2, 1), (None, 2, 5, 3), ("4", 2, 2, 4)],
)
def test_pools_of_one_machine_share_its_cores_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch, given: str | None, pools: int, cores: int, processes: int
) -> None:
    seen: list[int] = []

    def run(settings: Settings, *_: object) -> int:
        seen.append(settings.processes)
        return 0

    monkeypatch.delenv("COPYDESK_PROCESSES", raising=False)
    if given is not None:
        monkeypatch.setenv("COPYDESK_PROCESSES", given)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)))
    monkeypatch.setattr(starting, "_run", run)
    monkeypatch.setattr(starting, "name_process", lambda _name: None)
    monkeypatch.setattr(starting, "configure_logging", lambda *_, **__: None)
    starting.run_stage("clean", 0, pools)
    assert seen == [processes]
