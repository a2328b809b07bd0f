"""What was freed between what is still used goes back to the system."""

import os
import subprocess
import sys
import threading

import pytest

from streams.shell import freed
from streams.shell.mailbox import Mailbox, room
from streams.shell.stage_serving import READY, serve

CODE = """
from streams.shell.freed import Freed
def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon"))
blocks = [bytes(2_000) for _ in range(20_000)]
kept = blocks[::50]
del blocks
before = resident()
Freed().give_back()
print(before - resident() > 20_000)
"""


def test_pages_between_what_is_still_used_are_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr


# A block of 8 MB that is freed makes blocks of 4 MB parts of a heap, which end only with all behind them.
BURST = """
import sys, threading
from streams.shell.freed import keep_little
def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("RssAnon"))
if sys.argv[1] == "little":
    keep_little()
def burst():
    bytes(8 << 20)
    blocks, kept = [], []
    for _ in range(10):
        blocks.append(b"x" * (4 << 20))
        kept.append(b"x" * 100_000)
    return kept
before, kept = resident(), []
thread = threading.Thread(target=lambda: kept.extend(burst()))
thread.start()
thread.join()
print(resident() - before > 20_000)
"""


@pytest.mark.parametrize(("way", "much_stays"), [("usual", "True"), ("little", "False")])
def test_what_a_burst_has_freed_goes_back_at_once(way: str, much_stays: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BURST, way], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, much_stays), done.stderr


@pytest.mark.parametrize(("pause", "times"), [(0.0, 1), (3600.0, 0)])
def test_a_stage_process_gives_back_now_and_then(
    monkeypatch: pytest.MonkeyPatch, pause: float, times: int
) -> None:
    given_back: list[freed.Freed] = []
    monkeypatch.setattr(freed, "PAUSE_SECONDS", pause)
    monkeypatch.setattr(freed.Freed, "give_back", lambda self: given_back.append(self))
    (given, to_it), (from_it, told), memory = os.pipe(), os.pipe(), room()
    mailbox = Mailbox(memory)
    process = threading.Thread(target=serve, args=(lambda: None, len, given, told, memory))
    process.start()
    assert mailbox.take(os.read(from_it, Mailbox.POST_BYTES)) == READY
    os.write(to_it, mailbox.put([1]))
    os.close(to_it)
    process.join()
    assert mailbox.take(os.read(from_it, Mailbox.POST_BYTES)) == 1
    for end in (given, from_it, told):
        os.close(end)
    assert len(given_back) == times
