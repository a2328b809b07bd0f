"""A worker whose kernels differ from those that wrote the log would fill it with what matches nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system import plug
from tests.system.desk import START_SECONDS, Desk
from tests.system.kafka import wait_for

PLUG = Path(next(iter(plug.__path__))) / "other_kernel"


@pytest.mark.parametrize("stage", ["dedup", "tag"])
def test_a_worker_that_fails_its_self_test_is_never_ready_and_says_why_it_ends(
    desk: Desk, stage: str
) -> None:
    worker = desk.worker(stage, plug=PLUG)
    said = set[int]()

    def ended() -> bool:
        if worker.address() is not None:
            said.add(worker.probe("/readyz")[0])
        return worker.process.poll() is not None

    wait_for("its end", START_SECONDS, ended)
    assert worker.process.returncode == 70
    assert 200 not in said
    assert "the self-test failed, nothing was read: the sketch kernel" in worker.log_file.read_text()
    assert "Traceback" not in worker.log_file.read_text()
