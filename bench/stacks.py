"""Recording where the workers' time goes: py-spy over their process trees while articles go through them."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.clock import tree
from bench.components import OTHER, in_kernel
from bench.live import COMMAND, Bench

SAMPLES_A_SECOND = 199  # not 200: nothing that ticks at 100 Hz is met every time
START_SECONDS = 60.0
TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")
KINDS = {"keeper": "server", "server": "server", "stage": "stage"}
"""The second word of a process's name -> what it is here."""
PROCESS = re.compile(r'process (\d+):"[^"]*"')

Used = dict[tuple[int, bool], float]
"""Process, whether in the kernel -> CPU seconds."""


@dataclass(frozen=True, slots=True)
class Stack:
    """One stack as py-spy saw it, outermost frame first: "function (file:line)".

    `seconds`: its share of the CPU that its process used.
    """

    role: str
    frames: tuple[str, ...]
    seconds: float


@contextmanager
def supervised(bench: Bench) -> Iterator[int]:
    """`copydesk worker`: the supervisor with its three stages; gives its process id."""
    environment = {**bench.environment, "COPYDESK_METRICS_PORT": "0"}
    process = subprocess.Popen([*COMMAND, "worker"], env=environment)
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(bench.settings.stop_seconds * 2)


def recorded(bench: Bench, supervisor: int, py_spy: Path, articles: list[bytes]) -> list[Stack]:
    """The stacks while these articles go through warm workers. SystemExit where py-spy cannot look."""
    raw = bench.folder / "stacks.txt"
    command = [str(py_spy), "record", "--pid", str(supervisor), "--subprocesses"]
    command += ["--rate", str(SAMPLES_A_SECOND), "--format", "raw", "--output", str(raw)]
    roles = roles_of(supervisor)
    spy = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        _wait_for(spy)
        before = used(supervisor)
        asyncio.run(bench.fill(articles))
        asyncio.run(bench.settled())
        after = used(supervisor)
    finally:
        spy.send_signal(signal.SIGINT)
        told, _ = spy.communicate()
    if not raw.exists():
        sys.exit(f"py-spy has recorded nothing: {told.strip()}")
    spent = {whose: seconds - before.get(whose, 0.0) for whose, seconds in after.items()}
    return stacks_of(raw.read_text(), roles, spent)


def used(supervisor: int) -> Used:
    """CPU seconds of each process below: in the kernel, and else."""
    found: Used = {}
    for pid in tree(supervisor):
        user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        found |= {(pid, False): int(user) * TICK_SECONDS, (pid, True): int(system) * TICK_SECONDS}
    return found


def roles_of(supervisor: int) -> dict[int, str]:
    """What each process below is: the supervisor, a stage's loop, its fork server, its stage process."""
    roles = {supervisor: "supervisor"}
    for pid in tree(supervisor).keys() - roles.keys():
        first, _, second = Path(f"/proc/{pid}/comm").read_text().strip().partition(" ")
        roles[pid] = f"{second} loop" if first == "copydesk" else f"{first} {KINDS[second]}"
    return roles


def stacks_of(raw: str, roles: dict[int, str], spent: Used) -> list[Stack]:
    """py-spy's lines, `process 12:"command";frame;frame 34`, as shares of what was spent.

    The samples in the kernel share a process's system time, all others its user time: a thread that has
    something to read and waits for a core is seen in the kernel, though it uses none.
    """
    seen: list[tuple[int, tuple[str, ...], int]] = []
    counts: Counter[tuple[int, bool]] = Counter()
    for line in raw.splitlines():
        stack, _, number = line.rpartition(" ")
        # py-spy names the processes one below the other; the innermost is the one.
        processes = list(PROCESS.finditer(stack))
        if not processes:
            continue
        pid, count = int(processes[-1][1]), int(number)
        inner = tuple(stack[processes[-1].end() :].lstrip(";").split(";"))
        seen.append((pid, inner, count))
        counts[pid, in_kernel(inner)] += count
    stacks = [
        Stack(roles.get(pid, OTHER), frames, spent.get(whose, 0.0) * count / counts[whose])
        for pid, frames, count in seen
        if (whose := (pid, in_kernel(frames)))
    ]
    unseen = [whose for whose in spent if whose not in counts]
    return stacks + [Stack(roles.get(pid, OTHER), (), spent[pid, kernel]) for pid, kernel in unseen]


def _wait_for(spy: "subprocess.Popen[str]") -> None:
    """Until it says that it samples."""
    deadline, told = time.monotonic() + START_SECONDS, ""
    for line in spy.stdout or ():
        told += line
        if "Sampling process" in line:
            return
        if time.monotonic() > deadline:
            break
    sys.exit(f"py-spy does not begin to sample: {told.strip()}")
