"""What a process does with what it has loaded for good, which is not loaded again after a fork."""

import asyncio
import subprocess
import sys
from typing import Any

import pytest

from streams.pipeline import CLEAN, DEDUP, TAG
from streams.shell import dedup_agent, loading
from streams.shell.loading import GARBAGE
from streams.shell.settings import Settings

KEPT = """
import gc
from streams.shell.loading import keep_what_is_loaded
keep_what_is_loaded()
print(gc.get_threshold()[0], gc.get_freeze_count() > 0)
"""


WARM = """
from streams.pipeline import CLEAN, TAG
from streams.shell.loading import load
load((CLEAN, TAG))
"""
LEAST = """
import asyncio
import orjson
from streams.events import Failed
from streams.pipeline import CLEAN, TAG, Record
from streams.shell.loading import load
from streams.shell.pool import StagePool
from streams.shell.settings import Settings
from streams.shell.worker import rehearse
settings = Settings(stage_memory_mb=300, processes=1)
rehearse(settings)
load((CLEAN, TAG))
said = "<p>The river rose by {} centimetres on Tuesday, said the council of house {} in the High Street.</p>"
page = "<html><body><article>" + "".join(said.format(n, n * n) for n in range(6_000))
raw = orjson.dumps({"url": "https://news.example/a", "content_type": "text/html", "content": page})
pool = StagePool([CLEAN], settings)
(judged,) = asyncio.run(pool.judge([Record(raw, "2026-11-28T10:00:00.000Z")]))
pool.close()
print(not isinstance(judged.outcome, Failed) or judged.outcome)
"""


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The warm-ups that were run, by name; nothing is really loaded."""
    names: list[str] = []
    warm_ups = {name: (lambda name=name: names.append(name), ()) for name in ("clean", "tag")}
    monkeypatch.setattr(loading, "_LOADED", warm_ups)
    monkeypatch.setattr(loading, "_here", set())
    monkeypatch.setattr(loading, "keep_what_is_loaded", lambda: names.append("kept"))
    monkeypatch.setattr(loading, "give_back_files", lambda: names.append("given back"))
    return names


def test_a_server_loads_only_what_its_supervisor_has_not(loaded: list[str]) -> None:
    loading.load((CLEAN,))
    loading.load((CLEAN, TAG))
    loading.load((CLEAN, TAG))
    assert loaded == ["clean", "given back", "kept", "tag", "given back", "kept", "kept"]


@pytest.mark.parametrize("tested", [True, False])
def test_deduplication_tests_itself_once(
    tested: bool, loaded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tagging's warm-up, which a supervisor runs before it forks, has the same test."""
    monkeypatch.setattr(dedup_agent, "self_test", lambda: loaded.append("self-test"))
    if tested:
        loading.load((TAG,))
    loop: Any = dedup_agent.DedupLoop(DEDUP, Settings(), Any, Any, Any)  # type: ignore[arg-type]
    asyncio.run(loop.start())
    assert ("self-test" in loaded) is not tested


def test_what_failed_is_tried_again(loaded: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """The supervisor leaves it to the server, which says so."""

    def fail() -> None:
        raise RuntimeError("not on this machine")

    works = dict(loading._LOADED)
    monkeypatch.setattr(loading, "_LOADED", {**works, "clean": (fail, ())})
    with pytest.raises(RuntimeError):
        loading.load((CLEAN,))
    monkeypatch.setattr(loading, "_LOADED", works)
    loading.load((CLEAN,))
    assert loaded == ["clean", "given back", "kept"]


def test_collections_pass_over_what_is_loaded_and_wait_for_many_new_objects() -> None:
    """In a process of its own: this one's garbage is others' tests' too."""
    told = subprocess.run([sys.executable, "-c", KEPT], capture_output=True, text=True, check=True)
    assert told.stdout.split() == [str(GARBAGE), "True"]


def test_a_stage_process_has_room_for_a_long_page_under_the_supervisor_too() -> None:
    """Whose stages it all holds, with the least memory that may be set."""
    # First what compiles where that is yet to be done: a compiler's memory would count.
    subprocess.run([sys.executable, "-c", WARM], check=True)
    told = subprocess.run([sys.executable, "-c", LEAST], capture_output=True, text=True, check=False)
    assert told.stdout == "True\n", told.stderr
